"""Texts of mails are kept for a while; who was told what, when and how it went stays."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from microcreds.outbox.models import Message

_AT_THEIR_END = (
    Message.State.SENT,
    Message.State.FAILED,
    Message.State.BOUNCED,
    Message.State.RECALLED,
    Message.State.DIGESTED,
    Message.State.SUPPRESSED,
)


def purge_bodies(*, at: datetime | None = None) -> int:
    """Mails older than ``MAIL_BODY_DAYS`` whose way has ended have no text any more; how many lost
    theirs now."""
    before = (at or timezone.now()) - timedelta(days=settings.MAIL_BODY_DAYS)
    old = Message.objects.filter(state__in=_AT_THEIR_END, created_at__lt=before).exclude(body="")
    return old.update(body="")
