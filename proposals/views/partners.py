"""What a proposal's partners are asked and what they said, for its proposers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from proposals.models import Participant, Proposal
from reviews.holidays import days_off
from reviews.outside import posted
from reviews.outside.asking import is_its_proposer, may_ask, reachable
from reviews.outside.asking_form import QuestionsForm, TimesForm
from reviews.outside.reading import asked_rows
from reviews.outside.taking_over import may_wait
from reviews.outside.talk import said_to_all
from reviews.permits import parties_in, with_parties


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_partners(request: SignedInRequest, ref: str) -> HttpResponse:
    """GET shows what was asked and said; POST asks, changes what they asked, or takes over. For
    its proposers; whoever else reads the proposal has no such page."""
    visible = with_parties(Proposal.objects.visible_to(request.user).select_related("interest"))
    proposal = get_object_or_404(visible.select_related("unit", "assignee"), reference=ref)
    parties = parties_in(proposal)
    capacities = {*parties.capacities_of(request.user)}
    is_proposer = request.user.pk == proposal.submitter_id
    if not is_proposer and not capacities.intersection(Participant.FROM_DRAFT_ON):
        raise Http404
    came: posted.Posted | None = None
    refusals: list[str] = []
    edits = is_its_proposer(request.user, parties)
    if request.method == "POST":
        allowed = posted.FOR_PROPOSERS if edits else frozenset[str]()
        came = posted.carry_out(request.POST, proposal=proposal, by=request.user, among=allowed)
        if came and came.done:
            messages.success(request, came.done)
            return redirect(request.path)
        refusals = posted.refusals_of(
            came, _("Only its owner and its editors can ask its partners.")
        )
    context: dict[str, Any] = {
        "proposal": proposal,
        "may_ask": may_ask(request.user, proposal, parties),
        "may_take_over": edits and proposal.is_editable,
        "may_wait": may_wait(request.user, proposal, parties),
        "shares": reachable(proposal),
        "rows": asked_rows(proposal, request.user, parties, days_off()),
        "said": said_to_all(proposal),
        "refusals": refusals,
        "posted": came,
        "questions_form": QuestionsForm(None, proposal=proposal),
        "times_form": TimesForm(None, proposal=proposal),
    }
    if came and came.action in ("questions", "times"):
        context[f"{came.action}_form"] = came.form
    status = 422 if request.method == "POST" else 200
    return render(request, "proposals/proposal_partners.html", context, status=status)
