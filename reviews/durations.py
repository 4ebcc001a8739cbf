"""How long steps and stages took lately, read from the history: an honest guess for the next.

Measured over the last twelve months, remembered by each process, so that pages pay nothing for it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from time import monotonic

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from proposals.models import Stage
from reviews.clocks import business_days_between, campus_day
from reviews.models import Holiday, StageChange
from reviews.stage_clock import UNIVERSITY_OWES
from reviews.workflow import PARTNER_STEPS, STAGES, Text

LOOKED_AT = timedelta(days=365)
# The newest moves that are looked at; bounded, so that the page costs the same at any size.
SAMPLE = 4000
# Fewer say nothing, and might tell of one proposal.
FEWEST = 5
KEPT = 3600  # seconds

_STEP_OF = {stage: info.partner_step or 0 for stage, info in STAGES.items()}
# The first stage of each step after the first: to reach it is to leave the step before.
_DOORS = (Stage.CONSULTATION, Stage.FULL_PROPOSAL, Stage.APC_REVIEW, Stage.APPROVED, Stage.ACTIVE)


@dataclass(frozen=True, slots=True)
class StepTime:
    """One of the six steps and what it took: ``days`` is the median, ``None`` where too few were
    seen or where the step has no end."""

    number: int
    label: Text
    text: Text
    days: int | None
    seen: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Usual:
    """Working days that a stage or step took: the median, what four of five kept to, how many."""

    median: int
    p80: int
    seen: int

    @classmethod
    def of(cls, days: Iterable[int]) -> "Usual":
        ordered = sorted(days)
        return cls(round(median(ordered)), ordered[ceil(0.8 * len(ordered)) - 1], seen=len(ordered))


@dataclass(frozen=True, slots=True)
class Durations:
    """What the last year says, by the number of a step and by stage."""

    steps: dict[int, Usual]
    stages: dict[Stage, Usual]


_remembered: tuple[float, Durations] | None = None


def forget() -> None:
    """The next page measures anew."""
    global _remembered
    _remembered = None


def remember(durations: Durations) -> None:
    """Pages of this process tell these until they are an hour old."""
    global _remembered
    _remembered = (monotonic(), durations)


def lately(*, at: datetime | None = None) -> list[StepTime]:
    """The six steps with the median of working days from reaching each to reaching the next.

    Everything between counts: pauses, and the time it lay with its proposers. Looks at the last
    twelve months, at most the newest ``SAMPLE`` moves, and remembers the answer for an hour.
    """
    found = (measured(at) if at else _known()).steps
    return [
        StepTime(
            number=step.number,
            label=step.label,
            text=step.text,
            days=found[step.number].median
            if step.number in found and found[step.number].seen >= FEWEST
            else None,
            seen=found[step.number].seen if step.number in found else 0,
            is_last=step is PARTNER_STEPS[-1],
        )
        for step in PARTNER_STEPS
    ]


def usual_of(stage: Stage) -> Usual | None:
    """How long a stage usually takes; ``None`` where too few passed it."""
    usual = _known().stages.get(stage)
    return usual if usual and usual.seen >= FEWEST else None


def usual_words(stage: Stage) -> str:
    """How long a stage usually takes; our aim where too few passed it; empty where it has none."""
    usual, info = usual_of(stage), STAGES[stage]
    if usual:
        return _told(usual)
    if info.target_days and not info.is_calendar and info.turn in UNIVERSITY_OWES:
        return ngettext(
            "We aim for %(n)d working day.", "We aim for %(n)d working days.", info.target_days
        ) % {"n": info.target_days}
    return ""


def usual_words_of_step(number: int) -> str:
    """The same of one of the six steps, for a partner; empty where too few passed it."""
    usual = _known().steps.get(number)
    return _told(usual) if usual and usual.seen >= FEWEST else ""


def _told(usual: Usual) -> str:
    if usual.median == usual.p80:
        words = ngettext(
            "Usually %(high)d working day here; %(seen)d in the last year.",
            "Usually %(high)d working days here; %(seen)d in the last year.",
            usual.p80,
        )
    else:
        words = _("Usually %(low)d to %(high)d working days here; %(seen)d in the last year.")
    return words % {"low": usual.median, "high": usual.p80, "seen": usual.seen}


def _known() -> Durations:
    if _remembered is None or monotonic() - _remembered[0] > KEPT:
        remember(measured(timezone.now()))
    return _remembered[1] if _remembered else Durations({}, {})


def measured(at: datetime) -> Durations:
    """What the year before ``at`` says, in three statements whatever the number of proposals."""
    in_force = StageChange.objects.in_force()
    left = list(
        in_force.filter(at__gt=at - LOOKED_AT, at__lte=at)
        .exclude(from_stage__in=[Stage.DRAFT, Stage.ON_HOLD, Stage.RETURNED])
        # A hold ends no stay: it goes on when the hold is over.
        .exclude(to_stage=Stage.ON_HOLD)
        .order_by("-id")
        .values_list("proposal_id", "from_stage", "to_stage", "at")[:SAMPLE]
    )
    holidays = frozenset(Holiday.objects.values_list("on", flat=True))
    histories: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for proposal, stage, moment in (
        in_force.filter(proposal__in={each[0] for each in left}, at__lte=at)
        .order_by("id")
        .values_list("proposal_id", "to_stage", "at")
    ):
        histories[proposal].append((stage, moment))

    def between(since: datetime, until: datetime) -> int:
        return business_days_between(campus_day(since), campus_day(until), holidays)

    steps: dict[int, list[int]] = defaultdict(list)
    stages: dict[Stage, list[int]] = defaultdict(list)
    for proposal, here, there, moment in left:
        history = histories[proposal]
        if here != there and (stays := _stays(history, here, moment)):
            stages[Stage(here)].append(sum(between(*stay) for stay in stays))
        if there not in _DOORS:
            continue
        step = _STEP_OF[Stage(there)] - 1
        since = next((at for stage, at in history if _STEP_OF[Stage(stage)] == step), None)
        until = next((at for stage, at in history if _STEP_OF[Stage(stage)] == step + 1), None)
        # Whoever came back to a step reached the next one long ago; the first time counts.
        if since and moment == until and since <= until:
            steps[step].append(between(since, until))
    return Durations(
        steps={step: Usual.of(days) for step, days in steps.items()},
        stages={stage: Usual.of(days) for stage, days in stages.items()},
    )


def _stays(
    history: Iterable[tuple[str, datetime]], here: str, until: datetime
) -> list[tuple[datetime, datetime]]:
    """From when to when it stood at ``here`` before it left at ``until``: more than one where holds
    lay between. What keeps it at its stage begins nothing anew."""
    stays: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    before = ""
    for stage, moment in history:
        if moment > until or (moment == until and since and stage != here):
            break
        if stage == here and since is None:
            stays, since = stays if before == Stage.ON_HOLD else [], moment
        elif stage != here and since:
            stays, since = [*stays, (since, moment)], None
        before = stage
    return [*stays, (since, until)] if since else []
