"""What looks like the proposal somebody is writing: beside the form, while they type."""

from dataclasses import replace
from typing import Any

from django.core.cache import caches
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from microcreds.accounts.requests import SignedInRequest
from proposals.lookalikes import (
    LONGEST_TITLE,
    LONGEST_WORDS,
    Lookalike,
    Wording,
    told_to_faculty,
    wording_of,
)
from proposals.models import InterestForm, Proposal

# The pages of the form on which something is typed that is compared.
PAGES_COMPARED = ("need", "skills")
ASKED_A_MINUTE = 40
_ROWS = {"job_functions": "-title", "outcomes": "-text"}


@require_POST
def proposal_lookalikes(request: SignedInRequest, ref: str) -> HttpResponse:
    """The panel for what is typed at the moment; what was not sent is as it was saved."""
    if _asks_too_often(request.user.pk):
        return render(request, "429.html", status=429)
    editable = Proposal.objects.editable_by(request.user).select_related("interest")
    proposal = get_object_or_404(editable, reference=ref)
    wording = _typed(request.POST, wording_of(_answers(proposal)))
    return render(request, "proposals/_lookalikes.html", panel(proposal, wording))


def panel_of(proposal: Proposal) -> dict[str, Any]:
    """The panel for the answers as they are saved; the proposal comes with them."""
    return panel(proposal, wording_of(_answers(proposal)))


def panel(proposal: Proposal, wording: Wording) -> dict[str, Any]:
    """What ``_lookalikes.html`` takes."""
    found = told_to_faculty(wording, without=proposal)
    return {"proposal": proposal, "found": found, "said": _said(found)}


def _said(found: list[Lookalike]) -> str:
    """The one line that is shown closed, and read out when it changes."""
    if not found:
        return _("Nothing like it found so far")
    words = ngettext("Something like it: %(n)d found", "Something like it: %(n)d found", len(found))
    return words % {"n": len(found)}


def _answers(proposal: Proposal) -> dict[str, Any]:
    form: InterestForm = proposal.interest
    return {**form.answers, "working_title": proposal.working_title}


def _typed(posted: QueryDict, saved: Wording) -> Wording:
    """What was saved with what is typed in its place; longer than a form takes is cut."""
    typed: dict[str, str] = {}
    if title := posted.get("working_title", "").strip():
        typed["title"] = title[:LONGEST_TITLE]
    for part, (key, ending) in zip(("jobs", "outcomes"), _ROWS.items(), strict=True):
        names = [n for n in posted if n.startswith(f"{key}-") and n.endswith(ending)]
        if names:
            typed[part] = "\n".join(str(posted[name]) for name in names)[:LONGEST_WORDS]
    return replace(saved, **typed)


def _asks_too_often(user_id: int) -> bool:
    """Counted in this process's memory: a statement for each count would cost more than the answer
    it protects. With several processes the limit is theirs together."""
    counts = caches["memory"]
    key = f"lookalikes:{user_id}:{timezone.now():%H%M}"
    counts.add(key, 0, timeout=120)
    return counts.incr(key) > ASKED_A_MINUTE
