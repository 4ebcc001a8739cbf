"""What was asked of the partners of one proposal, what they said, and what eLearning answers."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from reviews import permits
from reviews.admin import panels
from reviews.admin.pages import found, show
from reviews.outside import posted
from reviews.outside.asking import may_ask, reachable
from reviews.outside.asking_form import QuestionsForm, TimesForm
from reviews.outside.reading import asked_rows, parts_of
from reviews.outside.taking_over import may_wait


@require_http_methods(["GET", "HEAD", "POST"])
def partners(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET shows what was asked and said; POST asks, writes, changes, or answers a name."""
    item = found(request, pk)
    if not panels.Reader(request.user).sees_desk:
        raise Http404
    parties = permits.parties_in(item)
    may_work = permits.may_work_on(request.user, item, involved=parties.involved(request.user))
    came: posted.Posted | None = None
    refusals: list[str] = []
    if request.method == "POST":
        allowed = posted.FOR_STAFF if may_work else frozenset[str]()
        came = posted.carry_out(request.POST, proposal=item, by=request.user, among=allowed)
        if came and came.done:
            messages.success(request, came.done)
            return redirect(request.path)
        refusals = posted.refusals_of(
            came, _("Staff of its unit who take no part in it can do this.")
        )
    context: dict[str, Any] = {
        **panels.head_of(item),
        "title": _("Partners"),
        "may_work": may_work,
        "may_ask": may_ask(request.user, item, parties),
        "may_wait": may_wait(request.user, item, parties),
        "shares": reachable(item),
        "rows": asked_rows(item, request.user, parties, frozenset(item.holidays)),
        "parts": parts_of(item),
        "refusals": refusals,
        "posted": came,
        "key": uuid.uuid4().hex,
        "questions_form": QuestionsForm(None, proposal=item),
        "times_form": TimesForm(None, proposal=item),
    }
    if came and came.action in ("questions", "times"):
        context[f"{came.action}_form"] = came.form
    return show(request, "partners", context, status=422 if request.method == "POST" else 200)
