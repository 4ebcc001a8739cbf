"""Mail that came in and joined nothing: the list, one mail, where staff put it."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Role, User
from microcreds.admin_records import Record
from microcreds.outbox.models import Incoming
from microcreds.outbox.replies import sorting
from proposals.downloads import download_of
from proposals.models import Proposal, Thread
from proposals.services.files import may_open
from reviews import files_of_mail, replies, threads
from reviews.forms.replies import PutForm, SetAsideForm
from reviews.permits import parties_of

LOOKS = {
    Incoming.State.JOINED: ("success", "check"),
    Incoming.State.UNSORTED: ("warning", "inbox"),
    Incoming.State.MANY: ("neutral", "layers"),
    Incoming.State.ASIDE: ("neutral", "circle-slash"),
    Incoming.State.DROPPED: ("neutral", "bell-off"),
}
LIST = "admin:outbox_incoming_changelist"


class StateFilter(admin.SimpleListFilter):
    """What waits, unless another state is asked for."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        shown = (Incoming.State.MANY, Incoming.State.ASIDE, Incoming.State.DROPPED)
        return [(state.value, str(state.label)) for state in shown]

    def choices(self, changelist: Any) -> Iterator[Any]:
        waiting = (None, Incoming.State.UNSORTED.label)
        for value, label in [waiting, *self.lookup_choices]:
            change = {self.parameter_name: value} if value else {}
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(change, [self.parameter_name]),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {value for value, _label in self.lookup_choices}
        value = self.value()
        return queryset.filter(state=value if value in known else Incoming.State.UNSORTED)


def for_reader(user: User) -> QuerySet[Incoming]:
    """What this person may sort or see: mails about proposals of their units and about none; the
    lead and auditors all. Never about a proposal that they take part in."""
    rows = Incoming.objects.filter(emptied_at=None).exclude(state=Incoming.State.JOINED)
    about = Proposal.objects.filter(reference=OuterRef("about")).order_by()
    rows = rows.exclude(Exists(about.filter(submitter=user)))
    rows = rows.exclude(Exists(about.filter(participants__user=user)))
    if user.is_lead or user.has_role(Role.Kind.AUDITOR):
        return rows
    elsewhere = about.filter(unit__isnull=False).exclude(unit__in=user.unit_ids)
    return rows.exclude(Exists(elsewhere))


@admin.register(Incoming)
class IncomingAdmin(Record):
    list_display = ("subject_shown", "sender", "received_at", "about", "why")
    list_display_links = ("subject_shown",)
    list_filter = (StateFilter,)
    search_fields = ("sender", "subject__plain", "about")
    list_per_page = 50
    actions = None
    fields = readonly_fields = (
        "why",
        "sender",
        "to",
        "sent_at",
        "received_at",
        "about",
        "state_shown",
        "files_shown",
        "settled_by",
        "settled_at",
        "settled_why",
        "whole_shown",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incoming]:
        return for_reader(cast(User, request.user)).defer("text", "whole").order_by("-pk")

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Incoming | None:
        """One mail; not there for whoever may not read the notes of what it is about."""
        found = super().get_object(request, *args, **kwargs)
        proposal = Proposal.objects.filter(reference=found.about).first() if found else None
        if proposal:
            parties = parties_of([proposal.pk])[proposal.pk]
            access = threads.access_to(proposal, cast(User, request.user), parties)
            if Thread.Kind.INTERNAL not in access.reads:
                return None
        return found

    def get_fields(self, request: HttpRequest, obj: Incoming | None = None) -> Any:
        """Those that say something of this mail."""
        if obj is None:
            return self.fields
        said = {"files_shown": obj.files, "whole_shown": obj.whole, "state_shown": obj.state}
        return [name for name in self.fields if said.get(name, getattr(obj, name, ""))]

    def get_urls(self) -> list[URLPattern]:
        return [
            self.own_url("<int:pk>/put/", self.put_view, "put"),
            self.own_url("<int:pk>/aside/", self.aside_view, "aside"),
            self.own_url("<int:pk>/files/<str:file>/", self.file_view, "file"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's list, by the name that pages which lead here give it."""
        return super().changelist_view(
            request, {"title": _("Unsorted mail")} | (extra_context or {})
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Django's page of one mail, with what can be done about it."""
        may_sort = {"may_sort": cast(User, request.user).is_elearning}
        return super().change_view(request, object_id, form_url, may_sort | (extra_context or {}))

    def put_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The mail becomes an internal note of a proposal; GET asks of which."""
        incoming, by = self._waiting(request, pk), cast(User, request.user)
        data = request.POST if request.method == "POST" else None
        form = PutForm(data, by=by, initial={"reference": incoming.about})

        def put() -> None:
            replies.put_to(incoming=incoming, proposal=form.cleaned_data["reference"], by=by)

        asked = {"title": _("File it with a proposal"), "button": _("Put it there")}
        return self._settle(request, incoming, form, put, asked, _("It is an internal note now."))

    def aside_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The mail waits no more; GET asks why."""
        incoming, by = self._waiting(request, pk), cast(User, request.user)
        others = sorting.alike(incoming, for_reader(by))
        form = SetAsideForm(
            request.POST if request.method == "POST" else None, others=others.count()
        )

        def set_aside() -> None:
            alike = others if form.cleaned_data.get("all_of_them") else None
            sorting.set_aside(incoming=incoming, by=by, why=form.cleaned_data["why"], alike=alike)

        asked = {"title": _("Set it aside"), "button": _("Set it aside")}
        return self._settle(request, incoming, form, set_aside, asked, _("It is set aside."))

    def file_view(self, request: HttpRequest, pk: int, file: str) -> HttpResponseBase:
        """A file that was kept of it, to be saved; never with a virus in it."""
        incoming = self.get_object(request, str(pk))
        kept = files_of_mail.kept_with(incoming).keyed(file).first() if incoming else None
        if kept is None or not may_open(kept):
            raise Http404
        try:
            return download_of(kept)
        except FileNotFoundError as gone:
            raise Http404 from gone

    def _waiting(self, request: HttpRequest, pk: int) -> Incoming:
        found = self.get_object(request, str(pk))
        if found is None or not cast(User, request.user).is_elearning:
            raise Http404
        return found

    def _settle(
        self,
        request: HttpRequest,
        incoming: Incoming,
        form: forms.Form,
        carry_out: Callable[[], None],
        asked: dict[str, Any],
        done: Any,
    ) -> HttpResponse:
        if form.is_bound and form.is_valid():
            try:
                carry_out()
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            else:
                messages.success(request, done)
                return redirect(LIST)
        context = {
            **self.admin_site.each_context(request),
            **asked,
            "form": form,
            "incoming": incoming,
            "whole": self.whole_shown(incoming),
        }
        status = 422 if form.errors else 200
        return render(request, "admin/outbox/incoming/settle.html", context, status=status)

    @admin.display(description=_("subject"), ordering="subject")
    def subject_shown(self, incoming: Incoming) -> str:
        return incoming.subject or str(_("(no subject)"))

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, incoming: Incoming) -> str:
        tone, icon = LOOKS[Incoming.State(incoming.state)]
        badge = {"tone": tone, "icon": icon, "text": incoming.get_state_display()}
        return render_to_string("components/badge.html", badge)

    @admin.display(description=_("files"))
    def files_shown(self, incoming: Incoming) -> str:
        """Those that were kept can be had; of the others their names."""
        kept = list(files_of_mail.kept_with(incoming))
        return render_to_string(
            "admin/outbox/incoming/_files.html", {"incoming": incoming, "kept": kept}
        )

    @admin.display(description=_("text"))
    def whole_shown(self, incoming: Incoming) -> str:
        return format_html('<pre class="mail-body">{}</pre>', incoming.whole)
