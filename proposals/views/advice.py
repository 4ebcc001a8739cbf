"""Advice while the form is filled in: read from what is typed, saved nowhere."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from microcreds.accounts.requests import SignedInRequest
from proposals import services
from proposals.forms.interest import PageForm
from proposals.interest import PAGES, QUESTIONS, advice_by_question
from proposals.models import Proposal


@require_POST
def proposal_advice(request: SignedInRequest, ref: str, page: str) -> HttpResponse:
    """The advice on one page as it is typed now, place by place, over what is stored elsewhere."""
    editable = Proposal.objects.editable_by(request.user).with_answers()
    proposal = get_object_or_404(editable, reference=ref)
    if page not in PAGES:
        raise Http404
    answers = services.answers_of(proposal)
    form = PageForm(page, answers=answers, data=request.POST)
    form.is_valid()  # what is not valid is left out: the answer that is stored counts
    places = [
        (key, found)
        for key, found in advice_by_question(answers | form.given).items()
        if QUESTIONS[key].page == page
    ]
    return render(request, "proposals/proposal_advice.html", {"places": places})
