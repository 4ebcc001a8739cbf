"""The university's terms, as far as a rule tells them; staff correct the dates in the admin."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from proposals.models import Term

MONDAY = 0


def load_terms(*, today: date, count: int = 8) -> None:
    """At least ``count`` terms end after ``today``; those that staff have entered stay."""
    known = Term.objects.filter(ends_on__gte=today)
    missing = count - known.count()
    newest = known.order_by("starts_on").last()
    after = newest.starts_on if newest else None
    terms = (term for term in terms_from(today) if after is None or term.starts_on > after)
    Term.objects.bulk_create(islice(terms, max(missing, 0)), ignore_conflicts=True)


def terms_from(day: date) -> Iterator[Term]:
    """The terms that end on that day or later, in order, without end."""
    year = day.year
    while True:
        yield from (term for term in terms_of(year) if term.ends_on >= day)
        year += 1


def terms_of(year: int) -> list[Term]:
    """Four terms: 15 weeks from late January and late August, shorter ones between them."""
    spring = _last_monday(date(year, 1, 31))
    fall = _last_monday(date(year, 8, 31))
    spring_end, fall_end = spring + timedelta(weeks=15, days=4), fall + timedelta(weeks=15, days=4)
    return [
        Term(name=f"Winter {year}", starts_on=date(year, 1, 2), ends_on=spring - timedelta(days=3)),
        Term(name=f"Spring {year}", starts_on=spring, ends_on=spring_end),
        Term(
            name=f"Summer {year}",
            starts_on=spring_end + timedelta(days=3),
            ends_on=fall - timedelta(days=10),
        ),
        Term(name=f"Fall {year}", starts_on=fall, ends_on=fall_end),
    ]


def _last_monday(last_day: date) -> date:
    return last_day - timedelta(days=(last_day.weekday() - MONDAY) % 7)
