"""A proposal's page as its owner sees it, for eLearning and the auditor: read, not pressed."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from microcreds.accounts.requests import SignedInRequest
from proposals.documents import Documents
from proposals.models import Attachment, Proposal
from proposals.read_only import nothing_pressed
from proposals.views.pages import detail_of, page_row
from reviews.imitating import may_imitate, note_imitation
from reviews.permits import parties_in, with_parties


@require_safe
def proposal_as_proposer(request: SignedInRequest, ref: str) -> HttpResponse:
    """What the owner's page shows now, a decision they are not told yet kept back; it is kept who
    looked, and nothing of it counts as read by the owner.

    What the proposers have not sent stays theirs here too: answers and files as they were sent
    last. Confidential text is for eLearning alone.
    """
    visible = with_parties(Proposal.objects.visible_to(request.user).select_related("submitter"))
    proposal = get_object_or_404(visible, reference=ref)
    if not may_imitate(request.user, proposal, parties_in(proposal)):
        raise Http404
    owner = proposal.submitter
    context = detail_of(
        owner,
        page_row(owner, ref),
        as_sent=proposal.is_editable,
        confidential=request.user.is_elearning,
    )
    context["files"] = _as_sent(context["files"])
    context |= {"as_whom": str(owner), "as_sent": proposal.is_editable}
    if request.method == "GET":
        note_imitation(proposal=proposal, by=request.user, as_whom=f"{owner} <{owner.email}>")
    html = render_to_string("proposals/proposal_as_proposer.html", context, request)
    return HttpResponse(nothing_pressed(html), headers={"Cache-Control": "no-store, private"})


def _as_sent(files: Documents) -> Documents:
    """Without the files of a form that did not leave with it yet."""
    interest = Attachment.Form.INTEREST
    rows = [
        row for row in files.rows if row.attachment.form != interest or row.attachment.sent_with
    ]
    return replace(files, rows=rows)
