"""The directory in the admin: the list, one organization's page, its facts, duplicates merged."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, Media
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.accounts.requests import SignedInRequest
from microcreds.admin_records import NeverDeleted
from microcreds.keys import key_in
from partners.directory import candidates
from partners.merging import merge_organizations, merger_of, undo_merge
from partners.models import Alias, Organization, OrganizationMerge
from partners.models.directory import kind_words
from reviews.admin.organization_page import page_of

PAGE = "admin:partners_organization_change"
LONGEST_LOOKED_FOR = 160


class AliasFormSet(BaseInlineFormSet):
    """A name that stands there already, or twice among these, is said at its row: left to the
    database, it would be an error of ours."""

    def clean(self) -> None:
        super().clean()
        here = [form.instance.pk for form in self.initial_forms]
        others = Alias.objects.filter(organization=self.instance.pk).exclude(pk__in=here)
        known = {name.lower() for name in others.values_list("name", flat=True)}
        for form in self.forms:
            name = getattr(form, "cleaned_data", {}).get("name", "").lower()
            if name and name in known:
                form.add_error("name", _("This name is among its names already."))
            known.add(name)


class AliasInline(admin.TabularInline):
    """The other names it is found by when a form names it."""

    model = Alias
    formset = AliasFormSet
    fields = ("name",)
    extra = 2  # there from the start, so no script has to add them
    media = Media()
    # In a table only the head of the column names them.
    formfield_overrides = {
        models.CharField: {
            "widget": AdminTextInputWidget(attrs={"aria-label": _("Another name of it")})
        }
    }


class KindFilter(admin.AllValuesFieldListFilter):
    """By kind; of some nobody said it yet, and a link needs words."""

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield choice | {
                "display": kind_words(str(choice["display"])) or choice["display"] or _("Not said")
            }


@admin.register(Organization)
class OrganizationAdmin(NeverDeleted):
    """Those that stand; what was merged into another is found by its name on that one's page."""

    list_display = ("name", "place", "kind_said", "is_fictional")
    list_filter = ("is_fictional", ("kind", KindFilter))
    search_fields = ("name__plain", "place__plain", "aliases__name__plain")
    inlines = (AliasInline,)
    scripts = ()
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        return Organization.objects.standing()

    @admin.display(description=_("Kind"), ordering="kind")
    def kind_said(self, organization: Organization) -> str:
        return kind_words(organization.kind) or str(_("Not said"))

    def get_urls(self) -> list[URLPattern]:
        """Django's, with the page of one organization before its form."""

        both = require_http_methods(["GET", "HEAD", "POST"])
        return [
            self.own_url("<int:pk>/change/", require_safe(self.page_view), "change"),
            self.own_url("<int:pk>/facts/", self.facts_view, "facts"),
            self.own_url("<int:pk>/merge/", both(self.merge_view), "merge"),
            self.own_url("<int:pk>/merges/<int:merge>/undo/", both(self.undo_view), "undo_merge"),
            *super().get_urls(),
        ]

    def page_view(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """One organization; of one that was merged, the other's."""
        row = self._found(request, pk)
        if row.merged_into_id:
            return redirect(PAGE, row.merged_into_id)
        return self._show(request, "organization", page_of(row, request.user))

    def facts_view(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """Django's own form of its facts and names."""
        row = self._found(request, pk)
        return self.change_view(request, str(row.pk), extra_context={"title": _("Facts")})

    def merge_view(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """GET without ``with``: choose the other one. With it: both side by side, and what will be
        so. POST merges the other into this one."""
        kept = self._found(request, pk)
        self._refuse_others(request)
        asked = request.POST if request.method == "POST" else request.GET
        other = self._other(asked.get("with", ""))
        context: dict[str, Any] = {"title": _("Merge"), "organization": kept}
        if other is None or other == kept or kept.merged_into_id or other.merged_into_id:
            context |= self._choice(request, kept)
            if asked.get("with") is not None:
                context["refusals"] = [_("Choose one of the organizations of the directory.")]
            return self._show(
                request, "merge_choose", context, 422 if "refusals" in context else 200
            )
        if request.method == "POST":
            try:
                merge_organizations(kept=kept, merged=other, by=request.user)
            except ValidationError as refusal:
                context["refusals"] = refusal.messages
            else:
                done = _("%(other)s is part of %(name)s now.") % {"other": other, "name": kept}
                messages.success(request, done)
                return redirect(PAGE, kept.pk)
        context |= {"other": other, "merger": merger_of(kept, other)}
        return self._show(request, "merge", context, 422 if "refusals" in context else 200)

    def undo_view(self, request: SignedInRequest, pk: int, merge: int) -> HttpResponse:
        """A merge is undone; a GET leads to the organization, as after a lost sign-in."""
        row = self._found(request, pk)
        self._refuse_others(request)
        found = OrganizationMerge.objects.filter(pk=merge, kept=row)
        record = found.select_related("kept", "merged").first()
        if record is None:
            raise Http404
        if request.method == "POST":
            try:
                undo_merge(merge=record, by=request.user)
            except ValidationError as refusal:
                context = page_of(row, request.user) | {"refusals": refusal.messages}
                return self._show(request, "organization", context, status=409)
            done = _("%(other)s is an organization of its own again.") % {"other": record.merged}
            messages.success(request, done)
        return redirect(PAGE, row.pk)

    def _choice(self, request: SignedInRequest, kept: Organization) -> dict[str, Any]:
        """What may be the same one, by its own name or another that staff look for."""
        look_for = request.GET.get("name", "")[:LONGEST_LOOKED_FOR].strip()
        website = "" if look_for else kept.website
        found = candidates(name=look_for or kept.name, website=website, without=kept.pk)
        return {"candidates": found, "look_for": look_for}

    def _other(self, key: str) -> Organization | None:
        return Organization.objects.filter(pk=key_in(key)).first()

    def _found(self, request: SignedInRequest, pk: int) -> Organization:
        """For whoever may read the directory; for anyone else it does not exist."""
        row = Organization.objects.filter(pk=pk).first()
        if row is None or not self.has_view_permission(request):
            raise Http404
        return row

    def _refuse_others(self, request: SignedInRequest) -> None:
        if not request.user.is_elearning:
            raise Http404

    def _show(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), **context}
        template = f"admin/partners/organization/{name}.html"
        return render(request, template, context, status=status)
