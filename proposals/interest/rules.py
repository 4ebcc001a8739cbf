"""What submit still needs of the answers, and how far each page is."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from proposals.interest.questions import PAGES, QUESTIONS
from proposals.interest.table import Answers, Kind, Question, alike, visible_length

ASK = {
    Kind.CHOICE: "Choose one answer.",
    Kind.SELECT: "Choose one answer.",
    Kind.CHOICES: "Tick at least one answer.",
    Kind.INTEGER: "Enter a number.",
    Kind.DATE: "Enter a date.",
}


@dataclass(frozen=True)
class Missing:
    """One thing to put right before submit; ``row`` counts from 0, ``name`` is the input's."""

    page: str
    key: str
    label: str
    message: str
    row: int | None = None
    column: str = ""

    @property
    def name(self) -> str:
        return self.key if self.row is None else f"{self.key}-{self.row}-{self.column}"

    @property
    def anchor(self) -> str:
        """The id of its input on the page; of several choices, the first one's."""
        return input_id(self.key, self.row, self.column)


def input_id(key: str, row: int | None = None, column: str = "") -> str:
    """The id of the input that takes this answer, or this cell of a row."""
    question, name = QUESTIONS[key], key
    if row is not None:
        question = next(each for each in question.columns if each.key == column)
        name = f"{key}-{row}-{column}"
    return f"id_{name}_0" if question.kind in (Kind.CHOICE, Kind.CHOICES) else f"id_{name}"


def missing(answers: Answers, *, on: date | None = None) -> list[Missing]:
    """Everything that keeps the form from being submitted on that day (default: today), in the
    order of the pages. ``answers`` is the whole form, as ``services.answers_of`` gives it.
    """
    on = on or timezone.localdate()
    order = list(QUESTIONS)
    found = [item for q in QUESTIONS.values() for item in _of_question(q, answers, on)]
    found += _between_answers(answers)
    return sorted(found, key=lambda item: order.index(item.key))


def can_wait(answers: Answers, *, on: date | None = None) -> list[str]:
    """Keys of what submit still needs and may be left to the first conversation, in the order of
    the pages: nothing is answered there, or a row is begun. What is answered wrongly is not among
    them."""
    keys = dict.fromkeys(item.key for item in missing(answers, on=on))
    return [
        key
        for key in keys
        if QUESTIONS[key].can_be_together
        and (QUESTIONS[key].kind is Kind.ROWS or not _is_given(answers.get(key)))
    ]


def page_states(answers: Answers, *, on: date | None = None) -> dict[str, str]:
    """``empty``, ``started`` or ``complete`` for each page; the title, given at the start, makes no
    page started."""
    unfinished = {item.page for item in missing(answers, on=on)}
    touched = {
        q.page
        for q in QUESTIONS.values()
        if q.kind is not Kind.PERSON
        and q.key != "working_title"
        and (_is_given(answers.get(q.key)) or q.key in answers.get("together", ()))
    }
    return {
        key: "empty" if key not in touched else "started" if key in unfinished else "complete"
        for key in PAGES
    }


def date_problem(question: Question, value: date, on: date) -> str:
    """Why this day cannot be the answer, or nothing."""
    if question.kind is Kind.DATE and value < on:
        return "Enter a date that has not passed."
    if question.kind is Kind.MONTH and value > on:
        return "Enter a month that has begun."
    return ""


def _is_given(value: object) -> bool:
    return value not in (None, "", [], ())


def _of_question(question: Question, answers: Answers, on: date) -> Iterator[Missing]:
    is_together = question.can_be_together and question.key in answers.get("together", ())
    if is_together or not question.applies(answers):
        return
    if question.kind is Kind.ROWS:
        yield from _of_rows(question, answers, on)
    elif problem := _problem(question, answers, on):
        yield Missing(question.page, question.key, question.label, problem)


def _of_rows(question: Question, answers: Answers, on: date) -> Iterator[Missing]:
    rows = answers.get(question.key, ())
    first = question.columns[0]
    if question.is_asked(answers) and len(rows) < question.min_rows:
        yield Missing(
            question.page,
            question.key,
            question.label,
            f"Give at least {question.min_rows}."
            if question.min_rows > 1
            else "Name at least one.",
            row=len(rows),
            column=first.key,
        )
    if len(rows) > question.max_rows:
        yield _at(question.key, f"Keep at most {question.max_rows}.", len(rows) - 1, first.key)
    for number, row in enumerate(rows):
        for column in question.columns:
            if column.applies(row) and (problem := _problem(column, row, on)):
                yield Missing(
                    question.page,
                    question.key,
                    f"{question.row_name} {number + 1}: {column.label}",
                    problem,
                    row=number,
                    column=column.key,
                )


def _problem(question: Question, answers: Answers, on: date) -> str:
    """What is wrong with the one answer; ``answers`` may be a row with its cells."""
    value: Any = answers.get(question.key)
    if not _is_given(value):
        return ASK.get(question.kind, "Enter an answer.") if question.is_asked(answers) else ""
    if question.min_length and visible_length(value) < question.min_length:
        return f"Write at least {question.min_length} characters."
    if question.exclusive and len(value) > 1 and (alone := set(value) & set(question.exclusive)):
        label = question.label_of(sorted(alone)[0])
        return f"“{label}” cannot stand beside another answer: keep one or the other."
    if question.kind in (Kind.DATE, Kind.MONTH):
        return date_problem(question, date.fromisoformat(value), on)
    if question.key == "start_by" and answers.get("term_starts_on", "9999") < on.isoformat():
        return "This term has begun; choose a later one."
    return ""


def _between_answers(answers: Answers) -> Iterator[Missing]:
    """Rules that look at more than one answer."""
    partner_status = answers.get("partner_status")
    if answers.get("origin") == "partner_asked" and partner_status == "none_needed":
        yield _at("partner_status", "You said an organization asked you: name it, or change that.")
    partners = QUESTIONS["partners"]
    if partner_status and answers.get("partners") and not partners.applies(answers):
        yield _at(
            "partner_status",
            "You have named an organization below: choose another answer, or remove it.",
        )
    least, most = answers.get("credits_min"), answers.get("credits_max")
    if (
        QUESTIONS["credits_max"].applies(answers)
        and least is not None
        and most is not None
        and least > most
    ):
        yield _at("credits_max", "The most cannot be less than the least.")
    yield from _repeated("outcomes", "text", answers, "This outcome is there already.")
    yield from _repeated("co_proposers", "email", answers, "This address is there already.")
    for number, row in enumerate(answers.get("co_proposers", ())):
        address = row.get("email", "")
        if address and alike(address) == alike(answers.get("submitter", "")):
            yield _at(
                "co_proposers", "This is the proposer's own address.", row=number, column="email"
            )


def _repeated(key: str, column: str, answers: Answers, message: str) -> Iterator[Missing]:
    seen: Counter[str] = Counter()
    for number, row in enumerate(answers.get(key, ())):
        text = alike(row.get(column, ""))
        if text and seen[text]:
            yield _at(key, message, row=number, column=column)
        seen[text] += 1


def _at(key: str, message: str, row: int | None = None, column: str = "") -> Missing:
    question = QUESTIONS[key]
    label = question.label if row is None else f"{question.row_name} {row + 1}"
    return Missing(question.page, key, label, message, row=row, column=column)
