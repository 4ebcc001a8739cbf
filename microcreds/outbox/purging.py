"""Texts of mails are kept for a while; who was told what, when and how it went stays, and so does
that a mail came in."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from microcreds.outbox.models import Incoming, Message

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


def empty_incoming(*, at: datetime | None = None) -> int:
    """Of mails that came in more than ``INCOMING_MAIL_DAYS`` ago, only when, what became of them
    and their Message-ID is kept, by which the same mail is never taken twice; how many were emptied
    now. What joined a conversation stands there. What waits to be sorted stays as it is, however
    old, but for one of very many that a sender wrote."""
    at = at or timezone.now()
    before = at - timedelta(days=settings.INCOMING_MAIL_DAYS)
    old = Incoming.objects.filter(emptied_at=None, received_at__lt=before)
    return old.exclude(state=Incoming.State.UNSORTED).update(
        sender="", to="", subject="", text="", whole="", files=[], emptied_at=at
    )
