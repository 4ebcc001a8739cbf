"""The mails that the sink of ``make run`` took, read from their files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from itertools import islice
from pathlib import Path

from django.conf import settings

# Names as microcreds.local.mail_sink gives them: a time that sorts, then the message.
FILE_NAME = re.compile(r"(\d{8}T\d{6})\d*-[\w.-]+\.eml", re.ASCII)


@dataclass(frozen=True)
class Mail:
    """One file of the mailbox; ``parts`` is its text cut into (words, leads here)."""

    name: str
    at: datetime
    to: str
    address: str
    subject: str
    headers: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[str, bool], ...] = ()


def newest(*, to: str = "", limit: int) -> list[Mail]:
    """The newest mails, at most ``limit``; of one recipient where ``to`` is given."""
    return list(islice(_matching(to.strip().casefold()), limit))


def opened(name: str) -> Mail | None:
    """The mail in the file of this name, whole; None where the sink would not have named it so."""
    folder = Path(settings.MAIL_SINK_DIR)
    if not FILE_NAME.fullmatch(name) or not (folder / name).is_file():
        return None
    parsed = message_from_bytes((folder / name).read_bytes(), policy=policy.default)
    return _read(name, parsed, _text_of(parsed))


def _matching(to: str) -> Iterator[Mail]:
    parser = BytesHeaderParser(policy=policy.default)
    folder = Path(settings.MAIL_SINK_DIR)
    for file in sorted(folder.glob("*.eml"), reverse=True):
        if FILE_NAME.fullmatch(file.name):
            with file.open("rb") as opened_file:
                mail = _read(file.name, parser.parse(opened_file))
            if to in mail.to.casefold():
                yield mail


def _read(name: str, parsed: EmailMessage, text: str = "") -> Mail:
    match = FILE_NAME.fullmatch(name)
    stamp = match[1] if match else ""
    # An address of this site, and nothing that only begins like one (its name, then ".example").
    site = re.escape(settings.SITE_URL)
    pieces = re.split(rf"({site}(?![^\s/?#])(?:[^\s<>\"]*[^\s<>\".,;:!?)\]])?)", text)
    to = str(parsed["To"] or parsed["Delivered-To"] or "")
    return Mail(
        name=name,
        at=datetime.strptime(stamp, "%Y%m%dT%H%M%S").replace(tzinfo=UTC),
        to=to,
        address=parseaddr(to)[1],
        subject=str(parsed["Subject"] or ""),
        headers=tuple((header, str(value)) for header, value in parsed.items()),
        parts=tuple((piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece),
    )


def _text_of(parsed: EmailMessage) -> str:
    part = parsed.get_body(("plain",))
    content = part.get_payload(decode=True) if part else b""
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
