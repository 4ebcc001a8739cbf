"""What changed between two revisions, and asking to change what eLearning works on."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.accounts.requests import SignedInRequest
from proposals.forms.points import AskForm
from proposals.models import Proposal
from proposals.services import compare_revisions
from proposals.views.standing import read_as_told
from proposals.visibility import Audience
from reviews import change_requests
from reviews.models import AskToChange


@require_safe
def proposal_revisions(request: SignedInRequest, ref: str) -> HttpResponse:
    """What its proposers changed from one sending of the form to another."""
    proposal = get_object_or_404(Proposal.objects.mine(request.user), reference=ref)
    context = {
        "proposal": proposal,
        "comparison": compare_revisions(
            proposal,
            request.GET.get("from", ""),
            request.GET.get("to", ""),
            audience=Audience.PROPOSER,
            confidential=True,
        ),
    }
    return render(request, "proposals/proposal_revisions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_ask(request: SignedInRequest, ref: str) -> HttpResponse:
    """Names the answers and the reason; staff then open just these, or say no."""
    editable = Proposal.objects.editable_by(request.user)
    proposal = get_object_or_404(editable, reference=ref)
    form = AskForm(request.POST if request.method == "POST" else None)
    read_as_told([proposal])
    refusal = change_requests.why_not_ask(proposal)
    status = 200
    if request.method == "POST":
        status = 409 if refusal else 422
        if form.is_valid() and not refusal:
            try:
                change_requests.ask_to_change(
                    proposal=proposal, by=request.user, **form.cleaned_data
                )
            except ValidationError as error:
                form.add_error(None, error)
                status = 409
            else:
                messages.success(request, _("eLearning has your request and will answer it."))
                return redirect("proposals:proposal_detail", ref=ref)
    open_ask = AskToChange.objects.open().filter(proposal=proposal)
    context = {
        "proposal": proposal,
        "form": form,
        "refusal": refusal,
        "ask": open_ask.select_related("asked_by").first(),
    }
    return render(request, "proposals/proposal_ask.html", context, status=status)
