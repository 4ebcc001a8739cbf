"""One incoming mail as we read it, whatever it was made of: who, what, which files."""

import hashlib
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage, Message
from email.utils import getaddresses, parsedate_to_datetime
from itertools import islice

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from microcreds.outbox.replies.html_text import text_of
from microcreds.outbox.replies.quoting import new_part

logger = logging.getLogger(__name__)
LONGEST_KEPT = 100_000  # characters of a mail that are kept
_LONGEST_HEADER = 10_000
_MOST_PARTS = 100
_MOST_FILES = 20
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
# Line ends and tabs stay; what else steers a screen, and halves of a character, go.
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Letter:
    """An incoming mail. ``sender`` is the one address it is from, empty where it names none or
    several; ``text`` is what is new in it, ``whole`` all its words; ``lost`` counts characters
    beyond those that are kept; ``automatic`` says what shows that no person wrote it."""

    message_id: str
    sender: str
    recipients: list[str]
    subject: str
    sent_at: datetime | None
    text: str
    whole: str
    lost: int = 0
    automatic: str = ""
    files: list[SimpleUploadedFile] = field(default_factory=list)


def read(
    mail: EmailMessage, *, delivered_to: Iterable[str] = (), envelope_sender: str | None = None
) -> Letter:
    """The mail in our terms; one that nothing can be made of has no text. Raises nothing, whatever
    the mail is."""
    headers = _headers(mail)
    try:
        whole, files = _content(mail)
    except Exception:  # a parser met what its authors did not think of: a person looks at it
        logger.warning("An incoming mail could not be read", exc_info=True)
        whole, files = "", []
    kept = whole[:LONGEST_KEPT]
    senders = headers.get("from", [])
    return Letter(
        message_id=_message_id(headers, whole),
        sender=_only_address(senders),
        recipients=[
            *(str(each) for each in delivered_to if each),
            *(each for name in _RECIPIENTS for each in headers.get(name, [])),
        ],
        subject=_subject(mail),
        sent_at=_moment(headers.get("date", [""])[0]),
        text=new_part(kept),
        whole=kept,
        lost=len(whole) - len(kept),
        automatic=_automatic(mail, headers, envelope_sender),
        files=files,
    )


def clean(text: str) -> str:
    """The text as it may be stored and shown: no control characters, one kind of line end."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _headers(mail: EmailMessage) -> dict[str, list[str]]:
    """By name in small letters, as they were sent, each in one line."""
    found: dict[str, list[str]] = {}
    for name, value in mail.raw_items():
        line = " ".join(clean(str(value)[:_LONGEST_HEADER]).split())
        found.setdefault(name.lower(), []).append(line)
    return found


def _only_address(values: list[str]) -> str:
    """The address of a header that stands there once and names one; else empty."""
    found = [address for _name, address in getaddresses(values)] if len(values) == 1 else []
    return found[0][:320] if len(found) == 1 and "@" in found[0] else ""


def _message_id(headers: dict[str, list[str]], whole: str) -> str:
    """What this mail is known by; a mail without, or with one too long, by what it says."""
    given = headers.get("message-id", [""])[0]
    if given and len(given) <= 255:
        return given
    said = repr([headers.get(name) for name in ("message-id", "from", "to", "date", "subject")])
    digest = hashlib.sha256(f"{said}\n{whole}".encode("utf-8", "replace"))
    return f"<{digest.hexdigest()}@no-message-id>"


def _subject(mail: EmailMessage) -> str:
    try:
        said = str(mail.get("subject", ""))
    except Exception:  # a header that Python's parser chokes on; bugs of that kind come and go
        said = ""
    return " ".join(clean(said).split())[:255]


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _automatic(
    mail: EmailMessage, headers: dict[str, list[str]], envelope_sender: str | None
) -> str:
    """RFC 3834 §2 and §5, and what programs used before it."""

    def said(name: str) -> str:
        return headers.get(name, [""])[0].strip().lower()

    if (auto := said("auto-submitted").split(";")[0].strip()) and auto != "no":
        return f"Auto-Submitted: {auto}"[:100]
    for name in ("x-autoreply", "x-autorespond"):
        if name in headers:
            return name
    if (precedence := said("precedence")) in ("bulk", "junk", "auto_reply"):
        return f"Precedence: {precedence}"
    if envelope_sender == "" or said("return-path") == "<>":
        return "Return-Path: <>"
    if _only_address(headers.get("from", [])).lower().startswith("mailer-daemon@"):
        return "mailer-daemon"
    return "multipart/report" if mail.get_content_type() == "multipart/report" else ""


def _content(mail: EmailMessage) -> tuple[str, list[SimpleUploadedFile]]:
    """Its words, from the plain part where it has one, and its files."""
    plain, html = [], []
    files: list[SimpleUploadedFile] = []
    for part in islice(_parts(mail), _MOST_PARTS):
        if _is_file(part):
            if len(files) < _MOST_FILES:
                files.append(_file(part))
        elif part.get_content_type() == "text/plain":
            plain.append(_text(part))
        elif part.get_content_type() == "text/html":
            html.append(_text(part))
    words = "\n".join(plain).strip() or "\n".join(text_of(each[:LONGEST_KEPT]) for each in html)
    return clean(words).strip(), files


def _parts(mail: Message) -> Iterator[Message]:
    """Every part that is not made of parts; a mail that came as a file is one file."""
    if mail.get_content_maintype() == "message" or not mail.is_multipart():
        yield mail
        return
    for part in mail.get_payload():
        if isinstance(part, Message):
            yield from _parts(part)


def _is_file(part: Message) -> bool:
    """Pictures that belong to the text or to a signature are none."""
    if part.get_content_disposition() == "attachment":
        return True
    return bool(part.get_filename()) and "content-id" not in part


def _file(part: Message) -> SimpleUploadedFile:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):  # a mail as a file
        inner = part.get_payload()
        payload = b"".join(each.as_bytes() for each in inner if isinstance(each, Message))
    name = " ".join(clean(part.get_filename() or "file").split()) or "file"
    return SimpleUploadedFile(name[-200:], payload, part.get_content_type())


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):  # no character set of this world
        return payload.decode("utf-8", "replace")
