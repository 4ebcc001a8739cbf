"""What the home counts, against figures worked out by hand on a frozen day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from partners.models import Organization
from proposals.models import Proposal, Stage, Turn
from reviews import decisions, figures
from reviews.figures import AtStage, Counted, Decided, count, figures_of
from reviews.models import Holiday, StageChange, TriageItem
from reviews.services import undo
from reviews.spans import Span
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_draft, make_submitted, whole_answers

CAMPUS = ZoneInfo("America/New_York")
MARCH = Span(date(2026, 3, 1), date(2026, 3, 31))
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast", "friday")]


@pytest.fixture
def friday():
    with time_machine.travel(noon(27), tick=False):
        yield


def noon(day: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=CAMPUS)


def desk():
    return TriageItem.objects.exclude(stage=Stage.DRAFT)


def at(stage: Stage, span: Span = MARCH) -> AtStage:
    return next(each for each in count(desk(), span).stages if each.stage == stage)


def intake(part: str, span: Span = MARCH) -> list[tuple[str, int]]:
    return [(each.key, each.number) for each in count(desk(), span).intake[part]]


def decided(span: Span = MARCH) -> set[Decided]:
    return set(count(desk(), span).decided)


def test_median_of_an_odd_number_is_the_one_in_the_middle():
    for day in (26, 23, 2):  # 1, 4 and 19 working days before Friday the 27th; two are our aim
        make_submitted(at=noon(day))
    assert at(Stage.SUBMITTED) == AtStage(
        Stage.SUBMITTED, number=3, late=2, days=4, turns=((Turn.UNIVERSITY, 3),)
    )


def test_median_of_an_even_number_lies_between_the_two_in_the_middle():
    for day in (26, 25, 20, 2):  # 1, 2, 5 and 19 working days
        make_submitted(at=noon(day))
    assert at(Stage.SUBMITTED).days == 3.5
    Holiday.objects.create(on=date(2026, 3, 24), name="Day off")
    assert at(Stage.SUBMITTED).days == 3


def test_where_nobody_stands_nothing_is_said():
    assert at(Stage.TRIAGE) == AtStage(Stage.TRIAGE)


def test_past_target_are_those_for_whom_the_university_owes_a_step():
    for stage in (Stage.CONSULTATION, Stage.FULL_PROPOSAL):
        row = make_at(stage, at=noon(2))
        Proposal.objects.filter(pk=row.pk).update(due_on=date(2026, 3, 26))
    assert (at(Stage.CONSULTATION).late, at(Stage.FULL_PROPOSAL).late) == (1, 0)


def test_intake_is_by_the_day_on_campus():
    late_evening = datetime(2026, 3, 31, 23, 30, tzinfo=CAMPUS)  # April already, in UTC
    for moment in (noon(28, 2), noon(1), late_evening, datetime(2026, 4, 1, 0, 1, tzinfo=CAMPUS)):
        make_submitted(at=moment)
    assert intake("month") == [("2026-03", 2)]
    assert intake("month", Span()) == [("2026-02", 1), ("2026-03", 2), ("2026-04", 1)]


def test_intake_is_by_place_origin_and_kind():
    first = make_submitted(at=noon(3))
    other = make_submitted(at=noon(4), origin="own_idea", partner_status="none_needed", partners=[])
    Proposal.objects.filter(pk=other.pk).update(unit=None, department=None, campus=None)
    assert intake("unit") == [("none", 1), (str(first.unit_id), 1)]
    assert count(desk(), MARCH).intake["campus"] == [
        Counted("none", "", 1),
        Counted(str(first.campus.pk), first.campus.name, 1),
    ]
    assert dict(intake("origin")) == {"partner_asked": 1, "own_idea": 1}
    assert dict(intake("kind")) == {"employer": 1, "none": 1}


def test_two_partners_of_one_kind_count_once_and_of_two_kinds_for_each():
    def partner(name: str, kind: str) -> dict:
        known = whole_answers()["partners"]["partners"][0]
        return known | {"org_name": name, "kind": kind, "share_status": "no"}

    rows = [partner("Bolts", "employer"), partner("Nuts", "employer"), partner("Rest", "hospital")]
    make_submitted(at=noon(3), partners=rows)
    assert Organization.objects.count() == 3
    assert dict(intake("kind")) == {"employer": 1, "hospital": 1}


def test_what_is_changed_while_returned_counts_once_it_is_sent():
    returned = make_at(Stage.RETURNED, at=noon(3))
    interest = returned.interest
    interest.answers["origin"] = "own_idea"
    interest.save()
    assert intake("origin") == [("partner_asked", 1)]


def test_decisions_are_counted_with_their_reasons():
    make_at(Stage.DECLINED, at=noon(3))
    make_at(Stage.WITHDRAWN, at=noon(4))
    make_at(Stage.REDIRECTED, at=noon(5))
    make_at(Stage.ACTIVE, at=noon(6))
    make_at(Stage.DECLINED, at=noon(27, 2))
    assert decided() == {
        Decided(Move.DECLINE, "duplicate", 1),
        Decided(Move.WITHDRAW, "", 1),
        Decided(Move.REDIRECT, "", 1),
        Decided(Move.CONSENT, "", 1),
    }


def test_a_decision_taken_back_counts_for_nothing(oxford):
    row = make_at(Stage.TRIAGE, at=noon(3))
    change = do_move(row, Move.DECLINE, oxford, **given_for(Move.DECLINE))
    assert decided() == {Decided(Move.DECLINE, "duplicate", 1)}
    undo(proposal=row, by=oxford, seen=change.pk)
    assert decided() == set()


def test_what_is_opened_again_is_undecided_until_decided_anew(lead, oxford):
    row = make_at(Stage.DECLINED, at=noon(3))
    do_move(row, Move.REOPEN, lead, note="Money came.", at=noon(4))
    assert decided() == set()
    do_move(row, Move.WITHDRAW, oxford, note="By mail.", at=noon(5))
    assert decided() == {Decided(Move.WITHDRAW, "", 1)}


def test_what_was_withdrawn_stays_so_when_its_owner_gets_a_copy(lead):
    row = make_at(Stage.WITHDRAWN, at=noon(3))
    do_move(row, Move.REOPEN, lead, note="Once more.", at=noon(4))
    assert decided() == {Decided(Move.WITHDRAW, "", 1)}


def test_a_recommendation_with_conditions_stands_until_it_is_approved(committee_chair, deans):
    row = make_at(Stage.APC_REVIEW, at=noon(3))
    which = Move.RECOMMEND_WITH_CONDITIONS
    do_move(row, which, committee_chair, at=noon(4), **given_for(which))
    assert decided() == {Decided(which, "", 1)}
    do_move(row, Move.RECOMMEND, committee_chair, at=noon(5))
    do_move(row, Move.CONSENT, deans, at=noon(6))
    assert decided() == {Decided(Move.CONSENT, "", 1)}


def test_a_proposal_has_one_standing_decision_at_most():
    make_at(Stage.ACTIVE, at=noon(3))
    make_at(Stage.CANCELLED, at=noon(3))
    made = list(decisions.standing().values_list("proposal", "move"))
    assert sorted(move for _proposal, move in made) == ["cancel", "consent"]
    assert StageChange.objects.filter(move="consent").count() == 2


def test_drafts_never_count():
    make_draft(at=noon(3))
    counted = count(desk(), Span())
    assert counted.received == 0
    assert {each.number for each in counted.stages} == {0}


def test_quick_figures_are_counted_each_time_slow_ones_after_some_minutes(monkeypatch):
    def received() -> int:
        return figures_of(desk(), MARCH, kept_as="all").received

    monkeypatch.setattr(figures, "SLOW", 3600.0)
    make_submitted(at=noon(3))
    assert received() == 1
    monkeypatch.setattr(figures, "SLOW", 0.0)
    make_submitted(at=noon(3))
    assert received() == 2
    make_submitted(at=noon(3))
    assert received() == 2
    assert figures_of(desk(), MARCH, kept_as="other").received == 3
    monkeypatch.setattr(figures, "KEPT", 0.0)
    assert received() == 3


@pytest.mark.parametrize("rows", [1, 3])
def test_figures_are_one_statement(rows, django_assert_num_queries):
    for _number in range(rows):
        make_at(Stage.DECLINED, at=noon(3))
    with django_assert_num_queries(1):
        count(desk(), MARCH)
