"""The periods a report can be about, each with the one before it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from proposals.models import Term
from reviews.clocks import add_months
from reviews.spans import ACADEMIC_YEAR_BEGINS, FISCAL_YEAR_BEGINS

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


class Kind(TextChoices):
    """The sorts of period, as the choice groups them."""

    QUARTER = "quarter", gettext_lazy("Quarters")
    TERM = "term", gettext_lazy("Terms")
    ACADEMIC_YEAR = "academic", gettext_lazy("Academic years, August to July")
    CALENDAR_YEAR = "year", gettext_lazy("Calendar years")
    FISCAL_YEAR = "fiscal", gettext_lazy("Ohio fiscal years, July to June")
    DAYS = "days", gettext_lazy("Days")


@dataclass(frozen=True, slots=True)
class Period:
    """Days on campus from ``first`` to ``last``, both within it. ``key`` is its name in an address;
    ``before`` the period it is compared with, which has none itself."""

    kind: Kind
    key: str
    label: str
    first: date
    last: date
    before: "Period | None" = None

    @property
    def days(self) -> str:
        """From when to when, in words: "1 July to 30 September 2026"."""
        if self.first == self.last:
            return written(self.last, "j F Y")
        same_year = self.first.year == self.last.year
        first = written(self.first, "j F" if same_year else "j F Y")
        return _("%(first)s to %(last)s") % {
            "first": first,
            "last": written(self.last, "j F Y"),
        }

    def until(self, today: date) -> date:
        """The last of its days that has begun: its end, or today while it still runs."""
        return min(self.last, today)


def offered(*, since: date, today: date, terms: Sequence[Term]) -> list[Period]:
    """Every period that has begun and in which there is a day from ``since`` on, by kind and the
    newest first."""
    # An academic year bears the number of the year before, a fiscal year that of the year after.
    years = range(today.year + 1, since.year - 2, -1)
    found = [
        *(_quarter(year, number) for year in years for number in (4, 3, 2, 1)),
        *_terms(terms),
        *(_year(Kind.ACADEMIC_YEAR, year) for year in years),
        *(_year(Kind.CALENDAR_YEAR, year) for year in years),
        *(_year(Kind.FISCAL_YEAR, year) for year in years),
    ]
    return [period for period in found if period.first <= today and period.last >= since]


def days_between(first: date, last: date) -> Period:
    """The period of these days, compared with as many just before them."""
    length = (last - first).days + 1
    period = _days(first, last)
    return replace(period, before=_days(first - timedelta(days=length), first - timedelta(days=1)))


def _quarter(year: int, number: int) -> Period:
    """One of the four quarters of a calendar year."""
    earlier = (year, number - 1) if number > 1 else (year - 1, 4)
    return replace(_bare_quarter(year, number), before=_bare_quarter(*earlier))


def _bare_quarter(year: int, number: int) -> Period:
    first = date(year, 3 * number - 2, 1)
    label = _("Quarter %(number)d of %(year)d") % {"number": number, "year": year}
    return Period(Kind.QUARTER, f"{year}-q{number}", label, first, _end(first, months=3))


def _year(kind: Kind, year: int) -> Period:
    """The academic year that begins in ``year``, or the calendar or fiscal year of that number."""
    return replace(_bare_year(kind, year), before=_bare_year(kind, year - 1))


def _bare_year(kind: Kind, year: int) -> Period:
    names = {"year": year, "next": f"{(year + 1) % 100:02d}"}
    if kind == Kind.ACADEMIC_YEAR:
        first = date(year, ACADEMIC_YEAR_BEGINS, 1)
        label = _("Academic year %(year)d–%(next)s") % names
    elif kind == Kind.FISCAL_YEAR:
        first, label = date(year - 1, FISCAL_YEAR_BEGINS, 1), _("Fiscal year %(year)d") % names
    else:
        first, label = date(year, 1, 1), _("Calendar year %(year)d") % names
    return Period(kind, f"{kind.value}-{year}", label, first, _end(first, months=12))


def _terms(terms: Sequence[Term]) -> list[Period]:
    """Newest first; the first there is is compared with as many days before it."""
    found: list[Period] = []
    for term in sorted(terms, key=lambda term: term.starts_on):
        period = Period(Kind.TERM, f"term-{term.pk}", term.name, term.starts_on, term.ends_on)
        earlier = (
            replace(found[-1], before=None)
            if found
            else days_between(period.first, period.last).before
        )
        found.append(replace(period, before=earlier))
    return found[::-1]


def _days(first: date, last: date) -> Period:
    period = Period(Kind.DAYS, "", "", first, last)
    return replace(period, label=period.days)


def _end(first: date, *, months: int) -> date:
    return add_months(first, months) - timedelta(days=1)
