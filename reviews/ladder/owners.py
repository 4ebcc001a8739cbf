"""Owners whose turn it is and who fell silent: a full proposal nobody saves, a reply overdue."""

from collections.abc import Iterator, Set
from datetime import date, datetime, timedelta

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from proposals.models import Proposal, Stage, Turn
from reviews import services
from reviews.clocks import business_days_between, campus_day
from reviews.ladder.passed import (
    Kind,
    Passed,
    began,
    entered,
    histories_of,
    in_parts,
    told_of,
)
from reviews.ladder.table import IDLE_DAYS, IDLE_HOLD_AFTER, IDLE_HOLD_FOR, IDLE_HOLD_REASON
from reviews.plans import Given, build_plan
from reviews.workflow import Move


def idle_full_proposals(today: date, holidays: Set[date]) -> Iterator[Passed]:
    """Full proposals that nobody has saved for long; a save, or going on after a hold, begins the
    count anew."""
    for rows in in_parts(_left_alone(today, IDLE_DAYS[0])):
        histories, told = histories_of(rows), told_of(rows)
        for row in rows:
            days = business_days_between(campus_day(row.idle_since), today, holidays)
            if days < IDLE_DAYS[0] or not histories[row.pk]:
                continue
            since = f"{entered(row, histories[row.pk]).pk}:v{row.version}"
            step = max(known for known in IDLE_DAYS if known <= days)
            spoken = [int(rung.partition(":")[2]) for rung in told.rungs(row, since)]
            if step > max(spoken, default=0):
                day = campus_day(row.idle_since)
                yield Passed(row, Kind.IDLE, since, f"{Kind.IDLE}:{step}", days=days, on=day)


def replies_overdue(today: date) -> Iterator[Passed]:
    """Returned proposals whose day to reply has come."""
    returned = Proposal.objects.filter(
        whose_turn=Turn.SUBMITTER, stage=Stage.RETURNED, due_on__lte=today
    ).select_related("submitter")
    for rows in in_parts(returned):
        histories, told = histories_of(rows), told_of(rows)
        for row in rows:
            if not histories[row.pk]:
                continue
            since = str(began(row, histories[row.pk]).pk)
            if Kind.REPLY not in told.rungs(row, since):
                yield Passed(row, Kind.REPLY, since, Kind.REPLY, on=row.due_on)


def put_idle_on_hold(at: datetime, holidays: Set[date]) -> Iterator[Proposal | Exception]:
    """Full proposals left alone for ``IDLE_HOLD_AFTER`` working days are on hold, by the system;
    yields each, or why it could not be."""
    today = campus_day(at)
    for rows in in_parts(_left_alone(today, IDLE_HOLD_AFTER)):
        for row in rows:
            days = business_days_between(campus_day(row.idle_since), today, holidays)
            if days < IDLE_HOLD_AFTER:
                continue
            try:
                _hold(row, days, at)
            except Exception as fault:  # one that cannot be held holds up no other
                fault.add_note(row.reference)
                yield fault
            else:
                yield row


def _hold(row: Proposal, days: int, at: datetime) -> None:
    given = Given(
        reason_code=IDLE_HOLD_REASON,
        wake_on=campus_day(at) + timedelta(days=IDLE_HOLD_FOR),
        message=_(
            "Nobody has saved the full proposal for %(days)d working days, so it is paused and "
            "waits for a better time. Nothing is lost. Tell eLearning as soon as you want to go "
            "on, and it is open again."
        )
        % {"days": days},
    )
    plan = build_plan(proposals=[row], move=Move.HOLD, actor=None, given=given, at=at)
    services.move(plan=plan)


def _left_alone(today: date, days: int):
    """Full proposals that were last saved at least that many days ago, whatever days those were;
    with ``idle_since`` and the ``version`` of the form."""
    return (
        Proposal.objects.filter(stage=Stage.FULL_PROPOSAL)
        .annotate(
            idle_since=Greatest("interest__saved_at", "stage_since"), version=F("interest__version")
        )
        .filter(idle_since__date__lte=today - timedelta(days=days))
        .select_related("submitter")
    )
