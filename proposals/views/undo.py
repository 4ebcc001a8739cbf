"""A proposer takes their own move back, as long as its mails wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from proposals.forms.own_moves import UndoForm
from proposals.models import Proposal
from reviews import services as reviews_services
from reviews.grace import undo_until
from reviews.models import StageChange
from reviews.plans import build_undo
from reviews.workflow import name_of


@dataclass(frozen=True)
class UndoOffer:
    """The move of its own that a page offers to take back, until when, and in how many seconds."""

    label: str
    seen: int
    until: datetime
    seconds: int


def undo_offer(user: User, changes: Sequence[StageChange]) -> UndoOffer | None:
    """The newest of ``changes``, which are in force, if it is this person's and still young."""
    newest = max(changes, key=lambda change: change.pk, default=None)
    if newest is None or newest.actor_id != user.pk:
        return None
    until = undo_until(newest)
    left = until - timezone.now()
    if left <= timedelta():
        return None
    return UndoOffer(name_of(newest.move), newest.pk, until, int(left.total_seconds()))


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_undo(request: SignedInRequest, ref: str) -> HttpResponse:
    """GET shows what comes back, POST does it; refused in words once it is too late."""
    proposal = get_object_or_404(Proposal.objects.mine(request.user).for_list(), reference=ref)
    form = UndoForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            reviews_services.undo(
                proposal=proposal, by=request.user, seen=form.cleaned_data["seen"]
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(
                request, _("It is undone. Mails about it that were waiting are not sent.")
            )
            return redirect("proposals:proposal_detail", ref)
    elif form.is_bound:
        form.add_error(None, _("This is not the move you saw. Look at it again."))
    if form.errors:
        status = 409
    plan = build_undo(proposal=proposal, actor=request.user)
    context = {"proposal": proposal, "form": form, "plan": plan}
    return render(request, "proposals/proposal_undo.html", context, status=status)
