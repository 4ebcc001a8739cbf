"""What came back on the desk: points beside their answers, what differs, asks to change."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from proposals.services import compare_revisions
from reviews import change_requests, return_points
from reviews.admin import panels
from reviews.admin.pages import PAGE, found, show
from reviews.forms.points import RefuseChangeForm
from reviews.models import AskToChange, Request
from reviews.permits import parties_in


@require_safe
def revisions(request: SignedInRequest, pk: int) -> HttpResponse:
    """Any two sendings of the form compared, the points between them and their answers beside."""
    item = found(request, pk)
    reader = panels.Reader(request.user)
    comparison = compare_revisions(
        item,
        request.GET.get("from", ""),
        request.GET.get("to", ""),
        audience=reader.audience,
        confidential=request.user.is_elearning,
    )
    points = Request.objects.of(item)
    if comparison.old and comparison.new:
        days = sorted([comparison.old.created_at, comparison.new.created_at])
        points = points.filter(change__at__range=days)
    context = {
        **panels.head_of(item),
        "title": _("What changed"),
        "comparison": comparison,
        "points": list(points),
        "may_decide": _may_decide(request.user, item),
    }
    return show(request, "revisions", context)


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """An answer settles its point; a GET, as after a lost sign-in, leads to the points."""
    item = found(request, pk)
    address = f"{request.path.removesuffix('points/')}revisions/"
    if request.method != "POST":
        return redirect(address)
    by_number = {str(point.pk): point for point in Request.objects.of(item)}
    if request.POST.get("point", "") not in by_number:
        raise Http404
    point = by_number[request.POST["point"]]
    try:
        return_points.accept_point(point=point, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("Settled: %(point)s.") % {"point": point.label})
    return redirect(f"{address}#points")


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    """Says no to an ask to change, with words that the proposers get."""
    item = found(request, pk)
    asks = AskToChange.objects.filter(proposal=item).select_related("asked_by", "decided_by")
    ask = get_object_or_404(asks.order_by("-pk")[:1])
    if not _may_decide(request.user, item):
        raise Http404
    form = RefuseChangeForm(request.POST if request.method == "POST" else None)
    refusal = ""
    if ask.decided_at:
        refusal = _("%(who)s decided this already.") % {"who": ask.decided_by}
    elif form.is_valid():
        try:
            change_requests.refuse_change(
                ask=ask, words=form.cleaned_data["words"], by=request.user
            )
        except ValidationError as error:
            refusal = error.messages[0]
        else:
            messages.success(request, _("Said no; the proposers get your words by mail."))
            return redirect(PAGE, pk)
    status = 409 if refusal and form.is_bound else 422 if form.is_bound else 200
    context = {
        **panels.head_of(item),
        "title": _("Say no to a change"),
        "form": form,
        "ask": ask,
        "refusal": refusal,
    }
    return show(request, "refuse_change", context, status=status)


def _may_decide(user: User, item: Any) -> bool:
    return return_points.may_decide(user, item, parties_in(item))
