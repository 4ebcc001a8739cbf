"""The directory of outside organisations and people, and what is shared with them."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from partners import services
from partners.models import Access, Alias, Contact, Engagement, Link, Organization, Share


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


class AliasInline(admin.TabularInline):
    """The other names it is found by when a form names it."""

    model = Alias
    fields = ("name",)
    extra = 0


class KindFilter(admin.AllValuesFieldListFilter):
    """By kind; of some nobody said it yet, and a link needs words."""

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield choice | {"display": choice["display"] or _("Not said")}


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    list_display = ("name", "place", "kind", "is_fictional")
    list_filter = ("is_fictional", ("kind", KindFilter))
    search_fields = ("name", "place", "aliases__name")
    inlines = (AliasInline,)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Contact)
class ContactAdmin(admin.ModelAdmin):
    """People at organisations; their personal links can be revoked, never read."""

    list_display = ("name", "email", "title", "phone")
    search_fields = ("name", "email")
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
