"""The filters above the desk's list, as its page offers them; ``reviews.questions`` says which rows
they leave."""

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.contacts import all_units
from microcreds.accounts.models import Role, User
from microcreds.kept_statements import KeptStatements
from proposals.models import Stage, Turn
from reviews.questions import FILTERS
from reviews.workflow import STAGES

MOST_SAID, LONGEST_SAID = 3, 40  # values of one filter, and characters of one


def _staff(*, at: datetime) -> QuerySet:
    return User.objects.holding(Role.Kind.ELEARNING, Role.Kind.LEAD, on=timezone.localdate(at))


_STAFF = KeptStatements(_staff)


class DeskFilter(admin.SimpleListFilter):
    """One filter of the bar above the list. Several values leave the rows of each; one that it does
    not take narrows nothing."""

    parameter_name: str = ""
    is_one = False  # one tick, nothing to choose from
    gone = _("Somebody who has left")

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params.copy(), model, model_admin)
        values = params.pop(self.parameter_name, [])
        self.values = FILTERS[self.parameter_name].fit(values)
        offered = {str(value) for value, _label in self.lookup_choices}
        # Asked for by a saved view, and offered no more.
        self.lookup_choices += [(value, self.gone) for value in self.values if value not in offered]

    def queryset(self, request, queryset):
        if not self.values:
            return queryset
        return queryset.filter(FILTERS[self.parameter_name].rows(self.values, request.user))

    @property
    def said(self) -> str:
        """What is chosen, in words."""
        chosen = [str(label) for value, label in self.lookup_choices if value in self.values]
        return ", ".join(chosen)


class StageFilter(DeskFilter):
    title = _("Stage")
    parameter_name = "stage"

    def lookups(self, request, model_admin):
        stages = [(stage.value, known.name) for stage, known in STAGES.items()]
        return [("open", _("All open stages")), *[s for s in stages if s[0] != Stage.DRAFT]]


class UnitFilter(DeskFilter):
    title = _("Unit")
    parameter_name = "unit"
    gone = _("Another unit")

    def lookups(self, request, model_admin):
        units = [(str(unit.pk), unit.name) for unit in all_units()]
        return [*units, ("none", _("No unit yet"))]


class TurnFilter(DeskFilter):
    title = _("Whose turn")
    parameter_name = "turn"

    def lookups(self, request, model_admin):
        return [(turn.value, str(turn.label)) for turn in Turn]


class OwnerFilter(DeskFilter):
    title = _("Owner")
    parameter_name = "owner"

    def lookups(self, request, model_admin):
        people = _STAFF.rows(at=timezone.now())
        named = [(str(person.pk), str(person)) for person in people]
        return [("me", _("Me")), ("nobody", _("Nobody yet")), *named]


class DueFilter(DeskFilter):
    title = _("Past its target")
    parameter_name = "due"
    is_one = True

    def lookups(self, request, model_admin):
        return [("late", self.title)]


class NextStepFilter(DeskFilter):
    title = _("No next step")
    parameter_name = "step"
    is_one = True

    def lookups(self, request, model_admin):
        return [("none", self.title)]


def complaints_about(asked: QueryDict) -> list[str]:
    """What an address asks of the filters that they do not take, in words."""
    words = _("“%(filter)s” has no “%(value)s”, so that is left out.")
    return [
        words % {"filter": spec.title, "value": Truncator(value).chars(LONGEST_SAID)}
        for spec in DeskFilter.__subclasses__()
        for value in FILTERS[spec.parameter_name].unfit(asked.getlist(spec.parameter_name))[
            :MOST_SAID
        ]
    ]
