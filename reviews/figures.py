"""What the home counts: who stands where and how long, what came in, what was decided.

All of it is one statement. Figures that were slow to count are remembered by each process for a few
minutes, and say of when they are.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from time import monotonic
from typing import Any

from django.db.models import (
    Aggregate,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, TruncMonth
from django.utils import timezone

from partners.models import Engagement
from proposals.models import ProposalQuerySet, Stage, Turn
from reviews import decisions
from reviews.clocks import business_days_between, campus_day
from reviews.dimensions import NONE, UNSAID, late
from reviews.models import Holiday
from reviews.spans import Span
from reviews.workflow import STAGES, Move, Phase

# Where a proposal is on its way or in use. Where it has ended is told by what was decided.
STANDING = tuple(
    stage for stage, info in STAGES.items() if stage != Stage.DRAFT and info.phase != Phase.ENDED
)
SLOW, KEPT, MOST_KEPT = 0.25, 300.0, 64  # seconds, seconds, figures
_COLUMNS = ("part", "key", "label", "number", "late", "longest", "shortest")


class _Middle(Aggregate):
    """The moment in the middle of all: of an even number the earlier one, or the later."""

    template = "percentile_disc(0.5) WITHIN GROUP (ORDER BY %(expressions)s %(direction)s)"
    output_field = DateTimeField()


@dataclass(frozen=True, slots=True)
class AtStage:
    """How many stand at a stage, how many of them past target, their median of working days there
    (``None`` where nobody stands), and how many wait for whom."""

    stage: Stage
    number: int = 0
    late: int = 0
    days: float | None = None
    turns: tuple[tuple[Turn, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """How many have one value of what they are counted by; ``label`` is its name in the database,
    where it has one there."""

    key: str
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Decided:
    """How many were decided so, for one reason or for none that was given."""

    move: Move
    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of one reader's desk. ``intake`` is by month, unit, campus, department, kind and
    origin, the most first, months in their order."""

    at: datetime
    stages: tuple[AtStage, ...]
    intake: Mapping[str, list[Counted]] = field(default_factory=dict)
    decided: tuple[Decided, ...] = ()

    @property
    def received(self) -> int:
        return sum(month.number for month in self.intake.get("month", ()))


_remembered: dict[Hashable, tuple[float, Figures]] = {}


def forget() -> None:
    """Everything is counted anew."""
    _remembered.clear()


def figures_of(desk: ProposalQuerySet, span: Span, *, kept_as: Hashable) -> Figures:
    """The figures of ``desk``, which ``kept_as`` names together with its reader: one statement, or
    none where they were slow to count a few minutes ago."""
    key = (kept_as, span, timezone.localdate())
    begun = monotonic()
    if key in _remembered and begun - _remembered[key][0] < KEPT:
        return _remembered[key][1]
    counted = count(desk, span)
    if monotonic() - begun >= SLOW:
        while len(_remembered) >= MOST_KEPT:
            _remembered.pop(next(iter(_remembered)), None)
        _remembered[key] = (begun, counted)
    return counted


def count(desk: ProposalQuerySet, span: Span) -> Figures:
    """The figures of ``desk`` as they are now; what came in and was decided, in ``span``."""
    today = timezone.localdate()
    desk = desk.order_by()
    received = desk.filter(span.of("submitted_at"))
    parts = [
        *_standing(desk, today),
        _by(received, "month", _month_of("submitted_at")),
        _by(received, "unit", "unit_id", "unit__name"),
        _by(received, "campus", "campus_id", "campus__name"),
        _by(received, "department", "department_id", "department__name"),
        _by(received, "origin", "search_text__origin"),
        *_kinds(received),
        _decided(desk, span),
        _by(Holiday.objects.order_by(), "holiday", "on"),
    ]
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in parts[0].union(*parts[1:], all=True):
        named = dict(zip(_COLUMNS, row, strict=True))
        found[named["part"]].append(named)
    holidays = frozenset(date.fromisoformat(row["key"]) for row in found["holiday"])
    return Figures(
        at=timezone.now(),
        stages=_stages(found["stage"], found["turn"], today, holidays),
        intake={
            part: _ordered(part, found[part])
            for part in ("month", "unit", "campus", "department", "kind", "origin")
        },
        decided=tuple(
            Decided(Move(row["key"]), row["label"], row["number"]) for row in found["decided"]
        ),
    )


def _by(
    rows: QuerySet, part: str, key: Any, label: Any = None, *, number: Any = None, **more: Any
) -> QuerySet:
    """How many rows have each key, as lines of the one statement."""
    moment, text = DateTimeField(), TextField()
    key = Cast(F(key) if isinstance(key, str) else key, text)
    name = Cast(F(label), text) if isinstance(label, str) else Value("", text)
    grouped = rows.annotate(
        part=Value(part, text),
        key=Coalesce(key, Value("", text)),
        label=Coalesce(name, Value("", text)),
    ).values("part", "key", "label")
    return grouped.annotate(
        number=number or Count("pk"),
        late=more.get("late", Value(0, IntegerField())),
        longest=more.get("longest", Cast(Value(None, moment), moment)),
        shortest=more.get("shortest", Cast(Value(None, moment), moment)),
    ).values_list(*_COLUMNS)


def _standing(desk: QuerySet, today: date) -> list[QuerySet]:
    rows = desk.filter(stage__in=STANDING)
    past_target = Count("pk", filter=late(today))
    middle = {
        "longest": _Middle("stage_since", direction="ASC"),
        "shortest": _Middle("stage_since", direction="DESC"),
    }
    return [
        _by(rows, "stage", "stage", late=past_target, **middle),
        _by(rows, "turn", "stage", "whose_turn"),
    ]


def _kinds(received: QuerySet) -> list[QuerySet]:
    """By what the organizations are; with two of one kind it counts once, of two kinds for each."""
    engaged = Engagement.objects.order_by()
    named = engaged.filter(proposal__in=received.values("pk"))
    unnamed = received.filter(~Exists(engaged.filter(proposal=OuterRef("pk"))))
    once = Count("proposal", distinct=True)
    return [
        _by(named, "kind", "organization__kind", number=once),
        _by(unnamed, "kind", Value(NONE, CharField())),
    ]


def _decided(desk: QuerySet, span: Span) -> QuerySet:
    made = decisions.standing().order_by().filter(span.of("at"))
    return _by(made.filter(proposal__in=desk.values("pk")), "decided", "move", "reason_code")


def _month_of(column: str) -> Func:
    month = TruncMonth(column, tzinfo=timezone.get_current_timezone())
    return Func(month, Value("YYYY-MM"), function="to_char", output_field=TextField())


def _stages(
    stages: list[Mapping[str, Any]],
    turns: list[Mapping[str, Any]],
    today: date,
    holidays: frozenset[date],
) -> tuple[AtStage, ...]:
    def days(moment: datetime) -> int:
        return business_days_between(min(campus_day(moment), today), today, holidays)

    counted = {Stage(row["key"]): row for row in stages}
    waiting: dict[str, list[tuple[Turn, int]]] = defaultdict(list)
    for row in sorted(turns, key=lambda row: -row["number"]):
        waiting[row["key"]].append((Turn(row["label"]), row["number"]))

    def at(stage: Stage) -> AtStage:
        found = counted.get(stage)
        if found is None:
            return AtStage(stage)
        # Working days only grow with time: those of the middle moments are the middle ones.
        middle = (days(found["longest"]) + days(found["shortest"])) / 2
        return AtStage(stage, found["number"], found["late"], middle, tuple(waiting[stage]))

    return tuple(at(stage) for stage in STANDING)


def _ordered(part: str, rows: list[Mapping[str, Any]]) -> list[Counted]:
    blank = UNSAID if part == "kind" else NONE
    counted = [Counted(row["key"] or blank, row["label"], row["number"]) for row in rows]
    # Nobody named a partner: the line is there, and counts nothing.
    counted = [each for each in counted if each.number]
    if part == "month":
        return sorted(counted, key=lambda month: month.key)
    return sorted(counted, key=lambda each: (-each.number, each.label, each.key))
