"""Everything of one proposal that its reader may see: one page to print, and a ZIP to keep."""

import shutil
import tempfile
import zipfile
from contextlib import suppress
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from proposals.interest import read_view
from proposals.models import Participant, Proposal
from proposals.services import answers_of, sent_answers_of
from proposals.services.files import documents_of, may_open, open_file
from proposals.views.readers import audience_of
from proposals.views.standing import history, standings
from proposals.visibility import Audience
from reviews.models import StageChange


@require_safe
def proposal_record(request: SignedInRequest, ref: str) -> HttpResponse:
    """The whole proposal on one page, fit to print."""
    proposal = _visible(request.user, ref)
    return render(request, "proposals/proposal_record.html", _record_of(proposal, request.user))


@require_safe
def proposal_download(request: SignedInRequest, ref: str) -> FileResponse:
    """The same as a ZIP: the page as a file of its own, and the documents beside it.

    Written to disk as it grows, so that its size costs no memory.
    """
    proposal = _visible(request.user, ref)
    record = _record_of(proposal, request.user)
    page = render_to_string("proposals/record_file.html", record)
    packed = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{proposal.reference}/index.html", page)
        style = render_to_string("proposals/record.css")
        archive.writestr(f"{proposal.reference}/record.css", style)
        for number, document in enumerate(record["documents"], start=1):
            name = f"{proposal.reference}/files/{number:02}-{document.download_name}"
            # What is gone from the storage is named on the page all the same.
            with (
                suppress(FileNotFoundError),
                open_file(document) as bytes_of,
                archive.open(name, "w") as entry,
            ):
                shutil.copyfileobj(bytes_of, entry)
    packed.seek(0)
    return FileResponse(
        packed,
        as_attachment=True,
        filename=f"{proposal.reference}.zip",
        content_type="application/zip",
    )


def _visible(user: User, ref: str) -> Proposal:
    visible = Proposal.objects.visible_to(user).for_list().with_answers()
    return get_object_or_404(visible, reference=ref)


def _record_of(proposal: Proposal, user: User) -> dict[str, Any]:
    participants = list(proposal.participants.select_related("user"))
    audience = audience_of(user, proposal, participants)
    is_proposer = audience == Audience.PROPOSER
    tells_messages = audience in (Audience.PROPOSER, Audience.STAFF)
    changes = list(StageChange.objects.filter(proposal=proposal).select_related("actor"))
    answers = answers_of(proposal, confidential=True) if is_proposer else sent_answers_of(proposal)
    [stands] = standings([proposal], is_proposer=is_proposer, changes=changes)
    return {
        "proposal": proposal,
        "stands": stands,
        "progress": stands.progress,
        "sections": read_view(answers, audience),
        "documents": [
            document
            for document in documents_of(proposal, audience).select_related("proposal")
            if may_open(document)
        ],
        "history": history(changes, tells_messages=tells_messages),
        "co_proposers": [p for p in participants if p.capacity in Participant.FROM_DRAFT_ON],
        "made_at": timezone.now(),
        "made_for": user,
    }
