"""Business days, and days on campus."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.clocks import (
    CountedDays,
    add_business_days,
    add_months,
    business_days_between,
    campus_day,
)

THANKSGIVING = frozenset({date(2026, 11, 26), date(2026, 11, 27)})


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 2, date(2026, 11, 25)),
        (date(2026, 11, 25), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 11, 23), 20, date(2026, 12, 23)),
    ],
)
def test_business_days_skip_weekends_and_days_off(start, days, end):
    assert add_business_days(start, days, THANKSGIVING) == end
    if start.weekday() < 5:
        assert business_days_between(start, end, THANKSGIVING) == days
        assert business_days_between(end, start, THANKSGIVING) == -days


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 23), 60, date(2031, 11, 23)),
        (date(2028, 2, 29), 60, date(2033, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2031, 8, 31), -6, date(2031, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_months_end_where_the_month_does(day, months, then):
    assert add_months(day, months) == then


def test_a_day_is_a_day_on_campus():
    assert campus_day(datetime(2026, 7, 1, 3, 59, tzinfo=UTC)) == date(2026, 6, 30)
    assert campus_day(datetime(2026, 7, 1, 4, 0, tzinfo=UTC)) == date(2026, 7, 1)
    assert campus_day(datetime(2026, 12, 1, 4, 59, tzinfo=UTC)) == date(2026, 11, 30)


@given(
    start=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    length=st.integers(0, 300),
    off=st.frozensets(st.dates(date(2025, 1, 1), date(2027, 12, 31)), max_size=20),
)
def test_days_counted_once_agree_with_days_counted_each_time(start, length, off):
    end = start + timedelta(days=length)
    counted = CountedDays(date(2025, 1, 1), date(2027, 12, 31), off)
    assert counted.between(start, end) == business_days_between(start, end, off)
