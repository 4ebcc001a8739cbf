"""Addresses that do not work: told by the mail service, cleared by staff."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.events import Kind
from microcreds.outbox.models import Message, Undeliverable


@transaction.atomic
def came_back(
    *,
    address: str,
    detail: str,
    message_id: str = "",
    is_complaint: bool = False,
    at: datetime | None = None,
) -> Undeliverable:
    """Mail to ``address`` came back for good, or its reader called it spam: nothing but account
    mail is tried there until it is cleared, and the mail with that Message-ID says so.

    ``at`` is when that happened: what is told again after the address was cleared changes nothing.
    """
    at = at or timezone.now()
    reason = Undeliverable.Reason.COMPLAINED if is_complaint else Undeliverable.Reason.BOUNCED
    all_known = Undeliverable.objects.annotate(who=Lower("address")).filter(who=address.lower())
    told_before = all_known.filter(Q(cleared_at=None) | Q(cleared_at__gt=at)).order_by("-since")
    known: Undeliverable = told_before.first() or Undeliverable.objects.create(
        address=address.lower(), reason=reason, detail=detail[:500], since=at
    )
    if known.cleared_at is None:
        _stop_what_waits(address)
    if not is_complaint and (uuid := uuid_in(message_id)):
        Message.objects.annotate(who=Lower("to")).filter(
            uuid=uuid, who=address.lower(), state=Message.State.SENT
        ).update(state=Message.State.BOUNCED, error=detail[:500] or _("It came back."))
    return known


def _stop_what_waits(address: str) -> None:
    """No mail that is on its way there leaves any more, as none that is written from now on."""
    Message.objects.annotate(who=Lower("to")).filter(
        who=address.lower(), state__in=Message.WAITING
    ).exclude(kind=Kind.ACCOUNT).update(state=Message.State.SUPPRESSED, error=why_not_mailed())


def why_not_mailed() -> str:
    """What stands at a mail to an address that does not work."""
    return _("Mail to this address came back. It has to be cleared first.")


def is_broken(field: str) -> Exists:
    """Whether nothing is mailed to the address in this field of the query around it."""
    standing = Undeliverable.objects.filter(cleared_at=None).annotate(who=Lower("address"))
    return Exists(standing.filter(who=Lower(OuterRef(field))))


@transaction.atomic
def clear(*, address: str, by: User, at: datetime | None = None) -> None:
    """Mail is tried at this address again; that it was not stays on record."""
    Undeliverable.objects.annotate(who=Lower("address")).filter(
        who=address.lower(), cleared_at=None
    ).update(cleared_at=at or timezone.now(), cleared_by=by)


def broken(address: str) -> Undeliverable | None:
    """Why nothing is mailed there; ``None``: it works as far as is known."""
    standing = Undeliverable.objects.filter(cleared_at=None).annotate(who=Lower("address"))
    return standing.filter(who=address.lower()).first()


def uuid_in(message_id: str) -> str:
    """The UUID of the message that carried this Message-ID; empty where it is none of ours."""
    name = message_id.strip().strip("<>").partition("@")[0]
    if not name.startswith("o-"):
        return ""
    uuid = name.removeprefix("o-")
    parts = uuid.split("-")
    is_one = [len(part) for part in parts] == [8, 4, 4, 4, 12] and all(
        set(part) <= set("0123456789abcdef") for part in parts
    )
    return uuid if is_one else ""
