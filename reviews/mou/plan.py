"""A move of an MoU, as its page shows it before it is made: where it leads, what is missing, who is
told."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from microcreds.outbox.preferences import settle
from partners.models import Contact, Engagement, Mou, MouEntry, MouSignatory, Share
from partners.models.asks import LONGEST_ASK
from partners.models.mou import LONGEST_MOU_WORDS
from proposals.models import Participant, Proposal
from reviews.clocks import campus_day
from reviews.mou.letters import Around, letters_of
from reviews.mou.table import MOVES, MouMove, MoveInfo, Status, Who, end_of, label_of, moves_from
from reviews.permits import People, may_work_on, parties_of

Side = MouSignatory.Side
_TO_PARTNER = (MouMove.SEND_TO_PARTNER, MouMove.PASS_TO_PARTNER)


@dataclass(frozen=True, slots=True)
class Given:
    """What is given with a move. ``contact``, ``channel``, ``heard_on`` and ``evidence``: staff
    record what this contact said, how and when they heard it, and by what it is shown;
    ``untold_because``: why the contact is not told of that, empty: they are."""

    words: str = ""
    due_on: date | None = None
    ended_on: date | None = None
    upload: File | None = None
    contact: Contact | None = None
    channel: str = ""
    heard_on: date | None = None
    evidence: File | None = None
    untold_because: str = ""


@dataclass(frozen=True, slots=True)
class MouPlan:
    """``unmet``: what is missing on the record; ``wrong``: what is wrong with what was given, by
    input. ``asked``: the contacts who are asked by mail and on their page."""

    mou: Mou
    move: MouMove
    to: Status
    refusal: str
    unmet: list[str]
    wrong: dict[str, str]
    letters: list[Message]
    asked: list[Contact]
    newest: int = 0
    around: Around | None = field(default=None, repr=False)

    @property
    def info(self) -> MoveInfo:
        return MOVES[self.move]

    @property
    def is_ready(self) -> bool:
        return not self.refusal and not self.unmet

    @property
    def mailed(self) -> list[Message]:
        """What leaves, at once or in a digest."""
        return [each for each in self.letters if each.state != Message.State.SUPPRESSED]


def plan_of(
    mou: Mou,
    move: MouMove,
    by: User | Contact | None,
    given: Given | None = None,
    *,
    at: datetime | None = None,
) -> MouPlan:
    """What this move would do; nothing is written. ``by``: staff, a contact on their own page, or
    ``None``, Microcreds. As many statements for every move."""
    at, given = at or timezone.now(), given or Given()
    to, around = end_of(move, mou), around_of(mou.engagement)
    letters = letters_of(mou, move, to, by=by, around=around, at=at, due_on=given.due_on)
    settle(letters)
    return MouPlan(
        mou=mou,
        move=move,
        to=to,
        refusal=_refusal(mou, move, by, around),
        unmet=unmet_of(mou, move, at),
        wrong=_wrong(mou, move, given, by, at),
        letters=letters,
        asked=around.contacts if move in _TO_PARTNER else [],
        newest=newest_of(mou),
        around=around,
    )


def around_of(engagement: Engagement) -> Around:
    """Who has to do with it, read in four statements."""
    loaded = Proposal.objects.select_related("submitter", "assignee", "unit")
    proposal = loaded.get(pk=engagement.proposal_id)
    editors = Participant.objects.filter(
        proposal=proposal, capacity=Participant.Capacity.EDITOR
    ).select_related("user")
    shares = Share.objects.current().filter(engagement=engagement).select_related("contact")
    return Around(
        proposal=proposal,
        parties=parties_of([proposal.pk])[proposal.pk],
        proposers=[proposal.submitter, *(each.user for each in editors)],
        contacts=[share.contact for share in shares.order_by("pk")],
        people=People(),
    )


def newest_of(mou: Mou) -> int:
    """The number of the newest line of its history, 0 before there is one."""
    return MouEntry.objects.filter(mou=mou.pk).values_list("pk", flat=True).first() or 0


def open_moves(mou: Mou, user: User, around: Around) -> list[MouMove]:
    """What this person can do now, also for the partner; nothing where they do not work on it."""
    if not works_on(user, around):
        return []
    mine = {Who.STAFF, Who.PARTNER}
    return [
        move
        for move in moves_from(mou.status)
        if mine.intersection(MOVES[move].who) and not _is_let_end(mou, move)
    ]


def _is_let_end(mou: Mou, move: MouMove) -> bool:
    return move == MouMove.LET_END and mou.is_let_end


def works_on(user: User, around: Around) -> bool:
    """Staff of the proposal's unit who do not take part in it."""
    involved = around.parties.involved(user)
    return may_work_on(user, around.proposal, involved=involved)


def unmet_of(mou: Mou, move: MouMove, at: datetime) -> list[str]:
    """What has to stand on record before this move."""
    unmet = []
    needs_text = (*_TO_PARTNER, MouMove.SEND_TO_UNIVERSITY, MouMove.CLEAR)
    if move in needs_text and mou.version_id is None:
        unmet.append(_("Add the text as a version first."))
    if move == MouMove.CLEAR and mou.version and mou.agreed_by_partner_id != mou.version_id:
        unmet.append(
            _("The partner has not agreed to version %(n)d. Send it to them.")
            % {"n": mou.version.number}
        )
    if move == MouMove.SIGN:
        unmet += _unsigned(mou, campus_day(at))
    return unmet


def _unsigned(mou: Mou, today: date) -> list[str]:
    unmet = []
    if mou.start_on is None or mou.end_on is None:
        unmet.append(_("Say from when until when it holds."))
    elif mou.end_on < today:
        unmet.append(_("Its last day has passed."))
    signatories = list(mou.signatories.all())
    for side in Side:
        here = [each for each in signatories if each.side == side]
        if not here:
            unmet.append(_("Name who signs for %(side)s.") % {"side": side.label})
        unmet += [
            _("Say when %(name)s signed.") % {"name": each.name}
            for each in here
            if each.signed_on is None
        ]
    return unmet


def _refusal(mou: Mou, move: MouMove, by: User | Contact | None, around: Around) -> str:
    """Why it cannot be made now, by whoever asks; empty: it can."""
    info = MOVES[move]
    if mou.status not in info.starts:
        return _("It is at “%(status)s”; “%(move)s” is not possible from there.") % {
            "status": label_of(mou),
            "move": move.label,
        }
    if _is_let_end(mou, move):
        return _("It ends with its time already.")
    if by is None:
        return "" if Who.SYSTEM in info.who else _("This is not for Microcreds to do.")
    if isinstance(by, Contact):
        is_theirs = {Who.PARTNER, Who.CONTACT}.intersection(info.who) and by in around.contacts
        return "" if is_theirs else _("This is not yours to do.")
    if not works_on(by, around):
        return _("Staff of %(unit)s who take no part in it can do this.") % {
            "unit": around.proposal.unit or "eLearning"
        }
    if Who.CONTACT in info.who:
        return _("Only they can say so, on their own page.")
    return _("This happens automatically, by date.") if Who.SYSTEM in info.who else ""


def _wrong(
    mou: Mou, move: MouMove, given: Given, by: User | Contact | None, at: datetime
) -> dict[str, str]:
    info, today = MOVES[move], campus_day(at)
    wrong = dict(_missing(info.needs, given))
    longest = LONGEST_ASK if move in _TO_PARTNER else LONGEST_MOU_WORDS
    if len(given.words) > longest:
        wrong["words"] = _("Say it in at most %(n)d characters.") % {"n": longest}
    if given.due_on and given.due_on < today:
        wrong["due_on"] = _("This day has passed. Choose a later one.")
    if given.ended_on and given.ended_on > today:
        wrong["ended_on"] = _("This day is in the future.")
    if Who.PARTNER in info.who and isinstance(by, User):
        wrong |= dict(_missing(("contact", "channel", "heard_on"), given))
        if given.heard_on and given.heard_on > today:
            wrong["heard_on"] = _("This day is in the future.")
        if given.contact and not _is_known(given.contact, mou):
            wrong["contact"] = _("They are not known as a contact of this organization.")
    return wrong


def _is_known(contact: Contact, mou: Mou) -> bool:
    engagement = mou.engagement
    is_of_it = contact.organizations.filter(pk=engagement.organization_id).exists()
    return contact.pk == engagement.contact_id or is_of_it


def _missing(names: Iterable[str], given: Given) -> list[tuple[str, str]]:
    say: dict[str, Any] = {
        "words": _("Say it in a few words."),
        "due_on": _("Say by when you need their answer."),
        "ended_on": _("Say on what date it ended."),
        "contact": _("Say whom you heard it from."),
        "channel": _("Say how you heard it."),
        "heard_on": _("Say when you heard it."),
    }
    said = {name: getattr(given, name) for name in names}
    empty = [
        name
        for name, value in said.items()
        if not (value.strip() if isinstance(value, str) else value)
    ]
    return [(name, say[name]) for name in empty]
