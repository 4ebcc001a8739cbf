"""A text with ``{variables}``, read once and filled often. Pure: no database, no template engine.

A variable stands for words and nothing else. Values are put in once and never read again, so what
a value says of ``{title}`` or ``{{ x }}`` stays as it is.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Text = str | Promise
Context = Mapping[str, Any]

_VARIABLE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_BRACED = re.compile(r"\{[^{}\n]*\}?|\}")
# Line ends and other control characters: a value in the middle of a line stays in that line.
_UNFIT_FOR_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Variable:
    """What a text may name, and how it becomes words for one mail.

    ``is_block``: whole paragraphs, alone in its line. ``may_be_empty``: where it says nothing, its
    line is left out. ``must_stand``: no text goes without it. ``is_address``: leads somewhere.
    ``most_in_subject``: of more characters a subject has the beginning, so that what stands after
    it can be read in a list of mails; 0: it has all of them.
    """

    name: str
    words: Text
    example: Text
    make: Callable[[Context], str] | None = None
    is_block: bool = False
    may_be_empty: bool = False
    must_stand: bool = False
    is_address: bool = False
    most_in_subject: int = 0

    @property
    def typed(self) -> str:
        """As it is typed in a text."""
        return f"{{{self.name}}}"

    def of(self, context: Context) -> str:
        """Its words in a mail with this context; empty where there are none."""
        if self.make is not None:
            return self.make(context)
        value = context.get(self.name)
        return "" if value is None else str(value)


# A line as pieces in turn: words, name of a variable, words, …
Line = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Subject and body, read; ``names`` are the variables that either uses, ``longest`` says of
    which a subject has only the beginning."""

    subject: Line
    body: tuple[Line, ...]
    names: frozenset[str]
    longest: Mapping[str, int]


def read(subject: str, body: str, variables: Mapping[str, Variable]) -> Source:
    """The text, ready to be filled. Raises ``ValidationError`` by field (``subject``, ``body``)
    where it names what is not among ``variables`` or lacks what must stand."""
    errors: dict[str, list[str]] = {}
    top = _lines(subject)[:1] or [("",)]
    lines = _lines(body)
    for name, found in (("subject", top), ("body", lines)):
        if problems := list(_problems(found, variables, in_subject=name == "subject")):
            errors[name] = problems
    used = frozenset(name for line in lines for name in line[1::2])
    missing = [each for each in variables.values() if each.must_stand and each.name not in used]
    if missing:
        errors.setdefault("body", []).extend(
            _("%(variable)s must stand in it: %(words)s.")
            % {"variable": each.typed, "words": each.words}
            for each in missing
        )
    if errors:
        raise ValidationError(errors)
    named = top[0][1::2]
    longest = {name: variables[name].most_in_subject for name in named}
    return Source(top[0], tuple(lines), used | frozenset(named), longest)


def fill(source: Source, values: Mapping[str, str], variables: Mapping[str, Variable]) -> str:
    """The body for these values: lines that have nothing to say are left out."""
    filled = (_filled(line, values, variables) for line in source.body)
    text = "\n".join(line for line in filled if line is not None)
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def fill_subject(source: Source, values: Mapping[str, str]) -> str:
    """The subject for these values, a long title shortened; not cut as a whole yet."""
    return "".join(
        _shortened(values[piece], source.longest.get(piece, 0)) if place % 2 else piece
        for place, piece in enumerate(source.subject)
    )


def _shortened(words: str, most: int) -> str:
    """At most so many characters, whole words of them where there are several; 0: as it is."""
    if not most or len(words) <= most:
        return words
    beginning = words[: most - 1]
    return f"{beginning.rsplit(maxsplit=1)[0] if ' ' in beginning.strip() else beginning}…"


def _lines(text: str) -> list[Line]:
    return [tuple(_VARIABLE.split(line.rstrip())) for line in text.splitlines()]


def _filled(line: Line, values: Mapping[str, str], variables: Mapping[str, Variable]) -> str | None:
    """The line with its values; ``None``: it is left out."""
    if len(line) == 1:
        return line[0]
    named = [variables[name] for name in line[1::2]]
    if any((each.may_be_empty or each.is_block) and not values[each.name] for each in named):
        return None
    if named[0].is_block:
        return values[named[0].name].strip("\n")
    pieces = [
        _UNFIT_FOR_A_LINE.sub(" ", values[piece]) if place % 2 else piece
        for place, piece in enumerate(line)
    ]
    words = "".join(pieces).rstrip()
    is_button = words.strip().startswith(f"{settings.SITE_URL}/") and len(words.split()) == 1
    if is_button and not any(each.is_address for each in named):
        return f"“{words.strip()}”"  # somebody's title leads nowhere
    return words


def _problems(
    lines: Iterable[Line], variables: Mapping[str, Variable], *, in_subject: bool
) -> list[str]:
    """Why these lines cannot be filled, in words, each said once."""
    said: set[str] = set()
    for line in lines:
        said |= {
            _("“%(found)s” is no variable. Write one as {name}, in small letters.")
            % {"found": found[:40]}
            for words in line[0::2]
            for found in _BRACED.findall(words)
        }
        for name in line[1::2]:
            if name in variables:
                said.add(_problem_of(variables[name], line, variables, in_subject))
            else:
                said.add(
                    _("There is no {%(name)s} in this mail. There are: %(all)s.")
                    % {"name": name[:40], "all": ", ".join(v.typed for v in variables.values())}
                )
    return sorted(said - {""})


def _problem_of(
    variable: Variable, line: Line, variables: Mapping[str, Variable], in_subject: bool
) -> str:
    """Why this variable cannot stand in this line; empty: it can."""
    named = {"name": variable.typed}
    if in_subject:
        if variable.is_block:
            return _("%(name)s is a paragraph; a subject has none.") % named
        if variable.is_address:
            return _("%(name)s leads somewhere; a subject does not.") % named
        return ""
    if variable.is_block and (len(line) > 3 or line[0].strip() or line[2].strip()):
        return _("%(name)s is a paragraph: let it stand alone in its line.") % named
    others = [variables[name] for name in line[1::2] if name in variables and name != variable.name]
    if variable.must_stand and any(other.may_be_empty for other in others):
        # Where the other says nothing, the line is left out, and with it what must be said.
        empty = next(other.typed for other in others if other.may_be_empty)
        return _("%(name)s must stand in another line than %(empty)s, which may say nothing.") % {
            **named,
            "empty": empty,
        }
    return ""
