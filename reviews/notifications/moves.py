"""Who a move tells, with which mail, and who is not told and why."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from microcreds.outbox.events import Kind as MailKind
from microcreds.outbox.events import event_of
from microcreds.outbox.links import placeholder
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose, quoted
from partners.models import Contact
from proposals.letters import desk_url, page_url
from proposals.models import Proposal, Stage
from reviews.clocks import campus_day
from reviews.models import StageChange
from reviews.models.process import DECIDING
from reviews.notifications.occasion import Joined, NotTold, Occasion
from reviews.notifications.readers import (
    Reader,
    applies,
    is_left_to_the_actor,
    readers_of,
    why_not_told,
)
from reviews.workflow import STAGES, Audience, Kind, Move, Notice

# What the table of notices calls a kind, as the outbox has it.
_KINDS = {
    Kind.RECEIPT: MailKind.RECEIPT,
    Kind.ACTION: MailKind.ACTION,
    Kind.FYI: MailKind.FYI,
    Kind.RECORD: MailKind.FYI,
}
# Whose answers go to the unit where no address of the deployment takes them (``REPLY_ADDRESS``).
_ANSWER_ELEARNING = (Audience.PROPOSERS, Audience.PARTNER)
# Stands in a planned mail for the personal link that is issued when the move is made.
LINK_TO_COME = placeholder(UUID(int=0))


@dataclass(slots=True)
class Letters:
    """The mails of one move, not saved; ``contacts`` by address get a personal link in theirs."""

    messages: list[Message] = field(default_factory=list)
    not_told: list[NotTold] = field(default_factory=list)
    contacts: dict[str, Contact] = field(default_factory=dict)


def letters_of(occasion: Occasion, *, with_bodies: bool = True) -> Letters:
    """The mails of the table's notices, one for each address; the first notice wins."""
    letters = Letters()
    told: set[str] = set()
    quiet: dict[str, NotTold] = {}
    for notice in occasion.info.notices:
        if not applies(notice, occasion):
            continue
        for reader in readers_of(notice.audience, occasion):
            address = reader.address.lower() or reader.name
            if address in told:
                continue
            if why_not := reader.why_not or why_not_told(notice, reader, occasion):
                is_chosen = is_left_to_the_actor(notice, occasion)
                quiet.setdefault(address, NotTold(reader.name, why_not, is_chosen))
                continue
            told.add(address)
            letters.messages.append(_letter(notice, reader, occasion, with_bodies))
            if reader.contact:
                letters.contacts[reader.address] = reader.contact
    letters.not_told = [unheard for address, unheard in quiet.items() if address not in told]
    return letters


def _letter(notice: Notice, reader: Reader, occasion: Occasion, with_body: bool) -> Message:
    about = occasion.before
    if notice.audience == Audience.PARTNER:
        context = _for_partner(occasion)
    elif notice.audience == Audience.INTO and occasion.joined:
        about = occasion.joined.into
        context = _for_joined(reader, occasion, occasion.joined)
    else:
        context = _for_people(notice, reader, occasion)
    return compose(
        event=notice.event,
        to=reader.address,
        user=reader.user,
        about=about.reference,
        dedupe_key=f"{notice.event}:{reader.address}",
        at=occasion.change.at,
        kind=_kind_of(notice, occasion),
        priority=(
            Message.Priority.AWAITED if notice.kind == Kind.RECEIPT else Message.Priority.NOTICE
        ),
        reply_to=about.unit.email if about.unit and notice.audience in _ANSWER_ELEARNING else "",
        context={"name": reader.name, **context},
        with_body=with_body,
    )


def _kind_of(notice: Notice, occasion: Occasion) -> MailKind:
    """The notice says it, because one mail may inform of one move and ask after another; a
    decision is one whoever is told, a partner by the mail that tells of every move too."""
    known = event_of(notice.event).kind
    if notice.audience == Audience.PARTNER and occasion.info.key in DECIDING:
        return MailKind.DECISION
    return known if known == MailKind.DECISION else _KINDS[notice.kind]


def _for_partner(occasion: Occasion) -> dict[str, object]:
    """Title, step, words for partners and a personal link: nothing else leaves the house."""
    now = occasion.now
    return {
        "title": occasion.after.working_title,
        "label": now.partner_headline,
        "text": now.partner_text.removesuffix(now.partner_message).strip(),
        "next": now.partner_next,
        "quoted": quoted(now.partner_message),
        **_corrected(occasion, occasion.was.partner_headline),
        "link": LINK_TO_COME,
        "link_days": settings.PARTNER_LINK_DAYS,
    }


def _corrected(occasion: Occasion, told: str) -> dict[str, object]:
    """Of a stage put back and a reopening, what these readers were told before and when: it does
    not hold any more."""
    is_copy = occasion.change.from_stage == Stage.WITHDRAWN
    if occasion.info.key not in (Move.PUT_BACK, Move.REOPEN) or is_copy:
        return {}
    return {"corrects": told, "corrects_since": occasion.before.stage_since}


def _for_joined(reader: Reader, occasion: Occasion, joined: Joined) -> dict[str, object]:
    """Which proposal joined it or left it again, and who may read it because of that."""
    is_proposer = reader.user in joined.proposers
    return {
        "title": joined.into.working_title,
        "reference": joined.into.reference,
        "actor": occasion.change.actor or _("Microcreds"),
        "merged_title": occasion.before.working_title,
        "merged_reference": occasion.before.reference,
        "merged_owner": occasion.before.submitter,
        "readers": ", ".join(joined.readers),
        "partners": ", ".join(joined.partners),
        "url": page_url(joined.into) if is_proposer else desk_url(joined.into),
    }


def _for_people(notice: Notice, reader: Reader, occasion: Occasion) -> dict[str, object]:
    after, change, now = occasion.after, occasion.change, occasion.now
    return {
        "title": after.working_title,
        "reference": after.reference,
        "owner": after.submitter,
        "unit": after.unit,
        "is_owner": reader.user == after.submitter,
        "actor": change.actor or _("Microcreds"),
        "move": occasion.info.label,
        "stage": STAGES[Stage(change.to_stage)].name,
        "label": now.proposer_label,
        "text": now.others_text if notice.audience == Audience.CHAIR else now.proposer_text,
        "next": now.proposer_next,
        # What is late already after a hold is not promised for a day that is over.
        "due_on": after.due_on if _is_to_come(after.due_on, change) else None,
        "meeting_on": after.meeting_on,
        "expires_on": after.expires_on,
        "reason": occasion.info.reason_words(change.reason_code),
        "target": change.target,
        "quoted": quoted(change.message),
        **_corrected(occasion, occasion.was.proposer_label),
        "points": [
            (
                point.label or _("The proposal as a whole"),
                occasion.info.reason_words(point.reason_code),
                point.due_on,
                quoted(point.text),
            )
            for point in occasion.points
        ],
        "only_these": after.open_keys is not None,
        "url": (
            ("" if after.is_draft else desk_url(after))  # the desk has no page of a draft
            if notice.audience in (Audience.DESK, Audience.DEANS)
            else _proposal_url(notice, after)
        ),
    }


def _is_to_come(day: date | None, change: StageChange) -> bool:
    return day is not None and day >= campus_day(change.at)


def _proposal_url(notice: Notice, proposal: Proposal) -> str:
    if notice.event == "draft_copied":
        return settings.SITE_URL + reverse("proposals:proposal_list")
    return page_url(proposal)
