"""The working list of the desk and the addresses below it."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from microcreds.accounts.requests import SignedInRequest
from proposals.models import ProposalQuerySet, Turn
from proposals.services import unread_counts
from reviews import filters, search_language
from reviews.admin import (
    bulk,
    export,
    lookalikes,
    moving,
    nudging,
    pages,
    panels,
    points,
    sharing,
    todos,
    undoing,
    withdrawing,
)
from reviews.asking import asked_of
from reviews.clocks import business_days_between, campus_day
from reviews.models import Holiday, TriageItem
from reviews.todos import due_for


class Day(NamedTuple):
    """What components/day.html says, without a template for each of a hundred cells."""

    on: date
    words: str

    @classmethod
    def of(cls, moment: datetime, today: date) -> "Day":
        on = campus_day(moment)
        return cls(
            on, f"{on:%a} {on.day} {on:%b}" if on.year == today.year else f"{on.day} {on:%b %Y}"
        )


class FromTheNearerEnd(Paginator):
    """A page behind the middle is read from the end, so that the last costs what the first does."""

    def page(self, number):
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        if first < self.count / 2:
            return self._get_page(self.object_list[first:last], number, self)  # type: ignore[attr-defined]
        rows = self.object_list.reverse()[self.count - last : self.count - first]  # type: ignore[attr-defined]
        return self._get_page(list(reversed(rows)), number, self)  # type: ignore[attr-defined]


class DeskList(ChangeList):
    """Rows that know how long they have stood where they stand, and what is new in their
    conversation to their reader."""

    def get_results(self, request):
        super().get_results(request)
        today = timezone.localdate()
        holidays = frozenset(Holiday.objects.values_list("on", flat=True))
        sees_desk = panels.Reader(request.user).sees_desk
        unread = unread_counts(request.user, self.result_list) if sees_desk else {}
        for item in self.result_list:
            item.unread = unread.get(item.pk, 0)
            item.is_late = filters.is_past_target(item, today)
            item.since = Day.of(item.stage_since, today)
            item.step_day = _step_day(item, today) if sees_desk else None
            item.active = Day.of(item.last_activity_at, today)
            # Where nobody owes a move, how many days that has been is no news: the date says it.
            is_owed = item.whose_turn != Turn.NOBODY
            item.age = _working_days(item.since.on, today, holidays) if is_owed else ""
            if item.is_late:
                item.age = _("%(age)s, past target") % {"age": item.age}
        # Without the one of the checkboxes, which needs a script; the template has its own.
        self.headers = list(result_headers(self))[-len(self.model_admin.list_display) :]


def _step_day(item: Any, today: date) -> Day | None:
    """The day of its next step; none where there is none."""
    if item.next_todo is None:
        return None
    noon = datetime.combine(date.fromisoformat(item.next_todo["on"]), time(12))
    return Day.of(timezone.make_aware(noon), today)


def _working_days(since: date, today: date, holidays: frozenset[date]) -> str:
    days = business_days_between(since, today, holidays)
    if days <= 0:
        return str(_("today"))
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}


def _heading(name, ordering=None):
    """A column by its name and order; its cells are in change_list_results.html."""

    @admin.display(description=name, ordering=ordering)
    def column(model_admin, item):
        return ""

    return column


@admin.register(TriageItem)
class TriageAdmin(admin.ModelAdmin):
    """The triage desk: find what waits, read it, move it through a plan."""

    list_display = (
        "reference",
        "title",
        "stage_name",
        "turn",
        "age",
        "unit_name",
        "owner",
        "partners",
        "next_step",
        "last_activity",
    )
    list_filter = (
        filters.StageFilter,
        filters.UnitFilter,
        filters.TurnFilter,
        filters.OwnerFilter,
        filters.DueFilter,
        filters.NextStepFilter,
    )
    search_fields = ("reference",)  # switches the box on; what it looks in is filters.search
    ordering = ("-last_activity_at",)
    list_per_page = 50
    list_max_show_all = 0
    paginator = FromTheNearerEnd
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("assign_to_me", "assign_to", "move_several", "nudge")

    title = _heading(_("title"))
    stage_name = _heading(_("stage"), "stage")
    turn = _heading(_("whose turn"), "whose_turn")
    age = _heading(_("in this stage"), "stage_since")
    unit_name = _heading(_("unit"), "unit_id")
    owner = _heading(_("owner"), "assignee_id")
    partners = _heading(_("partners"))
    next_step = _heading(_("next step"))
    last_activity = _heading(_("last activity"), "last_activity_at")

    def get_queryset(self, request):
        return panels.desk_of(request.user).for_list()

    def get_search_results(self, request, queryset, search_term):
        return filters.search(queryset, search_term, request.user), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeskList

    def changelist_view(self, request, extra_context=None):
        """Django's list, with what waits on its reader above it."""
        lanes = filters.lanes_for(request.user, panels.desk_of(request.user))
        asked = asked_of(request.user) if request.user.is_elearning else []
        today = timezone.localdate()
        due = due_for(request.user, today) if request.user.is_elearning else []
        context = {
            "lanes": lanes,
            "asked": asked,
            "due": due,
            "today": today,
            "terms": search_language.TERMS,
            "complaints": search_language.complaints_about(request.GET.get("q", ""), request.user),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def export_view(self, request: SignedInRequest, kind: str) -> HttpResponseBase:
        """The list as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return export.rows_found(self, request, kind)

    def get_urls(self) -> list[URLPattern]:
        """The list and the pages of one proposal; nothing adds, deletes or edits beside them."""

        def at(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"reviews_triageitem_{name}")

        return [
            at("", self.changelist_view, "changelist"),
            at("export/<str:kind>/", self.export_view, "export"),
            at("bulk/", bulk.choose, "bulk"),
            at("bulk/<str:key>/", bulk.move, "bulk_move"),
            at("nudge/", nudging.nudge, "nudge"),
            at("<int:pk>/change/", pages.proposal, "change"),
            at("<int:pk>/move/<str:key>/", moving.move, "move"),
            at("<int:pk>/undo/", undoing.undo, "undo"),
            at("<int:pk>/sharing/", sharing.sharing, "sharing"),
            at("<int:pk>/lookalikes/", lookalikes.answer, "lookalikes"),
            at("<int:pk>/assign/", pages.assign, "assign"),
            at("<int:pk>/note/", pages.note, "note"),
            at("<int:pk>/todo/", todos.todo, "todo"),
            at("<int:pk>/todo/<int:todo>/", todos.tick, "tick"),
            at("<int:pk>/talk/", todos.talk, "talk"),
            at("<int:pk>/triage/", pages.triage, "triage"),
            at("<int:pk>/revisions/", points.revisions, "revisions"),
            at("<int:pk>/points/", points.accept, "accept"),
            at("<int:pk>/refuse-change/", points.refuse, "refuse"),
            at("<int:pk>/withdrawal/", withdrawing.withdrawal, "withdrawal"),
        ]

    @admin.action(description=_("Assign to me"), permissions=["assign"])
    def assign_to_me(self, request: SignedInRequest, queryset: ProposalQuerySet) -> None:
        try:
            pages.give(request, list(queryset), request.user)
        except ValidationError as refusal:
            for words in refusal.messages:
                messages.error(request, words)

    @admin.action(description=_("Assign to…"), permissions=["assign"])
    def assign_to(
        self, request: SignedInRequest, queryset: ProposalQuerySet
    ) -> HttpResponse | None:
        return pages.ask_for_owner(request, list(queryset))

    @admin.action(description=_("Move…"), permissions=["move"])
    def move_several(
        self, request: SignedInRequest, queryset: ProposalQuerySet
    ) -> HttpResponse | None:
        return redirect(bulk.choose_url(list(queryset.values_list("pk", flat=True))))

    @admin.action(description=_("Nudge…"), permissions=["assign"])
    def nudge(self, request: SignedInRequest, queryset: ProposalQuerySet) -> HttpResponse | None:
        return redirect(nudging.nudge_url(list(queryset.values_list("pk", flat=True))))

    def has_move_permission(self, request: SignedInRequest) -> bool:
        return bulk.may_move(request)

    def has_assign_permission(self, request: SignedInRequest) -> bool:
        return request.user.is_elearning

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TriageItem | None = None) -> bool:
        return False
