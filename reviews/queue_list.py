"""Which queues the desk lists for whom, how many proposals are in each, and which."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import Unit, User
from microcreds.kept_statements import KeptStatements
from reviews.built_in_queues import built_in_for
from reviews.desk import desk_of
from reviews.holidays import days_off
from reviews.kept_numbers import KeptNumbers
from reviews.models import DeskPreference, Queue
from reviews.questions import Question

MOST_QUEUES = 30  # of one person, and of others in one sidebar
MOST_WATCHED = 5000  # of a queue with more, nobody is told what comes in
MOST_COMPOSED = 200  # statements that a process keeps at a time
COUNTED_TO = 1000  # a queue of more says 999+: nobody works through that, and counting it costs


Composed = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A queue as the desk lists it; ``group``: "" for those that are always there, "mine", or who
    shares it. ``number`` is ``None`` until it is counted."""

    key: str
    name: str
    query: str
    group: str = ""
    columns: tuple[str, ...] = ()
    is_mine: bool = False
    shared_with: str = ""
    number: int | None = None

    @property
    def address(self) -> str:
        """The part behind the question mark that opens it."""
        return f"queue={self.key}&{self.query}" if self.query else f"queue={self.key}"

    @property
    def said(self) -> str:
        return f"{COUNTED_TO - 1}+" if (self.number or 0) >= COUNTED_TO else str(self.number)


@dataclass(frozen=True, slots=True)
class Desk:
    """How the list of one person is set up."""

    queues: list[Listed]
    columns: tuple[str, ...] = ()
    start: str = ""

    def queue(self, key: str) -> Listed | None:
        """The one with that key, if there is such for this person."""
        return next((queue for queue in self.queues if queue.key == key), None)


class NumberOf(Subquery):
    """How many rows, up to ``up_to`` where there is a limit; unlike a filtered Count beside others
    it reads only those, by an index."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, queryset: QuerySet, *, up_to: int | None = None) -> None:
        super().__init__(queryset.order_by().values("stage")[:up_to])


def desk_set_up(user: User) -> Desk:
    """The queues this person has and how they like the list, in one statement; not counted."""
    ((own_rows, shared_rows, likes),) = _SET_UP.rows(user.rights, user=user)
    mine = [_listed(row, user) for row in own_rows]
    shared = [_listed(row, user) for row in shared_rows]
    shared.sort(key=lambda queue: (not queue.shared_with, queue.group))
    likes = likes or {"columns": [], "start": ""}
    return Desk([*always_there(user), *mine, *shared], tuple(likes["columns"]), likes["start"])


def _set_up(_rights: Hashable, *, user: User) -> QuerySet:
    row = JSONObject(
        pk="pk",
        name="name",
        query="query",
        columns="columns",
        audience="audience",
        owner="owner_id",
        unit="unit__name",
    )
    seen = Queue.objects.visible_to(user).order_by("place", "pk").values(row=row)
    liked = DeskPreference.objects.filter(person=OuterRef("pk"))
    return User.objects.filter(pk=user.pk).values_list(
        ArraySubquery(seen.filter(owner=user)[:MOST_QUEUES]),
        ArraySubquery(seen.exclude(owner=user)[:MOST_QUEUES]),
        Subquery(liked.values(row=JSONObject(columns="columns", start="start"))),
    )


_SET_UP = KeptStatements(_set_up)


def _listed(row: dict[str, Any], user: User) -> Listed:
    is_mine = row["owner"] == user.pk
    shared_by = row["unit"] if row["audience"] == Queue.Audience.UNIT else _("Everybody's")
    return Listed(
        str(row["pk"]),
        row["name"],
        row["query"],
        _("Mine") if is_mine else shared_by,
        tuple(row["columns"]),
        is_mine,
        row["unit"] or "",
    )


def always_there(user: User) -> list[Listed]:
    """The queues that this person always has; not counted."""
    return [Listed(queue.key, str(queue.name), queue.query) for queue in built_in_for(user)]


def counted(queues: Iterable[Listed], user: User, *, acted_at: float | None = None) -> list[Listed]:
    """The same with how many proposals are in each for this person, in one statement; where it is
    said when they did something last, numbers of a while ago but not before do."""
    queues = list(queues)
    key = (user.pk, user.rights, *(queue.query for queue in queues))
    numbers = None if acted_at is None else _lately.get(key, acted_at=acted_at)
    if numbers is None:
        numbers = _lately.keep(key, _numbers_of(queues, user) if queues else ())
    return [replace(queue, number=number) for queue, number in zip(queues, numbers, strict=True)]


_lately: KeptNumbers[tuple[int, ...]] = KeptNumbers()


def _numbers_of(queues: Sequence[Listed], user: User) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(*_counting(user, tuple(queue.query for queue in queues)))
        found: tuple[int, ...] = cursor.fetchone()
        return found


_composed: dict[Hashable, Composed] = {}


def _counting(user: User, queries: tuple[str, ...]) -> Composed:
    """The statement that counts what these ask, as SQL: kept for a minute, because putting a dozen
    questions together takes longer than answering them. What it asks depends on its reader's roles
    and on the day; how many there are is always asked anew."""
    minute = timezone.now().replace(second=0, microsecond=0)
    known = (user.pk, user.is_superuser, user.is_staff, tuple(user.current_roles))
    key = (known, queries, days_off(), minute)
    if key not in _composed:
        if len(_composed) >= MOST_COMPOSED:
            _composed.clear()
        rows = desk_of(user)
        numbers = [
            NumberOf(Question.read(query).rows(rows, user), up_to=COUNTED_TO) for query in queries
        ]
        counted = User.objects.filter(pk=user.pk).values_list(*numbers)
        _composed[key] = counted.query.sql_with_params()
    return _composed[key]


def may_keep(user: User) -> bool:
    """Whoever has a desk keeps queues for themselves."""
    return user.is_staff


def may_change(queue: Queue, user: User) -> bool:
    """Its owner does, and a lead whatever is shared; nobody else."""
    return queue.owner_id == user.pk or (user.is_lead and queue.audience != Queue.Audience.PRIVATE)


def audiences_for(user: User) -> list[tuple[str, str]]:
    """Whom this person can show a queue to: eLearning its units and all of it, others nobody."""
    choices = [(str(value), str(label)) for value, label in Queue.Audience.choices]
    return choices if user.is_elearning else choices[:1]


def units_for(user: User) -> QuerySet[Unit]:
    """The units this person can share a queue with."""
    units = Unit.objects.filter(is_active=True)
    return units if user.is_lead else units.filter(pk__in=user.unit_ids)


def inside(query: str, user: User) -> list[int] | None:
    """The proposals in a queue for this person, by key; ``None`` where they are more than anybody
    is told about."""
    rows = Question.read(query).rows(desk_of(user), user).order_by()
    keys = list(rows.values_list("pk", flat=True)[: MOST_WATCHED + 1])
    return None if len(keys) > MOST_WATCHED else keys
