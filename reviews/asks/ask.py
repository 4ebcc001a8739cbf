"""One thing that is asked of somebody, and how a record says it: the columns, words and address."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    Exists,
    Expression,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from microcreds.accounts.models import Role, User
from partners.models import Contact
from proposals.models import InterestForm, NamedPartner, Participant, Stage
from reviews.clocks import business_days_between, campus_day
from reviews.grace import DECISIONS
from reviews.models import Absence, StageChange

MOST = 200  # of one reader, the most pressing first; whoever is asked more is told so


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
    url: str
    due: str = ""
    is_late: bool = False
    is_shared: bool = False
    stands_in_for: str = ""


@dataclass(frozen=True)
class Reader:
    """Somebody with an account, as far as it decides what is asked of them at that moment."""

    user: User
    at: datetime

    @cached_property
    def today(self) -> date:
        return campus_day(self.at)

    def holds(self, *kinds: str) -> bool:
        return self.user.has_role(*kinds)

    @property
    def owns_or_stands_in(self) -> list[Any]:
        """Whose work is theirs today: their own, and that of whoever is away meanwhile."""
        away = Absence.objects.on(self.today).filter(stand_in=self.user).order_by()
        return [self.user.pk, away.values("person")]

    def is_mine(self, person: str) -> Q:
        """``person``, a column, is this reader or somebody they stand in for."""
        mine, away = self.owns_or_stands_in
        return Q(**{person: mine}) | Q(**{f"{person}__in": away})

    def may_edit(self, proposal: str) -> Q:
        """They own the proposal or edit it with its owner."""
        edited = Participant.objects.filter(user=self.user, capacity=Participant.Capacity.EDITOR)
        return Q(**{f"{proposal}submitter": self.user}) | Q(
            **{f"{proposal}pk__in": edited.values("proposal_id")}
        )

    def takes_no_part(self, proposal: str) -> Q:
        """Neither a proposer, nor named in its form, nor recused (``permits.Parties``)."""
        capacities = (*Participant.FROM_DRAFT_ON, Participant.Capacity.RECUSED)
        parts = Participant.objects.filter(user=self.user, capacity__in=capacities)
        named = NamedPartner.objects.named().filter(contact_email__iexact=self.user.email)
        in_form = InterestForm.objects.filter(
            proposal=OuterRef(f"{proposal}pk"),
            answers__co_proposers__icontains=f'"{self.user.email}"',
        )
        return ~(
            Q(**{f"{proposal}submitter": self.user})
            | Q(**{f"{proposal}pk__in": parts.values("proposal_id")})
            | Q(**{f"{proposal}pk__in": named.values("proposal_id")})
            | Q(Exists(in_form))
        )

    def in_my_queue(self, unit: str) -> Q | None:
        """It lies in their unit's queue, as ``permits.People.queue_of`` has it: the unit's staff,
        everybody's while it has no unit, the lead's where a unit has nobody. ``None``: they have no
        queue."""
        queue = None
        if units := self.user.unit_ids:
            queue = Q(**{f"{unit}__in": units}) | Q(**{f"{unit}__isnull": True})
        if self.holds(Role.Kind.LEAD):
            staff = Role.objects.current(self.today).filter(
                kind=Role.Kind.ELEARNING, user__is_active=True
            )
            unstaffed = Q(**{f"{unit}__isnull": False}) & ~Q(
                Exists(staff.filter(unit=OuterRef(unit)))
            )
            queue = unstaffed if queue is None else queue | unstaffed
        return queue


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
    """A kind of record that asks something of people outside."""

    kind: str
    rows: RowsOfContact
    words: Words
    url: Words


def rows_of(
    records: QuerySet,
    kind: str,
    *,
    since: str | Expression,
    proposal: str = "proposal__",
    by_day: str | Expression | None = None,
    said: str | Expression | None = None,
    group: str = "pk",
    person: str | None = None,
    is_shared: bool | Expression = False,
    stands_in_for: Expression | None = None,
) -> QuerySet:
    """These records as rows of asks; ``proposal`` is the path to their proposal's columns."""
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
            ask_proposal=Cast(F(f"{proposal}pk"), BigIntegerField()),
            ask_reference=F(f"{proposal}reference"),
            ask_title=F(f"{proposal}working_title"),
            ask_said=Cast(nothing if said is None else _column(said), TextField()),
            ask_for=Cast(stands_in_for or nothing, TextField()),
        )
        .values_list(*_COLUMNS)
    )


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


def told_at(proposal: str, stage: Stage, at: datetime) -> Q:
    """It stands at this stage as its proposers are told: a decision that can still be taken back
    counts as not made (``grace.as_told``)."""
    untold = untold_decisions(f"{proposal}pk", at)
    return Q(**{f"{proposal}stage": stage}) & ~Q(Exists(untold)) | Q(
        Exists(untold.filter(from_stage=stage))
    )


def untold_decisions(proposal: str, at: datetime) -> QuerySet[StageChange]:
    """Decisions about the proposal in that column that are not told outside the desk yet."""
    found = StageChange.objects.in_force().filter(proposal=OuterRef(proposal), move__in=DECISIONS)
    return found.filter(at__gt=untold_since(at)).order_by()


def untold_since(at: datetime) -> datetime:
    """Decisions made after this moment are not told outside the desk yet."""
    return at - timedelta(seconds=settings.NOTIFICATION_GRACE_SECONDS)


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
        url=source.url(row),
        due=due_words(row.by_day, today, days_off),
        is_late=row.by_day is not None and row.by_day < today,
        is_shared=row.is_shared,
        stands_in_for=row.stands_in_for,
    )


def due_words(by_day: date | None, today: date, days_off: Set[date]) -> str:
    """The first half of a day said twice; the second is the day itself."""
    if by_day is None:
        return ""
    if by_day == today:
        return _("today")
    days = business_days_between(today, by_day, days_off)
    if by_day < today:
        late = max(-days, 1)
        return ngettext("%(n)d working day late", "%(n)d working days late", late) % {"n": late}
    return ngettext("in %(n)d working day", "in %(n)d working days", days) % {"n": days}
