"""What is on hold wakes on its day, once, and goes on as any other resuming."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews.clocks import add_business_days, business_days_between, campus_day
from reviews.models import StageChange
from reviews.services import thaw
from reviews.stage_clock import clock_of
from reviews.tasks import thaw as thaw_task
from reviews.workflow import Move, way_back
from tests.factories import do_move, given_for, make_at, make_cast

pytestmark = pytest.mark.django_db
CAMPUS = ZoneInfo("America/New_York")


def held(days: int, *, at: datetime | None = None) -> Proposal:
    """In triage for two days, then on hold for ``days`` more."""
    at = at or timezone.now()
    proposal = make_at(Stage.TRIAGE, at=at - timedelta(days=2))
    do_move(
        proposal,
        Move.HOLD,
        make_cast().oxford,
        at=at,
        reason_code="timing",
        wake_on=campus_day(at) + timedelta(days=days),
    )
    return proposal


def test_it_wakes_on_its_day_on_campus_and_not_before():
    at = datetime(2026, 11, 2, 12, tzinfo=CAMPUS)
    proposal = held(10, at=at)
    # Twenty minutes to midnight on campus is tomorrow in Greenwich.
    assert thaw(at=datetime(2026, 11, 11, 23, 40, tzinfo=CAMPUS)) == ([], {})
    assert thaw(at=datetime(2026, 11, 12, 0, 10, tzinfo=CAMPUS)) == ([proposal.reference], {})


def test_it_goes_on_at_its_stage_with_its_owner_and_the_days_that_were_left():
    at = datetime(2026, 11, 2, 12, tzinfo=CAMPUS)
    proposal = held(10, at=at)
    hold = StageChange.objects.filter(proposal=proposal).latest()
    left = business_days_between(
        campus_day(at), datetime.fromisoformat(hold.before["due_on"]).date(), frozenset()
    )
    wakes = datetime(2026, 11, 12, 0, 10, tzinfo=CAMPUS)
    thaw(at=wakes)
    proposal.refresh_from_db()
    assert (proposal.stage, proposal.assignee) == (Stage.TRIAGE, make_cast().oxford)
    assert proposal.due_on == add_business_days(campus_day(wakes), left, frozenset())
    change = StageChange.objects.filter(proposal=proposal).latest()
    assert (change.move, change.actor) == (Move.RESUME, None)
    told = Message.objects.filter(cause=f"stage_change:{change.pk}").values_list("to", flat=True)
    assert make_cast().oxford.email in told


def test_what_was_late_before_a_hold_is_as_late_after_it():
    """Due on Monday the 9th, held on the 12th: three days over, whatever the hold takes."""
    at = datetime(2026, 11, 2, 12, tzinfo=CAMPUS)
    proposal = make_at(Stage.TRIAGE, at=at)
    assert proposal.due_on == date(2026, 11, 9)
    held_at = datetime(2026, 11, 12, 12, tzinfo=CAMPUS)
    given = given_for(Move.HOLD, held_at) | {"wake_on": date(2026, 12, 3)}
    do_move(proposal, Move.HOLD, make_cast().oxford, at=held_at, **given)
    thaw(at=datetime(2026, 12, 3, 0, 10, tzinfo=CAMPUS))
    proposal.refresh_from_db()
    assert proposal.due_on == date(2026, 11, 30)
    change = StageChange.objects.filter(proposal=proposal).latest()
    history = list(StageChange.objects.filter(proposal=proposal).order_by("pk"))
    clock = clock_of(proposal, history, frozenset(), date(2026, 12, 3))
    assert (clock.used, clock.left, clock.total) == (8, -3, 5)
    for mail in Message.objects.filter(cause=f"stage_change:{change.pk}"):
        assert "30 November" not in mail.body


def test_twice_run_it_wakes_once_and_makes_up_for_missed_days():
    held(1, at=timezone.now() - timedelta(days=9))
    thaw_task()
    thaw_task()
    assert StageChange.objects.filter(move=Move.RESUME).count() == 1


def test_one_that_cannot_go_on_holds_up_no_other(monkeypatch):
    before = timezone.now() - timedelta(days=9)
    stuck, well = held(1, at=before), held(1, at=before)
    monkeypatch.setattr("reviews.plans.effects.way_back", _lost(stuck))
    awake, not_awake = thaw()
    assert awake == [well.reference]
    assert list(not_awake) == [stuck.reference]
    assert StageChange.objects.filter(move=Move.RESUME).count() == 1


def _lost(proposal: Proposal):
    def lost(stage, history):
        history = list(history)
        is_it = bool(history) and history[0].proposal_id == proposal.pk
        return None if is_it else way_back(stage, history)

    return lost
