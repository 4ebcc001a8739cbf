"""The mails of one reader, to be read again on their own page."""

from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import Lower

from microcreds.outbox.events import Kind
from microcreds.outbox.models import Message

# What is no reader's to see: a code's text is gone, and what waits may still be taken back.
_SHOWN = (
    Message.State.SENT,
    Message.State.DIGESTED,
    Message.State.SUPPRESSED,
    Message.State.BOUNCED,
    Message.State.FAILED,
)


def as_uuid(key: str) -> UUID | None:
    """The key of a mail as an address has it; ``None`` for what is none."""
    try:
        return UUID(key)
    except ValueError:
        return None


def mails_of(address: str) -> QuerySet[Message]:
    """What was sent to this address, decisions first, then the newest; no account mail, no digest
    (its parts are here), nothing that can still be taken back."""
    decisions_first = Case(
        When(kind=Kind.DECISION, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return (
        Message.objects.annotate(who=Lower("to"))
        .filter(who=address.lower(), state__in=_SHOWN, is_secret=False)
        .exclude(kind__in=[Kind.ACCOUNT, Kind.DIGEST])
        .order_by(decisions_first, "-created_at", "-pk")
        .defer("body")
    )
