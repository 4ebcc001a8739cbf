"""The HTML part of a mail, made of its plain text: the same words, one source.

Nothing of it is loaded from elsewhere, and nobody's text becomes a link: only an address of this
site that stands in a line of its own is a button.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string

_BLANK = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a mail. ``kind``: text, quote, set (indented), list, link or foot."""

    kind: str
    lines: list[str]


def as_html(subject: str, text: str) -> str:
    """The whole HTML document of a mail with this subject and plain text."""
    body, _dashes, foot = text.partition("\n-- \n")
    return render_to_string(
        "emails/_mail.html",
        {"subject": subject, "blocks": blocks_of(body), "foot": foot.strip().splitlines()},
    )


def blocks_of(text: str) -> list[Block]:
    """The paragraphs of a plain text, by what they are."""
    found = []
    for paragraph in _BLANK.split(text.strip("\n")):
        lines = [line for line in paragraph.split("\n") if line.strip()]
        if not lines:
            continue
        if len(lines) == 1 and _is_our_address(lines[0].strip()):
            found.append(Block("link", [lines[0].strip()]))
        elif all(line.startswith(">") for line in lines):
            found.append(Block("quote", [line[1:].strip() for line in lines]))
        elif all(line.startswith("* ") for line in lines):
            found.append(Block("list", [line[2:] for line in lines]))
        elif all(line.startswith("    ") for line in lines):
            found.append(Block("set", [line.strip() for line in lines]))
        else:
            found.extend(_mixed(lines))
    return found


def _mixed(lines: list[str]) -> list[Block]:
    """Lines of several kinds without a blank line between them, each run a block of its own."""
    runs: list[Block] = []
    for line in lines:
        if _is_our_address(line.strip()):
            kind, words = "link", line.strip()
        elif line.startswith(">"):
            kind, words = "quote", line[1:].strip()
        elif line.startswith("* "):
            kind, words = "list", line[2:]
        else:
            kind, words = "text", line.strip()
        if runs and runs[-1].kind == kind != "link":
            runs[-1].lines.append(words)
        else:
            runs.append(Block(kind, [words]))
    return runs


def _is_our_address(line: str) -> bool:
    return line.startswith(f"{settings.SITE_URL}/") and not re.search(r"\s", line)
