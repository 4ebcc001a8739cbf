"""The ledger of mails: what waits, left or failed, and another try for what failed."""

from pathlib import Path

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from microcreds.outbox import links, services
from microcreds.outbox.fates import LOOKS
from microcreds.outbox.models import Message


class EventFilter(admin.SimpleListFilter):
    """By event; read from the folders of templates, because counting the rows would read all."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        folders = Path(settings.BASE_DIR, "templates", "emails").iterdir()
        events = {"account"} | {folder.name for folder in folders if folder.is_dir()}
        return [(event, event.replace("_", " ")) for event in sorted(events)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.filter(event=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    list_display = ("subject", "to", "state_shown", "event", "about", "due_at", "sent_at", "error")
    list_filter = ("state", EventFilter)
    search_fields = ("about", "to", "subject")
    show_full_result_count = False
    list_per_page = 50
    actions = ("try_again",)
    fields = readonly_fields = (
        "subject",
        "to",
        "state_shown",
        "error",
        "body_shown",
        "event",
        "about",
        "cause",
        "created_at",
        "due_at",
        "sent_at",
        "attempts",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).defer("body")

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, message: Message) -> str:
        tone, icon = LOOKS[message.state]
        badge = {"tone": tone, "icon": icon, "text": message.get_state_display()}
        return render_to_string("components/badge.html", badge)

    @admin.display(description=_("text"))
    def body_shown(self, message: Message) -> str:
        """Nobody but the recipient reads a code or a personal link."""
        return "" if message.is_secret else links.hide(message.body)

    @admin.action(description=_("Try again to send the failed ones"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        count = services.retry(messages=queryset)
        said = ngettext("%(n)s mail waits again.", "%(n)s mails wait again.", count)
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, said % {"n": count}, level)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.is_elearning

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False
