"""The address that a mail is answered to: it names the mail, and nobody can make one up.

Nothing of it is stored: the tag is the mail's UUID and a signature made with ``LINK_KEY``, in
letters that survive a mail server which does not tell capitals from small ones.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from microcreds.outbox.models import Message

_SIGNED = 12  # bytes of the signature: with the UUID's 16 they are 45 letters
_LETTERS = 45
# The local part of an address has at most 64 characters (RFC 5321 §4.5.3.1.1): "name+" and the tag.
LONGEST_NAME = 64 - _LETTERS - 1
_MOST_TAGS = 10

# By event, where an answer goes, as the foot of the mail says it; ``reviews.replies`` knows.
_answered: dict[str, str | Promise] = {}


def answer(events: Mapping[str, str | Promise]) -> None:
    """Mails of these events may be answered by mail; said once, when the site starts."""
    _answered.update(events)


def is_set_up() -> bool:
    """Whether this deployment has an address for answers, to which a tag can be added."""
    name, _at, domain = settings.REPLY_ADDRESS.partition("@")
    return bool(re.fullmatch(rf"[\w.-]{{1,{LONGEST_NAME}}}", name, re.ASCII)) and bool(
        re.fullmatch(r"[\w-]+(\.[\w-]+)+", domain, re.ASCII)
    )


def tag_for(uuid: UUID) -> str:
    """What names the mail in the address it is answered to."""
    return base64.b32encode(uuid.bytes + _signature(uuid)).decode().rstrip("=").lower()


def uuid_of(tag: str) -> UUID | None:
    """The mail that a genuine tag names; ``None`` for any other text."""
    try:
        found = base64.b32decode(tag.upper() + "=" * (-len(tag) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(found) != 16 + _SIGNED:
        return None
    uuid = UUID(bytes=found[:16])
    return uuid if hmac.compare_digest(found[16:], _signature(uuid)) else None


def mails_named_in(addresses: Iterable[str]) -> list[UUID]:
    """The mails whose genuine tags stand in these recipients, each once."""
    if not is_set_up():
        return []
    sign = _sign()
    tags = dict.fromkeys(tag.lower() for each in addresses for tag in sign.findall(each))
    return [uuid for tag in list(tags)[:_MOST_TAGS] if (uuid := uuid_of(tag))]


def hide(text: str) -> str:
    """The text without the tags in it: nobody but its recipient knows how a mail is answered."""
    return _sign().sub(settings.REPLY_ADDRESS, text) if is_set_up() else text


def reply_to(message: Message) -> str:
    """Where an answer to this mail goes; empty: to whoever sends our mail."""
    if not _is_answered(message):
        return message.reply_to
    name, _at, domain = settings.REPLY_ADDRESS.partition("@")
    return f"{name}+{tag_for(message.uuid)}@{domain}"


def said_of_answers(message: Message) -> str:
    """Where an answer goes, in words; empty: to whoever sends our mail."""
    if _is_answered(message):
        return str(_answered[message.event])
    if message.reply_to:
        return _("A reply to this mail goes to %(address)s.") % {"address": message.reply_to}
    return ""


def _is_answered(message: Message) -> bool:
    return bool(message.about) and message.event in _answered and is_set_up()


def _sign() -> re.Pattern[str]:
    """What an address with a tag looks like here."""
    name, _at, domain = settings.REPLY_ADDRESS.partition("@")
    return re.compile(
        rf"(?<![\w.+-]){re.escape(name)}\+([a-z2-7]{{{_LETTERS}}})@{re.escape(domain)}(?![\w-])",
        re.IGNORECASE,
    )


def _signature(uuid: UUID) -> bytes:
    # The word keeps it apart from a personal link, which is made with the same key.
    return hmac.digest(settings.LINK_KEY.encode(), b"reply:" + uuid.bytes, "sha256")[:_SIGNED]
