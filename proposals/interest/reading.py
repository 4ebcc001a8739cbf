"""The answers as people read them, cut to what their reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from proposals.interest.questions import PAGES, QUESTIONS
from proposals.interest.table import Answers, Kind, Page, Question
from proposals.visibility import is_visible

TOGETHER = "Let's work this out together"


@dataclass(frozen=True)
class ReadAnswer:
    """One answer in words; ``rows`` holds (label, words) pairs where it is a list of rows."""

    key: str
    label: str
    value: str
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()
    row_name: str = ""
    is_together: bool = False

    @property
    def text(self) -> str:
        """The answer, with what was left to the first conversation said as such."""
        if not self.is_together:
            return self.value
        return f"{self.value}\n{TOGETHER}" if self.value else TOGETHER


@dataclass(frozen=True)
class Section:
    """One page of the form as read."""

    page: Page
    answers: tuple[ReadAnswer, ...]


def read_view(answers: Answers, audience: str) -> list[Section]:
    """The whole form in words, page by page, with what this audience may see and nothing else.

    Questions that do not apply are left out; one without an answer has an empty value. Of rows that
    somebody outside said, ``answers["said_by"]`` names them, by the row's id.
    ``audience`` is one of ``proposals.visibility.Audience``.
    """
    sections = []
    for page in PAGES.values():
        visible = tuple(
            _read(question, answers, audience)
            for question in QUESTIONS.values()
            if question.page == page.key
            and is_visible(question.sees, audience)
            and question.applies(answers)
        )
        sections.append(Section(page, visible))
    return sections


def display(question: Question, value: Any, names: Mapping[str, str] | None = None) -> str:
    """One stored value in words; ``names`` holds those of reference data, by key."""
    if value in (None, "", []):
        return ""
    if question.source or question.kind is Kind.PERSON:
        return (names or {}).get(question.key) or question.label_of(str(value))
    match question.kind:
        case Kind.CHOICE | Kind.SELECT:
            return question.label_of(value)
        case Kind.CHOICES:
            return "; ".join(question.label_of(each) for each in value)
        case Kind.FILES:
            return "\n".join(file["name"] for file in value)
        case Kind.HALVES:
            return f"{value:g}"
        case Kind.DATE:
            return date_format(date.fromisoformat(value), "D, j M Y")
        case Kind.MONTH:
            return date_format(date.fromisoformat(value), "F Y")
        case _:
            return str(value)


def _source(said_by: Mapping[str, str] | None, row: Mapping[str, Any]) -> tuple:
    words = (said_by or {}).get(str(row.get("id", "")))
    return ((_("Said by"), words),) if words else ()


def _read(question: Question, answers: Answers, audience: str) -> ReadAnswer:
    is_together = question.key in answers.get("together", ())
    value = answers.get(question.key)
    if question.kind is not Kind.ROWS:
        words = display(question, value, answers.get("names"))
        return ReadAnswer(question.key, question.label, words, is_together=is_together)
    rows = tuple(
        tuple(
            (column.label, words)
            for column in question.columns
            if is_visible(column.sees, audience)
            and column.applies(row)
            and (words := display(column, row.get(column.key)))
        )
        + _source(answers.get("said_by"), row)
        for row in value or ()
    )
    return ReadAnswer(
        question.key,
        question.label,
        "",
        rows=tuple(row for row in rows if row),
        row_name=question.row_name,
        is_together=is_together,
    )
