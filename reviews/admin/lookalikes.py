"""Look-alikes on the desk: linked, told apart, or the check for duplicates done."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from proposals.models import Pair, Proposal
from reviews import lookalikes, services
from reviews.admin import panels
from reviews.admin.pages import PAGE, found, show
from reviews.desk import desk_of
from reviews.forms.lookalikes import PairForm


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the button says is done, or the page says why not; a GET leads to the proposal."""
    item = found(request, pk)
    if not panels.Reader(request.user).sees_desk:
        raise Http404
    if request.method != "POST":
        return redirect(PAGE, pk)
    form = PairForm(request.POST, proposal=item, desk=desk_of(request.user))
    if form.is_valid():
        try:
            messages.success(request, _do(request, item, form))
        except ValidationError as refusal:
            form.add_error("note" if hasattr(refusal, "error_dict") else None, refusal.messages)
        else:
            return redirect(f"{request.path.removesuffix('lookalikes/')}change/#lookalikes")
    page = panels.page_of(item, request.user, pair_form=form)
    return show(request, "proposal", page, status=422)


def _do(request: SignedInRequest, item: Proposal, form: PairForm) -> str:
    """Does what the button says; returns what it did, in words."""
    other, pair = form.cleaned_data["other"], form.cleaned_data["pair"]
    match form.cleaned_data["action"]:
        case "checked":
            services.save_triage(
                proposal=item, by=request.user, values={"is_duplicate_checked": True}
            )
            return _("The check for duplicates is done.")
        case "take_back":
            lookalikes.take_back_verdict(proposal=item, pair=pair, by=request.user)
            return _("The answer is taken back.")
        case verdict:
            lookalikes.judge_pair(
                proposal=item,
                other=other,
                verdict=Pair.Verdict(verdict),
                note=form.cleaned_data["note"],
                by=request.user,
            )
            if verdict == Pair.Verdict.RELATED:
                return _("%(ref)s is linked.") % {"ref": other.reference}
            return _("%(ref)s is not suggested again.") % {"ref": other.reference}
