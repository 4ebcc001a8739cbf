"""The working list of the desk and the addresses below it."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from microcreds.admin_records import NeverDeleted
from proposals.models import ProposalQuerySet
from reviews import filters, search_language, search_terms
from reviews.admin import (
    bulk,
    columns,
    endorsing,
    engagement,
    export,
    lookalikes,
    moving,
    next_steps,
    nudging,
    opened,
    outside,
    owners,
    pages,
    points,
    process,
    queues,
    report,
    sharing,
    todos,
    undoing,
    undoing_together,
    visibility,
    withdrawing,
)
from reviews.admin.desk_list import DeskList, FoundBySearch, FromTheNearerEnd, desk_for
from reviews.admin.place import keeps_its_place
from reviews.admin.seen import keys_of
from reviews.asks import Ask, asks_of
from reviews.desk import desk_of, sees_desk, taken_back_of
from reviews.middleware import acted_at
from reviews.models import TriageItem
from reviews.questions import Question
from reviews.text_search import search

_REQUESTS = ("look_asked", "withdrawal_asked")


def _asks_of(user: User) -> dict[str, list[Ask]]:
    """What leads the list, of all that is asked of this person: their to-dos of today and before,
    and what proposers ask of the desk beside a move."""
    asks, today = asks_of(user, kinds=("todo", *_REQUESTS)), timezone.localdate()
    return {
        "due": [ask for ask in asks if ask.kind == "todo" and ask.by_day and ask.by_day <= today],
        "requests": [ask for ask in asks if ask.kind in _REQUESTS],
    }


@admin.register(TriageItem)
class TriageAdmin(NeverDeleted):
    """The triage desk: find what waits, read it, move it through a plan."""

    list_display = ("reference",)  # the columns are reviews.columns
    list_filter = (
        filters.StageFilter,
        filters.UnitFilter,
        filters.TurnFilter,
        filters.OwnerFilter,
        filters.DueFilter,
        filters.NextStepFilter,
    )
    search_fields = ("reference",)  # switches the box on; what it looks in is reviews.text_search
    ordering = ("-last_activity_at",)
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    actions = ("assign_to_me", "assign_to", "next_step", "move_several", "nudge")

    def get_queryset(self, request):
        return desk_of(request.user).for_list()

    def get_search_results(self, request, queryset, search_term):
        return search(queryset, search_term, request.user), False

    def get_paginator(self, request, queryset, per_page, *args, **kwargs):
        if request.GET.get(SEARCH_VAR):
            return FoundBySearch(queryset, per_page, *args, **kwargs)
        kwargs["kept_for"] = (
            request.user.pk,
            request.user.rights,
            Question.read(request.GET).query,
        )
        kwargs["acted_at"] = acted_at(request)
        return FromTheNearerEnd(queryset, per_page, *args, **kwargs)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeskList

    def changelist_view(self, request, extra_context=None):
        """Django's list with its queues beside it; without a question, the queue its reader opens
        the desk with."""
        if request.method == "GET" and not request.GET:
            desk = desk_for(request)
            if start := desk.queue(desk.start):
                return redirect(f"{request.path}?{start.address}")
        if "action" in request.POST and not request.POST.getlist("_selected_action"):
            messages.warning(request, _("Check at least one proposal first."))
            return redirect(request.get_full_path())
        context = {
            **_asks_of(request.user),
            "taken_back": taken_back_of(request.user) if request.user.is_elearning else [],
            "offers": undoing_together.offers_to(request),
            "sees_report": sees_desk(request.user),
            "terms": search_terms.TERMS,
            "complaints": [
                *filters.complaints_about(request.GET),
                *search_language.complaints_about(request.GET.get("q", ""), request.user),
            ],
        }
        page = super().changelist_view(request, context | (extra_context or {}))
        shown = getattr(page, "context_data", {})
        if "cl" in shown:
            shown["sidebar"] = shown["cl"].sidebar(request)
            shown["title"] = shown["cl"].name
        return page

    def export_view(self, request: SignedInRequest, kind: str) -> HttpResponseBase:
        """The list as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return export.rows_found(self, request, kind)

    def get_urls(self) -> list[URLPattern]:
        """The list and the pages of one proposal; nothing adds, deletes or edits beside them."""

        def at(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
            view = self.admin_site.admin_view(keeps_its_place(view))
            return path(route, view, name=f"reviews_triageitem_{name}")

        return [
            at("", self.changelist_view, "changelist"),
            at("export/<str:kind>/", self.export_view, "export"),
            at("hand-over/", owners.hand_over, "hand_over"),
            at("report/", report.report, "report"),
            at("report/<slug:key>/csv/", report.table, "report_table"),
            at("export/file/<uuid:key>/", export.export, "export_job"),
            at("export/file/<uuid:key>/take/", export.take, "export_take"),
            at("columns/", columns.choose, "columns"),
            at("queues/", queues.manage, "queues"),
            at("queues/new/", queues.new, "queue_new"),
            at("queues/<int:pk>/", queues.change, "queue"),
            at("queues/<int:pk>/update/", queues.update, "queue_update"),
            at("queues/<int:pk>/delete/", queues.delete, "queue_delete"),
            at("process/", process.process, "process"),
            at("visibility/", visibility.visibility, "visibility"),
            at("bulk/", bulk.choose, "bulk"),
            at("undo/<int:change>/", undoing_together.undo_together, "undo_together"),
            at("bulk/<str:key>/", bulk.move, "bulk_move"),
            at("nudge/", nudging.nudge, "nudge"),
            at("next-step/", next_steps.next_step, "next_step"),
            at("<int:pk>/change/", pages.proposal, "change"),
            at("<int:pk>/move/<str:key>/", moving.move, "move"),
            at("<int:pk>/undo/", undoing.undo, "undo"),
            at("<int:pk>/sharing/", sharing.sharing, "sharing"),
            at("<int:pk>/engagement/<int:part>/", engagement.engagement, "engagement"),
            at("<int:pk>/opened/", opened.opened, "opened"),
            at("<int:pk>/endorsements/", endorsing.endorsements_page, "endorsements"),
            at("<int:pk>/endorsements/record/", endorsing.record, "endorsement_record"),
            at("<int:pk>/endorsements/<int:ask>/", endorsing.endorsement, "endorsement"),
            at("<int:pk>/endorsements/<int:ask>/file/", endorsing.evidence, "endorsement_file"),
            at("<int:pk>/asked/<int:ask>/record/", endorsing.answer, "answer_record"),
            at("<int:pk>/partners/", outside.partners, "partners"),
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
        return redirect(bulk.choose_url(request, keys_of(queryset)))

    @admin.action(description=_("Nudge…"), permissions=["assign"])
    def nudge(self, request: SignedInRequest, queryset: ProposalQuerySet) -> HttpResponse | None:
        return redirect(nudging.nudge_url(request, keys_of(queryset)))

    @admin.action(description=_("Next step…"), permissions=["assign"])
    def next_step(
        self, request: SignedInRequest, queryset: ProposalQuerySet
    ) -> HttpResponse | None:
        return redirect(next_steps.next_step_url(request, keys_of(queryset)))

    def has_move_permission(self, request: SignedInRequest) -> bool:
        return bulk.may_move(request)

    def has_assign_permission(self, request: SignedInRequest) -> bool:
        return request.user.is_elearning

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
