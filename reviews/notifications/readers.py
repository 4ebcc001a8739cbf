"""Whom an audience of the table means, and why somebody of it is not told."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from microcreds.accounts.models import Role, User
from partners.models import Contact
from proposals.models import Participant, Proposal, Stage
from reviews.notifications.occasion import Occasion
from reviews.workflow import STAGES, Audience, Kind, Move, Notice


@dataclass(frozen=True, slots=True)
class Reader:
    """``why_not``: why no notice goes to them, whatever it says."""

    name: str
    address: str
    user: User | None = None
    contact: Contact | None = None
    why_not: str = ""


def applies(notice: Notice, occasion: Occasion) -> bool:
    """Whether the notice is for this stage and this turn."""
    stages = (occasion.change.from_stage, occasion.change.to_stage)
    return (notice.if_stage is None or notice.if_stage in stages) and (
        notice.if_turn is None or notice.if_turn == occasion.after.whose_turn
    )


def readers_of(audience: Audience, occasion: Occasion) -> Iterator[Reader]:
    """The people the table calls ``audience``, those who cannot be told with the reason."""
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
                yield Reader(contact.name, contact.email, contact=contact)
            yield from _unshared(occasion)
        case Audience.INTO:
            if joined := occasion.joined:
                yield from map(_reader, joined.proposers)
                if joined.into.assignee and joined.into.assignee.is_active:
                    yield _reader(joined.into.assignee)


def _reader(user: User) -> Reader:
    return Reader(str(user), user.email, user=user)


def _proposers(occasion: Occasion) -> Iterator[Reader]:
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
            yield Reader(name, address, why_not=_("Has not accepted the invitation."))


def _unshared(occasion: Occasion) -> Iterator[Reader]:
    """The organizations that the form names and nobody of which follows it."""
    shared = {share.engagement.organization.name for share in occasion.shares}
    for name in occasion.parties.partner_names:
        if name not in shared:
            yield Reader(name, "", why_not=_("Nothing is shared with them."))


def _chairs(occasion: Occasion) -> Iterator[Reader]:
    """The department's, and whom the proposers named to be kept informed; both may read a proposal
    once its proposers say that the chair knows (``Proposal.visible_to``)."""
    chairs = occasion.people.chairs_of(occasion.after.department_id)
    if occasion.after.chair_informed not in Proposal.CHAIR_KNOWS:
        why_not = _("The proposers do not say that the chair knows of it.")
        yield from (Reader(str(user), user.email, user, why_not=why_not) for user in chairs)
    else:
        named = [
            participant.user
            for participant in occasion.participants
            if participant.capacity == Participant.Capacity.CHAIR
        ]
        yield from map(_reader, [*chairs, *named])


def _reviewers(occasion: Occasion) -> Iterator[Reader]:
    recused = {
        participant.user_id
        for participant in occasion.participants
        if participant.capacity == Participant.Capacity.RECUSED
    }
    members = occasion.people.holding(Role.Kind.COMMITTEE, Role.Kind.COMMITTEE_CHAIR)
    for user in members:
        if user.pk in recused | occasion.parties.involved(user):
            why_not = _("Takes part in this proposal or is recused.")
            yield Reader(str(user), user.email, user=user, why_not=why_not)
        else:
            yield _reader(user)


def why_not_told(notice: Notice, reader: Reader, occasion: Occasion) -> str:
    """Why this notice does not go to this reader; empty: it goes."""
    if reader.user and not reader.user.is_active:
        return _("Their account is closed.")
    if notice.kind == Kind.RECEIPT:
        return ""
    if reader.user and reader.user == occasion.change.actor:
        return _("Makes this move.")
    if is_left_to_the_actor(notice, occasion) and not (
        occasion.joined and occasion.joined.tells_partners
    ):
        return _("Stays with this proposal, so it is not mailed.")
    if notice.kind == Kind.FYI:
        was, now = _label(notice.audience, occasion)
        if was == now:
            return _("Reads the same as before: %(label)s.") % {"label": now}
    return ""


def is_left_to_the_actor(notice: Notice, occasion: Occasion) -> bool:
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
