"""Small lists beside the desk: drafts without their answers, days off, checklists."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from microcreds.admin_records import NeverDeleted, Record
from proposals.models import Stage
from reviews.checklists import WITH_CHECKLIST
from reviews.forms.todos import ChecklistRowForm
from reviews.models import ChecklistItem, DraftLine, Holiday


@admin.register(DraftLine)
class DraftLineAdmin(Record):
    """What eLearning may know of a draft: that it is there, whose it is and how old."""

    list_display = ("reference", "working_title", "submitter", "begun", "is_owner_here")
    list_display_links = None
    list_select_related = ("submitter",)
    list_per_page = 50
    search_fields = (
        "reference",
        "working_title__plain",
        "submitter__name__plain",
        "submitter__email",
    )
    ordering = ("-created_at", "-pk")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[DraftLine]:
        return super().get_queryset(request).filter(stage=Stage.DRAFT)

    @admin.display(description=_("begun"), ordering="created_at")
    def begun(self, draft: DraftLine) -> datetime:
        return draft.created_at

    @admin.display(description=_("owner"))
    def is_owner_here(self, draft: DraftLine) -> str:
        """Leads to the page where a draft whose owner has left finds another."""
        if draft.submitter.is_active:
            return ""
        page = reverse("proposals:proposal_hand_over", args=[draft.reference])
        return format_html('<a href="{}">{}</a>', page, _("Has left: hand it over…"))

    def get_urls(self) -> list:
        """The list alone: a draft has no page on the desk."""
        return [pattern for pattern in super().get_urls() if _is_list(pattern)]


def _is_list(pattern: object) -> bool:
    return str(getattr(pattern, "name", "")).endswith("_changelist")


@admin.register(Holiday)
class HolidayAdmin(NeverDeleted):
    """Days that no clock counts."""

    scripts = ()  # no row of another list is looked up
    list_display = ("name", "on")
    ordering = ("-on",)
    search_fields = ("name__plain",)


class StageOfList(admin.SimpleListFilter):
    """The stages that can have a checklist."""

    title = _("stage")
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(stage.value, str(stage.label)) for stage in WITH_CHECKLIST]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {stage.value for stage in WITH_CHECKLIST}
        return queryset.filter(stage=self.value()) if self.value() in known else queryset


@admin.register(ChecklistItem)
class ChecklistItemAdmin(NeverDeleted):
    """What is laid out when a stage begins; a guard of a move is no item of it."""

    list_display = ("words", "of_stage", "position", "days", "is_active")
    list_editable = ("position", "days", "is_active")
    list_filter = (StageOfList, "is_active")
    list_per_page = 100
    search_fields = ("words__plain",)
    fields = ("stage", "words", "position", "days", "is_active")
    show_facets = admin.ShowFacets.NEVER
    actions = None

    @admin.display(description=_("stage"), ordering="step")
    def of_stage(self, item: ChecklistItem) -> str:
        return item.get_stage_display()

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChecklistItem]:
        """In the order of the process, each stage in its own."""
        steps = [When(stage=stage, then=Value(step)) for step, stage in enumerate(WITH_CHECKLIST)]
        step = Case(*steps, default=Value(len(steps)))
        return ChecklistItem.objects.annotate(step=step)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("step", "position", "pk")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = {"title": _("Checklists: what is added when a stage begins")}
        return super().changelist_view(request, title | (extra_context or {}))

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=ChecklistRowForm, **kwargs)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only stages at which somebody works."""
        if db_field.name == "stage":
            kwargs["choices"] = [(stage.value, stage.label) for stage in WITH_CHECKLIST]
        return super().formfield_for_choice_field(db_field, request, **kwargs)
