"""Rules of routing and absences in the admin, and the page that hands work over."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from microcreds.accounts.models import Role, User
from microcreds.accounts.requests import SignedInRequest
from microcreds.admin_records import Light, NeverDeleted
from microcreds.keys import key_in
from partners.fields import day_input
from reviews import routing, workload
from reviews.admin.pages import show
from reviews.forms.owners import AssignForm
from reviews.handing_over import hand_over as hand_over_work
from reviews.models import Absence, RoutingRule
from reviews.todo_owners import elsewhere

MOST = 200  # proposals on one page of the hand-over; the next ones come after these


class RoutingRuleForm(forms.ModelForm):
    """One rule, whose owner can own what it sends to its unit."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        self._refuse_a_second(cleaned)
        owner, unit = cleaned.get("assignee"), cleaned.get("unit")
        if not (owner and unit and cleaned.get("is_active")):
            return cleaned
        if not owner.is_lead and unit.pk not in owner.unit_ids:
            words = _("%(who)s does not work for %(unit)s, so nothing would come to them.")
            self.add_error("assignee", words % {"who": owner, "unit": unit})
        return cleaned

    def _refuse_a_second(self, cleaned: dict[str, Any]) -> None:
        """At the narrowest of what it is for, with the rule that is there."""
        places = {name: cleaned.get(name) for name in ("department", "division", "campus")}
        chosen = [name for name, place in places.items() if place]
        if not cleaned.get("is_active") or not chosen:
            return
        others = RoutingRule.objects.filter(is_active=True).exclude(pk=self.instance.pk)
        fits = Q(**{f"{name}__isnull": True for name in places if name not in chosen})
        there = others.filter(fits, **{name: places[name] for name in chosen}).first()
        if there:
            words = _(
                "There is an active rule for exactly this already: %(rule)s. Change that one."
            )
            self.add_error(chosen[0], words % {"rule": there})


@admin.register(RoutingRule)
class RoutingRuleAdmin(NeverDeleted):
    """Where proposals go when they are submitted."""

    form = RoutingRuleForm
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
        if db_field.name == "campus":
            kwargs["help_text"] = _(
                "Everything you choose of campus, division and department must match; leave open"
                " what does not matter."
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: RoutingRule, form: Any, change: bool) -> None:
        """What waits unread stays in its queue; the message says what would go elsewhere now."""
        super().save_model(request, obj, form, change)
        stranded = routing.rerouted_by(routing.active_rules())
        if stranded:
            words = ngettext(
                "%(n)d that is waiting unread would go to another unit now, but stays: %(which)s",
                "%(n)d that are waiting unread would go to another unit now, but stay: %(which)s",
                len(stranded),
            )
            which = ", ".join(row.reference for row in stranded[:20])
            messages.warning(request, words % {"n": len(stranded), "which": which})


class AbsenceForm(forms.ModelForm):
    """Who is away, from when to when, and who stands in."""

    class Meta:
        model = Absence
        fields = ("person", "stand_in", "starts_on", "ends_on")
        labels = {"person": gettext_lazy("Who is away"), "stand_in": gettext_lazy("Who stands in")}
        help_texts = {
            "stand_in": gettext_lazy(
                "Gets the mails too, and has the work in a separate queue, until the last day."
            )
        }
        widgets = {"starts_on": day_input(), "ends_on": day_input()}

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

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = {"title": _("Who is away, and who stands in")}
        return super().changelist_view(request, title | (extra_context or {}))

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
        context["asks_for_work"] = workload.ASKS_FOR_WORK
        return show(request, "owners", context)
    owner = _owner(request.GET["of"])
    return _of_one(request, owner)


def _of_one(request: SignedInRequest, owner: User) -> HttpResponse:
    rows = workload.at_work().filter(assignee=owner).select_related("unit")
    proposals = list(rows.order_by("due_on", "pk")[:MOST])
    todos = list(
        elsewhere()
        .filter(owner=owner)
        .select_related("proposal__unit")
        .order_by("by_day", "pk")[:MOST]
    )
    chosen, chosen_todos = (set(request.POST.getlist(name)) for name in ("proposal", "todo"))
    taken = [row for row in proposals if str(row.pk) in chosen]
    taken_todos = [row for row in todos if str(row.pk) in chosen_todos]
    form = AssignForm(request.POST if request.method == "POST" else None, proposals=taken)
    if request.method == "POST" and not (taken or taken_todos):
        form.add_error(None, _("Check at least one."))
    if form.is_valid():
        try:
            hand_over_work(proposals=taken, todos=taken_todos, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _said(len(taken), len(taken_todos), form.cleaned_data["to"]))
            return redirect("admin:reviews_triageitem_hand_over")
    context = {
        "title": _("Hand over"),
        "owner": owner,
        "proposals": proposals,
        "form": form,
        "todos": todos,
        "chosen": chosen if request.method == "POST" else {str(row.pk) for row in proposals},
        "chosen_todos": chosen_todos if request.method == "POST" else {str(r.pk) for r in todos},
        "is_cut": MOST in (len(proposals), len(todos)),
    }
    return show(request, "hand_over", context, status=422 if form.errors else 200)


def _said(proposals: int, todos: int, to: User) -> str:
    """What changed hands, in words."""
    parts = []
    if proposals:
        parts.append(ngettext("%(n)d proposal", "%(n)d proposals", proposals) % {"n": proposals})
    if todos:
        parts.append(ngettext("%(n)d to-do", "%(n)d to-dos", todos) % {"n": todos})
    words = ngettext("%(what)s is %(who)s's now.", "%(what)s are %(who)s's now.", proposals + todos)
    return words % {"what": _(" and ").join(parts), "who": to}


def _owner(named: str) -> User:
    """One of those who own something; anybody else is 404."""
    owners: QuerySet[User] = workload.owners_at_work()
    owner = owners.filter(pk=key_in(named)).first()
    if owner is None:
        raise Http404
    return owner
