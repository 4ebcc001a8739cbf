"""The points of a return as its proposers meet them: at the questions, as a list, answered."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from proposals.forms.points import AnswerForm
from proposals.models import Proposal, Stage
from proposals.views.standing import read_as_told
from reviews import change_requests, return_points
from reviews.models import AskToChange, Request, StageChange
from reviews.workflow import STAGES, Phase


def points_and_asks(
    proposal: Any,
    changes: Sequence[StageChange],
    *,
    is_editor: bool,
    tells_messages: bool,
) -> dict[str, Any]:
    """What a proposal's page says of its points, and of what its proposers asked to change.

    ``proposal.has_asks`` says whether they ever did.
    """
    if not tells_messages:
        return {}
    may_ask = not change_requests.why_not_ask(proposal)
    has_ended = STAGES[Stage(proposal.stage)].phase == Phase.ENDED
    asks = AskToChange.objects.filter(proposal=proposal).select_related("asked_by", "decided_by")
    return {
        "points": return_points.points_of(proposal, changes),
        "ask": asks.first() if proposal.has_asks and (may_ask or has_ended) else None,
        "may_ask": may_ask and is_editor,
    }


def with_points(pages: list[dict[str, str]], points: Sequence[Request]) -> list[dict[str, str]]:
    """The pages of the form, each saying how many points wait on it."""
    for page in pages:
        waiting = sum(f"/edit/{p.page}/" in page["url"] for p in points if p.page and not p.answer)
        if waiting:
            words = ngettext("%(n)d point to answer", "%(n)d points to answer", waiting)
            page["status_text"] = f"{page['status_text']} · {words % {'n': waiting}}"
    return pages


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_points(request: SignedInRequest, ref: str) -> HttpResponse:
    """Every point with its answer; POST answers one. Co-proposers who only read see them too."""
    mine = Proposal.objects.mine(request.user).for_list()
    proposal = get_object_or_404(mine, reference=ref)
    read_as_told([proposal])
    may_answer = Proposal.objects.editable_by(request.user).filter(pk=proposal.pk).exists()
    every_point = list(Request.objects.of(proposal))
    open_points = return_points.newest_of(every_point) if proposal.stage == Stage.RETURNED else []
    bound: AnswerForm | None = None
    status = 200
    if request.method == "POST":
        point = _posted(request.POST.get("point", ""), every_point)
        bound = AnswerForm(request.POST, prefix=f"point-{point.pk}")
        status = _answer(request, point, bound)
        if status == 302:
            left = [each for each in open_points if not each.answer and each.pk != point.pk]
            address = reverse("proposals:proposal_points", args=[ref])
            return redirect(f"{address}#point-{left[0].pk}" if left else f"{address}#all-answered")
    context = {
        "proposal": proposal,
        "may_answer": may_answer,
        "rows": [(point, _form_of(point, bound)) for point in open_points],
        "form": bound,
        "all_answered": open_points and all(point.answer for point in open_points),
        "is_owner": proposal.submitter_id == request.user.pk,
        "earlier": [point for point in every_point if point not in open_points],
    }
    return render(request, "proposals/proposal_points.html", context, status=status)


def _answer(request: SignedInRequest, point: Request, form: AnswerForm) -> int:
    """302 once the answer is kept; else the status that goes with what the form says."""
    if not form.is_valid():
        return 422
    try:
        return_points.answer_point(
            point=point,
            answer=form.cleaned_data["answer"],
            by=request.user,
            read_at=_moment(form.cleaned_data["read_at"]),
        )
    except ValidationError as refusal:
        form.add_error("answer", refusal.messages)
        if refusal.code != "changed":
            return 409
        point.refresh_from_db()
        form.data = form.data.copy()
        form.data[form.add_prefix("read_at")] = _read_at(point)
        return 409
    messages.success(request, _("Your answer is saved."))
    return 302


def _form_of(point: Request, bound: AnswerForm | None) -> AnswerForm:
    prefix = f"point-{point.pk}"
    if bound is not None and bound.prefix == prefix:
        return bound
    return AnswerForm(prefix=prefix, initial={"answer": point.answer, "read_at": _read_at(point)})


def _posted(text: str, points: Sequence[Request]) -> Request:
    """The point with that number, or a 404."""
    found = {str(point.pk): point for point in points}
    if text not in found:
        raise Http404
    return found[text]


def _read_at(point: Request) -> str:
    return point.answered_at.isoformat() if point.answered_at else ""


def _moment(text: str) -> Any:
    """A moment as ``_read_at`` wrote it; nonsense is none."""
    try:
        return parse_datetime(text)
    except ValueError:
        return None
