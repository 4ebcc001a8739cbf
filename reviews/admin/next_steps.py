"""What comes next, said of one proposal or of many from the list."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_list_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from reviews import bulk, todos
from reviews.admin.pages import show
from reviews.admin.place import LIST, link_from
from reviews.admin.seen import chosen_by, is_cut, joined
from reviews.forms.todos import NextStepForm


def next_step_url(request: HttpRequest, ids: list[int]) -> str:
    """The page that asks what comes next for these, and leads back to this list."""
    page = reverse("admin:reviews_triageitem_next_step")
    return f"{page}{link_from(request)}&ids={joined(ids)}"


@require_http_methods(["GET", "HEAD", "POST"])
def next_step(request: SignedInRequest) -> HttpResponse:
    """GET asks, with a row for each; POST sets it for those that are ready, all or none."""
    rows = _chosen(request)
    plan = todos.plan_next_steps(proposals=rows, by=request.user)
    form = NextStepForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _page(request, form, plan)
    if not form.is_valid():
        return _page(request, form, plan, status=422)
    ready = [each.proposal for each in plan if each.is_ready]
    try:
        number = todos.set_next_step_of(proposals=ready, by=request.user, **form.cleaned_data)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return _page(request, form, plan, status=422)
    done = ngettext(
        "Set: the next step of %(n)d proposal.", "Set: the next step of %(n)d proposals.", number
    )
    messages.success(request, done % {"n": number})
    return redirect(LIST)


def _page(
    request: SignedInRequest, form: NextStepForm, plan: list[todos.StepPlan], status: int = 200
) -> HttpResponse:
    context = {
        "title": _("Next step"),
        "form": form,
        "plan": plan,
        "ready": [each for each in plan if each.is_ready],
        "proposal": plan[0].proposal if len(plan) == 1 else None,
        "most": bulk.MOST,
        "is_cut": is_cut(request),
    }
    return show(request, "next_step", context, status=status)


def _chosen(request: SignedInRequest) -> list[Any]:
    if not request.user.is_elearning:
        raise Http404
    return get_list_or_404(chosen_by(request).select_related("assignee", "unit"))
