"""Files of a mail that answers ours and joined nothing: kept with it for eLearning, moved along
when it is put to a proposal, gone with its text. Of strangers' mails the files are only named."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import TextField, Value
from django.db.models.functions import Cast, Concat

from microcreds.outbox.models import Incoming, Message
from microcreds.outbox.replies.reading import Letter
from proposals.models import Attachment, Comment, Proposal
from proposals.models.attachment import AttachmentQuerySet
from proposals.services import attach
from proposals.services.files import attach_to_record, discard, open_file, stand_with

_RECORD = "incoming:"


def keep(letter: Letter, incoming: Incoming, message: Message, at: datetime) -> None:
    """Each file of a letter from whom ``message`` went to is kept with what it was about, under the
    bounds and checks of every file; one that is not taken is named with its reason."""
    proposal = Proposal.objects.filter(reference=message.about).first()
    if proposal is None:
        return
    for file in letter.files:
        try:
            with transaction.atomic():
                attach_to_record(
                    proposal=proposal,
                    upload=file,
                    record=_record_of(incoming),
                    brought_by=incoming.sender[:255],
                    at=at,
                )
        except ValidationError as refusal:
            incoming.not_taken += refusal.messages


def kept_with(incoming: Incoming) -> AttachmentQuerySet:
    """Those that are kept with it, by name."""
    return Attachment.objects.of_record(_record_of(incoming)).order_by("name", "pk")


def move_to(comment: Comment, *, proposal: Proposal, incoming: Incoming, at: datetime) -> list[str]:
    """What is kept with the mail stands with this message of ``proposal``; why some do not, in
    words. Part of the caller's transaction."""
    refused: list[str] = []
    for file in kept_with(incoming):
        if file.proposal_id == proposal.pk:
            stand_with(attachment=file, comment=comment)
            continue
        try:
            with transaction.atomic(), open_file(file) as content:
                attach(
                    proposal=proposal,
                    upload=File(content, file.name),
                    brought_by=file.brought_by,
                    comment=comment,
                    is_staff=True,
                    at=at,
                )
        except (ValidationError, FileNotFoundError) as refusal:
            refused += getattr(refusal, "messages", [file.name])
        else:
            discard(attachment=file)
    return refused


@transaction.atomic
def forget_emptied() -> int:
    """Of mails whose text was emptied the files are gone, too; returns how many went."""
    emptied = Incoming.objects.filter(emptied_at__isnull=False).order_by()
    records = emptied.annotate(
        record=Concat(Value(_RECORD), Cast("pk", TextField()), output_field=TextField())
    )
    found = Attachment.objects.filter(
        record__startswith=_RECORD, record__in=records.values("record")
    )
    files = list(found)
    for file in files:
        discard(attachment=file)
    return len(files)


def _record_of(incoming: Incoming) -> str:
    return f"{_RECORD}{incoming.pk}"
