"""The mails about an MoU, composed and not saved. What a partner said is read on the page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from microcreds.accounts.contacts import mail_of
from microcreds.accounts.models import User
from microcreds.outbox import links
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose
from partners.models import Contact, Mou
from partners.services import issue_links
from proposals.letters import page_url
from proposals.models import Proposal, Turn
from reviews.mou.table import MouMove, Status, info_after
from reviews.permits import Parties, People


@dataclass(frozen=True, slots=True)
class Around:
    """Who has to do with an MoU: its proposal and proposers, the contacts who follow it, staff."""

    proposal: Proposal
    parties: Parties
    proposers: list[User]
    contacts: list[Contact]
    people: People

    @property
    def staff(self) -> list[User]:
        """Whom it falls to: whoever the proposal is assigned to, else its unit's queue."""
        return self.people.at_work_on(self.proposal, self.parties)


def letters_of(
    mou: Mou,
    move: MouMove,
    to: Status,
    *,
    by: User | Contact | None,
    around: Around,
    at: datetime,
    due_on: date | None = None,
    cause: str = "",
) -> list[Message]:
    """Tells its proposers where it stands now, and staff where it is theirs; nobody of what they
    did themselves. Of its end staff are told by its marks, not by the move."""
    info = info_after(move, to)
    context = about(mou, around) | {"status": to.label, "text": info.tells}
    who = str(by.name or by) if by else _("Microcreds")
    context |= {"actor": who, "move": move.label, "asked": info.asks, "due_on": due_on}
    letters = [
        _letter("mou_moved", user, around, context | {"url": page_url(around.proposal)}, cause, at)
        for user in dict.fromkeys(around.proposers)
        if user != by
    ]
    if info.turn == Turn.UNIVERSITY and to != Status.EXPIRING:
        letters += [
            _letter("mou_turn", user, around, context | {"url": desk_url(mou)}, cause, at)
            for user in around.staff
            if user != by
        ]
    return letters


def of_end(mou: Mou, around: Around, *, mark: int, at: datetime, today: date) -> list[Message]:
    """Tells staff that it runs out; once for each mark."""
    context = about(mou, around) | {
        "ends_on": mou.end_on,
        "days": (mou.end_on - today).days if mou.end_on else 0,
        "url": desk_url(mou),
    }
    cause = f"{mou.record}:end:{mou.end_on}:{mark}"
    return [_letter("mou_ends", user, around, context, cause, at) for user in around.staff]


def of_end_for_partner(mou: Mou, around: Around, *, at: datetime) -> list[Message]:
    """Tells the contacts who follow the proposal that it runs out, with a live link for each."""
    fresh = issue_links(contacts=around.contacts, event="mou_ends_partner", at=at)
    cause = f"{mou.record}:end:{mou.end_on}:partner"
    return [
        compose(
            event="mou_ends_partner",
            to=contact.email,
            context=about(mou, around)
            | {
                "contact": contact.name,
                "ends_on": mou.end_on,
                "link": links.placeholder(fresh[contact.pk].uuid),
                "link_days": settings.PARTNER_LINK_DAYS,
            },
            about=around.proposal.reference,
            cause=cause,
            dedupe_key=f"{cause}:{contact.email}",
            at=at,
            reply_to=mail_of(around.proposal.unit_id),
        )
        for contact in around.contacts
    ]


def about(mou: Mou, around: Around) -> dict[str, Any]:
    """What every mail about a memorandum names."""
    return {
        "organization": mou.engagement.organization.name,
        "title": around.proposal.working_title,
        "reference": around.proposal.reference,
    }


def desk_url(mou: Mou) -> str:
    """Its page on the desk."""
    return settings.SITE_URL + reverse("admin:partners_mou_change", args=[mou.pk])


def _letter(
    event: str, to: User, around: Around, context: dict[str, Any], cause: str, at: datetime
) -> Message:
    return compose(
        event=event,
        to=to.email,
        user=to,
        context={**context, "name": to},
        about=around.proposal.reference,
        cause=cause,
        dedupe_key=f"{cause}:{event}:{to.email}" if cause else "",
        at=at,
    )
