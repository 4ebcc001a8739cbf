"""Which files of a proposal an engagement may see: a row for each, none by default."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.kept_statements import KeptStatements
from partners.models import Engagement, FileShare
from partners.models.engagements import safe_scans
from proposals.models import Attachment, Proposal
from proposals.services.files import documents_of
from proposals.visibility import Audience


@transaction.atomic
def share_file(
    *, engagement: Engagement, attachment: Attachment, by: User, at: datetime | None = None
) -> FileShare:
    """The contacts who may open this engagement's page may have this file, too.

    Shared already: the standing share. Raises ``ValidationError`` where the file is not one that
    was sent with this proposal, was removed, or has a virus in it.
    """
    Proposal.objects.select_for_update(no_key=True).get(pk=engagement.proposal_id)
    shareable = shareable_files(engagement.proposal)
    if attachment.pk not in {file.pk for file in shareable}:
        raise ValidationError(
            _("%(name)s cannot be shared. It was removed, or the virus check found something.")
            % {"name": attachment.name}
        )
    standing = FileShare.objects.filter(engagement=engagement, attachment=attachment, until=None)
    return standing.first() or FileShare.objects.create(
        engagement=engagement, attachment=attachment, by=by, since=at or timezone.now()
    )


@transaction.atomic
def end_file_share(
    *, engagement: Engagement, attachment: Attachment, by: User, at: datetime | None = None
) -> None:
    """The engagement sees this file no more, from now. Ended already: it stays as it was."""
    standing = FileShare.objects.select_for_update(of=("self",)).filter(
        engagement=engagement, attachment=attachment, until=None
    )
    for share in standing:
        share.until, share.ended_by = max(at or timezone.now(), share.since), by
        share.save(update_fields=["until", "ended_by"])


def shareable_files(proposal: Proposal) -> list[Attachment]:
    """The documents that stand and were sent, without any in which a virus was found."""
    standing = documents_of(proposal, Audience.STAFF).kept()
    return list(standing.exclude(scan=Attachment.Scan.INFECTED))


def shared_ids(proposal: Proposal) -> set[tuple[int, object]]:
    """(engagement, attachment) of every share of the proposal's files that stands; one query."""
    current = FileShare.objects.current().filter(engagement__proposal=proposal)
    return set(current.values_list("engagement_id", "attachment_id"))


def files_for(engagement: Engagement) -> list[Attachment]:
    """What the contacts of this engagement may have now, as it came."""
    return _OPEN_FILES.rows(tuple(safe_scans()), engagement=engagement)


def _open_files(_scans: tuple[str, ...], *, engagement: Engagement) -> QuerySet:
    open_now = FileShare.objects.open_now().filter(engagement=engagement)
    return Attachment.objects.filter(partner_shares__in=open_now).order_by("uploaded_at")


_OPEN_FILES = KeptStatements(_open_files)


def file_for(engagement: Engagement, key: str) -> Attachment | None:
    """The one with this key, if it is among them, or came with a message of their own thread."""
    found = Attachment.objects.keyed(key)
    open_now = FileShare.objects.open_now().filter(engagement=engagement)
    granted = found.filter(partner_shares__in=open_now)
    sent = found.none()
    if engagement.thread_id:
        sent = found.filter(comment__thread=engagement.thread_id, scan__in=safe_scans()).kept()
    return (granted | sent).select_related("proposal").first()
