"""What an entry of the interest form's table may say; the entries stand in the modules by page."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Choices = tuple[tuple[str, str], ...]
Answers = Mapping[str, Any]


class Kind(StrEnum):
    """What an answer is, which decides its input and how it is stored in the answers."""

    LINE = "line"  # one line of text
    TEXT = "text"  # several lines
    PHONE = "phone"
    EMAIL = "email"
    UNIVERSITY_EMAIL = "university_email"
    URL = "url"
    OCCUPATION = "occupation"  # an O*NET-SOC code
    CHOICE = "choice"  # one of a few, all in sight
    SELECT = "select"  # one of many
    CHOICES = "choices"  # any number: a list
    INTEGER = "integer"
    HALVES = "halves"  # a number in steps of .5
    DATE = "date"  # ISO text, not in the past
    MONTH = "month"  # ISO text of its first day, not in the future
    ROWS = "rows"  # a list of mappings, each with its ``id``
    PERSON = "person"  # from the login; never an input
    FILES = "files"  # rows of ``Attachment``, added one by one; never an input of the page's form


@dataclass(frozen=True)
class When:
    """Holds where the answer to ``key`` is (or contains) one of ``values``; ``negate`` turns it."""

    key: str
    values: tuple[str, ...]
    negate: bool = False

    def holds(self, answers: Answers) -> bool:
        given = answers.get(self.key) or ()
        chosen = {given} if isinstance(given, str) else set(given)
        return bool(chosen & set(self.values)) != self.negate


@dataclass(frozen=True, kw_only=True)
class Question:
    """One answer of the form: its words, its limits and who may read it.

    ``sees`` holds the letters of ``proposals.visibility``. ``asked`` says whether submit needs it:
    always, never, or under a condition; ``condition`` says when the question applies at all;
    ``at_once`` means that a draft needs it too. Lengths count characters after trimming, with a
    line break as one. ``source`` names the reference data that gives the choices. ``column`` is
    the field of ``Proposal`` that holds the answer instead of ``InterestForm.answers``.
    ``columns`` are the cells of a row. ``example`` is a good answer, made up, shown on demand.
    """

    key: str
    label: str
    kind: Kind
    sees: str
    page: str = ""
    help: str = ""
    example: str = ""
    asked: bool | When = False
    condition: When | None = None
    max_length: int | None = None
    min_length: int = 0
    at_once: bool = False
    low: int = 0
    high: int = 0
    choices: Choices = ()
    source: str = ""
    exclusive: tuple[str, ...] = ()
    column: str = ""
    autocomplete: str = ""
    columns: tuple["Question", ...] = ()
    row_name: str = ""
    min_rows: int = 0
    max_rows: int = 0

    @property
    def is_input(self) -> bool:
        """The page's form asks for it and saves it with the other answers."""
        return self.kind not in (Kind.PERSON, Kind.FILES)

    @property
    def can_be_together(self) -> bool:
        """May be left to the first conversation: "Let's work this out together"."""
        return bool(self.asked) and self.key not in NEVER_TOGETHER

    def label_of(self, value: str) -> str:
        """The words of a choice; of one that is no longer offered, its value."""
        return dict(self.choices).get(value, value)

    def is_asked(self, answers: Answers) -> bool:
        """Submit needs an answer, given the others; a condition left open needs none yet."""
        left_open = answers.get("together", ())
        conditions = [c for c in (self.condition, self.asked) if isinstance(c, When)]
        return bool(self.asked) and all(
            c.holds(answers) and c.key not in left_open for c in conditions
        )

    def applies(self, answers: Answers) -> bool:
        return self.condition is None or self.condition.holds(answers)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of the form; ``readers`` says who will read its answers."""

    key: str
    number: str
    title: str
    intro: str
    readers: str


NEVER_TOGETHER = frozenset(
    {"working_title", "need_statement", "campus_home", "division", "department"}
)
YES_NO: Choices = (("yes", "Yes"), ("no", "No"))
YES_NO_NOT_SURE: Choices = (*YES_NO, ("not_sure", "Not sure yet"))


def length(text: str) -> int:
    """Characters as the limits count them: trimmed, a line break is one."""
    return len(text.replace("\r\n", "\n").replace("\r", "\n").strip())


def visible_length(text: str) -> int:
    """The same without characters that show nothing, so that these fill no minimum."""
    return length("".join(c for c in text if unicodedata.category(c) != "Cf"))


def alike(text: str) -> str:
    """A text made comparable: what people take for the same is the same."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
