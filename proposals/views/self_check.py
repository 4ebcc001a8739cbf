"""The self-check: the committee's rubric for the proposer's own eyes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from proposals.forms.self_check import SelfCheckForm
from proposals.models import Proposal
from reviews.rubric import CURRENT, TOP, next_steps, score
from reviews.self_check import save_self_check, self_check_of


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_self_check(request: SignedInRequest, ref: str) -> HttpResponse:
    """A level for each criterion, optional; the score and what would lift it. Seen by this person
    alone, whoever else works on the proposal."""
    proposal = get_object_or_404(Proposal.objects.mine(request.user), reference=ref)
    saved = self_check_of(proposal, request.user)
    known = {criterion.key for criterion in CURRENT.criteria}
    levels = {key: level for key, level in (saved.levels if saved else {}).items() if key in known}
    form = SelfCheckForm(CURRENT, levels, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            save_self_check(proposal=proposal, by=request.user, levels=form.levels)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved. Only you can see it."))
            return redirect("proposals:proposal_self_check", ref)
    context = {
        "proposal": proposal,
        "form": form,
        "saved": saved,
        "is_older": saved is not None and saved.edition != CURRENT.edition,
        "score": score(CURRENT, levels),
        "top": TOP,
        "next_steps": next_steps(CURRENT, levels),
    }
    status = 422 if form.is_bound else 200
    return render(request, "proposals/proposal_self_check.html", context, status=status)
