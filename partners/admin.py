"""Contacts at outside organizations, and the records of what is shared with them. Organizations
themselves: ``reviews.admin.organizations``."""

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.requests import SignedInRequest
from microcreds.admin_records import NeverDeleted, Record
from partners import services
from partners.forms import LinksForm
from partners.models import Access, Contact, Engagement, Link, Share
from partners.renewing import rotate_links

LINKS_SHOWN = 50


@admin.register(Contact)
class ContactAdmin(NeverDeleted):
    """People at organizations; their personal links can be revoked, never read."""

    list_display = ("name", "email", "title", "phone")
    search_fields = ("name__plain", "email", "organizations__name__plain")
    fields = ("name", "title", "email", "phone", "organizations")
    raw_id_fields = ("organizations",)
    actions = ("revoke_links",)
    change_form_template = "admin/partners/contact/change_form.html"

    @admin.action(description=_("Revoke all personal links"), permissions=["change"])
    def revoke_links(self, request: SignedInRequest, queryset: QuerySet[Contact]) -> None:
        number = sum(
            services.revoke_links(contact=contact, by=request.user) for contact in queryset
        )
        self.message_user(request, _revoked(number))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.links_view)
        return [path("<int:pk>/links/", view, name="partners_contact_links"), *super().get_urls()]

    def links_view(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """GET shows every link of one contact, the newest first; POST revokes or replaces one of
        them, or all."""
        contact = get_object_or_404(Contact, pk=pk)
        if not self.has_view_permission(request, contact):
            raise Http404
        may_change = self.has_change_permission(request, contact)
        if request.method == "POST" and may_change:
            form = LinksForm(request.POST, contact=contact)
            if form.is_valid():
                self.message_user(request, self._press(request, contact, **form.cleaned_data))
                return redirect(request.path)
            self.message_user(request, _("Choose a link from this page."), messages.ERROR)
        found = contact.links.with_use().select_related("revoked_by").order_by("-pk")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Personal links"),
            "contact": contact,
            "may_change": may_change,
            "page": Paginator(found, LINKS_SHOWN).get_page(request.GET.get("page")),
        }
        status = 422 if request.method == "POST" else 200
        return render(request, "admin/partners/contact/links.html", context, status=status)

    def _press(
        self, request: SignedInRequest, contact: Contact, action: str, link: Link | None
    ) -> str:
        """Does what the button says; returns what it did, in words, which the log keeps, too."""
        if action == "revoke":
            number = services.revoke_links(contact=contact, only=link, by=request.user)
            said = _revoked(number)
        elif rotate_links(contact=contact, only=link, by=request.user):
            said = gettext("Replaced: a fresh link is on its way to %(to)s.") % {
                "to": contact.email
            }
        else:
            said = gettext("Revoked. Nothing is shared with them today, so no new link was mailed.")
        self.log_change(request, contact, said)
        return said


def _revoked(number: int) -> str:
    words = ngettext("%(n)s link was revoked.", "%(n)s links were revoked.", number)
    return words % {"n": number}


@admin.register(Engagement)
class EngagementAdmin(Record):
    list_display = ("proposal", "organization", "contact", "opened_at")
    list_select_related = ("proposal", "organization", "contact")
    search_fields = ("proposal__reference", "organization__name__plain")
    fields = ("proposal", "organization", "contact", "opened_at")


@admin.register(Share)
class ShareAdmin(Record):
    list_display = ("engagement", "contact", "since", "by", "until", "ended_by")
    list_select_related = (
        "engagement__proposal",
        "engagement__organization",
        "contact",
        "by",
        "ended_by",
    )
    search_fields = ("engagement__proposal__reference", "contact__name__plain", "contact__email")


@admin.register(Link)
class LinkAdmin(Record):
    list_display = ("contact", "created_at", "mail", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("contact",)
    search_fields = ("contact__name__plain", "contact__email")
    fields = list_display


class StandsOutFilter(admin.SimpleListFilter):
    """What somebody should look at: all of it, or for one reason."""

    title, parameter_name = _("what stands out"), "flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        reasons = [(name, capfirst(str(words))) for name, words in Access.FLAGS.items()]
        return [("any", gettext("Anything")), *reasons]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        value = self.value()
        if value in Access.FLAGS:
            return queryset.filter(**{value: True})
        return queryset.flagged() if value == "any" else queryset


@admin.register(Access)
class AccessAdmin(Record):
    list_display = ("at", "contact", "engagement", "what", "by_link", "stands_out")
    list_filter = (StandsOutFilter, "at")
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    search_fields = ("link__contact__email", "engagement__proposal__reference")
    fields = list_display

    def get_queryset(self, request: HttpRequest) -> QuerySet[Access]:
        return Access.objects.for_log()

    @admin.display(description=_("contact"))
    def contact(self, access: Access) -> str:
        return access.link.contact.name

    @admin.display(description=_("what"))
    def what(self, access: Access) -> str:
        if access.attachment:
            return access.attachment.name
        return gettext("The status page") if access.engagement else gettext("Their first page")

    @admin.display(description=_("by which link"))
    def by_link(self, access: Access) -> str:
        made = timezone.localtime(access.link.created_at)
        return f"{made:%Y-%m-%d}: {access.link.mail}"

    @admin.display(description=_("stands out"))
    def stands_out(self, access: Access) -> str:
        return capfirst(", ".join(access.flags))
