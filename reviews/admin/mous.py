"""Memoranda of understanding in the admin: the list, one of them, and its moves."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.accounts.contacts import all_units
from microcreds.accounts.requests import SignedInRequest
from microcreds.admin_records import Record
from microcreds.components import day
from partners.models import Mou
from proposals.downloads import download_of
from proposals.models import Attachment, Turn
from reviews.admin.mou_page import contacts_for, mou_of, move_of, page_of, press, tell
from reviews.admin.panels import Due
from reviews.forms.mou import CorrectForm, MouMoveForm
from reviews.holidays import days_off
from reviews.mou import moving
from reviews.mou.correcting import Correction, correct, correction_of
from reviews.mou.plan import MouPlan, open_moves, plan_of
from reviews.mou.table import MARKS, STATUSES, has_turn, info_after, info_of, label_of

_TURNS = (Turn.UNIVERSITY, Turn.PARTNER, Turn.NOBODY)


class StatusFilter(admin.SimpleListFilter):
    title, parameter_name = _("status"), "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status.value, str(status.label)) for status in Mou.Status]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = self.value() in Mou.Status.values
        return queryset.filter(status=self.value()) if known else queryset


class TurnFilter(admin.SimpleListFilter):
    title, parameter_name = _("whose turn"), "turn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(turn.value, str(turn.label)) for turn in _TURNS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        turn = next((each for each in _TURNS if each == self.value()), None)
        return queryset.filter(has_turn(turn)) if turn else queryset


class EndFilter(admin.SimpleListFilter):
    title, parameter_name = _("ends within"), "ends"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(mark), _("%(n)d days") % {"n": mark}) for mark in sorted(MARKS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in {str(mark) for mark in MARKS}:
            return queryset
        today = timezone.localdate()
        until = today + timedelta(days=int(self.value() or 0))
        running = (Mou.Status.SIGNED, Mou.Status.ACTIVE, Mou.Status.EXPIRING)
        return queryset.filter(status__in=running, end_on__range=(today, until))


class UnitFilter(admin.SimpleListFilter):
    title, parameter_name = _("unit"), "unit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(unit.pk), unit.name) for unit in all_units()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {str(unit.pk) for unit in all_units()}
        if self.value() not in known:
            return queryset
        return queryset.filter(engagement__proposal__unit=self.value())


@admin.register(Mou)
class MouAdmin(Record):
    """Every memorandum that was begun: where it stands, who has it since when, until when."""

    list_display = ("partner", "proposal", "status_shown", "turn", "since", "due", "last_day")
    list_filter = (StatusFilter, TurnFilter, EndFilter, UnitFilter)
    list_select_related = ("engagement__organization", "engagement__proposal")
    search_fields = (
        "engagement__organization__name__plain",
        "engagement__proposal__reference",
        "engagement__proposal__working_title__plain",
        "buyway_number",
    )
    ordering = ("-status_since",)
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mou]:
        return Mou.objects.standing()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Django's list under our heading."""
        context = {"title": _("Memoranda of understanding")}
        return super().changelist_view(request, context | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        """The list, and the pages of our own in place of Django's."""

        both = require_http_methods(["GET", "HEAD", "POST"])
        return [
            self.own_url("", self.changelist_view, "changelist"),
            self.own_url("<int:pk>/change/", both(self.mou_view), "change"),
            self.own_url("<int:pk>/move/<str:key>/", both(self.move_view), "move"),
            self.own_url("<int:pk>/correct/", both(self.correct_view), "correct"),
            self.own_url("<int:pk>/files/<str:file>/", require_safe(self.file_view), "file"),
        ]

    def mou_view(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """One memorandum: where it stands and all that is on record; a button is one service."""
        mou = self._found(request, pk)
        form = None
        if request.method == "POST":
            form, done = press(request, mou)
            if done:
                messages.success(request, done)
                return redirect("admin:partners_mou_change", pk)
        return self._show(request, "mou", page_of(request, mou, form), status=422 if form else 200)

    def move_view(self, request: SignedInRequest, pk: int, key: str) -> HttpResponse:
        """GET shows what the move needs, leads to and tells; POST makes it."""
        mou, move = self._found(request, pk), move_of(key)
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        heard = {"contact": request.GET.get("contact")}
        form = MouMoveForm(*posted, move=move, contacts=contacts_for(mou), initial=heard)
        plan = plan_of(mou, move, request.user)
        if plan.around is None or move not in open_moves(mou, request.user, plan.around):
            if request.method != "POST":
                raise Http404
            form.add_error(None, plan.refusal)
        elif request.method == "POST" and form.is_valid():
            try:
                moving.move(
                    engagement=mou.engagement,
                    move=move,
                    by=request.user,
                    given=form.given(),
                    seen=_number(request.POST.get("seen", "")),
                )
            except ValidationError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("Done: %(move)s.") % {"move": move.label})
                return redirect("admin:partners_mou_change", pk)
        return self._show_plan(request, plan, form)

    def correct_view(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """GET shows what taking back the newest move with a reason does; POST does it."""
        mou = self._found(request, pk)
        plan = correction_of(mou, request.user, at=timezone.now())
        posted = (request.POST,) if request.method == "POST" else ()
        form = CorrectForm(*posted, needs_day=plan.needs_day)
        if plan.refusal:
            if request.method != "POST":
                raise Http404
            form.add_error(None, plan.refusal)
        elif request.method == "POST" and form.is_valid():
            try:
                correct(
                    engagement=mou.engagement,
                    by=request.user,
                    seen=_number(request.POST.get("seen", "")),
                    **form.cleaned_data,
                )
            except ValidationError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The move is taken back, and the reason is on record."))
                return redirect("admin:partners_mou_change", pk)
        return self._show_correction(request, plan, form)

    def file_view(self, request: SignedInRequest, pk: int, file: str) -> HttpResponseBase:
        """One file of it, to be saved; never with a virus in it."""
        mou = self._found(request, pk)
        kept = Attachment.objects.of_record(mou.record).keyed(file).select_related("proposal")
        attachment = kept.exclude(scan=Attachment.Scan.INFECTED).first()
        if attachment is None:
            raise Http404
        try:
            return download_of(attachment)
        except FileNotFoundError as gone:
            raise Http404 from gone

    def _show_plan(
        self, request: SignedInRequest, plan: MouPlan, form: MouMoveForm
    ) -> HttpResponse:
        context = {
            "title": plan.move.label,
            "mou": plan.mou,
            "engagement": plan.mou.engagement,
            "plan": plan,
            "here": info_of(plan.mou),
            "status": label_of(plan.mou),
            "there": info_after(plan.move, plan.to),
            "form": form,
        }
        return self._show(request, "move", context, status=422 if form.is_bound else 200)

    def _show_correction(
        self, request: SignedInRequest, plan: Correction, form: CorrectForm
    ) -> HttpResponse:
        context = {
            "title": _("Take back: %(status)s") % {"status": plan.mou.get_status_display()},
            "engagement": plan.mou.engagement,
            "plan": plan,
            "here": info_of(plan.mou),
            "status": label_of(plan.mou),
            "there": STATUSES[plan.to] if plan.to else None,
            "form": form,
        }
        return self._show(request, "correct", context, status=422 if form.is_bound else 200)

    def _found(self, request: SignedInRequest, pk: int) -> Mou:
        """The memorandum for whoever reads the desk; for anyone else it does not exist."""
        mou = mou_of(pk) if self.has_view_permission(request) else None
        if mou is None:
            raise Http404
        return mou

    def _show(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), **context}
        return render(request, f"admin/partners/mou/{name}.html", context, status=status)

    @admin.display(description=_("partner"))
    def partner(self, mou: Mou) -> str:
        return mou.engagement.organization.name

    @admin.display(description=_("proposal"))
    def proposal(self, mou: Mou) -> str:
        return str(mou.engagement.proposal)

    @admin.display(description=_("status"), ordering="status")
    def status_shown(self, mou: Mou) -> str:
        info = info_of(mou)
        badge = {"tone": info.tone, "icon": info.icon, "text": mou.get_status_display()}
        return render_to_string("components/badge.html", badge)

    @admin.display(description=_("whose turn"))
    def turn(self, mou: Mou) -> str:
        turn = info_of(mou).turn
        return "" if turn == Turn.NOBODY else str(turn.label)

    @admin.display(description=_("since"), ordering="status_since")
    def since(self, mou: Mou) -> str:
        return day(mou.status_since)

    @admin.display(description=_("due"), ordering="due_on")
    def due(self, mou: Mou) -> str:
        due = Due.of(mou.due_on, days_off())
        if due is None:
            return ""
        context = {"words": due.words, "date": due.on, "late": due.is_late}
        return render_to_string("components/date.html", context)

    @admin.display(description=_("last day"), ordering="end_on")
    def last_day(self, mou: Mou) -> str:
        return day(mou.end_on) if mou.end_on else ""


def _number(typed: str) -> int | None:
    """Of the history's newest line, as the page said it."""
    is_one = typed.isascii() and typed.isdigit() and len(typed) < 19
    return int(typed) if is_one else None
