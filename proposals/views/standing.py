"""Where a proposal stands, in the words and signs of its row in a list and of its page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from proposals.models import HandOver, Proposal, Stage, Turn
from reviews.asks.ask import due_words
from reviews.clocks import business_days_between
from reviews.grace import as_told, may_be_untold
from reviews.models import Holiday, StageChange
from reviews.progress import Progress, progress_of
from reviews.services import CHANGES
from reviews.workflow import MOVES, STAGES, Move


@dataclass(frozen=True)
class Standing:
    """What the turn and the date of one proposal say to this reader.

    ``due_label`` says what is due on ``progress.due_on``, ``due`` how far that is; ``unread`` how
    many messages of its conversation are new to this reader.
    """

    proposal: Proposal
    progress: Progress
    turn: str
    is_my_turn: bool
    due_label: str
    due: str
    is_late: bool
    unread: int


@dataclass(frozen=True)
class Happening:
    """One line of the history as proposers read it: no note, nothing of scores."""

    label: str
    change: StageChange | HandOver
    reason: str
    message: str


def standings(
    proposals: Sequence[Proposal],
    *,
    is_proposer: bool,
    changes: Iterable[StageChange] | None = None,
    unread: Mapping[int, int] | None = None,
    holidays: Iterable[date] | None = None,
) -> list[Standing]:
    """How each stands, in two statements whatever their number; one less where ``changes`` are
    known, and one where ``holidays`` are."""
    histories: dict[int, list[StageChange]] = {proposal.pk: [] for proposal in proposals}
    if changes is None:
        changes = CHANGES.rows(proposals=list(histories)) if histories else ()
    for change in changes:
        histories[change.proposal_id].append(change)
    if holidays is None:
        holidays = Holiday.objects.values_list("on", flat=True)
    off = frozenset(holidays)
    return [
        _standing(
            proposal,
            as_told(proposal, histories[proposal.pk]),
            off,
            is_proposer=is_proposer,
            unread=(unread or {}).get(proposal.pk, 0),
        )
        for proposal in proposals
    ]


def history(changes: Iterable[StageChange], *, tells_messages: bool) -> list[Happening]:
    """Newest first; what was said to the proposers is told to them and to staff only.

    A move that changes nothing a proposer can see, and says nothing, is left out.
    """
    return [
        _happening(change, tells_messages=tells_messages)
        for change in changes
        if _label(change.from_stage) != _label(change.to_stage)
        or change.from_stage == change.to_stage
        or (tells_messages and change.message)
    ]


def asked(proposal: Proposal, changes: Iterable[StageChange]) -> Happening | None:
    """What the move that brought it here said, or one made here since: the newest return while it
    is returned. A hold that is over changes nothing in that; ``changes`` are newest first."""
    for change in changes:
        if proposal.stage == Stage.RETURNED:
            if change.move == Move.RETURN:
                return _happening(change, tells_messages=True)
        elif change.to_stage == proposal.stage:
            if change.message or change.reason_code:
                return _happening(change, tells_messages=True)
            if change.from_stage != change.to_stage and change.move != Move.RESUME:
                return None
    return None


def _happening(change: StageChange, *, tells_messages: bool) -> Happening:
    if change.from_stage == change.to_stage:
        label = MOVES[Move(change.move)].label
    else:
        label = _label(change.to_stage)
    reason = MOVES[Move(change.move)].reason_words(change.reason_code)
    return Happening(
        label=label,
        change=change,
        reason=str(reason) if tells_messages else "",
        message=change.message if tells_messages else "",
    )


def _label(stage: str) -> str:
    return str(STAGES[Stage(stage)].proposer_label)


def _standing(
    proposal: Proposal,
    changes: list[StageChange],
    holidays: frozenset[date],
    *,
    is_proposer: bool,
    unread: int,
) -> Standing:
    progress = progress_of(proposal, changes)
    is_my_turn = is_proposer and progress.whose_turn == Turn.SUBMITTER
    today = timezone.localdate()
    return Standing(
        proposal=proposal,
        progress=progress,
        turn=_turn(progress.whose_turn, is_proposer=is_proposer),
        is_my_turn=is_my_turn,
        due_label=_due_label(progress),
        due=_due_words(progress.due_on, today, holidays),
        is_late=bool(progress.due_on and progress.due_on < today),
        unread=unread,
    )


def read_as_told(proposals: Sequence[Proposal]) -> None:
    """Each stands where people outside the desk are told that it does; never save it afterwards."""
    now = timezone.now()
    lately = {row.pk: row for row in proposals if may_be_untold(row, now)}
    changes: dict[int, list[StageChange]] = {pk: [] for pk in lately}
    for change in CHANGES.rows(proposals=list(changes)) if changes else ():
        changes[change.proposal_id].append(change)
    for pk, row in lately.items():
        as_told(row, changes[pk])


def _turn(turn: Turn, *, is_proposer: bool) -> str:
    match turn:
        case Turn.SUBMITTER:
            return _("Your turn") if is_proposer else _("The proposer's turn")
        case Turn.UNIVERSITY:
            return _("eLearning's turn")
        case Turn.COMMITTEE:
            return _("The committee's turn")
        case Turn.DEANS:
            return _("The deans' turn")
        case Turn.PARTNER:
            return _("The partner's turn")
        case _:
            return _("Nobody needs to act")


def _due_label(progress: Progress) -> str:
    if progress.state == "paused":
        return _("Looked at again")
    return _("Reply wanted") if progress.whose_turn == Turn.SUBMITTER else _("Expected")


def _due_words(due_on: date | None, today: date, holidays: frozenset[date]) -> str:
    """The first half of a date said twice; the second is the day itself."""
    if due_on is None:
        return ""
    if due_on < today:
        days = max(-business_days_between(today, due_on, holidays), 1)
        return ngettext(
            "%(n)d working day later than planned", "%(n)d working days later than planned", days
        ) % {"n": days}
    return due_words(due_on, today, holidays)
