"""Rows whose key is one of many, the many as one value of the statement."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Field, ForeignObject, Lookup, QuerySet


@ForeignObject.register_lookup
@Field.register_lookup
class AnyOf(Lookup):
    """``pk__any_of=keys``: as ``in``, with the keys as one value, so that their number does not
    change the statement; a list of them, or what ``keys_of`` gives."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, ArraySubquery):
            rhs, more = self.process_rhs(compiler, connection)
            return f"{lhs} = ANY({rhs})", (*params, *more)
        return f"{lhs} = ANY(%s)", (*params, list(self.rhs))


def keys_of(found: QuerySet, column: str) -> ArraySubquery:
    """The column of the few rows of ``found``, for ``any_of``. Postgres reads them first and finds
    what has these keys by its index, also beside an OR; with ``in`` it may go through all rows
    and ask each whether it is among them."""
    return ArraySubquery(found.order_by().values(column))
