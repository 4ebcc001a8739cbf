"""What proposers see of the memoranda with their partners: where each stands, its open files."""

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from microcreds.accounts.requests import SignedInRequest
from partners.models import MouVersion
from proposals.downloads import download_of
from proposals.models import Attachment, Proposal
from proposals.views.readers import audience_of
from proposals.visibility import Audience

READERS = (Audience.PROPOSER, Audience.STAFF)


@require_safe
def mou_file(request: SignedInRequest, ref: str, file: str) -> HttpResponseBase:
    """One version that staff opened to the proposers, to be saved; asked anew each time."""
    proposal = get_object_or_404(Proposal.objects.visible_to(request.user), reference=ref)
    participants = list(proposal.participants.select_related("user"))
    if audience_of(request.user, proposal, participants) not in READERS:
        raise Http404
    open_now = MouVersion.objects.filter(
        mou__engagement__proposal=proposal,
        mou__engagement__named_partner__dropped_at__isnull=True,
        is_for_proposers=True,
    )
    found = Attachment.objects.filter(pk__in=open_now.values("file")).keyed(file)
    clean = found.exclude(scan=Attachment.Scan.INFECTED).select_related("proposal")
    attachment = get_object_or_404(clean)
    try:
        return download_of(attachment)
    except FileNotFoundError as gone:
        raise Http404 from gone
