"""The figures of a period equal those counted by hand, and nothing that comes later changes them.

The second quarter of 2026 and the third: weekends, 4 July kept on Friday the 3rd, Labor Day on
7 September; in the first quarter of it the clocks go forward on 8 March.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from proposals.models import Proposal
from reviews.models import Holiday
from reviews.report import Report, days_between, report_on
from reviews.report.figures import ALL, Count, Wait
from reviews.services import assign, save_triage, undo
from reviews.workflow import Move
from tests.factories import do_move, make_campus, make_cast, make_submitted

pytestmark = pytest.mark.django_db
CAMPUS = ZoneInfo("America/New_York")
LATER = datetime(2026, 11, 27, 12, tzinfo=CAMPUS)


def at(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """That moment on campus, as the site has it: in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=CAMPUS).astimezone(UTC)


@pytest.fixture(autouse=True)
def long_before():
    """People hold their roles, and what happens happens, as of this year's spring."""
    with time_machine.travel(at(4, 1), tick=False):
        make_cast()
        Holiday.objects.create(on=date(2026, 7, 3), name="Independence Day")
        Holiday.objects.create(on=date(2026, 9, 7), name="Labor Day")
    with time_machine.travel(LATER, tick=False):
        yield


def report(
    first: tuple[int, int] = (7, 1), last: tuple[int, int] = (9, 30), on: datetime = LATER
) -> Report:
    period = days_between(date(2026, *first), date(2026, *last))
    return report_on(period, since=date(2026, 1, 1), at=on)


def counts(found: Report, unit: str = ALL) -> dict[str, int]:
    return {str(key): number for key, number in found.now[unit].counts.items() if number}


def triage(proposal: Proposal, day: datetime) -> None:
    do_move(proposal, Move.START_TRIAGE, make_cast().oxford, at=day)


def hold(proposal: Proposal, day: datetime, until: datetime) -> None:
    given = {"reason_code": "timing", "wake_on": until.date()}
    do_move(proposal, Move.HOLD, make_cast().oxford, at=day, **given)
    do_move(proposal, Move.RESUME, make_cast().oxford, at=until)


def decline(proposal: Proposal, day: datetime, reason: str = "duplicate") -> None:
    given = {"reason_code": reason, "message": "It exists."}
    do_move(proposal, Move.DECLINE, make_cast().oxford, at=day, **given)


def approved_in_summer() -> Proposal:
    """Wed 1 July to Fri 11 September, with a hold of a week in it."""
    proposal = make_submitted(at=at(7, 1))
    triage(proposal, at(7, 6))  # 2 working days with eLearning: 2 and 6 July
    hold(proposal, at(7, 8), at(7, 15))  # 2 more, then 5 on hold
    do = {"credential_type": "microcredential", "is_duplicate_checked": True}
    save_triage(proposal=proposal, by=make_cast().oxford, values=do, at=at(7, 16))
    cast = make_cast()
    do_move(proposal, Move.CONSULT, cast.oxford, at=at(7, 16))  # 1
    do_move(proposal, Move.OPEN_FULL_PROPOSAL, cast.oxford, at=at(7, 20))  # 2: eLearning has 7
    do_move(proposal, Move.SUBMIT_FULL_PROPOSAL, proposal.submitter, at=at(8, 3))  # 10 theirs
    given = {"meeting_on": date(2026, 8, 20)}
    do_move(proposal, Move.SEND_TO_COMMITTEE, cast.oxford, at=at(8, 5), **given)  # 2: 9
    do_move(proposal, Move.RECOMMEND, cast.committee_chair, at=at(8, 21))  # 12 of the committee
    do_move(proposal, Move.CONSENT, cast.deans, at=at(9, 11))  # 14 of the deans
    return proposal


def test_working_days_to_decision_are_split_by_whose_turn_it_was():
    """Weekends, the day off in July and that in September count for nobody."""
    approved_in_summer()
    waits = {str(wait): days for wait, days in report().now[ALL].waits.items()}
    assert waits == {
        "submitter": [10],
        "university": [9],
        "committee": [12],
        "deans": [14],
        "partner": [0],
        "hold": [5],
        "whole": [50],
    }


def test_a_change_of_the_clocks_takes_no_day():
    """Sent at 23:59 on Friday 6 March, declined on Monday: one working day."""
    proposal = make_submitted(at=at(3, 6, 23, 59))
    triage(proposal, at(3, 9, 0, 1))
    decline(proposal, at(3, 9))
    assert report((3, 1), (3, 31)).now[ALL].waits[Wait.WHOLE] == [1]


def test_what_came_in_and_lies_there_is_as_counted_by_hand():
    first = make_submitted(at=at(6, 10), origin="own_idea")
    triage(first, at(6, 12))
    decline(first, at(7, 2))
    second = make_submitted(at=at(6, 30, 23, 59))  # the last minute of the quarter before
    triage(second, at(9, 28))
    do_move(second, Move.WITHDRAW, second.submitter, at=at(9, 30, 23, 59))
    third = make_submitted(at=at(7, 1, 0, 0), origin="learners_asked")
    given = {"reason_code": "timing", "wake_on": date(2026, 10, 9)}
    do_move(third, Move.HOLD, make_cast().oxford, at=at(8, 3), **given)
    make_submitted(at=at(8, 4))  # due on 6 August, and never picked up
    make_submitted(at=at(10, 1, 0, 0))  # the first minute of the quarter after
    found = report()
    assert counts(found) == {
        "open_at_start": 2,
        "received": 2,
        "decided": 1,
        "decline": 1,
        "withdrawn": 1,
        "open_at_end": 2,
        "past_target": 1,
        "on_hold": 1,
    }
    assert dict(found.now[ALL].origins) == {"learners_asked": 1, "partner_asked": 1}
    assert dict(found.now[ALL].reasons) == {"duplicate": 1}
    assert found.before[ALL].counts[Count.RECEIVED] == 2


def everything(found: Report) -> object:
    """All there is in it, to be compared."""

    def plain(figures) -> object:
        waits = {str(wait): sorted(days) for wait, days in figures.waits.items()}
        return +figures.counts, figures.origins, figures.reasons, waits

    return {
        unit: (plain(found.now[unit]), plain(found.before[unit])) for unit in (ALL, *found.units)
    }


def test_the_same_report_is_unchanged_after_later_moves_assignments_and_changes_of_unit():
    approved = approved_in_summer()
    waiting = make_submitted(at=at(9, 1))
    triage(waiting, at(9, 2))
    then = everything(report(on=at(10, 2)))
    cast = make_cast()
    do_move(approved, Move.START_DEVELOPMENT, cast.oxford, at=at(10, 5))
    regionals = make_campus("Regionals").unit
    values = {"unit": regionals}
    save_triage(proposal=waiting, by=cast.lead, values=values, at=at(10, 6))
    assign(proposals=[waiting], to=cast.lead, by=cast.lead, at=at(10, 6))
    do_move(waiting, Move.REDIRECT, cast.lead, at=at(10, 7), target="CIM", message="To CIM.")
    make_submitted(at=at(10, 8))
    assert everything(report()) == then
    assert counts(report((10, 1), (10, 31)), str(regionals.pk))["redirect"] == 1


def test_the_period_before_reads_as_its_own_report_did():
    approved_in_summer()
    decline_of = make_submitted(at=at(4, 20))
    triage(decline_of, at(5, 20))
    own = report((3, 31), (6, 30))
    assert report((7, 1), (9, 30)).before == own.now


def test_what_was_undone_never_counts_though_the_period_ended_in_between(settings):
    """Declined two minutes before midnight, undone two minutes after it."""
    settings.NOTIFICATION_GRACE_SECONDS = 300
    proposal = make_submitted(at=at(9, 1))
    triage(proposal, at(9, 2))
    decline(proposal, at(9, 30, 23, 58))
    early = report(on=at(10, 1, 0, 1))
    assert (counts(early)["decline"], early.is_final) == (1, False)
    undo(proposal=proposal, by=make_cast().oxford, at=at(10, 1, 0, 2))
    final = report(on=at(10, 1, 0, 5))
    assert (final.is_final, "decline" in counts(final)) == (True, False)
    assert counts(final)["open_at_end"] == 1
    assert counts(report((10, 1), (10, 31)))["open_at_start"] == 1
    assert everything(report()) == everything(final)


def test_a_final_report_is_unchanged_by_an_undo_of_a_later_move():
    proposal = make_submitted(at=at(9, 1))
    then = everything(report(on=at(10, 2)))
    triage(proposal, at(10, 5))
    undo(proposal=proposal, by=make_cast().oxford, at=at(10, 5, 12, 1))
    assert everything(report()) == then


def test_what_was_made_a_draft_again_before_the_end_was_never_received():
    proposal = make_submitted(at=at(7, 6))
    do_move(proposal, Move.TAKE_BACK, proposal.submitter, at=at(7, 7))
    assert counts(report()) == {}
    assert dict(+report().now[ALL].origins) == {}
    assert counts(report((7, 6), (7, 6))) == {"received": 1, "open_at_end": 1}
    assert counts(report((7, 7), (7, 7))) == {"open_at_start": 1, "taken_back": 1}


def test_what_is_reopened_is_open_again_and_the_time_between_counts_for_nobody():
    proposal = make_submitted(at=at(7, 6))
    triage(proposal, at(7, 7))
    decline(proposal, at(7, 8))
    do_move(proposal, Move.REOPEN, make_cast().lead, at=at(8, 10), note="Money came.")
    decline(proposal, at(8, 12), "not_viable")
    found = report()
    assert (counts(found)["decline"], counts(found)["reopened"]) == (2, 1)
    assert sorted(found.now[ALL].waits[Wait.WHOLE]) == [2, 4]
    assert "open_at_end" not in counts(found)


def test_a_hold_after_approval_is_on_hold_and_not_open():
    proposal = approved_in_summer()
    given = {"reason_code": "timing", "wake_on": date(2026, 10, 9)}
    do_move(proposal, Move.HOLD, make_cast().oxford, at=at(9, 14), **given)
    assert (counts(report())["on_hold"], counts(report()).get("open_at_end")) == (1, None)


def test_a_forced_move_is_counted():
    proposal = make_submitted(at=at(7, 6))
    triage(proposal, at(7, 7))
    given = {"force": True, "note": "The deans ask for it."}
    do_move(proposal, Move.CONSULT, make_cast().lead, at=at(7, 8), **given)
    assert counts(report())["forced"] == 1


def test_each_unit_has_its_own_and_drafts_are_nowhere():
    make_submitted(at=at(7, 6))
    there = make_campus("Regionals")
    make_submitted(make_cast().other_proposer, at=at(7, 7), campus_home=str(there.pk))
    nowhere = make_campus("Not sure")
    type(nowhere).objects.filter(pk=nowhere.pk).update(unit=None)
    make_submitted(at=at(7, 8), campus_home=str(nowhere.pk))
    found = report()
    assert list(found.units.values()) == ["Oxford", "Regionals", "No unit yet"]
    received = [found.now[unit].counts[Count.RECEIVED] for unit in (ALL, *found.units)]
    assert received == [3, 1, 1, 1]


def test_open_at_the_end_follows_from_what_came_and_went():
    approved_in_summer()
    for day in (6, 7, 8):
        proposal = make_submitted(at=at(6, day))
        triage(proposal, at(7, day))
        if day != 8:
            decline(proposal, at(8, day))
    here = report().now[ALL].counts
    came = here[Count.OPEN_AT_START] + here[Count.RECEIVED] + here[Count.REOPENED]
    went = here[Count.DECIDED] + here[Count.WITHDRAWN] + here[Count.TAKEN_BACK]
    assert came - went == here[Count.OPEN_AT_END] == 1


def test_a_day_off_entered_later_changes_working_days_and_nothing_else():
    approved_in_summer()
    before = report()
    Holiday.objects.create(on=date(2026, 8, 24), name="Closed for a storm")
    after = report()
    assert before.now[ALL].counts == after.now[ALL].counts
    assert (before.now[ALL].waits[Wait.DEANS], after.now[ALL].waits[Wait.DEANS]) == ([14], [13])
    assert after.days_off == before.days_off + 1


def test_statements_do_not_grow_with_proposals():
    asked = []
    for number in (1, 2):
        for _each in range(number):
            approved_in_summer()
        with CaptureQueriesContext(connection) as statements:
            report()
        asked.append(len(statements))
    assert asked == [4, 4]
