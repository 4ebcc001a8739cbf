"""One mail that tells one person of many proposals."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose


def list_mail(to: User, lines: list[str], cause: str, at: datetime) -> Message:
    """It says a line of each, and leaves at once."""
    return compose(
        event="ladder_list",
        to=to.email,
        user=to,
        cause=cause,
        dedupe_key=f"{cause}:{to.email}",
        at=at,
        due_at=at,
        context={"name": to, "lines": lines, "url": settings.SITE_URL + reverse("home")},
    )
