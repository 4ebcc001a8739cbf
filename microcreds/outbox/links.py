"""Personal links and codes in mails: stored as a placeholder, filled in when the mail leaves.

The token of a link is never stored; its SHA-256 stands on ``partners.Link``. It follows from the
link's UUID and ``LINK_KEY``, so that a retried mail carries the same one. UUIDs of links are shown
nowhere, so nobody can type a placeholder that leads somewhere. The same holds for codes of six
digits, of whose UUID only the mail itself knows.
"""

import base64
import hashlib
import hmac
import re
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

_UUID = r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_PLACEHOLDER = re.compile(rf"\[\[link:{_UUID}\]\]")
_CODE = re.compile(rf"\[\[code:{_UUID}\]\]")


def token_for(uuid: UUID) -> str:
    """The secret of a personal link, 256 bit, fit for an address."""
    digest = hmac.digest(settings.LINK_KEY.encode(), uuid.bytes, "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def code_for(uuid: UUID) -> str:
    """The six digits of a code."""
    digest = hmac.digest(settings.LINK_KEY.encode(), b"code:" + uuid.bytes, "sha256")
    return f"{int.from_bytes(digest) % 1_000_000:06}"


def keyed_hash_of(*parts: object) -> str:
    """What may be stored of something short, like a code: without ``LINK_KEY`` nobody can try out
    what it was made of. No part holds a line break."""
    text = "\n".join(str(part) for part in ("hash", *parts))
    key = settings.LINK_KEY.encode()
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


def sha256_of(token: str) -> str:
    """What may be stored of a token, and what it is looked up by."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def placeholder(uuid: UUID) -> str:
    """What stands for the link in a stored mail."""
    return f"[[link:{uuid}]]"


def code_placeholder(uuid: UUID) -> str:
    """What stands for the code in a stored mail."""
    return f"[[code:{uuid}]]"


def fill(text: str) -> str:
    """The text as its recipient reads it: each placeholder is an absolute address, or a code."""
    text = _CODE.sub(lambda found: code_for(UUID(found[1])), text)
    return _PLACEHOLDER.sub(lambda found: _address(UUID(found[1])), text)


def hide(text: str) -> str:
    """The text as anybody else reads it."""
    return _PLACEHOLDER.sub(_("[personal link]"), _CODE.sub(_("[code]"), text))


def hide_addresses(text: str) -> str:
    """The text without the personal links that stand in it as their recipient got them."""
    before, after = settings.PERSONAL_LINK_PATH.split("{token}")
    address = re.escape(settings.SITE_URL + before) + r"[\w=-]+" + re.escape(after)
    return re.sub(address, _("[personal link]"), text)


def first_in(text: str) -> str:
    """The first placeholder of a stored mail; empty where it has none."""
    found = _PLACEHOLDER.search(text)
    return found[0] if found else ""


def first_address_in(text: str) -> str:
    """The first address of this site that stands in a line of its own; empty where none does."""
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line.startswith(f"{settings.SITE_URL}/")), "")


def _address(uuid: UUID) -> str:
    return settings.SITE_URL + settings.PERSONAL_LINK_PATH.format(token=token_for(uuid))
