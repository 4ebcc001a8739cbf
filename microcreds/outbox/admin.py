"""The ledger of mails: the fate of each, another try, a hold on all; addresses that do not work."""

from datetime import datetime
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from microcreds.accounts.models import User
from microcreds.admin_records import Record
from microcreds.outbox import addresses, holding, links, preferences, repeating, services, watch
from microcreds.outbox.events import event_of
from microcreds.outbox.fates import LOOKS
from microcreds.outbox.forms import AgainForm, HoldForm
from microcreds.outbox.models import MailText, Message, Undeliverable
from microcreds.outbox.wording import texts
from microcreds.outbox.wording.admin import MailTextAdmin

admin.site.register(MailText, MailTextAdmin)


class EventFilter(admin.SimpleListFilter):
    """By event, in words; read from the folders of templates: counting the rows would read all."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        folders = Path(settings.BASE_DIR, "templates", "emails").iterdir()
        events = {"account", texts.TEST} | {folder.name for folder in folders if folder.is_dir()}
        named = {event: str(event_of(event).name) for event in sorted(events)}
        return sorted(named.items(), key=lambda item: item[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.filter(event=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(Record):
    list_display = (
        "subject",
        "reader",
        "state_shown",
        "kind",
        "event_said",
        "about",
        "leaves",
        "sent_at",
    )
    list_filter = ("state", "kind", EventFilter)
    search_fields = ("about", "to", "subject__plain")
    list_per_page = 50
    actions = ("try_again", "release")
    fields = readonly_fields = (
        "subject",
        "reader",
        "state_shown",
        "leaves",
        "error",
        "body_shown",
        "answer",
        "message_id",
        "reply_to",
        "kind",
        "event_said",
        "about",
        "cause",
        "digest",
        "repeats",
        "asked_by",
        "why",
        "sent_again_as",
        "created_at",
        "due_at",
        "sent_at",
        "attempts",
        "is_released",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).defer("body")

    def get_fields(self, request: HttpRequest, obj: Message | None = None) -> Any:
        """Those that say something of this mail."""
        said = {name: getattr(obj, name, True) for name in self.fields}
        said["leaves"] = obj and obj.leaves_at
        said["sent_again_as"] = obj and obj.repeated_by.exists()
        return [name for name, value in said.items() if value]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's list, with how mail is doing above it."""
        state = watch.state_of_mail()
        context = {"warnings": watch.warnings(state), "hold": holding.standing_hold()}
        return super().changelist_view(request, context | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        return [
            self.own_url("hold/", self.hold_view, "hold"),
            self.own_url("reader/", self.reader_view, "reader"),
            self.own_url("<int:pk>/again/", self.again_view, "again"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Django's page of one mail, with the way to send it again, or why there is none."""
        message = self.get_object(request, object_id)
        refusal = repeating.why_not_again(message) if message else ""
        context = {"again_refusal": refusal, "may_send_again": self.has_retry_permission(request)}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A mail that has left leaves once more; GET asks why."""
        if not self.has_retry_permission(request):
            raise Http404
        message = get_object_or_404(Message, pk=pk)
        form = AgainForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                again = repeating.send_again(
                    message=message, by=cast(User, request.user), why=form.cleaned_data["why"]
                )
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("It is being sent again."))
                return redirect("admin:outbox_message_change", again.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Send it again"),
            "form": form,
            "message": message,
            "refusal": repeating.why_not_again(message) if not form.errors else "",
            "body": self.body_shown(message),
        }
        status = 422 if form.errors else 200
        return render(request, "admin/outbox/message/again.html", context, status=status)

    def reader_view(self, request: HttpRequest) -> HttpResponse:
        """Everything for one address: whether it works, what its reader chose, each mail."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        address = request.GET.get("address", "").strip().lower()
        mails = Message.objects.annotate(who=Lower("to")).filter(who=address).order_by("-pk")
        page = Paginator(mails.defer("body"), self.list_per_page).get_page(request.GET.get("page"))
        chosen = preferences.chosen_by(address)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Mails of one reader"),
            "address": address,
            "person": User.objects.filter(email__iexact=address).first(),
            "broken": addresses.broken(address),
            "chosen": [(topic.label, frequency.label) for topic, frequency in chosen.items()],
            "page": page,
            "rows": [(mail, self.state_shown(mail)) for mail in page],
        }
        return render(request, "admin/outbox/message/reader.html", context)

    @admin.display(description=_("to"), ordering="to")
    def reader(self, message: Message) -> str:
        """Leads to everything for this address."""
        page = reverse("admin:outbox_message_reader", query={"address": message.to})
        return format_html('<a href="{}">{}</a>', page, message.to)

    @admin.display(description=_("event"), ordering="event")
    def event_said(self, message: Message) -> str:
        return str(event_of(message.event).name)

    @admin.display(description=_("leaves at"), ordering="due_at")
    def leaves(self, message: Message) -> datetime | None:
        return message.leaves_at

    @admin.display(description=_("sent again as"))
    def sent_again_as(self, message: Message) -> str:
        return format_html_join(
            ", ",
            '<a href="{}">{}</a>',
            (
                (reverse("admin:outbox_message_change", args=[pk]), pk)
                for pk in message.repeated_by.order_by("pk").values_list("pk", flat=True)
            ),
        )

    def hold_view(self, request: HttpRequest) -> HttpResponse:
        """All mail is held, or let go; GET asks."""
        person = cast(User, request.user)
        if not person.is_lead:
            raise Http404
        hold = holding.standing_hold()
        form = HoldForm(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            try:
                if "let_go" in request.POST:
                    holding.let_go(by=person)
                    messages.success(request, _("Mail leaves again."))
                    return redirect("admin:outbox_message_changelist")
                if form.is_valid():
                    holding.hold_all(by=person, why=form.cleaned_data["why"])
                    messages.success(request, _("All mail is held."))
                    return redirect("admin:outbox_message_changelist")
            except ValidationError as refusal:
                form.add_error(None, refusal)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Hold all mail"),
            "form": form,
            "hold": hold,
            "waiting": Message.objects.filter(state__in=Message.WAITING).count(),
        }
        status = 422 if form.errors else 200
        return render(request, "admin/outbox/message/hold.html", context, status=status)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, message: Message) -> str:
        tone, icon = LOOKS[message.state]
        badge = {"tone": tone, "icon": icon, "text": message.get_state_display()}
        return render_to_string("components/badge.html", badge)

    @admin.display(description=_("text"))
    def body_shown(self, message: Message) -> str:
        """Nobody but the recipient reads a code or a personal link."""
        text = "" if message.is_secret else links.hide(message.body)
        return format_html('<pre class="mail-body">{}</pre>', text) if text else ""

    @admin.action(description=_("Try again to send the failed ones"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        count = services.retry(messages=queryset)
        said = ngettext("%(n)s mail waits again.", "%(n)s mails wait again.", count)
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, said % {"n": count}, level)

    @admin.action(description=_("Let these leave although all is held"), permissions=["retry"])
    def release(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        try:
            count = holding.release(messages=queryset, by=cast(User, request.user))
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return
        said = ngettext("%(n)s mail may leave.", "%(n)s mails may leave.", count)
        self.message_user(request, said % {"n": count})

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.is_elearning


class ClearedFilter(admin.SimpleListFilter):
    """Those that stand, or those that were cleared."""

    title = _("cleared")
    parameter_name = "cleared"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("no", str(_("No"))), ("yes", str(_("Yes")))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Undeliverable]
    ) -> QuerySet[Undeliverable]:
        if self.value() not in ("no", "yes"):
            return queryset
        return queryset.filter(cleared_at__isnull=self.value() == "no")


@admin.register(Undeliverable)
class UndeliverableAdmin(Record):
    """Addresses from which mail came back; cleared, mail is tried there again."""

    list_display = ("address", "reason", "since", "detail", "cleared_at", "cleared_by")
    list_filter = ("reason", ClearedFilter)
    list_select_related = ("cleared_by",)
    search_fields = ("address",)
    actions = ("clear",)

    @admin.action(description=_("Try these addresses again"), permissions=["clear"])
    def clear(self, request: HttpRequest, queryset: QuerySet[Undeliverable]) -> None:
        standing = list(queryset.filter(cleared_at=None))
        for each in standing:
            addresses.clear(address=each.address, by=cast(User, request.user))
        said = ngettext(
            "%(n)s address is tried again.", "%(n)s addresses are tried again.", len(standing)
        )
        self.message_user(request, said % {"n": len(standing)})

    def has_clear_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.is_elearning
