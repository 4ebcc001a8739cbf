"""Which periods a report can be about, from when to when each runs, and which came before it."""

from datetime import date

import pytest

from proposals.models import Term
from reviews.report.periods import Kind, Period, days_between, offered

TODAY = date(2026, 11, 27)
TERMS = [
    Term(pk=2, name="Fall 2026", starts_on=date(2026, 8, 31), ends_on=date(2026, 12, 18)),
    Term(pk=1, name="Summer 2026", starts_on=date(2026, 5, 18), ends_on=date(2026, 8, 21)),
    Term(pk=3, name="Winter 2027", starts_on=date(2027, 1, 2), ends_on=date(2027, 1, 22)),
]


def by_key(since: date = date(2025, 10, 1)) -> dict[str, Period]:
    return {period.key: period for period in offered(since=since, today=TODAY, terms=TERMS)}


@pytest.mark.parametrize(
    ("key", "label", "first", "last", "before"),
    [
        ("2026-q3", "Quarter 3 of 2026", (2026, 7, 1), (2026, 9, 30), (2026, 4, 1)),
        ("2026-q1", "Quarter 1 of 2026", (2026, 1, 1), (2026, 3, 31), (2025, 10, 1)),
        ("academic-2025", "Academic year 2025–26", (2025, 8, 1), (2026, 7, 31), (2024, 8, 1)),
        ("year-2026", "Calendar year 2026", (2026, 1, 1), (2026, 12, 31), (2025, 1, 1)),
        ("fiscal-2027", "Fiscal year 2027", (2026, 7, 1), (2027, 6, 30), (2025, 7, 1)),
        ("term-2", "Fall 2026", (2026, 8, 31), (2026, 12, 18), (2026, 5, 18)),
    ],
)
def test_a_period_has_its_days_and_the_one_before_it(key, label, first, last, before):
    period = by_key()[key]
    assert (period.label, period.first, period.last) == (label, date(*first), date(*last))
    assert period.before.first == date(*before)
    assert period.before.before is None


def test_periods_of_a_year_follow_each_other_without_a_gap():
    for key in ("2026-q3", "2026-q1", "academic-2026", "year-2026", "fiscal-2026"):
        period = by_key()[key]
        assert (period.first - period.before.last).days == 1


def test_the_first_term_there_is_stands_beside_as_many_days_before_it():
    summer = by_key()["term-1"]
    assert summer.before.last == date(2026, 5, 17)
    assert summer.before.last - summer.before.first == summer.last - summer.first


def test_only_what_has_begun_and_has_a_history_is_offered_newest_first():
    periods = offered(since=date(2025, 10, 1), today=TODAY, terms=TERMS)
    quarters = [period.key for period in periods if period.kind == Kind.QUARTER]
    assert quarters == ["2026-q4", "2026-q3", "2026-q2", "2026-q1", "2025-q4"]
    assert [p.key for p in periods if p.kind == Kind.TERM] == ["term-2", "term-1"]
    assert [p.key for p in periods if p.kind == Kind.ACADEMIC_YEAR][0] == "academic-2026"
    assert [p.key for p in periods if p.kind == Kind.FISCAL_YEAR][0] == "fiscal-2027"


def test_a_year_that_began_before_the_first_move_is_offered():
    periods = offered(since=date(2026, 4, 6), today=TODAY, terms=[])
    years = [p.key for p in periods if p.kind in (Kind.ACADEMIC_YEAR, Kind.FISCAL_YEAR)]
    assert years == ["academic-2026", "academic-2025", "fiscal-2027", "fiscal-2026"]


def test_there_is_something_to_choose_before_anything_happened():
    assert {period.kind for period in offered(since=TODAY, today=TODAY, terms=[])} == {
        Kind.QUARTER,
        Kind.ACADEMIC_YEAR,
        Kind.CALENDAR_YEAR,
        Kind.FISCAL_YEAR,
    }


def test_days_of_ones_own_are_compared_with_as_many_before_them():
    period = days_between(date(2026, 11, 1), date(2026, 11, 10))
    assert (period.before.first, period.before.last) == (date(2026, 10, 22), date(2026, 10, 31))
    assert period.label == "1 November to 10 November 2026"
    assert days_between(TODAY, TODAY).label == "27 November 2026"


def test_a_period_that_runs_is_read_until_today():
    assert by_key()["year-2026"].until(TODAY) == TODAY
    assert by_key()["2026-q3"].until(TODAY) == date(2026, 9, 30)
