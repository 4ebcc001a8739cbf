"""The list of what is asked of one person: every source in one statement."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from microcreds.accounts.models import User
from partners.models import Contact
from reviews.asks import contacts, desk, inquiries, proposers, reviewers
from reviews.asks.ask import MOST, Ask
from reviews.asks.reader import Reader
from reviews.asks.source import PRESSING, ContactSource, Row, Source, ask_of
from reviews.clocks import campus_day
from reviews.holidays import days_off

# A line for each kind of record that asks something of people with an account, and of partners.
SOURCES: dict[str, Source] = {
    source.kind: source
    for part in (proposers, reviewers, desk, inquiries)
    for source in part.SOURCES
}
CONTACT_SOURCES: dict[str, ContactSource] = {source.kind: source for source in contacts.SOURCES}


def asks_of(user: User, at: datetime | None = None) -> list[Ask]:
    """What is asked of this person, the most pressing first, what is asked of their whole unit
    last; at most ``MOST``, in one statement."""
    if not user.is_active:
        return []
    reader = Reader(user, at or timezone.now())
    found = (source.rows(reader) for source in SOURCES.values())
    return _asks(user, found, SOURCES, reader.at)


def asks_of_contact(contact: Contact, at: datetime | None = None) -> list[Ask]:
    """What is asked of this partner about what is shared with them, in one statement."""
    at = at or timezone.now()
    found = (source.rows(contact, at) for source in CONTACT_SOURCES.values())
    return _asks(contact, found, CONTACT_SOURCES, at)


def _asks(
    who: User | Contact,
    found: Iterable[QuerySet | None],
    sources: dict[str, Any],
    at: datetime,
) -> list[Ask]:
    first, *others = [rows for rows in found if rows is not None]
    union = first.union(*others, all=True) if others else first
    rows = [Row._make(row) for row in union.order_by(*PRESSING)[:MOST]]
    off = days_off() if any(row.by_day for row in rows) else frozenset()
    return [ask_of(who, row, sources[row.kind], campus_day(at), off) for row in rows]
