"""The desk's list as Django's ChangeList finds it: which rows, in which columns and order."""

from collections.abc import Hashable, Iterator
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from microcreds.accounts.requests import SignedInRequest
from microcreds.kept_statements import KeptStatements
from proposals.services import unread_counts
from reviews import columns
from reviews.admin import cells
from reviews.admin.place import link_from
from reviews.desk import desk_of, sees_desk
from reviews.holidays import days_off
from reviews.kept_numbers import KeptNumbers
from reviews.middleware import acted_at
from reviews.models import TriageItem
from reviews.near_words import nearest
from reviews.questions import Question
from reviews.queue_list import COUNTED_TO, Desk, Listed, counted, desk_set_up

# In the address of the list beside what it asks: which queue it was opened by, and what a file of
# it has of columns.
QUEUE, COLUMNS = "queue", "columns"


def _rows(related: tuple[str, ...], *, keys: list[int]) -> QuerySet:
    return TriageItem.objects.for_list().filter(pk__any_of=keys).select_related(*related)


_ROWS = KeptStatements(_rows)


class ByKeys(Paginator):
    """Finds the keys of a page (``keys_of``), then their rows: what a row has beside it costs more
    than finding it, and the database would look it up for all the rows passed over too."""

    object_list: QuerySet

    def keys_of(self, first: int, last: int) -> list[int]:
        """Those from one place of the list up to another, counted from 0, without the last."""
        raise NotImplementedError

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        keys = self.keys_of(first, min(first + self.per_page, self.count))
        related = tuple(self.object_list.query.select_related)  # type: ignore[arg-type]
        here = {row.pk: row for row in _ROWS.rows(related, keys=keys)} if keys else {}
        return Page([here[key] for key in keys if key in here], number, self)


class FromTheNearerEnd(ByKeys):
    """A page behind the middle is read from the end, so that the last costs what the first does; of
    a long list, a number of a while ago does (``kept_for``: whose list of what)."""

    def __init__(self, *args: Any, kept_for: Hashable, acted_at: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept_for, self._acted_at = kept_for, acted_at

    @cached_property
    def count(self) -> int:
        number = _long_lists.get(self._kept_for, acted_at=self._acted_at)
        if number is None:
            number = self.object_list.count()
            if number >= COUNTED_TO:
                _long_lists.keep(self._kept_for, number)
        return number

    def keys_of(self, first: int, last: int) -> list[int]:
        keys = self.object_list.values_list("pk", flat=True)
        if first < self.count / 2:
            return list(keys[first:last])
        return [*reversed(keys.reverse()[self.count - last : self.count - first])]


_long_lists: KeptNumbers[int] = KeptNumbers()


class FoundBySearch(ByKeys):
    """Finds the keys of all that the words find, once for both their number and their page: looking
    words up costs more than all else of the list."""

    @cached_property
    def _keys(self) -> list[int]:
        return list(self.object_list.values_list("pk", flat=True))

    @cached_property
    def count(self) -> int:
        return len(self._keys)

    def keys_of(self, first: int, last: int) -> list[int]:
        return self._keys[first:last]


class Header(NamedTuple):
    """The head of a column; ``url`` orders by it, the other way round where it does already."""

    text: object
    url: str
    is_sorted: bool
    is_ascending: bool


def desk_for(request: SignedInRequest) -> Desk:
    """How its reader has the desk, read once for a request."""
    held = request.__dict__
    if "desk" not in held:
        held["desk"] = desk_set_up(request.user)
    desk: Desk = held["desk"]
    return desk


class DeskList(ChangeList):
    """Rows that know how long they have stood where they stand, and what is new in their
    conversation to their reader; in the columns of the queue, or of the person. ``meant``: what a
    search that found nothing may have meant."""

    meant = ""

    def __init__(self, request: SignedInRequest, *args: Any) -> None:
        self.desk = desk_for(request)
        self.question = Question.read(request.GET)
        self.sees_desk = sees_desk(request.user)
        self.queue = self._queue(request.GET.get(QUEUE, ""))
        keys = self.queue.columns if self.queue and self.queue.columns else self.desk.columns
        self.columns = columns.chosen(keys, sees_desk=self.sees_desk)
        super().__init__(request, *args)

    def _queue(self, key: str) -> Listed | None:
        """The queue it was opened by, or the one that asks the same."""
        same = (queue for queue in self.desk.queues if queue.query == self.question.query)
        return self.desk.queue(key) or next(same, None)

    @property
    def meant_query_string(self) -> str:
        """The address of what the search may have meant."""
        return str(self.get_query_string({SEARCH_VAR: self.meant}, ["p"]))

    @property
    def meant_words(self) -> str:
        """What leads there, in words."""
        return _("Did you mean “%(words)s”?") % {"words": self.meant}

    @property
    def is_changed(self) -> bool:
        """It asks something else than the queue it was opened by."""
        return self.queue is not None and self.queue.query != self.question.query

    @property
    def is_all(self) -> bool:
        """It asks nothing, and no queue does."""
        return self.queue is None and not self.question.query

    @property
    def name(self) -> str:
        """What the tab of the browser says."""
        if self.queue:
            return _("%(queue)s, triage desk") % {"queue": self.queue.name}
        return _("Search, triage desk") if self.question.query else _("Triage desk")

    def get_filters_params(self, params=None):
        asked = super().get_filters_params(params)
        return {key: given for key, given in asked.items() if key not in (QUEUE, COLUMNS)}

    def get_ordering(self, request, queryset):
        """By a column's key, each order being an index; the key makes it the same each time."""
        return list(columns.fields_of(self.question.order))

    def get_queryset(self, request, exclude_parameters=None):
        found = super().get_queryset(request, exclude_parameters)
        return columns.with_related(found, self.columns)

    def get_results(self, request):
        if getattr(request, "only_finds", False):  # reviews.admin.place asks for no page
            return
        super().get_results(request)
        if not self.multi_page:  # Django would ask all of it once more
            self.result_list = self.paginator.page(1).object_list
        if not self.result_count and self.question.words:
            self.meant = nearest(self.question, desk_of(request.user), request.user)
        unread = unread_counts(request.user, self.result_list) if self.sees_desk else {}
        for item in self.result_list:
            item.unread = unread.get(item.pk, 0)
        cells.draw(
            self.result_list,
            self.columns,
            days_off(),
            link_from(request),
            sets_steps=request.user.is_elearning,
        )

    def whole_query_string(self) -> str:
        """The address of a file of it with all columns."""
        return str(self.get_query_string({COLUMNS: "all"}))

    def headers(self) -> Iterator[Header]:
        """The heads of the columns."""
        by = self.question.order or "-active"
        for column in self.columns:
            is_sorted = by.removeprefix("-") == column.key
            other = f"-{column.key}" if by == column.key else column.key
            url = self.get_query_string({columns.ORDER: other}, ["p"]) if column.order else ""
            yield Header(column.heading, url, is_sorted, by == column.key)

    def sidebar(self, request: SignedInRequest) -> list[tuple[str, list[Listed]]]:
        """Every queue of its reader with its number, by who shares it."""
        queues = counted(self.desk.queues, request.user, acted_at=acted_at(request))
        groups = groupby(queues, key=lambda queue: queue.group)
        return [(group, list(members)) for group, members in groups]
