"""The list that a proposal was opened from: its place there, its neighbours, and the way back.

An address carries the list as ``?list=<its query string>``, and once something was saved
``&beside=<key before>-<key after>``: a save may change the order.
"""

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, NamedTuple

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db.models import Exists, F, OrderBy, Q, QuerySet, Subquery
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from reviews.models import TriageItem
from reviews.queue_list import Desk, NumberOf

LIST = "admin:reviews_triageitem_changelist"
LONGEST = 2000
MOST = 1000  # a longer list says no number
_BESIDE = re.compile(r"(\d{0,18})-(\d{0,18})", re.ASCII)


@dataclass(frozen=True)
class Place:
    """One list as its reader left it, and what stands beside the proposal there.

    ``total`` is ``None`` where it is not counted, ``number`` where the proposal is not in it (any
    more). ``was_saved``: the neighbours are those from before the save.
    """

    listed: str
    previous: int | None = None
    next: int | None = None
    number: int | None = None
    total: int | None = None
    was_saved: bool = False

    @property
    def list_query(self) -> str:
        return f"?{self.listed}" if self.listed else ""

    @property
    def from_query(self) -> str:
        """What the address of a neighbour carries."""
        return f"?{urlencode({'list': self.listed})}"

    @property
    def query(self) -> str:
        """What every link and form of the page carries."""
        return f"?{self.more}"

    @property
    def more(self) -> str:
        """The same behind another parameter."""
        beside = f"{self.previous or ''}-{self.next or ''}"
        return urlencode({"list": self.listed, "beside": beside})


class Term(NamedTuple):
    """One column of an order."""

    name: str
    is_descending: bool
    nulls_first: bool
    may_be_null: bool


def link_from(request: HttpRequest) -> str:
    """What the list's links to its rows carry."""
    return f"?{urlencode({'list': request.GET.urlencode()[:LONGEST]})}"


def place_in(request: HttpRequest) -> Place | None:
    """The list that the address names; nonsense is none. No statement."""
    given = request.GET.get("list")
    if given is None or len(given) > LONGEST or "\x00" in given:
        return None
    listed = QueryDict(given).urlencode()
    if "%00" in listed:
        return None
    beside = _BESIDE.fullmatch(request.GET.get("beside", ""))
    if beside is None:
        return Place(listed)
    before, after = (int(key) if key else None for key in beside.groups())
    return Place(listed, before, after, was_saved=True)


def place_around(request: SignedInRequest, item: Any) -> Place | None:
    """The same with the neighbours of ``item``, found around its place in the list's own order:
    two statements at most, whatever the length; none right after a save."""
    place = place_in(request)
    if place is None or place.was_saved:
        return place
    rows = _rows_of(request, place.listed)
    if rows is None:
        return None
    terms = _terms(rows)
    if not terms:
        return place
    values = _values(rows, item, terms)
    ahead = rows.filter(_beyond(terms, values, forward=True))
    behind = rows.filter(_beyond(terms, values, forward=False)).reverse()
    asked = User.objects.filter(pk=request.user.pk).values_list(
        Subquery(behind.values("pk")[:1]),
        Subquery(ahead.values("pk")[:1]),
        NumberOf(behind, up_to=MOST + 1),
        NumberOf(rows, up_to=MOST + 1),
        Exists(rows.filter(pk=item.pk)),
    )
    before, after, ahead_of_it, total, is_there = asked.get()
    total = total if total <= MOST else None
    number = ahead_of_it + 1 if total is not None and is_there else None
    return replace(place, previous=before, next=after, number=number, total=total)


def keeps_its_place(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Whatever was saved leads back to the desk with the list that its page was opened from."""

    @wraps(view)
    def kept(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        where = response.get("Location", "")
        place = place_in(request) if where and "list" in request.GET else None
        path, hash_sign, fragment = where.partition("#")
        if place and "?" not in path and path.startswith(reverse(LIST)):
            query = place.list_query if path == reverse(LIST) else place.query
            response["Location"] = f"{path}{query}{hash_sign}{fragment}"
        return response

    return kept


def _rows_of(request: SignedInRequest, listed: str) -> QuerySet | None:
    """What the list with this query string finds, in its order, by the list's own code."""
    asked = copy.copy(request)
    asked.GET = QueryDict(listed)
    asked.only_finds = True  # type: ignore[attr-defined]
    asked.desk = Desk([])  # type: ignore[attr-defined]  # its columns and queues are not asked for
    model_admin = admin.site.get_model_admin(TriageItem)
    try:
        found = model_admin.get_changelist_instance(asked)
    except (IncorrectLookupParameters, SuspiciousOperation, ValidationError):
        return None
    rows: QuerySet = found.queryset
    return rows


def _terms(rows: QuerySet) -> list[Term]:
    """The order of the list, column by column; empty where one of them is no column."""
    terms = []
    for each in rows.query.order_by:
        if isinstance(each, str):
            order = OrderBy(F(each.lstrip("-")), descending=each.startswith("-"))
        elif isinstance(each, OrderBy):
            order = each
        else:
            return []
        name = getattr(order.expression, "name", None)
        if not isinstance(order.expression, F) or name is None:
            return []
        # Postgres: nulls are larger than anything else, unless the order says where they stand.
        first = order.nulls_first or (order.descending and not order.nulls_last)
        field = _column(name)
        terms.append(Term(name, order.descending, bool(first), not field or field.null))
    return terms


def _column(name: str) -> Any:
    columns: dict[str, Any] = {"pk": TriageItem._meta.pk}
    for field in TriageItem._meta.concrete_fields:
        columns[field.attname] = columns[field.name] = field
    return columns.get(name)


def _values(rows: QuerySet, item: Any, terms: list[Term]) -> list[Any]:
    """Where ``item`` stands in that order; what is no column of its own is asked for."""
    columns = [_column(term.name) for term in terms]
    if all(columns):
        return [getattr(item, column.attname) for column in columns]
    found = rows.filter(pk=item.pk).values_list(*[term.name for term in terms]).first()
    return list(found) if found else [None] * len(terms)


def _beyond(terms: list[Term], values: list[Any], *, forward: bool) -> Q:
    """The rows after (before) those values, column by column."""
    beyond, same = Q(pk__in=[]), Q()
    for term, value in zip(terms, values, strict=True):
        nulls_ahead = term.nulls_first != forward
        if value is None:
            step = Q(pk__in=[]) if nulls_ahead else Q(**{f"{term.name}__isnull": False})
            here = Q(**{f"{term.name}__isnull": True})
        else:
            sign = "lt" if term.is_descending == forward else "gt"
            step, here = Q(**{f"{term.name}__{sign}": value}), Q(**{term.name: value})
            if nulls_ahead and term.may_be_null:
                step |= Q(**{f"{term.name}__isnull": True})
        beyond |= same & step
        same &= here
    first, value = terms[0], values[0]
    if value is not None and not first.may_be_null:
        # Said twice, so that an index is entered at this place and not walked from its end.
        sign = "lte" if first.is_descending == forward else "gte"
        beyond &= Q(**{f"{first.name}__{sign}": value})
    return beyond
