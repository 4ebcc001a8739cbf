"""Who a move tells, with which mail, and who is not told and why."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from microcreds.accounts.models import Role, User
from microcreds.outbox.events import Kind as MailKind
from microcreds.outbox.events import event_of
from microcreds.outbox.links import placeholder
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose
from partners.models import Contact, Share
from proposals.models import Participant, Proposal, Stage
from reviews.models import AskToChange, StageChange, ToDo, TriageEdit
from reviews.models.process import DECIDING
from reviews.permits import Parties, People
from reviews.points import Point
from reviews.progress import Progress
from reviews.workflow import STAGES, Audience, Kind, Move, MoveInfo, Notice

# What the table of notices calls a kind, as the outbox has it.
_KINDS = {
    Kind.RECEIPT: MailKind.RECEIPT,
    Kind.ACTION: MailKind.ACTION,
    Kind.FYI: MailKind.FYI,
    Kind.RECORD: MailKind.FYI,
}
# Stands in a planned mail for the personal link that is issued when the move is made.
LINK_TO_COME = placeholder(UUID(int=0))


@dataclass(frozen=True, slots=True)
class NotTold:
    """``is_chosen``: the actor decides, so a plan may be carried out either way."""

    who: str
    why: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """The proposal that another is merged into, or was, and whom that tells."""

    into: Proposal
    proposers: list[User]
    readers: list[str]
    partners: list[str]
    tells_partners: bool


@dataclass(frozen=True, slots=True)
class Occasion:
    """One move of one proposal, as its mails are written from it."""

    info: MoveInfo
    change: StageChange
    before: Proposal
    after: Proposal
    was: Progress
    now: Progress
    parties: Parties
    participants: list[Participant]
    shares: list[Share]
    people: People
    joined: Joined | None = None
    points: tuple[Point, ...] = ()


@dataclass(slots=True)
class Letters:
    """The mails of one move, not saved; ``contacts`` by address get a personal link in theirs."""

    messages: list[Message] = field(default_factory=list)
    not_told: list[NotTold] = field(default_factory=list)
    contacts: dict[str, Contact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reader:
    name: str
    address: str
    user: User | None = None
    contact: Contact | None = None
    why_not: str = ""


def letters_of(occasion: Occasion) -> Letters:
    """The mails of the table's notices, one for each address; the first notice wins."""
    letters = Letters()
    told: set[str] = set()
    quiet: dict[str, NotTold] = {}
    for notice in occasion.info.notices:
        if not _applies(notice, occasion):
            continue
        for reader in _readers(notice.audience, occasion):
            address = reader.address.lower() or reader.name
            if address in told:
                continue
            if why_not := reader.why_not or _why_not(notice, reader, occasion):
                is_chosen = _is_left_to_the_actor(notice, occasion)
                quiet.setdefault(address, NotTold(reader.name, why_not, is_chosen))
                continue
            told.add(address)
            letters.messages.append(_letter(notice, reader, occasion))
            if reader.contact:
                letters.contacts[reader.address] = reader.contact
    letters.not_told = [unheard for address, unheard in quiet.items() if address not in told]
    return letters


def assigned(*, edit: TriageEdit, to: User) -> Message:
    """Tells ``to`` that a proposal is theirs now, in the words of whoever hands it over; once."""
    cause, words = f"triage_edit:{edit.pk}", quoted(edit.note)
    return _desk_letter("assigned", edit.proposal, to, edit.by, edit.at, cause, words)


def came_to_unit(*, proposal: Proposal, to: User, by: User, after: int, at: datetime) -> Message:
    """Tells ``to`` that a proposal came into their unit's queue from another."""
    cause = f"unit_changed:{proposal.pk}:{after}:{proposal.unit_id or 0}"
    return _desk_letter("unit_changed", proposal, to, by, at, cause)


def todo_given(*, todo: ToDo) -> Message:
    """Tells its owner of something to do; once."""
    return compose(
        event="todo",
        to=todo.owner.email,
        user=todo.owner,
        about=todo.proposal.reference,
        cause=f"todo:{todo.pk}",
        dedupe_key=f"todo:{todo.pk}:{todo.owner.email}",
        at=todo.made_at,
        context={
            "name": todo.owner,
            "title": todo.proposal.working_title,
            "reference": todo.proposal.reference,
            "actor": todo.made_by,
            "due_on": todo.by_day,
            "quoted": quoted(todo.words),
            "url": _desk_url(todo.proposal),
        },
    )


def _desk_letter(
    event: str,
    proposal: Proposal,
    to: User,
    by: User,
    at: datetime,
    cause: str,
    words: str = "",
) -> Message:
    return compose(
        event=event,
        to=to.email,
        user=to,
        about=proposal.reference,
        cause=cause,
        dedupe_key=f"{cause}:{to.email}",
        at=at,
        context={
            "name": to,
            "title": proposal.working_title,
            "reference": proposal.reference,
            "stage": STAGES[Stage(proposal.stage)].name,
            "due_on": proposal.due_on,
            "actor": by,
            "quoted": words,
            "url": _desk_url(proposal),
        },
    )


def change_asked(*, ask: AskToChange, to: User) -> Message:
    """Tells ``to`` that the proposers want to change answers eLearning already works on."""
    return _about_ask("change_asked", ask, to, _desk_url(ask.proposal), ask.asked_at)


def change_refused(*, ask: AskToChange, to: User) -> Message:
    """Tells a proposer that the answers stay as they are, and why."""
    path = reverse("proposals:proposal_detail", args=[ask.proposal.reference])
    at = ask.decided_at or ask.asked_at
    return _about_ask("change_refused", ask, to, f"{settings.SITE_URL}{path}", at)


def _about_ask(event: str, ask: AskToChange, to: User, url: str, at: datetime) -> Message:
    cause = f"ask_to_change:{ask.pk}"
    return compose(
        event=event,
        to=to.email,
        user=to,
        about=ask.proposal.reference,
        cause=cause,
        dedupe_key=f"{cause}:{event}:{to.email}",
        at=at,
        context={
            "name": to,
            "title": ask.proposal.working_title,
            "reference": ask.proposal.reference,
            "asked_by": ask.asked_by,
            "decided_by": ask.decided_by,
            "labels": ask.labels,
            "quoted": quoted(ask.words if event == "change_refused" else ask.reason),
            "url": url,
        },
    )


def _applies(notice: Notice, occasion: Occasion) -> bool:
    stages = (occasion.change.from_stage, occasion.change.to_stage)
    return (notice.if_stage is None or notice.if_stage in stages) and (
        notice.if_turn is None or notice.if_turn == occasion.after.whose_turn
    )


def _readers(audience: Audience, occasion: Occasion) -> Iterator[_Reader]:
    match audience:
        case Audience.PROPOSERS:
            yield from _proposers(occasion)
        case Audience.DESK:
            assignee = occasion.after.assignee
            if assignee and assignee.is_active:
                yield _reader(assignee)
                if stand_in := occasion.people.stand_in_of(assignee):
                    yield _reader(stand_in)
            else:
                yield from map(_reader, occasion.people.queue_of(occasion.after))
        case Audience.COMMITTEE:
            yield from _reviewers(occasion)
        case Audience.DEANS:
            yield from map(_reader, occasion.people.holding(Role.Kind.DEANS))
        case Audience.CHAIR:
            yield from _chairs(occasion)
        case Audience.PARTNER:
            for share in occasion.shares:
                contact = share.contact
                yield _Reader(contact.name, contact.email, contact=contact)
            yield from _unshared(occasion)
        case Audience.INTO:
            if joined := occasion.joined:
                yield from map(_reader, joined.proposers)
                if joined.into.assignee and joined.into.assignee.is_active:
                    yield _reader(joined.into.assignee)


def _reader(user: User) -> _Reader:
    return _Reader(str(user), user.email, user=user)


def _proposers(occasion: Occasion) -> Iterator[_Reader]:
    people = [occasion.before.submitter] + [
        participant.user
        for participant in occasion.participants
        if participant.capacity in Participant.FROM_DRAFT_ON
    ]
    for user in people:
        yield _reader(user)
    known = {user.email.lower() for user in people}
    for address, name in occasion.parties.co_proposers.items():
        if address not in known:
            yield _Reader(name, address, why_not=_("Has not accepted the invitation."))


def _unshared(occasion: Occasion) -> Iterator[_Reader]:
    """The organisations that the form names and nobody of which follows it."""
    shared = {share.engagement.organization.name for share in occasion.shares}
    for name in occasion.parties.partner_names:
        if name not in shared:
            yield _Reader(name, "", why_not=_("Nothing is shared with them."))


def _chairs(occasion: Occasion) -> Iterator[_Reader]:
    """The chair may read a proposal once its proposers say so (``Proposal.visible_to``)."""
    chairs = occasion.people.chairs_of(occasion.after.department_id)
    if occasion.after.chair_informed not in Proposal.CHAIR_KNOWS:
        why_not = _("The proposers do not say that the chair knows of it.")
        chairs_told = (_Reader(str(user), user.email, user, why_not=why_not) for user in chairs)
        yield from chairs_told
        return
    yield from map(_reader, chairs)


def _reviewers(occasion: Occasion) -> Iterator[_Reader]:
    recused = {
        participant.user_id
        for participant in occasion.participants
        if participant.capacity == Participant.Capacity.RECUSED
    }
    members = occasion.people.holding(Role.Kind.COMMITTEE, Role.Kind.COMMITTEE_CHAIR)
    for user in members:
        if user.pk in recused | occasion.parties.involved(user):
            why_not = _("Takes part in this proposal or is recused.")
            yield _Reader(str(user), user.email, user=user, why_not=why_not)
        else:
            yield _reader(user)


def _why_not(notice: Notice, reader: _Reader, occasion: Occasion) -> str:
    """Why this notice does not go to this reader; empty: it goes."""
    if reader.user and not reader.user.is_active:
        return _("Their account is closed.")
    if notice.kind == Kind.RECEIPT:
        return ""
    if reader.user and reader.user == occasion.change.actor:
        return _("Makes this move.")
    if _is_left_to_the_actor(notice, occasion) and not (
        occasion.joined and occasion.joined.tells_partners
    ):
        return _("Stays with this proposal, so it is not mailed.")
    if notice.kind == Kind.FYI:
        was, now = _label(notice.audience, occasion)
        if was == now:
            return _("Reads the same as before: %(label)s.") % {"label": now}
    return ""


def _is_left_to_the_actor(notice: Notice, occasion: Occasion) -> bool:
    """Whether this is a partner of a merge: told only if they go along."""
    return notice.audience == Audience.PARTNER and occasion.info.key == Move.MERGE


def _label(audience: Audience, occasion: Occasion) -> tuple[str, str]:
    """What this audience reads of where the proposal stands, before and after."""
    was, now = occasion.was, occasion.now
    if audience in (Audience.PROPOSERS, Audience.CHAIR):
        return was.proposer_label, now.proposer_label
    if audience == Audience.PARTNER:
        if (was.partner_label, was.partner_text) == (now.partner_label, now.partner_text):
            return now.partner_label, now.partner_label
        return "", now.partner_label
    change = occasion.change
    return STAGES[Stage(change.from_stage)].name, STAGES[Stage(change.to_stage)].name


def _letter(notice: Notice, reader: _Reader, occasion: Occasion) -> Message:
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
        context={"name": reader.name, **context},
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
        "label": now.partner_label,
        "text": now.partner_text.removesuffix(now.partner_message).strip(),
        "next": now.partner_next,
        "quoted": quoted(now.partner_message),
        **_corrected(occasion, occasion.was.partner_label),
        "link": LINK_TO_COME,
        "link_days": settings.PARTNER_LINK_DAYS,
    }


def _corrected(occasion: Occasion, told: str) -> dict[str, object]:
    """Of a reopening, what these readers were told before and when: it does not hold any more."""
    if occasion.info.key != Move.REOPEN or occasion.change.from_stage == Stage.WITHDRAWN:
        return {}
    return {"corrects": told, "corrects_since": occasion.before.stage_since}


def _for_joined(reader: _Reader, occasion: Occasion, joined: Joined) -> dict[str, object]:
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
        "url": _page_url(joined.into) if is_proposer else _desk_url(joined.into),
    }


def _for_people(notice: Notice, reader: _Reader, occasion: Occasion) -> dict[str, object]:
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
        "text": now.proposer_text,
        "next": now.proposer_next,
        "due_on": after.due_on,
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
            ("" if after.is_draft else _desk_url(after))  # the desk has no page of a draft
            if notice.audience in (Audience.DESK, Audience.DEANS)
            else _proposal_url(notice, after)
        ),
    }


def quoted(text: str) -> str:
    """``text`` as a quotation: no line of it can pass for one of ours."""
    return "\n".join(f"> {line}" for line in text.splitlines())


def _desk_url(proposal: Proposal) -> str:
    path = reverse("admin:reviews_triageitem_change", args=[proposal.pk])
    return f"{settings.SITE_URL}{path}"


def _proposal_url(notice: Notice, proposal: Proposal) -> str:
    if notice.event == "draft_copied":
        return settings.SITE_URL + reverse("proposals:proposal_list")
    return _page_url(proposal)


def _page_url(proposal: Proposal) -> str:
    path = reverse("proposals:proposal_detail", args=[proposal.reference])
    return f"{settings.SITE_URL}{path}"
