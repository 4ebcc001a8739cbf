"""Small lists beside the desk: drafts without their answers, and days off."""

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from proposals.models import Stage
from reviews.models import DraftLine, Holiday


@admin.register(DraftLine)
class DraftLineAdmin(admin.ModelAdmin):
    """What eLearning may know of a draft: that it is there, whose it is and how old."""

    list_display = ("reference", "working_title", "submitter", "begun", "is_owner_here")
    list_display_links = None
    list_select_related = ("submitter",)
    list_per_page = 50
    search_fields = ("reference", "working_title", "submitter__name", "submitter__email")
    ordering = ("-created_at", "-pk")
    show_full_result_count = False
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

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: DraftLine | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DraftLine | None = None) -> bool:
        return False


def _is_list(pattern: object) -> bool:
    return str(getattr(pattern, "name", "")).endswith("_changelist")


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin):
    """Days that no clock counts."""

    list_display = ("name", "on")
    ordering = ("-on",)
    search_fields = ("name",)
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Holiday | None = None) -> bool:
        return False
