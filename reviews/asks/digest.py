"""How a digest opens: what waits on its reader at that moment."""

from datetime import datetime

from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.digests import Waiting
from partners.models import Contact
from reviews.asks.ask import Ask
from reviews.asks.listing import asks_of, asks_of_contact

SHOWN = 10


def waiting_on(address: str, user: User | None, at: datetime) -> Waiting:
    """What is asked of whoever has this address, with an account or as a partner; what is asked of
    their whole unit is not counted among it."""
    if user:
        asks, path, name = [ask for ask in asks_of(user, at) if not ask.is_shared], "/asks/", ""
    else:
        known = Contact.objects.alias(key=Lower("email"))
        contact = known.filter(key=address.lower()).first()
        asks, path = (asks_of_contact(contact, at) if contact else []), ""
        name = contact.name if contact else ""
    return Waiting([_line(ask) for ask in asks[:SHOWN]], len(asks), path, name)


def _line(ask: Ask) -> str:
    words = _("%(words)s: “%(title)s”") % {"words": ask.words, "title": ask.title}
    if ask.by_day is None:
        return words
    return f"{words}, {ask.due}, {date_format(ask.by_day, 'D j M')}"
