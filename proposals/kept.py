"""Annotations of a fixed shape, turned into SQL once in a process."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, Protocol, TypeVar

from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet

Annotations = dict[str, Any]
Rows = TypeVar("Rows", bound=QuerySet)


class Annotating(Protocol):
    def __call__(self, rows: Rows) -> Rows: ...


def kept_for(model: type[Model]) -> Callable[[Callable[[], Annotations]], Annotating]:
    """``compose`` becomes a function that annotates a queryset of ``model`` with what it returns:
    subqueries that ride along with a row, by name. They are put together as SQL when they are asked
    for first, for putting them together takes longer than answering them.

    They find their row by the name of the model's table, so the queryset must begin there. What
    depends on a reader or a moment must not be in them; a moment is refused with ``ValueError``.
    """

    def decorate(compose: Callable[[], Annotations]) -> Annotating:
        keep = cache(lambda: _kept(model, compose()))

        def annotated(rows: Rows) -> Rows:
            return rows.annotate(**keep())

        annotated.__doc__ = compose.__doc__
        return annotated

    return decorate


class _Kept(Expression):
    """SQL of a subquery, and the field that reads it."""

    def __init__(self, sql: str, params: tuple[Any, ...], output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self._sql = sql, params

    def resolve_expression(self, *args: Any, **kwargs: Any) -> "_Kept":
        return self

    def get_group_by_cols(self) -> list[Any]:
        return []

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return self._sql


def _kept(model: type[Model], annotations: Annotations) -> Annotations:
    query = model._base_manager.annotate(**annotations).query
    compiler = query.get_compiler(connection=connection)
    kept = {}
    for name in annotations:
        expression = query.annotations[name]
        sql, params = expression.select_format(compiler, *compiler.compile(expression))
        if any(isinstance(value, date) for value in params):
            raise ValueError("SQL that is kept would ask for the moment of whoever came first.")
        kept[name] = _Kept(sql, tuple(params), expression.output_field)
    return kept
