"""Contacts at outside organisations, and the records of what is shared with them. Organisations
themselves: ``reviews.admin.organizations``."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from partners import services
from partners.models import Access, Contact, Engagement, Link, Share


class Record:
    """Read here, written by ``partners.services`` alone."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LinkInline(Record, admin.TabularInline):
    model = Link
    fields = ("created_at", "expires_at", "last_used_at", "revoked_at")
    verbose_name_plural = _("personal links")


@admin.register(Contact)
class ContactAdmin(admin.ModelAdmin):
    """People at organisations; their personal links can be revoked, never read."""

    list_display = ("name", "email", "title", "phone")
    search_fields = ("name", "email", "organizations__name")
    fields = ("name", "title", "email", "phone", "organizations")
    raw_id_fields = ("organizations",)
    inlines = (LinkInline,)
    actions = ("revoke_links",)
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Revoke all personal links"), permissions=["change"])
    def revoke_links(self, request: HttpRequest, queryset: QuerySet[Contact]) -> None:
        number = sum(services.revoke_links(contact=contact) for contact in queryset)
        message = ngettext("%(n)s link was revoked.", "%(n)s links were revoked.", number)
        self.message_user(request, message % {"n": number})


@admin.register(Engagement)
class EngagementAdmin(Record, admin.ModelAdmin):
    list_display = ("proposal", "organization", "contact", "opened_at")
    list_select_related = ("proposal", "organization", "contact")
    search_fields = ("proposal__reference", "organization__name")
    fields = ("proposal", "organization", "contact", "opened_at")
    show_full_result_count = False


@admin.register(Share)
class ShareAdmin(Record, admin.ModelAdmin):
    list_display = ("engagement", "contact", "since", "by", "until", "ended_by")
    list_select_related = (
        "engagement__proposal",
        "engagement__organization",
        "contact",
        "by",
        "ended_by",
    )
    search_fields = ("engagement__proposal__reference", "contact__name", "contact__email")
    show_full_result_count = False


@admin.register(Link)
class LinkAdmin(Record, admin.ModelAdmin):
    list_display = ("contact", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("contact",)
    search_fields = ("contact__name", "contact__email")
    fields = list_display
    show_full_result_count = False


@admin.register(Access)
class AccessAdmin(Record, admin.ModelAdmin):
    list_display = ("at", "contact", "engagement", "attachment")
    list_select_related = (
        "link__contact",
        "engagement__proposal",
        "engagement__organization",
        "attachment",
    )
    search_fields = ("link__contact__email", "engagement__proposal__reference")
    fields = list_display
    show_full_result_count = False

    @admin.display(description=_("contact"))
    def contact(self, access: Access) -> str:
        return str(access.link.contact)
