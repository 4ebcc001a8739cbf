"""Whole statements whose shape repeats from reader to reader, turned into SQL once in a process and
planned once in a session of the database."""

import copy
import itertools
from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.utils import timezone
from psycopg2.extensions import AsIs

# What stands in a statement until it is known: numbers, words and a moment that no row has.
_FIRST_NUMBER = -(2**61)
_WORDS = "Stands-In-%d@statement.invalid"
_MOMENT = datetime(2999, 7, 1, 12, tzinfo=UTC)
_FIRST_YEAR_OF_STAND_INS = 2990
_MOST_KEPT = 500
_NUMBERS = itertools.count(1)
# What each session of the database has planned, by name. A session ends with its connection.
_PLANNED: "WeakKeyDictionary[Any, set[str]]" = WeakKeyDictionary()

_Given = dict[str, Any]
_Value = Callable[[_Given], Any]


class _Kept(NamedTuple):
    """A queryset with its compiler, SQL and values in order: constants, and in their ``slots`` what
    is made of what is given. ``name``: what a session calls it once it has planned it; empty: it
    plans it anew."""

    rows: QuerySet
    compiler: Any
    sql: str
    values: list[Any]
    slots: list[tuple[int, _Value]]
    name: str


class KeptStatements:
    """``compose`` gives a queryset for what is given by name: rows with a key (and perhaps an
    ``email``), numbers, lists of them (for ``any_of``), words, one moment. Its SQL is put together
    once for each ``shape``, and planned by Postgres once in each session (``PREPARE``): both take
    longer than answering it.

    The key and address of a row, numbers, lists, words, moments counted from the moment and its
    campus day become values of the statement; ``compose`` must not decide by them. Whatever else it
    depends on must be in the shape, which it is given by position. A moment that is not the given
    one is refused with ``ValueError``. ``planned_anew``: by Postgres each time, where one plan does
    not fit everybody (one person has four of the rows, the next ten thousand).
    """

    def __init__(self, compose: Callable[..., QuerySet], *, planned_anew: bool = False) -> None:
        self._compose, self._planned_anew = compose, planned_anew
        self._kept: dict[Hashable, _Kept | None] = {}

    def rows(self, *shape: Hashable, **given: Any) -> list[Any]:
        """What the queryset would give, in one statement (and one for each of its prefetches)."""
        if shape not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[shape] = self._keep(shape, given)
        kept = self._kept[shape]
        return [] if kept is None else _answer(kept, given)

    def _keep(self, shape: tuple[Hashable, ...], given: _Given) -> _Kept | None:
        stand_ins = {
            name: _stand_in(value, number) for number, (name, value) in enumerate(given.items())
        }
        rows = self._compose(*shape, **stand_ins)
        compiler = rows.query.get_compiler(using=rows.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        names = list(given)
        slots = [(n, value) for n, param in enumerate(params) if (value := _slot(param, names))]
        name = f"kept_{next(_NUMBERS)}"
        return _Kept(rows, compiler, sql, list(params), slots, "" if self._planned_anew else name)


class KeptSQL:
    """One statement written by hand, with values as ``%(name)s`` and ``%%`` for a percent sign, and
    the type of each by its name; planned once in each session, as those of ``KeptStatements`` are.
    """

    def __init__(self, sql: str, **types: str) -> None:
        self._sql, self._types = sql, types
        self._name = f"kept_{next(_NUMBERS)}"

    def said_to(
        self, connection: BaseDatabaseWrapper, given: _Given
    ) -> tuple[str, _Given | tuple[Any, ...]]:
        """What its cursor executes, with its values."""
        planned = _planned_in(connection)
        if planned is None:
            return self._sql, given
        if self._name not in planned:
            numbered = {name: f"${number}" for number, name in enumerate(self._types, 1)}
            with connection.connection.cursor() as cursor:
                types = ", ".join(self._types.values())
                cursor.execute(f"PREPARE {self._name} ({types}) AS {self._sql % numbered}")
            planned.add(self._name)
        return _execute(self._name, tuple(given[name] for name in self._types))


def _answer(kept: _Kept, given: _Given) -> list[Any]:
    rows = kept.rows.all()
    compiler = copy.copy(kept.compiler)
    compiler.connection = connections[rows.db]
    statement = _statement(kept, compiler.connection, given)
    compiler.as_sql = lambda *args, **kwargs: statement
    rows.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]
    return list(rows)


def _statement(
    kept: _Kept, connection: BaseDatabaseWrapper, given: _Given
) -> tuple[str, tuple[Any, ...]]:
    """What is sent, with its values: the name of the plan where this session may keep one."""
    made = [(position, value(given)) for position, value in kept.slots]
    planned = _planned_in(connection) if kept.name else None
    if planned is None:
        values = list(kept.values)
        for position, value in made:
            values[position] = value
        return kept.sql, tuple(values)
    if kept.name not in planned:
        _plan(kept, connection, made)
        planned.add(kept.name)
    return _execute(kept.name, tuple(value for _, value in made))


def _planned_in(connection: BaseDatabaseWrapper) -> set[str] | None:
    """The names that its session knows; ``None`` where a pooler changes sessions."""
    if connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        return None
    connection.ensure_connection()
    return _PLANNED.setdefault(connection.connection, set())


def _execute(name: str, values: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    marks = ", ".join(["%s"] * len(values))
    return f"EXECUTE {name} ({marks})" if values else f"EXECUTE {name}", values


def _plan(kept: _Kept, connection: BaseDatabaseWrapper, made: list[tuple[int, Any]]) -> None:
    """The session knows the statement by its name, with constants in their places. (Past Django's
    cursor: it is no statement of the page that happens to be the first.)"""
    values = list(kept.values)
    for number, (position, _) in enumerate(made, 1):
        values[position] = AsIs(f"${number}")
    types = ", ".join(_type(value) for _, value in made)
    with connection.connection.cursor() as cursor:
        sql = cursor.mogrify(kept.sql, values).decode()
        cursor.execute(f"PREPARE {kept.name} {f'({types})' if types else ''} AS {sql}")


def _type(value: Any) -> str:
    """As what Postgres would read the value if it stood in the statement."""
    if isinstance(value, datetime):
        return "timestamptz"
    if isinstance(value, date):
        return "date"
    return "bigint" if isinstance(value, int) else "unknown"


def _stand_in(value: Any, number: int) -> Any:
    if isinstance(value, datetime):
        return _MOMENT
    if isinstance(value, int):
        return _FIRST_NUMBER + number
    if isinstance(value, list):
        return [_FIRST_NUMBER + number]
    if isinstance(value, str):
        return _WORDS % number
    stand_in: Any = copy.copy(value)
    stand_in.pk = _FIRST_NUMBER + number
    if hasattr(value, "email"):
        stand_in.email = _WORDS % number
    return stand_in


def _slot(param: Any, names: list[str]) -> _Value | None:
    """What this value is for whatever is given; ``None``: the same."""
    for number, name in enumerate(names):
        if param in (_FIRST_NUMBER + number, [_FIRST_NUMBER + number]):
            return lambda given: _key(given[name])
        if param == _WORDS % number:
            return lambda given: _said(given[name])
        if param == (_WORDS % number).lower():
            return lambda given: _said(given[name]).lower()
    if not isinstance(param, date):
        return None
    if param.year < _FIRST_YEAR_OF_STAND_INS:
        raise ValueError("SQL that is kept would ask for the moment of whoever came first.")
    if isinstance(param, datetime):
        since = param - _MOMENT
        return lambda given: _moment(given) + since
    days = param - timezone.localdate(_MOMENT)
    return lambda given: timezone.localdate(_moment(given)) + days


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _said(value: Any) -> str:
    return value if isinstance(value, str) else value.email


def _moment(given: _Given) -> datetime:
    return next(value for value in given.values() if isinstance(value, datetime))
