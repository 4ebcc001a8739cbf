"""What the desk's list can be asked: filters, words and an order, as they stand in its address."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode

from microcreds.accounts.models import User
from microcreds.keys import key_in
from proposals.models import Proposal, Stage, Turn
from reviews import columns, dimensions
from reviews.search_language import LONGEST
from reviews.stage_clock import UNIVERSITY_OWES
from reviews.text_search import search
from reviews.todos import without_next_step
from reviews.workflow import STAGES

OPEN_STAGES = [stage for stage, known in STAGES.items() if known.is_open and stage != Stage.DRAFT]
MOST_VALUES = 25  # of one filter: all stages, and more people than work on a desk
LONGEST_READ = 2500  # characters of an address; no view is that long
_STAGES = {"open", *(stage.value for stage in Stage if stage != Stage.DRAFT)}


def past_target() -> Q:
    """The university owes the next step, and the day it aimed at lies behind us."""
    return dimensions.late(timezone.localdate())


def is_past_target(proposal: Proposal, today: date) -> bool:
    """The same of one row."""
    owes = proposal.whose_turn in UNIVERSITY_OWES
    return owes and proposal.due_on is not None and proposal.due_on < today


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of the list: which values it takes, and which rows several of them leave."""

    takes: Callable[[str], bool]
    rows: Callable[[Sequence[str], User], Q]

    def unfit(self, values: Iterable[str]) -> tuple[str, ...]:
        """Those it does not take, each once."""
        return tuple(dict.fromkeys(each for each in values if each and not self.takes(each)))

    def fit(self, values: Iterable[str]) -> tuple[str, ...]:
        """Those it takes, each once; anything else narrows nothing."""
        return tuple(dict.fromkeys(value for value in values if self.takes(value)))[:MOST_VALUES]


def _is_key(value: str) -> bool:
    return key_in(value) > 0


def _stage(values: Sequence[str], user: User) -> Q:
    stages = {value for value in values if value != "open"}
    return Q(stage__in=sorted(stages | set(OPEN_STAGES) if "open" in values else stages))


def _unit(values: Sequence[str], user: User) -> Q:
    return _any_of("unit", [value for value in values if value != "none"], "none" in values)


def _owner(values: Sequence[str], user: User) -> Q:
    people = [str(user.pk) if value == "me" else value for value in values if value != "nobody"]
    return _any_of("assignee", people, "nobody" in values)


def _any_of(name: str, keys: Sequence[str], or_none: bool) -> Q:
    empty = Q(**{f"{name}__isnull": True})
    if not keys:
        return empty
    named = Q(**{f"{name}__in": [int(key) for key in keys]})
    return named | empty if or_none else named


FILTERS = {
    "stage": Filter(_STAGES.__contains__, _stage),
    "unit": Filter(lambda value: value == "none" or _is_key(value), _unit),
    "turn": Filter(
        {turn.value for turn in Turn}.__contains__,
        lambda values, user: Q(whose_turn__in=list(values)),
    ),
    "owner": Filter(lambda value: value in ("me", "nobody") or _is_key(value), _owner),
    "due": Filter("late".__eq__, lambda values, user: past_target()),
    "step": Filter("none".__eq__, lambda values, user: without_next_step()),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What the list is asked, with everything left out that it does not know."""

    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    words: str = ""
    order: str = ""

    @classmethod
    def read(cls, asked: str | QueryDict) -> "Question":
        """From the part of an address behind the question mark, whatever stands in it."""
        given = QueryDict(asked[:LONGEST_READ]) if isinstance(asked, str) else asked
        filters = [(name, known.fit(given.getlist(name))) for name, known in FILTERS.items()]
        return cls(
            tuple((name, values) for name, values in filters if values),
            given.get("q", "").replace("\x00", " ")[:LONGEST].strip(),
            columns.order_in(given.get(columns.ORDER, "")),
        )

    @property
    def query(self) -> str:
        """The same as it stands in an address, always in the same order."""
        pairs = [(name, value) for name, values in self.filters for value in values]
        pairs += [("q", self.words)] if self.words else []
        pairs += [(columns.ORDER, self.order)] if self.order else []
        return urlencode(pairs)

    def rows(self, queryset: QuerySet, user: User) -> Any:
        """Those of ``queryset`` that it asks for, not yet ordered."""
        for name, values in self.filters:
            queryset = queryset.filter(FILTERS[name].rows(values, user))
        return search(queryset, self.words, user) if self.words else queryset

    def ordered(self, queryset: QuerySet) -> Any:
        """In its order."""
        return queryset.order_by(*columns.fields_of(self.order))
