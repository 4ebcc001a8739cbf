"""What is new in a reply, apart from what it quotes and from its signature."""

import re

_SAYS_WHO_WROTE = re.compile(r"(On|Am|Le|El)\b.{0,400}(wrote|schrieb|a écrit|escribió)\s?:$")
_LONGEST_ATTRIBUTION = 4  # lines over which mail programs break "On … wrote:"
_ORIGINAL = re.compile(r"-{2,}\s*(Original Message|Forwarded message)\s*-{2,}$", re.IGNORECASE)
_FROM = re.compile(r"\*?From:\*?\s")
_SENT = re.compile(r"\*?(Sent|Date):\*?\s")
_SIGNATURES = ("--", "-- ")


def new_part(text: str) -> str:
    """The text without quoted lines, who is said to have written them, and the signature; empty
    where nothing else is in it."""
    lines = text.split("\n")
    kept: list[str] = []
    position = 0
    while position < len(lines):
        line = lines[position].strip()
        if lines[position].rstrip("\r") in _SIGNATURES or _begins_original(lines, position):
            break
        if length := _attribution(lines, position):
            if not _quotes_follow(lines, position + length):
                break
            position += length
            continue
        if not line.startswith(">"):
            kept.append(lines[position].rstrip())
        position += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _attribution(lines: list[str], position: int) -> int:
    """Over how many lines somebody is said to have written what follows; 0: over none."""
    if not re.match(r"(On|Am|Le|El)\b", lines[position].strip()):
        return 0
    for length in range(1, _LONGEST_ATTRIBUTION + 1):
        said = " ".join(line.strip() for line in lines[position : position + length])
        if _SAYS_WHO_WROTE.match(said):
            return length
    return 0


def _quotes_follow(lines: list[str], position: int) -> bool:
    """Whether what follows is marked line by line, so that new words may stand below it."""
    return next((line for line in lines[position:] if line.strip()), "").lstrip().startswith(">")


def _begins_original(lines: list[str], position: int) -> bool:
    """Whether the mail that is answered begins here, as Outlook puts it below an answer."""
    line = lines[position].strip()
    if _ORIGINAL.match(line):
        return True
    head = [each.strip() for each in lines[position : position + 4]]
    return bool(_FROM.match(line)) and any(_SENT.match(each) for each in head[1:])
