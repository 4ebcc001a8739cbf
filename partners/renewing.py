"""Fresh links in the place of others: asked for on a dead one, or replaced by staff."""

from datetime import datetime

from django.db import transaction

from microcreds.accounts.models import User
from microcreds.outbox import links
from microcreds.outbox.models import Message
from partners.models import Contact, Link
from partners.services import revoke_links, send_fresh_link


def renew(*, token: str, at: datetime | None = None) -> Message | None:
    """A fresh link is on its way to the address on file of whoever this dead link belonged to.

    Nothing happens where the token was none of ours; the person who asks is told the same.
    """
    dead = Link.objects.filter(token_sha256=links.sha256_of(token)).select_related("contact")
    link = dead.first()
    return send_fresh_link(email=link.contact.email, at=at) if link else None


@transaction.atomic
def rotate_links(
    *, contact: Contact, by: User, only: Link | None = None, at: datetime | None = None
) -> Message | None:
    """Every link of this contact, or ``only`` this one, is dead, and a mail brings one that works.

    No mail, and ``None``, where the contact has no page to open today.
    """
    revoke_links(contact=contact, only=only, by=by, at=at)
    return send_fresh_link(email=contact.email, is_replacement=True, at=at)
