"""How long somebody stays signed in."""

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.utils import timezone


def seconds_left(session: SessionBase) -> int:
    """Until the session ends, unless it is renewed; 0 where it is over."""
    ends_at = (
        Session.objects.filter(pk=session.session_key).values_list("expire_date", flat=True).first()
    )
    return max(0, int((ends_at - timezone.now()).total_seconds())) if ends_at else 0
