"""Days on which no clock runs, as far as a rule tells them; staff correct them in the admin.

Federal holidays after 5 U.S.C. 6103, and the days around Thanksgiving and New Year on which a
university like Miami is closed.
"""

import time
from collections.abc import Iterable
from datetime import date, timedelta

from reviews.models import Holiday

MONDAY, THURSDAY, SATURDAY = 0, 3, 5
# So long a process may count by what another one has changed since.
REMEMBERED_SECONDS = 60

_remembered: list[tuple[float, frozenset[date]]] = []


def days_off() -> frozenset[date]:
    """Every day off there is, for what a list says and asks; each process reads them once a minute.

    What is written asks the database.
    """
    if not _remembered or _remembered[0][0] < time.monotonic():
        remember_days_off(Holiday.objects.values_list("on", flat=True))
    return _remembered[0][1]


def remember_days_off(known: Iterable[date]) -> None:
    """These are the days off, for a minute."""
    _remembered[:] = [(time.monotonic() + REMEMBERED_SECONDS, frozenset(known))]


def forget_days_off(**_sent: object) -> None:
    """They are read again; called when one is saved or deleted."""
    _remembered.clear()


def load_holidays(*, years: Iterable[int]) -> None:
    """Each year has its holidays; a year for which staff have entered one is left as it is."""
    days = {
        day: name
        for year in years
        if not Holiday.objects.filter(on__year=year).exists()
        for day, name in holidays_of(year).items()
    }
    rows = [Holiday(on=day, name=name) for day, name in days.items()]
    Holiday.objects.bulk_create(rows, ignore_conflicts=True)
    forget_days_off()


def holidays_of(year: int) -> dict[date, str]:
    """By day of rest: one that falls on a weekend is kept on the weekday beside it."""
    thanksgiving = _nth(year, 11, THURSDAY, 4)
    fixed = {
        date(year, 1, 1): "New Year's Day",
        date(year, 6, 19): "Juneteenth",
        date(year, 7, 4): "Independence Day",
        date(year, 11, 11): "Veterans Day",
    }
    return {
        **{_weekday_beside(day): name for day, name in fixed.items()},
        _nth(year, 1, MONDAY, 3): "Martin Luther King Jr. Day",
        _nth(year, 2, MONDAY, 3): "Presidents' Day",
        _nth(year, 6, MONDAY, 1) - timedelta(weeks=1): "Memorial Day",
        _nth(year, 9, MONDAY, 1): "Labor Day",
        _nth(year, 10, MONDAY, 2): "Columbus Day",
        thanksgiving: "Thanksgiving",
        thanksgiving + timedelta(days=1): "Day after Thanksgiving",
        **{date(year, 12, day): "Winter closing" for day in range(24, 32)},
        date(year, 12, 25): "Christmas Day",
    }


def _nth(year: int, month: int, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7, weeks=number - 1)


def _weekday_beside(day: date) -> date:
    shift = {SATURDAY: -1, SATURDAY + 1: 1}.get(day.weekday(), 0)
    return day + timedelta(days=shift)
