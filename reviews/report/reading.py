"""What a report reads of the history: only what a later day cannot change."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Case, Min, Q, QuerySet, When
from django.db.models.fields.json import KT
from django.db.models.functions import TruncDate
from django.utils import timezone

from proposals.models import Proposal, Stage
from reviews.clocks import campus_day
from reviews.models import StageChange
from reviews.workflow import Move

# A proposal that stands at one of these, and was not moved since, says nothing in any report.
_RESTS = (
    Stage.DRAFT,
    Stage.ACTIVE,
    Stage.DECLINED,
    Stage.WITHDRAWN,
    Stage.REDIRECTED,
    Stage.MERGED,
    Stage.SUSPENDED,
    Stage.CANCELLED,
    Stage.RETIRED,
)
CHUNK = 5000


class Step(NamedTuple):
    """One move that counts, and how it left its proposal: ``unit``, ``turn`` and ``due`` (a day as
    ISO text) are what the move wrote, never what stands in the proposal today."""

    pk: int
    proposal: int
    move: str
    from_stage: str
    to_stage: str
    day: date
    reason: str
    is_forced: bool
    unit: str | None
    turn: str
    due: str | None


def first_day() -> date | None:
    """The day of the first move there ever was."""
    earliest = StageChange.objects.aggregate(at=Min("at"))["at"]
    return campus_day(earliest) if earliest else None


def histories(since: date, until: date) -> Iterator[list[Step]]:
    """The moves up to the end of ``until`` of each proposal that can matter from ``since`` on,
    oldest first; one statement, read in chunks.

    Moves that were taken back are not there, however shortly before the end they were made and
    however shortly after it they were undone: that can be only within their grace, so what is read
    here is final once that time after the end has passed (docs/decisions.md).
    """
    moved = StageChange.objects.filter(at__gte=begin_of(since)).values("proposal_id")
    moving = Proposal.objects.exclude(stage__in=_RESTS).values("pk")
    steps = (
        _until(until)
        .filter(Q(proposal__in=moved) | Q(proposal__in=moving))
        .order_by("proposal_id", "pk")
        .values_list(
            "pk",
            "proposal_id",
            "move",
            "from_stage",
            "to_stage",
            TruncDate("at", tzinfo=timezone.get_default_timezone()),
            "reason_code",
            "is_forced",
            _left("unit_id"),
            _left("whose_turn"),
            _left("due_on"),
        )
    )
    found = map(Step._make, steps.iterator(chunk_size=CHUNK))
    for _proposal, history in groupby(found, key=attrgetter("proposal")):
        yield list(history)


def origins(since: date, until: date) -> dict[int, str]:
    """What the form that was sent says of how the idea started, by the key of the submission."""
    sent = _until(until).filter(move=Move.SUBMIT, at__gte=begin_of(since))
    return dict(sent.values_list("pk", "revision__answers__origin"))


def _until(day: date) -> QuerySet[StageChange]:
    """What is in force of the history up to the end of that day.

    Asked by the few that were taken back, and not by a join of all with all, as ``in_force()`` is.
    """
    undoing = StageChange.objects.filter(undoes__isnull=False)
    return StageChange.objects.filter(
        undoes__isnull=True, at__lt=begin_of(day + timedelta(days=1))
    ).exclude(pk__in=undoing.values("undoes"))


def _left(column: str) -> Case:
    """The column as the move left it: what it wrote, else what it found."""
    wrote = When(before__left__has_key=column, then=KT(f"before__left__{column}"))
    return Case(wrote, default=KT(f"before__{column}"))


def begin_of(day: date) -> datetime:
    """Its first moment on campus."""
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())
