"""Business days and the dates that follow from them; pure, given the days off.

A day is a day on campus (``settings.TIME_ZONE``), whatever the moment is in UTC.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Set
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate

from django.utils import timezone

_SATURDAY = 5


def campus_day(moment: datetime) -> date:
    """The day it is on campus at that moment."""
    return timezone.localdate(moment)


def is_business_day(day: date, holidays: Set[date]) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays


def add_business_days(start: date, days: int, holidays: Set[date]) -> date:
    """The business day that lies ``days`` after ``start``, which itself does not count; below zero,
    the business day since which so many have passed."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_business_day(day, holidays)
    is_past = days < 0
    while days < 0 or (is_past and not is_business_day(day, holidays)):
        days += is_business_day(day, holidays)
        day -= timedelta(days=1)
    return day


def business_days_between(start: date, end: date, holidays: Set[date]) -> int:
    """How many business days pass after ``start`` up to and with ``end``; negative when past."""
    if end < start:
        return -business_days_between(end, start, holidays)
    off = _weekdays_off(frozenset(holidays))
    off_between = bisect_right(off, end) - bisect_right(off, start)
    return _weekdays_until(end) - _weekdays_until(start) - off_between


@lru_cache(maxsize=4)
def _weekdays_off(holidays: frozenset[date]) -> list[date]:
    """In their order: a list of fifty rows asks three times a row."""
    return sorted(day for day in holidays if day.weekday() < _SATURDAY)


def _weekdays_until(day: date) -> int:
    """How many days from Monday to Friday there are since 1 January of the year 1, a Monday."""
    weeks, days = divmod(day.toordinal(), 7)
    return weeks * _SATURDAY + min(days, _SATURDAY)


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last of a month that is too short: 29 February 2024
    and 60 months are 28 February 2029."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class CountedDays:
    """The business days of a span, counted once, so that each question costs a look-up."""

    def __init__(self, first: date, last: date, holidays: Set[date]) -> None:
        span = range(first.toordinal(), last.toordinal() + 1)
        days = (is_business_day(date.fromordinal(day), holidays) for day in span)
        self._first, self._until = first.toordinal(), list(accumulate(days, initial=0))

    def between(self, start: date, end: date) -> int:
        """The same as ``business_days_between``, for two days of the span, the first not later."""
        day = self._first - 1
        return self._until[end.toordinal() - day] - self._until[start.toordinal() - day]
