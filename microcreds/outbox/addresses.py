"""Addresses that do not work: told by the mail service, cleared by staff."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
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
    mail is tried there until it is cleared, and the mail with that Message-ID says so."""
    at = at or timezone.now()
    reason = Undeliverable.Reason.COMPLAINED if is_complaint else Undeliverable.Reason.BOUNCED
    known = broken(address)
    if known is None:
        known = Undeliverable.objects.create(
            address=address.lower(), reason=reason, detail=detail[:500], since=at
        )
    if not is_complaint and (uuid := uuid_in(message_id)):
        Message.objects.filter(uuid=uuid, state=Message.State.SENT).update(
            state=Message.State.BOUNCED, error=detail[:500] or _("It came back.")
        )
    return known


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
