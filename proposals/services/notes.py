"""Internal notes of eLearning; a university record, never shown to proposers or partners."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from proposals.models import Comment, Proposal, Thread


@transaction.atomic
def add_note(*, proposal: Proposal, author: User, body: str, at: datetime | None = None) -> Comment:
    """A note stands at the end of the proposal's internal thread.

    Raises ``ValidationError`` for an empty or too long note, and for one on a draft that was never
    sent: staff leave those alone.
    """
    body = body.replace("\r\n", "\n").strip()
    if not body or len(body) > 5000:
        raise ValidationError(_("Write a note of up to 5,000 characters."))
    if proposal.is_draft and not proposal.revisions.exists():
        raise ValidationError(_("This draft was not sent to eLearning yet."))
    at = at or timezone.now()
    thread, _is_new = Thread.objects.get_or_create(proposal=proposal, kind=Thread.Kind.INTERNAL)
    note = Comment.objects.create(thread=thread, author=author, body=body, at=at)
    Proposal.objects.filter(pk=proposal.pk).update(last_activity_at=at)
    return note


def notes_of(proposal: Proposal) -> QuerySet[Comment]:
    """The internal notes, oldest first, with their authors."""
    return Comment.objects.filter(
        thread__proposal=proposal, thread__kind=Thread.Kind.INTERNAL
    ).select_related("author")
