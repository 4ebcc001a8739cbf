"""Everything of one proposal that its reader may see: one page to print, and a ZIP to keep."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from partners.models import NamedColleague, PartnerAsk
from proposals.interest import read_view
from proposals.models import Attachment, Participant, Proposal, Thread
from proposals.services import answers_of, hand_overs_of, sent_answers_of
from proposals.services.files import documents_of, may_open, open_file
from proposals.views.readers import audience_of
from proposals.views.standing import history, standings
from proposals.visibility import Audience
from reviews import return_points, threads
from reviews.grace import as_told
from reviews.models import AskToChange, StageChange
from reviews.outside.reading import asked_of, parts_of
from reviews.outside.talk import said_to_all
from reviews.permits import parties_of


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
        files = [
            *record["documents"],
            *_sent_with_messages(record["conversations"]),
            *_sent_by_partners(record["asked_of_partners"]),
        ]
        for number, document in enumerate(files, start=1):
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


def _visible(user: User, ref: str) -> Any:
    """The proposal, which knows whether its partners were asked or written to at all."""
    visible = Proposal.objects.visible_to(user).for_list().with_answers()
    asked = PartnerAsk.objects.filter(engagement__proposal=OuterRef("pk")).order_by()
    written = Thread.objects.filter(proposal=OuterRef("pk"), kind=Thread.Kind.OUTSIDE).order_by()
    named = NamedColleague.objects.filter(engagement__proposal=OuterRef("pk")).order_by()
    found = visible.annotate(has_asked=Exists(asked), has_outside=Exists(written) | Exists(named))
    return get_object_or_404(found, reference=ref)


def _sent_with_messages(conversations: Iterable[threads.Conversation]) -> Iterator[Attachment]:
    """The files of these conversations that may be opened, as they came."""
    shown = [
        str(file.attachment.pk)
        for conversation in conversations
        for entry in conversation.entries
        for file in entry.files
        if file.may_open
    ]
    whole = Attachment.objects.select_related("proposal").filter(pk__in=shown)
    yield from sorted(whole, key=lambda attachment: shown.index(str(attachment.pk)))


def _sent_by_partners(asked: Iterable[PartnerAsk]) -> Iterator[Attachment]:
    """The files among what they answered."""
    for each in asked:
        if each.state == PartnerAsk.State.ANSWERED:
            files = [question.attachment for question in each.questions.all()]
            yield from (file for file in files if file and may_open(file))


def _record_of(proposal: Any, user: User) -> dict[str, Any]:
    participants = list(proposal.participants.select_related("user"))
    audience = audience_of(user, proposal, participants)
    is_proposer = audience == Audience.PROPOSER
    tells_messages = audience in (Audience.PROPOSER, Audience.STAFF)
    known = list(StageChange.objects.filter(proposal=proposal).select_related("actor"))
    changes = as_told(proposal, known)
    capacities = [each.capacity for each in participants if each.user_id == user.pk]
    # Proposers take part in any case; of others the form may name the address.
    is_involved = is_proposer or user.pk in parties_of([proposal.pk])[proposal.pk].involved(user)
    access = threads.access_of(user, proposal, capacities=capacities, is_involved=is_involved)
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
        "conversations": threads.conversations(proposal, user, access, size=None),
        **(_asked_of(proposal, changes) if tells_messages else {}),
        **_outside_of(proposal, access),
        "history": history(changes, tells_messages=tells_messages),
        "co_proposers": [p for p in participants if p.capacity in Participant.FROM_DRAFT_ON],
        "hand_overs": hand_overs_of(proposal),
        "tells_messages": tells_messages,
        "made_at": timezone.now(),
        "made_for": user,
    }


def _outside_of(proposal: Any, access: threads.Access) -> dict[str, Any]:
    """What its partners were asked and answered, for its proposers and eLearning, the oldest first;
    what was said between them and eLearning for eLearning alone, but for what proposers read too
    (design.md §3.1)."""
    reads_all = Thread.Kind.INTERNAL in access.reads
    asked = asked_of(proposal).order_by("pk") if proposal.has_asked and access.reads else []
    writes_with_partners = proposal.has_outside and bool(access.reads)
    return {
        "asked_of_partners": list(asked),
        "partner_parts": parts_of(proposal) if writes_with_partners and reads_all else [],
        "said_to_partners": said_to_all(proposal) if writes_with_partners and not reads_all else [],
    }


def _asked_of(proposal: Proposal, changes: list[StageChange]) -> dict[str, Any]:
    """What was asked of the proposers and by them, with the answers; the oldest first."""
    asks = AskToChange.objects.filter(proposal=proposal).select_related("asked_by", "decided_by")
    withdrawals = proposal.withdrawal_requests.select_related("asked_by", "answered_by")
    return {
        "points": return_points.points_of(proposal, changes),
        "asks": asks.order_by("pk"),
        "withdrawals": withdrawals.order_by("pk"),
    }
