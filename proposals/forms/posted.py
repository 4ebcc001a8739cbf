"""A page of the interest form as a browser sends it, and what is stored in that shape."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.datastructures import MultiValueDict

from proposals.forms.fields import as_posted
from proposals.interest import QUESTIONS, Kind, Question
from proposals.merging import stored_questions, valid_id


def choices_of(page: str, data: MultiValueDict[str, Any]) -> dict[str, str]:
    """What its writer chose for each conflict the page showed, by path: ``mine``, ``theirs``,
    ``both``, or nothing yet."""
    made = {}
    for name in data.getlist("conflict") if data else ():
        if path := path_of(page, name, data):
            choice = data.get(f"keep-{name}", "")
            made[path] = choice if choice in ("mine", "theirs", "both") else ""
    return made


def path_of(page: str, name: str, data: MultiValueDict[str, Any]) -> str:
    """The path of the input of this name; empty where the page has no such text or choice."""
    for question in stored_questions(page):
        if question.kind is not Kind.ROWS:
            if name == question.key:
                return name
            continue
        for column in question.columns:
            number = name.removeprefix(f"{question.key}-").removesuffix(f"-{column.key}")
            if name == f"{question.key}-{number}-{column.key}":
                row_id = valid_id(data.get(f"{question.key}-{number}-id"))
                return f"{question.key}.{row_id}.{column.key}" if row_id else ""
    return ""


def page_keys_of(data: MultiValueDict[str, Any]) -> tuple[uuid.UUID, ...]:
    """The open page that sent this, and those it continues."""
    sent = data.getlist("page_key")[:5] if data else []
    return tuple(uuid.UUID(valid_id(key)) for key in sent if valid_id(key))


def number_of(text: object) -> int:
    """A count as the page sends it; 0 for what is none."""
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0


def answer_at(path: str, answers: Mapping[str, Any]) -> tuple[Question, Any]:
    """The question at this path and what stands there."""
    key, row_id, column = (*path.split("."), "", "")[:3]
    question = QUESTIONS[key]
    if not row_id:
        return question, answers.get(key)
    rows: Mapping[str, Any] = {row["id"]: row for row in answers.get(key, ())}
    if not column:
        return question, None
    return next(each for each in question.columns if each.key == column), rows.get(row_id, {}).get(
        column
    )


def posted_row(question: Question, row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row as the initial values of its inputs."""
    posted: dict[str, Any] = {"id": row["id"]}
    for column in question.columns:
        values = as_posted(column, row.get(column.key))
        posted[column.key] = values if column.kind is Kind.CHOICES else "".join(values)
    return posted


def put_row(
    data: MultiValueDict[str, Any], question: Question, number: int, row: Mapping[str, Any]
) -> None:
    """A stored row as a browser would send it."""
    data[f"{question.key}-{number}-id"] = row["id"]
    for column in question.columns:
        name = f"{question.key}-{number}-{column.key}"
        data.setlist(name, as_posted(column, row.get(column.key)))


def with_closed_kept(
    page: str,
    data: MultiValueDict[str, Any] | None,
    answers: Mapping[str, Any],
    closed: frozenset[str],
) -> MultiValueDict[str, Any] | None:
    """What was sent, with every closed answer as it stands, whatever the browser said of it."""
    if data is None or not closed:
        return data
    kept: MultiValueDict[str, Any] = data.copy()
    left = [key for key in kept.getlist("together") if key not in closed]
    kept.setlist("together", left + [key for key in answers.get("together", ()) if key in closed])
    for question in stored_questions(page):
        if question.key not in closed:
            continue
        if question.kind is not Kind.ROWS:
            kept.setlist(question.key, as_posted(question, answers.get(question.key)))
            continue
        for name in [name for name in kept if name.startswith(f"{question.key}-")]:
            del kept[name]
        rows = answers.get(question.key, ())
        for number, row in enumerate(rows):
            put_row(kept, question, number, row)
        kept[f"{question.key}-TOTAL_FORMS"] = str(len(rows))
        kept[f"{question.key}-INITIAL_FORMS"] = "0"
    return kept
