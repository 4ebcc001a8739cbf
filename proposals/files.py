"""What a file may be: kinds, limits, and a look at what is in it. Nothing is unpacked or rendered.

Of an Office file only the directory of its archive is read: what it would unpack to, and whether
macros or foreign objects are among it. Every refusal says what to do.
"""

import hashlib
import re
import struct
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
MAX_BYTES = 10 * MEGABYTE
# How many stand in each place at once: forms by key, "" what is added later, "comment" a message.
LIMITS = {"interest": 5, "full_proposal": 20, "": 20, "comment": 5, "partner": 60}
NAME_LENGTH = 100

_MAX_ENTRIES = 2_000
_MAX_DIRECTORY = MEGABYTE
_MAX_UNPACKED = 100 * MEGABYTE
_MAX_RATIO = 100
_CHUNK = 64 * 1024
_END_OF_ZIP = b"PK\x05\x06"
_ZIP64 = b"PK\x06\x07"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # also what Office makes of a locked file
_ENCRYPTED_PDF = re.compile(rb"/Encrypt(?:\s+\d+\s+\d+\s+R|\s*<<)")


@dataclass(frozen=True)
class Kind:
    """One kind of file: how people call it, how it begins, what an Office file must contain."""

    words: str
    content_type: str
    start: bytes
    main_part: str = ""


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    "pdf": Kind("PDF", "application/pdf", b"%PDF-"),
    "docx": Kind("Word", f"{_OFFICE}wordprocessingml.document", b"PK\x03\x04", "word/document.xml"),
    "xlsx": Kind("Excel", f"{_OFFICE}spreadsheetml.sheet", b"PK\x03\x04", "xl/workbook.xml"),
    "pptx": Kind(
        "PowerPoint",
        f"{_OFFICE}presentationml.presentation",
        b"PK\x03\x04",
        "ppt/presentation.xml",
    ),
    "png": Kind("PNG", "image/png", b"\x89PNG\r\n\x1a\n"),
    "jpg": Kind("JPEG", "image/jpeg", b"\xff\xd8\xff"),
    "jpeg": Kind("JPEG", "image/jpeg", b"\xff\xd8\xff"),
}
# What a file field takes, for the browser's own chooser.
ACCEPT = ",".join(f".{ending}" for ending in KINDS)


@dataclass(frozen=True)
class Examined:
    """A file that may be kept."""

    name: str
    content_type: str
    size: int
    sha256: str


def examine(*, name: str, file: IO[bytes]) -> Examined:
    """The file is one of ours, by its name and by what is in it; read in small pieces.

    Raises ``ValidationError`` that names the file and says what to do. ``file`` is left at its
    start.
    """
    shown = display_name(name)
    ending = shown.rpartition(".")[2].lower()
    kind = KINDS.get(ending) if "." in shown else None
    if kind is None:
        raise _refusal(
            shown,
            _("This kind of file cannot be added. Save it as PDF, Word, Excel, PowerPoint,")
            + " "
            + _("PNG or JPEG (.pdf, .docx, .xlsx, .pptx, .png, .jpg)."),
            "type",
        )
    size = file.seek(0, 2)
    if not size:
        raise _refusal(shown, _("The file is empty. Choose another, or save it again."), "empty")
    if size > MAX_BYTES:
        raise _refusal(
            shown,
            _("The file is larger than 10 MB. Make it smaller, for instance by saving it as PDF."),
            "size",
        )
    file.seek(0)
    if not file.read(len(kind.start)) == kind.start:
        raise _wrong_start(shown, kind, file)
    if kind.main_part:
        _examine_office(shown, kind, file, size)
    digest = hashlib.sha256()
    before = b""
    for chunk in _chunks(file):
        digest.update(chunk)
        if ending == "pdf" and _ENCRYPTED_PDF.search(before[-64:] + chunk):
            raise _refusal(
                shown,
                _("It is protected with a password. Remove the password and add it again."),
                "encrypted",
            )
        before = chunk
    file.seek(0)
    return Examined(shown, kind.content_type, size, digest.hexdigest())


def display_name(name: str) -> str:
    """The name as people read it: no folders, nothing invisible, at most 100 characters."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(
        c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C"
    )
    plain = " ".join(plain.split()).strip(". ") or "file"
    if len(plain) <= NAME_LENGTH:
        return plain
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        return plain[: NAME_LENGTH - 1] + "…"
    return f"{stem[: NAME_LENGTH - len(ending) - 2]}….{ending}"


def _wrong_start(name: str, kind: Kind, file: IO[bytes]) -> ValidationError:
    file.seek(0)
    if kind.main_part and file.read(len(_OLD_OFFICE)) == _OLD_OFFICE:
        return _refusal(
            name,
            _("It has a password, or is of an older kind. Save it again without a password."),
            "encrypted",
        )
    return _refusal(
        name,
        _("It is called a %(kind)s file, but what is in it is something else. Save it again as")
        % {"kind": kind.words}
        + " "
        + _("%(kind)s and add that.") % {"kind": kind.words},
        "content",
    )


def _examine_office(name: str, kind: Kind, file: IO[bytes], size: int) -> None:
    """By the directory at the end of the archive alone; a lie in it unpacks nothing here."""
    unreadable = _refusal(
        name, _("We cannot read this file. Open it, save it again and add that."), "content"
    )
    if _directory_size(file, size) > _MAX_DIRECTORY:
        raise unreadable
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, EOFError):
        raise unreadable from None
    names = [entry.filename.lower().replace("\\", "/") for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if (
        len(entries) > _MAX_ENTRIES
        or unpacked > _MAX_UNPACKED
        # Parts that lie over each other are packed to more than there is.
        or unpacked > _MAX_RATIO * min(packed, size)
    ):
        raise _refusal(
            name,
            _("It would unpack to far more than a document holds. Save it as PDF and add that."),
            "bomb",
        )
    if kind.main_part not in names or "[content_types].xml" not in names:
        raise _wrong_start(name, kind, file)
    if any(entry.flag_bits & 1 for entry in entries):
        raise _refusal(
            name, _("It has a password. Save it again without one and add that."), "encrypted"
        )
    if any(_is_macro(each) for each in names):
        raise _refusal(
            name, _("It contains macros. Save it without them, or as PDF, and add that."), "macro"
        )
    if any(_is_object(each) for each in names):
        raise _refusal(
            name,
            _("Other files are embedded in it. Save it as PDF, and add the others by themselves."),
            "object",
        )


def _directory_size(file: IO[bytes], size: int) -> int:
    """What the archive says its directory takes; more than allowed where it says nothing clear.

    Asked first, because Python reads as much of a directory as the archive says there is.
    """
    start = max(0, size - 65_557)
    file.seek(start)
    tail = file.read(65_557)
    at = tail.rfind(_END_OF_ZIP)
    if at < 0 or len(tail) < at + 22 or tail[max(0, at - 20) : at].startswith(_ZIP64):
        return _MAX_DIRECTORY + 1
    found: int = struct.unpack_from("<I", tail, at + 12)[0]
    return found


def _is_macro(entry: str) -> bool:
    return entry.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in entry


def _is_object(entry: str) -> bool:
    return "/activex/" in entry or bool(re.search(r"oleobject[^/]*$", entry))


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    read: Callable[[], bytes] = lambda: file.read(_CHUNK)  # noqa: E731
    return iter(read, b"")


def _refusal(name: str, message: str, code: str) -> ValidationError:
    return ValidationError(f"{name}: {message}", code=code)
