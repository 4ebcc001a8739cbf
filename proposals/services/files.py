"""Files of a proposal: added, removed, checked for viruses, swept. The bytes lie in the storage
``attachments``; a row is there only once its bytes are."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.kept_statements import KeptStatements
from proposals import scanning
from proposals.files import LIMITS, Examined, examine
from proposals.models import Attachment, Comment, Proposal, Stage
from proposals.models.attachment import AttachmentQuerySet

ENDED = (
    Stage.DECLINED,
    Stage.WITHDRAWN,
    Stage.REDIRECTED,
    Stage.MERGED,
    Stage.CANCELLED,
    Stage.RETIRED,
)
# A worker that died with a file, or a scanner that was away, is made good after this.
SCAN_AGAIN_AFTER = timedelta(minutes=2)
# An upload under way has its file before it has its row.
ORPHAN_AFTER = timedelta(days=1)


def has_ended(proposal: Proposal, at: datetime | None = None) -> bool:
    """Nothing comes to it any more. That it was declined is told to nobody at first, so that long
    it takes what comes, as before."""
    grace = timedelta(seconds=settings.NOTIFICATION_GRACE_SECONDS)
    is_untold = (
        proposal.stage == Stage.DECLINED and (at or timezone.now()) < proposal.stage_since + grace
    )
    return proposal.stage in ENDED and not is_untold


def storage() -> Storage:
    """Where the bytes are; settings say what that is."""
    return storages["attachments"]


def attach(
    *,
    proposal: Proposal,
    upload: File,
    by: User | None = None,
    brought_by: str = "",
    comment: Comment | None = None,
    is_staff: bool = False,
    at: datetime | None = None,
) -> Attachment:
    """The file is kept with the proposal, or with a message of its conversations.

    While its proposers write, it goes with their form; what staff add, and what comes after the
    form was sent, stands beside it. The same file again is the one that is there. ``is_staff`` says
    that ``by`` adds it for eLearning; ``brought_by`` names whoever wrote the message and has no
    account, in place of ``by``.

    Raises ``ValidationError`` in words that name the file: not a kind we take, empty, too big, too
    many, no room to store it, or a proposal that has ended.
    """
    at = at or timezone.now()
    _refuse_where_closed(proposal, is_staff, at)
    place = _Place(comment=comment, is_staff=is_staff, by=by, brought_by=brought_by)
    return _keep(proposal, upload, place, at)


def attach_to_record(
    *,
    proposal: Proposal,
    upload: File,
    record: str,
    by: User | None = None,
    brought_by: str = "",
    at: datetime | None = None,
) -> Attachment:
    """The file is kept with a record of another app (``record``: which one, as text), which says
    who may read it; nobody finds it among the documents of the proposal. ``brought_by`` names
    whoever has no account, in place of ``by``. The same file again is the one that is there.

    Raises ``ValidationError`` as ``attach`` does, but takes files of what has ended, too.
    """
    place = _Place(record=record, by=by, brought_by="" if by else brought_by)
    return _keep(proposal, upload, place, at or timezone.now())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a file is to stand, and who brings it."""

    by: User | None
    comment: Comment | None = None
    is_staff: bool = False
    record: str = ""
    brought_by: str = ""

    def refuse_where_closed(self, proposal: Proposal, at: datetime) -> None:
        if not self.record:
            _refuse_where_closed(proposal, self.is_staff, at)


def _keep(proposal: Proposal, upload: File, place: _Place, at: datetime) -> Attachment:
    """Looked at, stored, then on record; nothing is stored without its row."""
    if getattr(upload, "is_incomplete", False):
        raise _no_room(upload.name or "")
    seen = examine(name=upload.name or "", file=upload.file or upload)
    stored_name = _write(upload, seen)
    try:
        with transaction.atomic():
            attachment = _record(proposal, seen, stored_name, place, at)
    except BaseException:  # also a killed statement: no file without its row
        _forget([stored_name])
        raise
    if attachment.stored_name != stored_name:
        _forget([stored_name])
    return attachment


def _record(
    proposal: Proposal, seen: Examined, stored_name: str, place: _Place, at: datetime
) -> Attachment:
    """The row, under the lock of the proposal, so that two at once never pass the limit."""
    locked = Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    place.refuse_where_closed(locked, at)
    comment, record = place.comment, place.record
    form = "" if comment or record or place.is_staff else form_of(locked)
    beside = Attachment.objects.kept().filter(
        proposal=locked, comment=comment, form=form, record=record
    )
    if same := beside.filter(sha256=seen.sha256).first():
        return same
    limit = LIMITS["comment" if comment else form]
    if beside.count() >= limit:
        raise ValidationError(
            _("%(name)s: There is room for %(limit)d files. Remove one first.")
            % {"name": seen.name, "limit": limit},
            code="many",
        )
    Proposal.objects.filter(pk=locked.pk).update(last_activity_at=at)
    return Attachment.objects.create(
        proposal=proposal,
        comment=comment,
        form=form,
        record=record,
        name=seen.name,
        stored_name=stored_name,
        content_type=seen.content_type,
        size=seen.size,
        sha256=seen.sha256,
        uploaded_by=place.by,
        brought_by=place.brought_by,
        uploaded_at=at,
        after_revision=locked.revisions.filter(form="interest").count(),
        scan=Attachment.Scan.PENDING if settings.CLAMD_URL else Attachment.Scan.NOT_SCANNED,
    )


def form_of(proposal: Proposal) -> str:
    """Which form a file of its proposers goes with now; empty where none is open to them."""
    if proposal.is_editable:
        return Attachment.Form.INTEREST
    return Attachment.Form.FULL_PROPOSAL if proposal.stage == Stage.FULL_PROPOSAL else ""


@transaction.atomic
def remove(*, attachment: Attachment, by: User, is_staff: bool = False) -> None:
    """The file is gone; once it was sent, or eLearning could have read it, it is hidden instead and
    stays on record, for eLearning alone.

    Its proposers take out what stands in a form that is open to them, and what they added
    themselves; staff take out anything that was sent. Removed already: it stays as it is. Raises
    ``ValidationError`` otherwise.
    """
    proposal = Proposal.objects.select_for_update(no_key=True).get(pk=attachment.proposal_id)
    attachment = Attachment.objects.select_for_update(of=("self",)).get(pk=attachment.pk)
    if attachment.removed_at:
        return
    if not may_remove(attachment=attachment, proposal=proposal, by=by, is_staff=is_staff):
        raise ValidationError(
            _("%(name)s was sent to eLearning, so it stays. Ask them if it should not.")
            % {"name": attachment.name}
        )
    if attachment.form == Attachment.Form.INTEREST and attachment.sent_with is None:
        attachment.delete()
        _forget_after_commit([attachment.stored_name])
        return
    attachment.removed_at, attachment.removed_by = timezone.now(), by
    attachment.save(update_fields=["removed_at", "removed_by"])


def stand_with(*, attachment: Attachment, comment: Comment) -> None:
    """A file that was kept with a record stands with this message of the same proposal now."""
    attachment.comment, attachment.record = comment, ""
    attachment.save(update_fields=["comment", "record"])


def discard(*, attachment: Attachment) -> None:
    """A file that nobody needs any more and that was never sent to eLearning's keeping is gone: one
    a partner replaced before they sent their answer, or of a mail that was emptied."""
    attachment.delete()
    _forget_after_commit([attachment.stored_name])


def may_remove(*, attachment: Attachment, proposal: Proposal, by: User, is_staff: bool) -> bool:
    """Whether this person finds a button to take it out; that they may write is known already."""
    if attachment.comment_id or attachment.removed_at:
        return False
    if is_staff:
        return attachment.is_added_later or attachment.sent_with is not None
    if attachment.is_added_later:
        return attachment.uploaded_by_id == by.pk
    return proposal.is_editable


def documents_of(proposal: Proposal, audience: str) -> AttachmentQuerySet:
    """The documents of the proposal that this audience may know of, as they came."""
    found = Attachment.objects.filter(proposal=proposal).readable_as(audience).documents()
    return found.select_related("uploaded_by", "removed_by")


def _documents(audience: str, form: str, *, proposal: Proposal) -> AttachmentQuerySet:
    found = documents_of(proposal, audience)
    return found.filter(form=form) if form else found


# What ``documents_of`` gives, of one ``form`` of it or (empty) of all.
DOCUMENTS = KeptStatements(_documents)


def may_open(attachment: Attachment) -> bool:
    """Whether whoever may know of it may have its bytes: never with a virus in it."""
    return not attachment.is_infected


def open_file(attachment: Attachment) -> IO[bytes]:
    """Its bytes; raises ``OSError`` where they are gone."""
    return storage().open(attachment.stored_name, "rb")


def form_files_of(proposal: Proposal) -> list[dict[str, object]]:
    """What stands in its interest form, as revisions list it; no statement of its own where the
    proposal was loaded ``with_answers()``."""
    if "form_files" in proposal.__dict__:
        return list(proposal.__dict__["form_files"])
    return list(Attachment.objects.filter(proposal=proposal).answering().rows())


def freeze_files(*, proposal: Proposal, number: int) -> list[dict[str, object]]:
    """What stands in the form is part of this revision from now on, and is listed for it.

    Part of the transaction that sends the form.
    """
    if not form_files_of(proposal):
        return []
    standing = Attachment.objects.filter(proposal=proposal).answering()
    standing.filter(sent_with__isnull=True).update(sent_with=number)
    return list(standing.rows())


def forget_files(proposal: Proposal) -> None:
    """The bytes go when the draft that is being deleted is gone."""
    names = Attachment.objects.filter(proposal=proposal).values_list("stored_name", flat=True)
    _forget_after_commit(list(names))


def scan_pending(*, at: datetime | None = None) -> int:
    """Every file that waits for the virus check has its verdict; returns how many were checked.

    No transaction is open while the scanner reads. A scanner that is away leaves the rest waiting.
    """
    at = at or timezone.now()
    checked = 0
    while attachment := _claim(at):
        try:
            with open_file(attachment) as file:
                verdict = scanning.scan(file, settings.CLAMD_URL)
        except scanning.Unreachable:
            break
        except FileNotFoundError:
            verdict = scanning.Verdict(is_checked=False)
        _record_verdict(attachment, verdict, timezone.now())
        checked += 1
    return checked


def _claim(at: datetime) -> Attachment | None:
    """The one that waits longest; nobody else takes it for a while."""
    with transaction.atomic():
        found = (
            Attachment.objects.filter(scan=Attachment.Scan.PENDING)
            .filter(Q(scan_tried_at__isnull=True) | Q(scan_tried_at__lt=at - SCAN_AGAIN_AFTER))
            .select_for_update(skip_locked=True)
            .order_by(F("scan_tried_at").asc(nulls_first=True), "uploaded_at")
            .first()
        )
        if found:
            Attachment.objects.filter(pk=found.pk).update(scan_tried_at=at)
    return found


def _record_verdict(attachment: Attachment, verdict: scanning.Verdict, at: datetime) -> None:
    state = Attachment.Scan.CLEAN
    if verdict.found:
        state = Attachment.Scan.INFECTED
    elif not verdict.is_checked:
        state = Attachment.Scan.NOT_SCANNED
    Attachment.objects.filter(pk=attachment.pk, scan=Attachment.Scan.PENDING).update(
        scan=state, scanned_at=at, scan_found=verdict.found[:100]
    )


def sweep(*, at: datetime | None = None) -> int:
    """No stored file is without a row, except one that came within a day; returns how many went."""
    at = at or timezone.now()
    orphans: list[str] = []
    place = storage()
    try:
        folders = place.listdir("")[0]
    except FileNotFoundError:  # no file ever came
        return 0
    for folder in folders:
        names = [f"{folder}/{name}" for name in place.listdir(folder)[1]]
        known = set(
            Attachment.objects.filter(stored_name__in=names).values_list("stored_name", flat=True)
        )
        orphans += [
            name
            for name in names
            if name not in known and place.get_modified_time(name) < at - ORPHAN_AFTER
        ]
    _forget(orphans)
    return len(orphans)


def _refuse_where_closed(proposal: Proposal, is_staff: bool, at: datetime) -> None:
    if has_ended(proposal, at):
        raise ValidationError(_("This proposal has ended, so nothing can be added."), code="closed")
    if is_staff and proposal.submitted_at is None:
        raise ValidationError(_("This draft has not been sent to eLearning yet."), code="closed")


def _write(upload: File, seen: Examined) -> str:
    """The bytes under a random name; whole, or not at all."""
    token = secrets.token_hex(20)
    name = f"{token[:2]}/{token[2:]}"
    try:
        if storage().save(name, upload) != name or storage().size(name) != seen.size:
            raise OSError("stored under another name, or cut off")
    except OSError as reason:
        _forget([name])
        raise _no_room(seen.name) from reason
    return name


def _no_room(name: str) -> ValidationError:
    return ValidationError(
        _("%(name)s: We could not store it just now. Your answers are safe; add it again later.")
        % {"name": name},
        code="storage",
    )


def _forget(names: Iterable[str]) -> None:
    """Gone from the storage; what does not go now is swept later."""
    for name in names:
        try:
            storage().delete(name)
        except OSError:
            continue


def _forget_after_commit(names: list[str]) -> None:
    transaction.on_commit(lambda: _forget(names))
