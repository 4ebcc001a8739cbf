"""How a record says what it asks: its columns, the same for every kind, its words and address."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    Expression,
    F,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.functional import Promise

from microcreds.accounts.models import User
from partners.models import Contact
from reviews.asks.ask import Ask, due_words
from reviews.asks.reader import Reader


class Row(NamedTuple):
    """What a record says of what it asks: the columns of every source, in their order."""

    is_shared: bool
    by_day: date | None
    since: datetime
    kind: str
    record: int
    group: int  # asks of one group and day are reminded of in one mail
    person: int | None  # the one whom the record names, where it is one
    proposal: int
    reference: str
    title: str
    said: str
    stands_in_for: str


Rows = Callable[[Reader], QuerySet | None]
RowsOfContact = Callable[[Contact, datetime], QuerySet | None]
Words = Callable[[Row], str]


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of record that asks: its rows for a reader (``None``: it asks nothing of such), each
    in words, and the path where it is done."""

    kind: str
    rows: Rows
    words: Words
    url: Words


@dataclass(frozen=True, slots=True)
class ContactSource:
    """A kind of record that asks something of people outside; ``action`` is what the button that
    leads there says, where it has a page of its own."""

    kind: str
    rows: RowsOfContact
    words: Words
    url: Words
    action: str | Promise = ""


def rows_of(
    records: QuerySet,
    kind: str,
    *,
    since: str | Expression,
    proposal: str | None = "proposal__",
    reference: str | Expression | None = None,
    title: str | Expression | None = None,
    by_day: str | Expression | None = None,
    said: str | Expression | None = None,
    group: str = "pk",
    person: str | None = None,
    is_shared: bool | Expression = False,
    stands_in_for: Expression | None = None,
) -> QuerySet:
    """These records as rows of asks; ``proposal`` is the path to their proposal's columns. Where
    there is none yet (``None``), ``title`` and ``reference`` say what they are about."""
    nothing = Value("", output_field=TextField())
    return (
        records.order_by()
        .annotate(
            ask_shared=is_shared
            if isinstance(is_shared, Expression)
            else Value(is_shared, output_field=BooleanField()),
            ask_by=Cast(_column(by_day), DateField()),
            ask_since=_column(since),
            ask_kind=Cast(Value(kind), CharField()),
            ask_record=Cast(F("pk"), BigIntegerField()),
            ask_group=Cast(F(group), BigIntegerField()),
            ask_person=Cast(_column(person), BigIntegerField()),
            ask_proposal=Cast(
                Value(0) if proposal is None else F(f"{proposal}pk"), BigIntegerField()
            ),
            ask_reference=Cast(_about(proposal, reference, "reference"), CharField()),
            ask_title=Cast(_about(proposal, title, "working_title"), CharField()),
            ask_said=Cast(nothing if said is None else _column(said), TextField()),
            ask_for=Cast(stands_in_for or nothing, TextField()),
        )
        .values_list(*_COLUMNS)
    )


def _about(proposal: str | None, given: str | Expression | None, name: str) -> Any:
    """A column of the proposal; where there is none, what is given in its place, or nothing."""
    if proposal is not None:
        return F(f"{proposal}{name}")
    return Value("") if given is None else _column(given)


_COLUMNS = (
    "ask_shared",
    "ask_by",
    "ask_since",
    "ask_kind",
    "ask_record",
    "ask_group",
    "ask_person",
    "ask_proposal",
    "ask_reference",
    "ask_title",
    "ask_said",
    "ask_for",
)
# What presses most first: one's own before the unit's, the earliest day, the longest asked.
PRESSING = ("ask_shared", "ask_by", "ask_since", "ask_kind", "ask_record")


def _column(of: str | Expression | None) -> Any:
    return F(of) if isinstance(of, str) else Value(None) if of is None else of


def name_of(person: str) -> Coalesce:
    """As ``str`` of this person says it."""
    return Coalesce(NullIf(f"{person}__name", Value("")), f"{person}__email")


def ask_of(
    who: User | Contact,
    row: Row,
    source: Source | ContactSource,
    today: date,
    days_off: Set[date],
) -> Ask:
    """The row in words."""
    return Ask(
        who=who,
        key=f"{row.kind}:{row.record}",
        words=source.words(row),
        reference=row.reference,
        title=row.title,
        since=row.since,
        by_day=row.by_day,
        find_url=partial(source.url, row),
        due=due_words(row.by_day, today, days_off),
        is_late=row.by_day is not None and row.by_day < today,
        is_shared=row.is_shared,
        stands_in_for=row.stands_in_for,
        action=str(source.action) if isinstance(source, ContactSource) else "",
    )
