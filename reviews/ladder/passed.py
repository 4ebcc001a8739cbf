"""One mark that one proposal has passed and that nobody was told of yet."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db.models import QuerySet

from proposals.models import Proposal
from reviews.asks.source import Row
from reviews.ladder.table import READ_AT_ONCE
from reviews.models import LadderStep, StageChange
from reviews.stage_clock import StageClock
from reviews.workflow import Move

# Before and after the day of an ask.
SOON, LATE = "soon", "late"


class Kind(StrEnum):
    """What the mark is of; the values are data."""

    TARGET = "target"
    IDLE = "idle"
    REPLY = "reply"
    EXPIRY = "expires"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Passed:
    """``since``: what the mark counts from; ``rung``: which it is. The other fields are what its
    mails say: ``clock`` of a target, ``days`` of an idle owner, ``on`` the day it is about.
    ``desk_knows``: who works on it heard on the day before. ``is_first_late``: the proposers have
    not heard yet that it takes longer. ``asks``: what is asked by that day."""

    proposal: Proposal
    kind: Kind
    since: str
    rung: str
    clock: StageClock | None = None
    days: int = 0
    on: date | None = None
    desk_knows: bool = False
    is_first_late: bool = False
    owner_knows: bool = False
    asks: tuple[Row, ...] = ()

    @property
    def key(self) -> tuple[int, str, str]:
        return self.proposal.pk, self.since, self.rung

    @property
    def cause(self) -> str:
        return f"ladder:{self.since}:{self.rung}"


def causes_of(since: str, day: date) -> list[str]:
    """What reminders of this, asked by that day, name as their cause."""
    return [f"ladder:{since}:{rung}" for rung in rungs_of(day)]


def rungs_of(day: date) -> list[str]:
    """The marks before and after a day on which something is due; another day is another mark."""
    return [f"{SOON}:{day}", f"{LATE}:{day}"]


@dataclass(slots=True)
class Told:
    """What was told of each proposal already: pairs of what it counts from and which mark."""

    steps: dict[int, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))

    def rungs(self, proposal: Proposal, since: str) -> set[str]:
        return {rung for counts, rung in self.steps[proposal.pk] if counts == since}


def told_of(proposals: Iterable[Proposal]) -> Told:
    """The steps of these on record, in one statement."""
    told = Told()
    found = LadderStep.objects.filter(proposal__in=[row.pk for row in proposals])
    for pk, since, rung in found.values_list("proposal_id", "since", "rung"):
        told.steps[pk].add((since, rung))
    return told


def in_parts(found: QuerySet) -> Iterator[list]:
    """The rows in the order of their keys, some hundred at a time."""
    last = 0
    while rows := list(found.filter(pk__gt=last).order_by("pk")[:READ_AT_ONCE]):
        last = rows[-1].pk
        yield rows


def histories_of(proposals: Iterable[Proposal]) -> dict[int, list[StageChange]]:
    """What is in force of each history, oldest first, without its words; in one statement."""
    histories: dict[int, list[StageChange]] = {row.pk: [] for row in proposals}
    found = StageChange.objects.in_force().filter(proposal__in=list(histories)).order_by("pk")
    for change in found.only("proposal", "move", "from_stage", "to_stage", "at", "undoes"):
        histories[change.proposal_id].append(change)
    return histories


def began(proposal: Proposal, history: Sequence[StageChange]) -> StageChange:
    """The stage change that began its stay at the stage; a hold in between belongs to it."""
    entries = [
        change
        for change in history
        if change.to_stage == proposal.stage
        and change.from_stage != change.to_stage
        and change.move != Move.RESUME
    ]
    return entries[-1]


def entered(proposal: Proposal, history: Sequence[StageChange]) -> StageChange:
    """The stage change that led to the stage last, going on after a hold included."""
    return [
        change
        for change in history
        if change.to_stage == proposal.stage and change.from_stage != change.to_stage
    ][-1]
