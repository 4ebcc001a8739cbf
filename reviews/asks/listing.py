"""The list of what is asked of one person: every source in one statement."""

from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from microcreds.accounts.models import User
from microcreds.kept_statements import KeptStatements
from partners.models import Contact
from proposals.models import Proposal
from reviews.asks import contacts, desk, inquiries, memoranda, proposers, reviewers
from reviews.asks.ask import MOST, Ask
from reviews.asks.reader import Reader
from reviews.asks.source import PRESSING, ContactSource, Row, Source, ask_of
from reviews.clocks import campus_day
from reviews.holidays import days_off
from reviews.models import Absence

# A line for each kind of record that asks something of people with an account, and of partners.
SOURCES: dict[str, Source] = {
    source.kind: source
    for part in (proposers, reviewers, desk, memoranda, inquiries)
    for source in part.SOURCES
}
# Found from all records of the kind or from the person's own proposals, whichever are fewer.
_OF_MANY = ("turn", *(source.kind for source in memoranda.SOURCES))
_OF_FEW = tuple(kind for kind in SOURCES if kind not in _OF_MANY)
CONTACT_SOURCES: dict[str, ContactSource] = {source.kind: source for source in contacts.SOURCES}


def asks_of(user: User, at: datetime | None = None, *, kinds: tuple[str, ...] = ()) -> list[Ask]:
    """What is asked of this person, the most pressing first, what is asked of their whole unit
    last; at most ``MOST``, in one statement. ``kinds``: of these sources alone."""
    if not user.is_active:
        return []
    at = at or timezone.now()
    rows = _OF_USERS.rows(user.rights, _grace(), kinds, user=user, at=at)
    return _asks(user, rows, SOURCES, at)


def number_of_own(user: User, at: datetime | None = None) -> int:
    """How much is asked of this person themselves, as ``asks_of`` lists it; ``MOST``: that or more.
    In no order, so that Postgres stops counting there."""
    if not user.is_active:
        return 0
    given: dict[str, Any] = {"user": user, "at": at or timezone.now(), "owners": [user.pk]}
    if not user.is_elearning:
        return len(_OWN.rows(user.rights, _grace(), _OF_FEW, **given))
    given["owners"] += _stood_in_for(user, at)
    number = len(_OWN.rows(user.rights, _grace(), _OF_FEW, **given))
    if number < MOST:
        number += len(_OWN_OF_MANY.rows(user.rights, _grace(), _OF_MANY, **given))
    return min(number, MOST)


def _stood_in_for(user: User, at: datetime | None) -> list[int]:
    """Whom they do the work of on that day; for today, read already with whoever is signed in."""
    if at is None and "stood_in_for" in vars(user):
        read: list[int] = vars(user)["stood_in_for"]
        return read
    away = Absence.objects.on(campus_day(at or timezone.now())).filter(stand_in=user).order_by()
    return list(away.values_list("person", flat=True))


def asks_of_contact(contact: Contact, at: datetime | None = None) -> list[Ask]:
    """What is asked of this partner about what is shared with them, in one statement."""
    at = at or timezone.now()
    return _asks(
        contact,
        _OF_CONTACTS.rows(_grace(), contact=contact, at=at),
        CONTACT_SOURCES,
        at,
    )


def _grace() -> Hashable:
    return settings.NOTIFICATION_GRACE_SECONDS


def _rows_of_user(
    _rights: Hashable, _within: Hashable, kinds: tuple[str, ...], *, user: User, at: datetime
) -> QuerySet:
    """Every source's rows for this person, as ``Row`` has them, the most pressing first."""
    reader = Reader(user, at)
    return _pressing(_union(SOURCES[kind].rows(reader) for kind in kinds or SOURCES))


def _own_rows(
    _rights: Hashable,
    _within: Hashable,
    kinds: tuple[str, ...],
    *,
    user: User,
    at: datetime,
    owners: list[int],
) -> QuerySet:
    """Those of these sources that ask the person themselves, not their unit."""
    reader = Reader(user, at, owners)
    return _union(SOURCES[kind].rows(reader) for kind in kinds)[:MOST]


def _rows_of_contact(_within: Hashable, *, contact: Contact, at: datetime) -> QuerySet:
    return _pressing(_union(source.rows(contact, at) for source in CONTACT_SOURCES.values()))


def _union(found: Iterable[QuerySet | None]) -> QuerySet:
    first, *others = [rows for rows in found if rows is not None] or [Proposal.objects.none()]
    if first.query.is_empty():
        return first
    return first.union(*others, all=True) if others else first


def _pressing(rows: QuerySet) -> QuerySet:
    return rows if rows.query.is_empty() else rows.order_by(*PRESSING)[:MOST]


_OF_USERS, _OF_CONTACTS = KeptStatements(_rows_of_user), KeptStatements(_rows_of_contact)
_OWN, _OWN_OF_MANY = KeptStatements(_own_rows), KeptStatements(_own_rows, planned_anew=True)


def _asks(
    who: User | Contact,
    found: Iterable[tuple[Any, ...]],
    sources: dict[str, Any],
    at: datetime,
) -> list[Ask]:
    rows = [Row._make(row) for row in found]
    off = days_off() if any(row.by_day for row in rows) else frozenset()
    return [ask_of(who, row, sources[row.kind], campus_day(at), off) for row in rows]
