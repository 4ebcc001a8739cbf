"""Mails of the demo's past: they count as sent, and are delivered to nobody."""

from datetime import datetime

from django.db.models import F

from microcreds.outbox.models import Message


def count_as_sent(*, references: list[str], by: datetime) -> None:
    """Mails about these proposals whose time has come count as sent, and go to nobody."""
    gone = Message.objects.filter(about__in=references, state__in=Message.WAITING, due_at__lte=by)
    gone.filter(is_secret=True).update(body="")
    gone.update(state=Message.State.SENT, sent_at=F("due_at"), attempts=1)
