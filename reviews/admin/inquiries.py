"""The queue of inquiries in the admin: the list, one inquiry, those typed by staff, the mirror."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.accounts.contacts import all_units
from microcreds.accounts.requests import SignedInRequest
from microcreds.admin_records import Record
from microcreds.components import day
from partners.models import FacultyAsk, Inquiry
from reviews.admin.inquiry_page import page_of, press
from reviews.admin.panels import Due
from reviews.forms.inquiries import ForFacultyForm, TypedForm
from reviews.holidays import days_off
from reviews.inquiries import faculty, receiving, wanted

PAGE_SIZE = 10
LOOKS = {
    Inquiry.State.RECEIVED: ("info", "inbox"),
    Inquiry.State.READING: ("neutral", "book-open"),
    Inquiry.State.SEEKING: ("accent", "search"),
    Inquiry.State.PROPOSAL: ("success", "check"),
    Inquiry.State.CLOSED: ("neutral", "circle-slash"),
}


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, str(state.label)) for state in LOOKS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {state.value for state in LOOKS}
        return queryset.filter(state=self.value()) if self.value() in known else queryset


class UnitFilter(admin.SimpleListFilter):
    title, parameter_name = _("unit"), "unit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((str(unit.pk), unit.name) for unit in all_units()), ("none", str(_("None yet")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if value == "none":
            return queryset.filter(unit=None)
        known = {str(unit.pk) for unit in all_units()}
        return queryset.filter(unit=value) if value in known else queryset


class OwnerFilter(admin.SimpleListFilter):
    title, parameter_name = _("owner"), "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("me", str(_("Me"))), ("nobody", str(_("Nobody yet")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "me":
                return queryset.filter(owner=request.user.pk)
            case "nobody":
                return queryset.filter(owner=None)
        return queryset


class LateFilter(admin.SimpleListFilter):
    title, parameter_name = _("first answer"), "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", str(_("Late")))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        return queryset.late(timezone.localdate()) if self.value() == "yes" else queryset


@admin.register(Inquiry)
class InquiryAdmin(Record):
    """What organizations ask for: what is open stands first, by the day its answer is due."""

    list_display = ("org_name", "need", "state_shown", "answer_due", "unit", "owner", "received_on")
    list_filter = (StateFilter, UnitFilter, OwnerFilter, LateFilter)
    list_select_related = ("unit", "owner")
    search_fields = (
        "org_name__plain",
        "contact_name__plain",
        "abilities__plain",
        "jobs__plain",
        "owner__name__plain",
    )
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Inquiry]:
        """All but those whose address nobody confirmed: of them nobody is told."""
        is_open = Q(state__in=Inquiry.OPEN)
        turn = Case(
            When(is_open & Q(first_answered_at=None), then=Value(0)),
            When(is_open, then=Value(1)),
            default=Value(2),
        )
        return Inquiry.objects.received().annotate(turn=turn)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """What was never answered, what is open, what is over."""
        return ("turn", "answer_by", "-pk")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Django's list, and whom of the faculty staff asked without an inquiry."""
        asks = FacultyAsk.objects.filter(inquiry=None, state=FacultyAsk.State.OPEN)
        context = {
            "title": _("Inquiries: what organizations ask for"),
            "asks": asks.select_related("asked_by") if self.may_work(request) else (),
            "may_work": self.may_work(request),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        """The list, and the pages of our own in place of Django's."""

        both = require_http_methods(["GET", "HEAD", "POST"])
        return [
            self.own_url("", self.changelist_view, "changelist"),
            self.own_url("typed/", both(self.typed_view), "typed"),
            self.own_url("for-faculty/", both(self.for_faculty_view), "for_faculty"),
            self.own_url("ask/<int:pk>/end/", both(self.end_ask_view), "end_ask"),
            self.own_url("partner-wanted/", require_safe(self.wanted_view), "wanted"),
            self.own_url("<int:pk>/change/", both(self.inquiry_view), "change"),
        ]

    def inquiry_view(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """One inquiry: what they said, what fits, what happened; a button of it is one service."""
        inquiry = self._found(request, pk)
        form = None
        if request.method == "POST":
            form, done = press(request, inquiry)
            if done:
                messages.success(request, done)
                return redirect("admin:partners_inquiry_change", pk)
        return self._show(
            request, "inquiry", page_of(request, inquiry, form), status=422 if form else 200
        )

    def typed_view(self, request: SignedInRequest) -> HttpResponse:
        """Staff type in what an organization told them."""
        self._refuse_others(request)
        form = TypedForm(
            request.POST if request.method == "POST" else None, initial={"form_key": uuid.uuid4()}
        )
        if form.is_valid():
            given = {key: form.cleaned_data[key] for key in ("channel", "heard_on", "form_key")}
            try:
                inquiry = receiving.type_in(said=form.said(), by=request.user, **given)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("It is in the queue, and you own it."))
                return redirect("admin:partners_inquiry_change", inquiry.pk)
        context = {"title": _("Type in an inquiry"), "form": form}
        return self._show(request, "typed", context, status=422 if form.is_bound else 200)

    def for_faculty_view(self, request: SignedInRequest) -> HttpResponse:
        """Staff begin a proposal for a member of the faculty, who alone owns and submits it."""
        self._refuse_others(request)
        form = ForFacultyForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                faculty.ask_faculty(inquiry=None, by=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("A mail to them is on its way."))
                return redirect("admin:partners_inquiry_changelist")
        context = {"title": _("Begin one for a faculty member"), "form": form}
        return self._show(request, "for_faculty", context, status=422 if form.is_bound else 200)

    def end_ask_view(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """An ask that no inquiry led to is taken back; a GET leads to the list."""
        self._refuse_others(request)
        ask = FacultyAsk.objects.filter(pk=pk, inquiry=None).first()
        if ask is None:
            raise Http404
        if request.method == "POST":
            faculty.end_ask(ask=ask, by=request.user)
            messages.success(request, _("The ask is taken back."))
        return redirect("admin:partners_inquiry_changelist")

    def wanted_view(self, request: SignedInRequest) -> HttpResponse:
        """Proposals that ask for help finding a partner, with who might be one."""
        if not self.has_view_permission(request):
            raise Http404
        rows = wanted.looking_for_a_partner(request.user)
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        found = wanted.suggested_for([row.pk for row in page])
        context = {
            "title": _("Proposals looking for a partner"),
            "page": page,
            "rows": [(row, found[row.pk]) for row in page],
        }
        return self._show(request, "wanted", context)

    def may_work(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.is_elearning

    def _refuse_others(self, request: HttpRequest) -> None:
        if not self.may_work(request):
            raise Http404

    def _found(self, request: HttpRequest, pk: int) -> Inquiry:
        """The inquiry for whoever may read the queue; for anyone else it does not exist."""
        found = Inquiry.objects.received().select_related(
            "unit", "owner", "contact", "organization", "proposal", "typed_by"
        )
        inquiry = found.filter(pk=pk).first()
        if inquiry is None or not self.has_view_permission(request):
            raise Http404
        return inquiry

    def _show(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), **context}
        return render(request, f"admin/partners/inquiry/{name}.html", context, status=status)

    @admin.display(description=_("need"))
    def need(self, inquiry: Inquiry) -> str:
        return Truncator(inquiry.jobs or inquiry.abilities).chars(80)

    @admin.display(description=_("state"))
    def state_shown(self, inquiry: Inquiry) -> str:
        tone, icon = LOOKS[Inquiry.State(inquiry.state)]
        badge = {"tone": tone, "icon": icon, "text": inquiry.get_state_display()}
        return render_to_string("components/badge.html", badge)

    @admin.display(description=_("first answer"))
    def answer_due(self, inquiry: Inquiry) -> str:
        if inquiry.first_answered_at or not inquiry.is_open:
            return ""
        due = Due.of(inquiry.answer_by, days_off())
        context = {"words": due.words, "date": due.on, "late": due.is_late} if due else {}
        return render_to_string("components/date.html", context)

    @admin.display(description=_("received"))
    def received_on(self, inquiry: Inquiry) -> str:
        date = inquiry.confirmed_at or inquiry.sent_at
        return day(date)
