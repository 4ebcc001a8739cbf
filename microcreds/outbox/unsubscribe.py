"""The address in a mail by which its reader, and nobody else, switches such mails off."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from microcreds.outbox import preferences
from microcreds.outbox.events import Frequency, Kind, Topic, event_of
from microcreds.outbox.models import Message

_SALT = "microcreds.outbox.unsubscribe"
# What only informs; a digest is switched off by switching all of these off.
INFORMS = (Topic.PROGRESS, Topic.TALK, Topic.DESK, Topic.DEPARTMENT)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one address gets: mails of these topics."""

    address: str
    topics: tuple[Topic, ...]


def is_possible(message: Message) -> bool:
    """Whether its reader can switch its like off; never what asks, decides or was written to them
    alone."""
    if message.kind == Kind.DIGEST:
        return True
    return message.kind == Kind.FYI and event_of(message.event).topic in INFORMS


def hide(text: str) -> str:
    """The text without these addresses: whoever quotes a mail tells nobody how to switch it off."""
    before, after = (settings.SITE_URL + reverse("mail:unsubscribe", args=["-"])).rsplit("-", 1)
    return re.sub(f"{re.escape(before)}[\\w:=-]+{re.escape(after)}", _("[link]"), text)


def address_for(message: Message) -> str:
    """Where the reader of this mail switches its like off; signed, good for that reader alone."""
    topic = "" if message.kind == Kind.DIGEST else event_of(message.event).topic or ""
    token = signing.dumps([message.to.lower(), topic], salt=_SALT)
    return settings.SITE_URL + reverse("mail:unsubscribe", args=[token])


def read(token: str) -> Subscription | None:
    """What a token switches off; ``None`` for one that is none of ours."""
    try:
        address, topic = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    topics = (Topic(topic),) if topic in INFORMS else INFORMS
    return Subscription(address, topics)


def switch_off(subscription: Subscription) -> None:
    """These topics do not reach this address by mail any more; other addresses are not touched."""
    preferences.choose(
        address=subscription.address,
        frequencies=dict.fromkeys(subscription.topics, Frequency.OFF),
    )
