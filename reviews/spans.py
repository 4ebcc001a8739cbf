"""Spans of days on campus: as people write them, by the years a university counts in, as a Q."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.clocks import add_months
from reviews.workflow import Text

# Outside of these no proposal was sent, and the database has no day.
FIRST_YEAR, LAST_YEAR = 2000, 2100
# An academic year begins with August: its fall term starts late in that month, and what is decided
# in August is decided for it. Fixed days, and not the terms' own, because staff correct those, and
# then last year's report would tell of other days than it did.
ACADEMIC_YEAR_BEGINS = 8
# Ohio's fiscal year runs from July to June and bears the number of the year in which it ends
# (R.C. 9.34, https://codes.ohio.gov/ohio-revised-code/section-9.34).
FISCAL_YEAR_BEGINS = 7
_WRITTEN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day to the last, both with it; ``None`` where it has no end there."""

    since: date | None = None
    until: date | None = None

    @property
    def is_all(self) -> bool:
        return self.since is None and self.until is None

    @property
    def as_written(self) -> str:
        """As the search language takes it; empty where it is all time."""
        if self.is_all:
            return ""
        if self.since and self.since == self.until:
            return self.since.isoformat()
        return "..".join(day.isoformat() if day else "" for day in (self.since, self.until))

    def of(self, column: str) -> Q:
        """The moments of this span in ``column``; whatever has none is in no span but all."""
        asked = Q()
        if self.since:
            asked &= Q(**{f"{column}__gte": _begin(self.since)})
        if self.until:
            asked &= Q(**{f"{column}__lt": _begin(self.until + timedelta(days=1))})
        return asked

    def cut_to(self, other: "Span") -> "Span":
        """The days that lie in both, given that some do."""
        since = max((day for day in (self.since, other.since) if day), default=None)
        until = min((day for day in (self.until, other.until) if day), default=None)
        return Span(since, until)


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def written(text: str) -> Span | None:
    """A year, a month, a day, or two with dots between them (``2026-01..2026-03``, ``..2025``);
    ``None`` for what is none of these or ends before it begins."""
    first, dots, last = text.partition("..")
    since = _span(first) if first or not dots else Span()
    until = _span(last) if last else Span() if dots else since
    if since is None or until is None or not (first or last):
        return None
    if since.since and until.until and since.since > until.until:
        return None
    return Span(since.since, until.until)


def _span(text: str) -> Span | None:
    found = _WRITTEN.fullmatch(text)
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        begin = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return Span(begin, begin)
    return Span(begin, add_months(begin, 1 if month else 12) - timedelta(days=1))


def month_of(text: str) -> Span:
    """The month written like ``2026-03``, which is one."""
    return _span(text) or Span()


def _last_months(today: date) -> Span:
    """Twelve whole months and no thirteenth cut in two: this month and the eleven before."""
    return Span(add_months(today.replace(day=1), -11), today)


def _year_from(month: int) -> Callable[[date], Span]:
    def this_year(today: date) -> Span:
        begin = date(today.year - (today.month < month), month, 1)
        return Span(begin, add_months(begin, 12) - timedelta(days=1))

    return this_year


# By the word in an address: what it is called, and which days it has on a given day.
RANGES: dict[str, tuple[Text, Callable[[date], Span]]] = {
    "months": (_("Last 12 months"), _last_months),
    "calendar": (_("This calendar year"), _year_from(1)),
    "academic": (_("This academic year (August to July)"), _year_from(ACADEMIC_YEAR_BEGINS)),
    "fiscal": (_("This fiscal year (July to June)"), _year_from(FISCAL_YEAR_BEGINS)),
    "all": (_("All time"), lambda today: Span()),
}
