"""Steps that the university owes and that take long: 80, 100 and 150 percent of their time."""

from collections.abc import Iterator, Set
from datetime import date

from proposals.models import Proposal
from reviews.ladder.passed import Kind, Passed, Told, began, histories_of, in_parts, told_of
from reviews.ladder.table import MARKS
from reviews.models import StageChange
from reviews.stage_clock import UNIVERSITY_OWES, Mark, clock_of
from reviews.workflow import STAGES

_CALENDAR = [stage for stage, info in STAGES.items() if info.is_calendar]


def targets_passed(today: date, holidays: Set[date]) -> Iterator[Passed | Exception]:
    """Of each proposal whose clock runs, the highest mark it has passed, unless it was told."""
    running = (
        Proposal.objects.filter(whose_turn__in=UNIVERSITY_OWES, due_on__isnull=False)
        .exclude(stage__in=_CALENDAR)
        .select_related("submitter", "assignee", "unit")
    )
    for rows in in_parts(running):
        histories, told = histories_of(rows), told_of(rows)
        for row in rows:
            try:
                passed = _passed(row, histories[row.pk], told, today, holidays)
            except Exception as fault:  # one that cannot be read holds up no other
                fault.add_note(row.reference)
                yield fault
                continue
            if passed:
                yield passed


def _passed(
    row: Proposal,
    history: list[StageChange],
    told: Told,
    today: date,
    holidays: Set[date],
) -> Passed | None:
    clock = clock_of(row, history, holidays, today)
    if clock.mark == Mark.EARLY:
        return None
    since = str(began(row, history).pk)
    rungs = {int(rung) for rung in told.rungs(row, since)}
    if clock.mark <= max(rungs, default=0):
        return None
    is_late = MARKS[clock.mark].proposers
    return Passed(
        proposal=row,
        kind=Kind.TARGET,
        since=since,
        rung=str(int(clock.mark)),
        clock=clock,
        desk_knows=clock.mark == Mark.OVER and Mark.DUE in rungs,
        is_first_late=is_late and not any(MARKS[Mark(rung)].proposers for rung in rungs),
    )
