"""What an owner does on second thoughts: let eLearning look, copy, ask to withdraw."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from microcreds.kept_statements import KeptStatements
from microcreds.outbox.models import Message
from proposals import services
from proposals.forms.people import AskToWithdrawForm, CopyForm, LookForm
from proposals.models import LookRequest, Proposal, WithdrawalRequest
from reviews import draft_looks, withdrawal_requests
from reviews.grace import as_told
from reviews.models import StageChange


def look_at(proposal: Proposal) -> dict[str, Any] | None:
    """Whether eLearning is let in to this draft, since when, and who was told; else nothing."""
    look = LookRequest.objects.filter(proposal=proposal, closed_at__isnull=True).first()
    if look is None:
        return None
    told = Message.objects.filter(cause=look.cause).select_related("user").order_by("pk")
    return {"request": look, "told": [mail.user or mail.to for mail in told]}


_WISHES = KeptStatements(
    lambda proposal: WithdrawalRequest.objects.filter(proposal=proposal).select_related(
        "asked_by", "answered_by"
    )[:1]
)


def withdrawal_of(
    user: User, proposal: Proposal, changes: list[StageChange]
) -> dict[str, Any] | None:
    """What was asked about withdrawing it and answered, and whether this person may ask now;
    nothing where neither is so. No statement before the committee has decided."""
    if not withdrawal_requests.can_ask_to_withdraw(proposal, changes):
        return None
    request = next(iter(_WISHES.rows(proposal=proposal)), None)
    is_open = request is not None and request.is_open
    may_ask = user == proposal.submitter and not is_open
    return {"request": request, "may_ask": may_ask} if request or may_ask else None


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_look(request: SignedInRequest, ref: str) -> HttpResponse:
    """A draft is opened to eLearning, with a question, or closed to it again."""
    proposal = _own(request, ref)
    form = LookForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            if request.POST.get("action") == "close":
                draft_looks.close_look(proposal=proposal, by=request.user)
                messages.success(request, _("The draft is closed to eLearning again."))
            else:
                draft_looks.ask_to_look(
                    proposal=proposal, by=request.user, question=form.cleaned_data["question"]
                )
                messages.success(request, _("eLearning can read your draft now and has been told."))
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = 409
        else:
            return redirect("proposals:proposal_detail", ref)
    context = {"proposal": proposal, "form": form, "look": look_at(proposal)}
    return render(request, "proposals/proposal_look.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_copy(request: SignedInRequest, ref: str) -> HttpResponse:
    """A new draft begins with the answers of one's own proposal."""
    proposal = _own(request, ref)
    form = CopyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        draft = services.copy_own(
            proposal=proposal, by=request.user, form_key=form.cleaned_data["form_key"]
        )
        messages.success(request, _("This is a new draft with the same answers."))
        return redirect("proposals:proposal_edit", draft.reference, "need")
    context = {"proposal": proposal, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "proposals/proposal_copy.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_ask_to_withdraw(request: SignedInRequest, ref: str) -> HttpResponse:
    """After the committee's decision the owner asks eLearning to withdraw the proposal."""
    proposal = _own(request, ref)
    changes = as_told(proposal, list(StageChange.objects.filter(proposal=proposal)))
    asked = withdrawal_of(request.user, proposal, changes)
    form = AskToWithdrawForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            withdrawal_requests.ask_to_withdraw(
                proposal=proposal, by=request.user, reason=form.cleaned_data["reason"]
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = 409
        else:
            messages.success(
                request, _("eLearning has been asked to withdraw it, and will answer.")
            )
            return redirect("proposals:proposal_detail", ref)
    context = {"proposal": proposal, "form": form, "may_ask": bool(asked and asked["may_ask"])}
    return render(request, "proposals/proposal_ask_to_withdraw.html", context, status=status)


def _own(request: SignedInRequest, ref: str) -> Proposal:
    """The proposal, if this person owns it; 404 otherwise."""
    owned = Proposal.objects.filter(submitter=request.user).select_related("submitter")
    return get_object_or_404(owned, reference=ref)
