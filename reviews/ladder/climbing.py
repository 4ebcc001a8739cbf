"""The run that tells what nobody moved; twice in a working day."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.utils import timezone

from reviews import policies
from reviews.clocks import campus_day, is_business_day
from reviews.ladder.approvals import approvals_ending, open_renewals
from reviews.ladder.asks import asks_due
from reviews.ladder.contacts import remind_contacts
from reviews.ladder.owners import idle_full_proposals, put_idle_on_hold, replies_overdue
from reviews.ladder.passed import Passed
from reviews.ladder.table import MOVED_IN_A_RUN, TOLD_AT_ONCE, TOLD_IN_A_RUN
from reviews.ladder.targets import targets_passed
from reviews.ladder.telling import tell
from reviews.models import Holiday


@dataclass(slots=True)
class Climbed:
    """What a run did, by reference; ``stuck`` are faults, each with its reference in its notes."""

    renewed: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    stuck: list[Exception] = field(default_factory=list)


def climb(*, at: datetime | None = None) -> Climbed:
    """Every mark that was passed is told, once, the highest where several were; what is long idle
    is on hold, and renewal reviews are open. Nothing happens on a day off.

    What one proposal hinders holds up no other. Safe to repeat, and at the same time.
    """
    policies.refresh()  # no request does it in a worker
    at = at or timezone.now()
    today, climbed = campus_day(at), Climbed()
    holidays = frozenset(Holiday.objects.values_list("on", flat=True))
    if not is_business_day(today, holidays):
        return climbed
    opened = _sorted(islice(open_renewals(at), MOVED_IN_A_RUN), climbed)
    climbed.renewed = [row.reference for row in opened]
    held = _sorted(islice(put_idle_on_hold(at, holidays), MOVED_IN_A_RUN), climbed)
    climbed.held = [row.reference for row in held]
    marks = [
        *_sorted(targets_passed(today, holidays), climbed),
        *idle_full_proposals(today, holidays),
        *replies_overdue(today),
        *asks_due(today, holidays),
        *approvals_ending(today, {row.pk for row in opened}),
    ]
    marks = marks[:TOLD_IN_A_RUN]
    for start in range(0, len(marks), TOLD_AT_ONCE):
        _tell(marks[start : start + TOLD_AT_ONCE], at, holidays, climbed)
    # Only what hinders them is told here; each of them is on the record of its ask.
    _sorted(islice(remind_contacts(at=at, holidays=holidays), TOLD_IN_A_RUN), climbed)
    return climbed


def _sorted(found: Iterable[Any], climbed: Climbed) -> list[Any]:
    """What is no fault; faults go to the others."""
    kept: list[Any] = []
    for each in found:
        (climbed.stuck if isinstance(each, Exception) else kept).append(each)
    return kept


def _tell(marks: list[Passed], at: datetime, holidays: Set[date], climbed: Climbed) -> None:
    """All at once; one by one where one of them cannot be told."""
    try:
        told = tell(marks, at=at, holidays=holidays)
    except Exception as fault:
        if len(marks) == 1:
            fault.add_note(marks[0].proposal.reference)
            climbed.stuck.append(fault)
            return
        for mark in marks:
            _tell([mark], at, holidays, climbed)
        return
    climbed.told += [passed.proposal.reference for passed in told]
