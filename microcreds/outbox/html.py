"""The HTML part of a mail, made of its plain text: the same words, one source.

Nothing of it is loaded from elsewhere, and nobody's text becomes a link: only an address of this
site that stands in a line of its own is a button.
"""

import re
from dataclasses import dataclass, replace

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OPEN, LONGEST_LABEL = _("Open it"), 50
_BLANK = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a mail. ``kind``: text, quote, set (indented), list, link or further, a link
    that stands back behind the first; ``label`` is what the button of a link says."""

    kind: str
    lines: list[str]
    label: str | Promise = OPEN


def as_html(subject: str, text: str) -> str:
    """The whole HTML document of a mail with this subject and plain text."""
    body, _dashes, foot = text.partition("\n-- \n")
    return render_to_string(
        "emails/_mail.html",
        {
            "subject": subject,
            "site_name": settings.SITE_NAME,
            "blocks": blocks_of(body),
            "foot": _foot(foot.strip().splitlines()),
        },
    )


def _foot(lines: list[str]) -> list[tuple[str, str]]:
    """Each line with the address it leads to, if it does: words that end in a colon above one lead
    there, so that nobody has to read the address."""
    found: list[tuple[str, str]] = []
    for line in lines:
        if not _is_our_address(line):
            found.append((line, ""))
        elif found and found[-1][0].endswith(":"):
            found[-1] = (found[-1][0].removesuffix(":"), line)
        else:
            found.append((line, line))
    return found


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
    first = next((block for block in found if block.kind == "link"), None)
    return [
        replace(block, kind="further") if block.kind == "link" and block is not first else block
        for block in found
    ]


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
        if kind == "link":
            runs.append(Block(kind, [words], _label_above(runs)))
        elif runs and runs[-1].kind == kind:
            runs[-1].lines.append(words)
        else:
            runs.append(Block(kind, [words]))
    return runs


def _label_above(runs: list[Block]) -> str | Promise:
    """A short line that ends in a colon right above an address becomes the words of its button."""
    above = runs[-1] if runs and runs[-1].kind == "text" else None
    if above is None or not above.lines[-1].endswith(":") or len(above.lines[-1]) > LONGEST_LABEL:
        return OPEN
    label = above.lines.pop().removesuffix(":")
    if not above.lines:
        runs.pop()
    return label


def _is_our_address(line: str) -> bool:
    return line.startswith(f"{settings.SITE_URL}/") and not re.search(r"\s", line)
