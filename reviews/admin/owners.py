"""Rules of routing and absences in the admin, and the page that hands work over."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from microcreds.accounts.models import Role, User
from microcreds.accounts.requests import SignedInRequest
from microcreds.admin_records import Light, NeverDeleted
from microcreds.keys import key_in
from reviews import routing, services, workload
from reviews.admin.pages import show
from reviews.forms.owners import AssignForm
from reviews.models import Absence, RoutingRule

MOST = 200  # proposals on one page of the hand-over; the next ones come after these


@admin.register(RoutingRule)
class RoutingRuleAdmin(NeverDeleted):
    """Where proposals go when they are submitted."""

    list_display = ("place", "conditions", "unit", "assignee", "is_active", "note")
    list_display_links = ("conditions",)
    list_select_related = ("campus", "division", "department", "unit", "assignee")
    ordering = ("place", "pk")

    @admin.display(description=_("for"))
    def conditions(self, rule: RoutingRule) -> str:
        places = (rule.campus, rule.division, rule.department)
        return ", ".join(str(place) for place in places if place)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "assignee":
            kwargs["queryset"] = User.objects.holding(Role.Kind.ELEARNING, Role.Kind.LEAD)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: RoutingRule, form: Any, change: bool) -> None:
        """What waits unread stays in its queue; the message says what would go elsewhere now."""
        super().save_model(request, obj, form, change)
        stranded = routing.rerouted_by(routing.active_rules())
        if stranded:
            words = ngettext(
                "%(n)d that waits unread would go to another unit now, and stays: %(which)s",
                "%(n)d that wait unread would go to another unit now, and stay: %(which)s",
                len(stranded),
            )
            which = ", ".join(row.reference for row in stranded[:20])
            messages.warning(request, words % {"n": len(stranded), "which": which})


class AbsenceForm(forms.ModelForm):
    """Who is away, from when to when, and who stands in."""

    class Meta:
        model = Absence
        fields = ("person", "stand_in", "starts_on", "ends_on")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        person, stand_in = cleaned.get("person"), cleaned.get("stand_in")
        if person and stand_in and not stand_in.is_lead:
            shared = person.unit_ids & stand_in.unit_ids
            if person.unit_ids and not shared:
                self.add_error("stand_in", _("Choose somebody who works for the same unit."))
        return cleaned


@admin.register(Absence)
class AbsenceAdmin(Light):
    """Everybody says for themselves when they are away; the lead for all."""

    form = AbsenceForm
    list_display = ("person", "stand_in", "starts_on", "ends_on")
    list_select_related = ("person", "stand_in")
    ordering = ("-ends_on", "-pk")
    show_full_result_count = False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        people = User.objects.holding(Role.Kind.ELEARNING, Role.Kind.LEAD)
        user = cast(User, request.user)
        if db_field.name == "person" and not user.is_lead:
            people = people.filter(pk=user.pk)
        kwargs["queryset"] = people
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"person": request.user.pk, **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: Absence | None = None) -> bool:
        user = cast(User, request.user)
        is_theirs = obj is None or obj.person_id == user.pk or user.is_lead
        return super().has_change_permission(request, obj) and is_theirs

    def has_delete_permission(self, request: HttpRequest, obj: Absence | None = None) -> bool:
        return obj is not None and self.has_change_permission(request, obj)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: SignedInRequest) -> HttpResponse:
    """Who owns how much; ``?of=`` one of them: their work, to be given to somebody else."""
    if not request.user.is_elearning:
        raise Http404
    if "of" not in request.GET:
        context = {"title": _("Who owns how much"), "owners": workload.owners_at_work()}
        return show(request, "owners", context)
    owner = _owner(request.GET["of"])
    return _of_one(request, owner)


def _of_one(request: SignedInRequest, owner: User) -> HttpResponse:
    rows = workload.at_work().filter(assignee=owner).select_related("unit")
    proposals = list(rows.order_by("due_on", "pk")[:MOST])
    chosen = set(request.POST.getlist("proposal"))
    taken = [row for row in proposals if str(row.pk) in chosen]
    form = AssignForm(request.POST if request.method == "POST" else None, proposals=taken)
    if request.method == "POST" and not taken:
        form.add_error(None, _("Tick at least one proposal."))
    if form.is_valid():
        try:
            services.assign(
                proposals=taken,
                to=form.cleaned_data["to"],
                by=request.user,
                note=form.cleaned_data["note"],
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            done = ngettext("%(n)d proposal is theirs now.", "%(n)d are theirs now.", len(taken))
            messages.success(request, done % {"n": len(taken)})
            return redirect("admin:reviews_triageitem_hand_over")
    context = {
        "title": _("Hand over"),
        "owner": owner,
        "proposals": proposals,
        "form": form,
        "chosen": chosen if request.method == "POST" else {str(row.pk) for row in proposals},
        "is_cut": len(proposals) == MOST,
    }
    return show(request, "hand_over", context, status=422 if form.errors else 200)


def _owner(named: str) -> User:
    """One of those who own something; anybody else is 404."""
    owners: QuerySet[User] = workload.owners_at_work()
    owner = owners.filter(pk=key_in(named)).first()
    if owner is None:
        raise Http404
    return owner
