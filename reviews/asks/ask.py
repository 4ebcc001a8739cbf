"""One thing that is asked of somebody, as pages and mails say it."""

from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from microcreds.accounts.models import User
from partners.models import Contact
from reviews.clocks import business_days_between

MOST = 200  # of one reader, the most pressing first; whoever is asked more is told so


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing asked of ``who``: in words, about which proposal, since when, by when, where it is
    done. ``key`` names the record ("point:41"); ``is_shared``: of everybody of their unit."""

    who: User | Contact
    key: str
    words: str
    reference: str
    title: str
    since: datetime
    by_day: date | None
    find_url: Callable[[], str] = field(compare=False, repr=False)
    due: str = ""
    is_late: bool = False
    is_shared: bool = False
    stands_in_for: str = ""
    action: str = ""  # what the button that leads there says; empty: there is nothing to press

    @property
    def kind(self) -> str:
        """Which kind of record asks."""
        return self.key.partition(":")[0]

    @property
    def url(self) -> str:
        """The path where it is done: found when it is shown, for most of a long list is not."""
        return self.find_url()


def due_words(by_day: date | None, today: date, days_off: Set[date]) -> str:
    """The first half of a day said twice; the second is the day itself."""
    if by_day is None:
        return ""
    if by_day == today:
        return _("today")
    if by_day < today:
        return _days_behind(by_day, today, days_off)
    return days_ahead(by_day, today, days_off)


def _days_behind(by_day: date, today: date, days_off: Set[date]) -> str:
    if late := -business_days_between(today, by_day, days_off):
        return ngettext("%(n)d working day late", "%(n)d working days late", late) % {"n": late}
    late = (today - by_day).days
    return ngettext("%(n)d day late", "%(n)d days late", late) % {"n": late}


def days_ahead(by_day: date, today: date, days_off: Set[date]) -> str:
    """How far off a day to come is: in working days, or in days where none of them is one."""
    if days := business_days_between(today, by_day, days_off):
        return ngettext("in %(n)d working day", "in %(n)d working days", days) % {"n": days}
    days = (by_day - today).days
    return ngettext("tomorrow", "in %(n)d days", days) % {"n": days}
