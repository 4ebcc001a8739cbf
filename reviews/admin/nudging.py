"""Reminding whoever owes the next step, of one proposal or of many: planned, then written."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_list_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from microcreds.keys import key_in
from reviews import bulk
from reviews.admin.pages import PAGE, show
from reviews.admin.place import link_from
from reviews.admin.seen import chosen_by, is_cut, joined
from reviews.forms.notes import NudgeForm
from reviews.nudging import nudge as write_nudges
from reviews.nudging import plan_nudges


def nudge_url(request: HttpRequest, ids: list[int]) -> str:
    """The page that shows whom these would remind, and leads back to this list."""
    return f"{reverse('admin:reviews_triageitem_nudge')}{link_from(request)}&ids={joined(ids)}"


@require_http_methods(["GET", "HEAD", "POST"])
def nudge(request: SignedInRequest) -> HttpResponse:
    """GET shows a row for each; POST mails those shown as ready, all or none."""
    rows = _chosen(request)
    form = NudgeForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _page(request, rows, form)
    if not form.is_valid():
        return _page(request, rows, form, status=422)
    if "preview" in request.POST:
        return _page(request, rows, form)
    seen, words = _seen(request.POST), form.cleaned_data["words"]
    if not seen:
        return _page(request, rows, form, [_("None of them is ready.")], 409)
    try:
        done = write_nudges(proposals=rows, by=request.user, seen=seen, words=words)
    except ValidationError as refusal:
        return _page(request, rows, form, refusal.messages, 409)
    told = ngettext("Nudged: %(who)s.", "%(n)d proposals nudged.", len(done))
    messages.success(request, told % {"n": len(done), "who": done[0].told})
    if len(rows) == 1:
        return redirect(PAGE, rows[0].pk)
    return redirect("admin:reviews_triageitem_changelist")


def _page(
    request: SignedInRequest,
    rows: list[Any],
    form: NudgeForm,
    refusals: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    words = form.cleaned_data.get("words", "") if form.is_bound else ""
    context = {
        "title": _("Nudge"),
        "form": form,
        "plan": plan_nudges(proposals=rows, by=request.user, words=words),
        "proposal": rows[0] if len(rows) == 1 else None,
        "refusals": refusals or [],
        "most": bulk.MOST,
        "is_cut": is_cut(request),
    }
    return show(request, "nudge", context, status=status)


def _chosen(request: SignedInRequest) -> list[Any]:
    if not request.user.is_elearning:
        raise Http404
    return get_list_or_404(chosen_by(request))


def _seen(posted: QueryDict) -> dict[int, str]:
    """What its reader saw of each, by id; nonsense is none."""
    pairs = (pair.partition(":") for pair in posted.get("seen", "").split()[: bulk.MOST])
    return {key: token for pk, _colon, token in pairs if (key := key_in(pk))}
