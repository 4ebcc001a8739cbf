"""What the reference data offers as answers: campuses, colleges, departments, terms."""

from collections.abc import Callable, Mapping
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import F, IntegerField, Q, Value
from django.utils import timezone
from django.utils.functional import cached_property

from microcreds.accounts.models import Campus, Division
from proposals.interest import Question
from proposals.models import Term

TERMS_OFFERED = 8


class Place(NamedTuple):
    """A campus, or a department with its division; a division without departments has no key."""

    key: str
    name: str
    position: int
    division: str
    division_name: str
    is_active: bool | None


class Offered:
    """What can be chosen on a page, and what was chosen before (``answers``) though it is gone."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers

    def choices(self, question: Question) -> Callable[[], list[Any]] | None:
        """What the reference data offers, with what was chosen before though it is no more."""
        chosen = self.answers.get(question.key)
        match question.source:
            case "campus":
                return lambda: self._campuses
            case "division":
                return lambda: [(key, name) for key, name, _departments in self.divisions]
            case "department":
                return lambda: [(name, offered) for _, name, offered in self.divisions if offered]
            case "start":
                return cache(lambda: _starts(question, chosen or ""))
        return None

    @cached_property
    def _campuses(self) -> list[tuple[str, str]]:
        rows = [row for row in self._places if not row.division]
        rows.sort(key=lambda row: (row.position, row.name))
        return [(row.key, row.name) for row in rows]

    @cached_property
    def divisions(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Key and name of each division, with those of its departments."""
        rows = [row for row in self._places if row.division]
        rows.sort(key=lambda row: (row.division_name, row.name))
        divisions = []
        for (key, name), departments in groupby(rows, lambda r: (r.division, r.division_name)):
            chosen = self.answers.get("department")
            offered = [
                (row.key, row.name)
                for row in departments
                if row.key and (row.is_active or row.key == chosen)
            ]
            divisions.append((key, name, offered))
        return divisions

    @cached_property
    def _places(self) -> list[Place]:
        """The campuses, and the divisions with their departments, in one statement."""
        campuses = Campus.objects.filter(
            Q(is_active=True) | Q(pk=self.answers.get("campus_home"))
        ).annotate(division=Value(None, IntegerField()), division_name=Value(""), place=F("name"))
        divisions = Division.objects.filter(
            Q(is_active=True) | Q(pk=self.answers.get("division"))
        ).annotate(place=F("departments__name"), position=Value(0))
        rows = (
            campuses.order_by()
            .values_list("pk", "place", "position", "division", "division_name", "is_active")
            .union(
                divisions.order_by().values_list(
                    "departments", "place", "position", "pk", "name", "departments__is_active"
                ),
                all=True,
            )
        )
        return [
            Place(str(pk or ""), name or "", position, str(division or ""), its_name, is_active)
            for pk, name, position, division, its_name, is_active in rows
        ]


def _starts(question: Question, chosen: str) -> list[tuple[str, str]]:
    """As soon as possible, the next terms (and the one chosen before), a date, no hurry."""
    upcoming = Q(starts_on__gt=timezone.localdate())
    number = chosen.removeprefix("term:")
    if number != chosen:
        upcoming |= Q(pk=number)
    terms = [(f"term:{term.pk}", term.name) for term in Term.objects.filter(upcoming)]
    first, *others = question.choices
    return [first, *terms[: TERMS_OFFERED + 1], *others]
