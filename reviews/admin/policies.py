"""How the process is set, in the admin: what holds, what would change, what was before."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from microcreds.admin_records import NeverDeleted
from microcreds.keys import key_in
from proposals.models import Stage
from reviews import policies
from reviews.admin.process import target_of
from reviews.forms.policies import PolicyForm
from reviews.models import Policy
from reviews.policy_effects import effects_of
from reviews.workflow import STAGES

LIST = "admin:reviews_policy_changelist"


@admin.register(Policy)
class PolicyAdmin(NeverDeleted):
    """Targets, wordings, reasons and limits; the lead sets them, everybody else here reads."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Everything that can be set, and by whom it was."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        policies.refresh()
        newest = {
            row.key: row
            for row in Policy.objects.order_by("key", "-pk").distinct("key").select_related("by")
        }
        rows = [
            {
                "setting": each,
                "now": now_in_words(each),
                "policy": newest.get(each.key),
                "is_set": policies.is_set(each),
            }
            for each in policies.settings()
        ]
        return _show(request, "list", {"title": _("How the process is set"), "rows": rows})

    def setting_view(self, request: SignedInRequest, key: str) -> HttpResponse:
        """One setting: GET shows it, POST shows what would change or sets it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        setting = policies.setting_of(key)
        if setting is None:
            raise Http404
        if request.method == "POST" and not self.has_change_permission(request):
            raise PermissionDenied
        return _set(request, setting, may_set=self.has_change_permission(request))

    def get_urls(self) -> list[URLPattern]:
        setting = require_http_methods(["GET", "HEAD", "POST"])(self.setting_view)
        return [
            path(
                "",
                self.admin_site.admin_view(self.changelist_view),
                name="reviews_policy_changelist",
            ),
            path(
                "<str:key>/change/",
                self.admin_site.admin_view(setting),
                name="reviews_policy_change",
            ),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


def _set(request: SignedInRequest, setting: policies.Setting, *, may_set: bool) -> HttpResponse:
    policies.refresh()
    if request.method != "POST":
        return _page(request, setting, PolicyForm(setting=setting), may_set=may_set)
    if "back" in request.POST:
        return _take_up(request, setting)
    form = PolicyForm(request.POST, setting=setting)
    effects = None
    if form.is_valid():
        try:
            value = policies.cleaned(setting, form.value())
            effects = effects_of(setting, value)
            if "save" in request.POST:
                policies.set_policy(
                    setting=setting, value=value, why=form.cleaned_data["why"], by=request.user
                )
                messages.success(request, _("Set: %(what)s.") % {"what": setting.title})
                return redirect(LIST)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    return _page(
        request,
        setting,
        form,
        may_set=may_set,
        effects=effects,
        status=422 if form.errors else 200,
    )


def now_in_words(setting: policies.Setting) -> str:
    """What holds, as short as a list needs it; empty where it is words alone."""
    value = policies.value_of(setting)
    match setting.kind:
        case "stage":
            return target_of(STAGES[Stage(setting.name)])
        case "reasons":
            number = len(value["offered"])
            return ngettext("%(n)d reason", "%(n)d reasons", number) % {"n": number}
        case _:
            return _("clocks marked at %(close_percent)d and %(late_percent)d %%") % value


def _take_up(request: SignedInRequest, setting: policies.Setting) -> HttpResponse:
    """What held at an earlier time holds again, or what the code says (``back=default``)."""
    named, value = request.POST["back"], None
    why = _("Back to the default.")
    if named != "default":
        found = policies.history_of(setting).filter(pk=key_in(named)).first()
        if found is None:
            raise Http404
        value = found.value
        why = _("Back to what was set on %(day)s.") % {"day": f"{found.at:%Y-%m-%d}"}
    try:
        policies.set_policy(
            setting=setting,
            value=None if value is None else {**setting.default(), **value},
            why=why,
            by=request.user,
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Set: %(what)s.") % {"what": setting.title})
    return redirect("admin:reviews_policy_change", setting.key)


def _page(
    request: SignedInRequest,
    setting: policies.Setting,
    form: PolicyForm,
    *,
    may_set: bool,
    effects: list[Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "title": setting.title,
        "setting": setting,
        "form": form,
        "effects": effects,
        "may_set": may_set,
        "is_set": policies.is_set(setting),
        "history": [
            (policy, policies.described(setting, policy.value))
            for policy in policies.history_of(setting)[:50]
        ],
    }
    return _show(request, "setting", context, status)


def _show(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {**admin.site.each_context(request), **context}
    return render(request, f"admin/reviews/policy/{template}.html", context, status=status)
