"""Working days used and left at a stage, with weekends, days off, clock changes and holds."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposals.models import Proposal, Stage, Turn
from reviews import durations
from reviews.clocks import add_business_days, business_days_between
from reviews.models import Holiday, StageChange
from reviews.stage_clock import Mark, StageClock, clock_of
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_cast, make_submitted

CAMPUS = ZoneInfo("America/New_York")
MONDAY = date(2026, 11, 2)  # the day after the clocks went back


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=CAMPUS)


def in_triage(since: date, due_on: date, turn: Turn = Turn.UNIVERSITY) -> Proposal:
    return Proposal(stage=Stage.TRIAGE, stage_since=noon(since), whose_turn=turn, due_on=due_on)


def moved(move: Move, there: Stage, here: Stage, day: date) -> StageChange:
    return StageChange(move=move, from_stage=there, to_stage=here, at=noon(day))


def entered(day: date) -> StageChange:
    return moved(Move.START_TRIAGE, Stage.SUBMITTED, Stage.TRIAGE, day)


@pytest.mark.parametrize(
    ("today", "used", "left", "mark"),
    [
        (date(2026, 11, 2), 0, 5, Mark.EARLY),
        (date(2026, 11, 5), 3, 2, Mark.EARLY),
        (date(2026, 11, 6), 4, 1, Mark.CLOSE),
        (date(2026, 11, 8), 4, 1, Mark.CLOSE),  # a weekend uses nothing
        (date(2026, 11, 9), 5, 0, Mark.DUE),
        (date(2026, 11, 10), 6, -1, Mark.OVER),
        (date(2026, 11, 12), 8, -3, Mark.LATE),
    ],
)
def test_days_are_used_and_left_over_a_weekend(today, used, left, mark):
    clock = clock_of(in_triage(MONDAY, date(2026, 11, 9)), [entered(MONDAY)], frozenset(), today)
    assert (clock.used, clock.left, clock.mark) == (used, left, mark)


def test_a_day_off_entered_afterwards_uses_nothing():
    row, history = in_triage(MONDAY, date(2026, 11, 9)), [entered(MONDAY)]
    today = date(2026, 11, 5)
    assert clock_of(row, history, frozenset(), today).used == 3
    clock = clock_of(row, history, frozenset({date(2026, 11, 4)}), today)
    assert (clock.used, clock.total) == (2, 4)


@pytest.mark.parametrize("changes_on", [date(2026, 3, 8), date(2026, 11, 1)])
def test_the_clocks_going_forth_or_back_take_no_day(changes_on):
    friday, monday = changes_on - timedelta(days=2), changes_on + timedelta(days=1)
    late = datetime(friday.year, friday.month, friday.day, 23, 59, tzinfo=CAMPUS)
    row = Proposal(stage=Stage.TRIAGE, stage_since=late, whose_turn=Turn.UNIVERSITY, due_on=monday)
    assert clock_of(row, [], frozenset(), monday).used == 1


def test_a_hold_across_the_due_date_stops_the_clock_and_it_goes_on_after():
    history = [
        entered(MONDAY),
        moved(Move.HOLD, Stage.TRIAGE, Stage.ON_HOLD, date(2026, 11, 4)),
        moved(Move.RESUME, Stage.ON_HOLD, Stage.TRIAGE, date(2026, 11, 18)),
    ]
    row = in_triage(date(2026, 11, 18), date(2026, 11, 23))
    clock = clock_of(row, history, frozenset(), date(2026, 11, 19))
    assert (clock.used, clock.left, clock.total) == (3, 2, 5)


def test_entering_a_stage_anew_begins_a_new_clock():
    history = [
        entered(MONDAY),
        moved(Move.RETURN, Stage.TRIAGE, Stage.RETURNED, date(2026, 11, 6)),
        moved(Move.RESUBMIT, Stage.RETURNED, Stage.TRIAGE, date(2026, 11, 9)),
    ]
    row = in_triage(date(2026, 11, 9), date(2026, 11, 16))
    assert clock_of(row, history, frozenset(), date(2026, 11, 10)).used == 1


def test_the_clock_stands_while_somebody_else_owes_the_step():
    row = in_triage(MONDAY, date(2026, 11, 3), turn=Turn.SUBMITTER)
    clock = clock_of(row, [entered(MONDAY)], frozenset(), date(2026, 11, 20))
    assert (clock.is_running, clock.mark) == (False, Mark.EARLY)
    assert "stopped" in clock.words


def test_the_words_say_what_is_used_and_what_is_left_or_over():
    assert StageClock(3, 2, True).words == "3 of 5 working days used, 2 left"
    assert StageClock(8, -3, True).words == "8 of 5 working days used, 3 over"
    assert StageClock(0, 1, True).words == "0 of 1 working day used, 1 left"


@given(
    start=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    days=st.integers(-90, 90),
    off=st.frozensets(st.dates(date(2025, 1, 1), date(2028, 6, 1)), max_size=20),
)
def test_adding_and_counting_business_days_agree(start, days, off):
    assert business_days_between(start, add_business_days(start, days, off), off) == days


@pytest.mark.django_db
def test_estimates_are_median_and_p80_of_working_days_by_stage():
    """Five proposals lie 1, 2, 3, 4 and 8 working days in the queue; one day off in between."""
    Holiday.objects.create(on=date(2026, 11, 11), name="Veterans Day")
    lead = make_cast().lead
    for picked_up in (3, 4, 5, 6, 13):  # 13 November is 8 working days on, without the 11th
        proposal = make_submitted(at=noon(MONDAY))
        do_move(proposal, Move.START_TRIAGE, lead, at=noon(date(2026, 11, picked_up)))

    found = durations.measured(noon(date(2026, 11, 20)))

    assert found.stages[Stage.SUBMITTED] == durations.Usual(median=3, p80=4, seen=5)
    durations.remember(found)
    words = "Usually 3 to 4 working days here; 5 in the last year."
    assert durations.usual_words(Stage.SUBMITTED) == words
    assert durations.usual_words(Stage.TRIAGE) == "We aim for 5 working days."
    assert durations.usual_words(Stage.RETURNED) == ""  # the proposers owe the step
    assert durations.usual_words(Stage.ACTIVE) == ""


@pytest.mark.django_db
def test_a_hold_counts_in_no_estimate_and_what_stays_begins_nothing_anew():
    """In triage two working days before a hold of twelve days and two after it; with the committee
    since Monday, put off on Wednesday, recommended on Friday."""
    cast = make_cast()
    held = make_at(Stage.TRIAGE, at=noon(MONDAY))
    day = noon(date(2026, 11, 4))
    do_move(held, Move.HOLD, cast.lead, at=day, **given_for(Move.HOLD, day))
    do_move(held, Move.RESUME, cast.lead, at=noon(date(2026, 11, 16)))
    declined = noon(date(2026, 11, 18))
    do_move(held, Move.DECLINE, cast.lead, at=declined, **given_for(Move.DECLINE))
    read = make_at(Stage.APC_REVIEW, at=noon(MONDAY))
    do_move(read, Move.DEFER, cast.committee_chair, at=day, **given_for(Move.DEFER, day))
    do_move(read, Move.RECOMMEND, cast.committee_chair, at=noon(date(2026, 11, 6)))

    found = durations.measured(noon(date(2026, 11, 20)))

    assert found.stages[Stage.TRIAGE] == durations.Usual(median=2, p80=4, seen=2)  # 0 and 4
    assert found.stages[Stage.APC_REVIEW] == durations.Usual(median=4, p80=4, seen=1)


@pytest.mark.django_db
def test_proposer_and_desk_read_the_estimate(client):
    cast = make_cast()
    proposal = make_submitted()
    client.force_login(cast.proposer)
    page = client.get(f"/proposals/{proposal.reference}/").content.decode()
    assert "We aim for 2 working days." in page
    client.force_login(cast.oxford)
    desk = client.get(f"/admin/reviews/triageitem/{proposal.pk}/change/").content.decode()
    assert "0 of 2 working days used, 2 left" in desk
    assert "We aim for 2 working days." in desk
