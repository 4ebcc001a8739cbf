"""How long the steps took lately, read from the history: an honest guess for the next proposal."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.core.cache import cache
from django.utils import timezone

from proposals.models import Stage
from reviews.clocks import business_days_between, campus_day
from reviews.models import Holiday, StageChange
from reviews.workflow import PARTNER_STEPS, STAGES, Text

LOOKED_AT = timedelta(days=365)
# The newest moves that reached a step; bounded, so that the page costs the same at any size.
SAMPLE = 2000
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


def lately(*, at: datetime | None = None) -> list[StepTime]:
    """The six steps with the median of working days from reaching each to reaching the next.

    Everything between counts: pauses, and the time it lay with its proposers. Looks at the last
    twelve months, at most the newest ``SAMPLE`` moves, and remembers the answer for an hour.
    """
    if at:
        found = _measured(at)
    else:
        found = cache.get_or_set("step-times", lambda: _measured(timezone.now()), KEPT) or {}
    return [
        StepTime(
            number=step.number,
            label=step.label,
            text=step.text,
            days=found[step.number][0] if step.number in found else None,
            seen=found[step.number][1] if step.number in found else 0,
            is_last=step is PARTNER_STEPS[-1],
        )
        for step in PARTNER_STEPS
    ]


def _measured(at: datetime) -> dict[int, tuple[int | None, int]]:
    """Median and number for each step that was left, in three statements."""
    left = list(
        StageChange.objects.in_force()
        .filter(to_stage__in=_DOORS, at__gt=at - LOOKED_AT, at__lte=at)
        .order_by("-id")
        .values_list("proposal_id", "to_stage", "at")[:SAMPLE]
    )
    holidays = frozenset(Holiday.objects.values_list("on", flat=True))
    reached: dict[tuple[int, int], datetime] = {}
    for proposal, stage, moment in (
        StageChange.objects.in_force()
        .filter(proposal__in={proposal for proposal, _, _ in left})
        .order_by("id")
        .values_list("proposal_id", "to_stage", "at")
    ):
        reached.setdefault((proposal, _STEP_OF[Stage(stage)]), moment)
    days: dict[int, list[int]] = defaultdict(list)
    for proposal, stage, moment in left:
        step = _STEP_OF[Stage(stage)] - 1
        since, until = reached.get((proposal, step)), reached[proposal, step + 1]
        # Whoever came back to a step reached the next one long ago; the first time counts.
        if since and moment == until and since <= until:
            days[step].append(business_days_between(campus_day(since), campus_day(until), holidays))
    return {
        step: (round(median(each)) if len(each) >= FEWEST else None, len(each))
        for step, each in days.items()
    }
