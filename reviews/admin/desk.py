"""The working list of the desk and the addresses below it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from microcreds.accounts.models import User
from reviews import filters, services
from reviews.admin import moving, pages, panels, sharing
from reviews.clocks import business_days_between, campus_day
from reviews.forms import AssignForm
from reviews.models import Holiday, TriageItem, TriageQuerySet


class DeskList(ChangeList):
    """Rows that know how long they have stood where they stand."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        today = timezone.localdate()
        holidays = frozenset(Holiday.objects.values_list("on", flat=True))
        for item in self.result_list:
            item.age = _working_days(campus_day(item.stage_since), today, holidays)
            item.is_late = bool(item.due_on and item.due_on < today)
        # Without the one of the checkboxes, which needs a script; the template has its own.
        self.headers = list(result_headers(self))[-len(self.model_admin.list_display) :]


def _working_days(since: date, today: date, holidays: frozenset[date]) -> str:
    days = business_days_between(since, today, holidays)
    if days <= 0:
        return str(_("today"))
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}


def _heading(name: Promise, ordering: str = "") -> Callable[..., str]:
    """A column by its name and order; its cells are in change_list_results.html."""

    @admin.display(description=name, ordering=ordering or None)
    def column(model_admin: admin.ModelAdmin, item: TriageItem) -> str:
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
        "last_activity",
    )
    list_filter = (
        filters.StageFilter,
        filters.UnitFilter,
        filters.TurnFilter,
        filters.OwnerFilter,
        filters.DueFilter,
    )
    search_fields = ("reference",)  # switches the box on; what it looks in is filters.search
    ordering = ("-last_activity_at",)
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("assign_to_me", "assign_to")

    title = _heading(_("title"))
    stage_name = _heading(_("stage"), "stage")
    turn = _heading(_("whose turn"), "whose_turn")
    age = _heading(_("in this stage"), "stage_since")
    unit_name = _heading(_("unit"), "unit_id")
    owner = _heading(_("owner"), "assignee_id")
    partners = _heading(_("partners"))
    last_activity = _heading(_("last activity"), "last_activity_at")

    def get_queryset(self, request: HttpRequest) -> TriageQuerySet:
        return panels.desk_of(request.user).for_list()

    def get_search_results(
        self, request: HttpRequest, queryset: TriageQuerySet, search_term: str
    ) -> tuple[TriageQuerySet, bool]:
        return filters.search(queryset, search_term), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeskList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's list, with what waits on its reader above it; nonsense ids select nothing."""
        selected = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if any(not pk.isdecimal() for pk in selected):
            messages.warning(request, _("Choose proposals from the list first."))
            return redirect(request.get_full_path())
        lanes = filters.lanes_for(request.user, panels.desk_of(request.user))
        return super().changelist_view(request, {"lanes": lanes, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        """The list and the pages of one proposal; nothing adds, deletes or edits beside them."""

        def at(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"reviews_triageitem_{name}")

        return [
            at("", self.changelist_view, "changelist"),
            at("<int:pk>/change/", pages.proposal, "change"),
            at("<int:pk>/move/<str:key>/", moving.move, "move"),
            at("<int:pk>/sharing/", sharing.sharing, "sharing"),
            at("<int:pk>/assign/", pages.assign, "assign"),
            at("<int:pk>/note/", pages.note, "note"),
            at("<int:pk>/triage/", pages.triage, "triage"),
        ]

    @admin.action(description=_("Assign to me"), permissions=["assign"])
    def assign_to_me(self, request: HttpRequest, queryset: TriageQuerySet) -> None:
        _assign(request, list(queryset), request.user)

    @admin.action(description=_("Assign to…"), permissions=["assign"])
    def assign_to(self, request: HttpRequest, queryset: TriageQuerySet) -> HttpResponse | None:
        """Asks for the person on a page of its own, then comes back here."""
        proposals = list(queryset)
        form = AssignForm(request.POST if "to" in request.POST else None, proposals=proposals)
        if form.is_valid() and _assign(request, proposals, form.cleaned_data["to"]):
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Assign"),
            "form": form,
            "proposals": proposals,
        }
        template = "admin/reviews/triageitem/assign.html"
        return TemplateResponse(request, template, context, status=422 if form.is_bound else 200)

    def has_assign_permission(self, request: HttpRequest) -> bool:
        return request.user.is_elearning

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TriageItem | None = None) -> bool:
        return False


def _assign(request: HttpRequest, proposals: list[TriageItem], to: User) -> bool:
    """Says what came of it; False where nothing was changed."""
    try:
        services.assign(proposals=proposals, to=to, by=request.user)
    except ValidationError as refusal:
        for words in refusal.messages:
            messages.error(request, words)
        return False
    done = ngettext(
        "%(n)d proposal belongs to %(who)s now.",
        "%(n)d proposals belong to %(who)s now.",
        len(proposals),
    )
    messages.success(request, done % {"n": len(proposals), "who": to})
    return True
