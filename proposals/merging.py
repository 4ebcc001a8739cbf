"""Two people on one page: answers as paths, and what of an older page still holds. No queries.

A path is ``need_statement``, ``together.need_level``, ``outcomes.<uuid>`` (the row is there) or
``outcomes.<uuid>.text``. A path that is absent has no answer.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from proposals.interest import Kind, Question, questions_of

Flat = dict[str, Any]


@dataclass(frozen=True)
class Merge:
    """``answers`` after the save; ``conflicts`` are the paths that both sides changed, where what
    stands was kept."""

    answers: Flat
    conflicts: list[str]


def stored_questions(page: str) -> list[Question]:
    """Those questions of a page whose answers are stored with the form."""
    return [question for question in questions_of(page) if question.is_input]


def flatten(page: str, answers: Mapping[str, Any]) -> Flat:
    """The page's answers by path; what is empty is left out."""
    flat: Flat = {}
    for question in stored_questions(page):
        value = answers.get(question.key)
        if question.kind is Kind.ROWS:
            for row in value or ():
                flat[f"{question.key}.{row['id']}"] = True
                flat |= _given(f"{question.key}.{row['id']}.", row, question.columns)
        else:
            flat |= _given("", {question.key: value}, [question])
        if question.key in answers.get("together", ()):
            flat[f"together.{question.key}"] = True
    return flat


def unflatten(page: str, flat: Flat) -> dict[str, Any]:
    """The reverse of ``flatten``; rows come in the order of their first path."""
    answers: dict[str, Any] = {"together": []}
    for question in stored_questions(page):
        if question.kind is Kind.ROWS:
            answers[question.key] = [
                {"id": row_id} | _cells(flat, f"{question.key}.{row_id}.")
                for row_id in _row_ids(question.key, flat)
            ]
        elif question.key in flat:
            answers[question.key] = flat[question.key]
        if f"together.{question.key}" in flat:
            answers["together"].append(question.key)
    return answers


def typed_answers(page: str, answers: Mapping[str, Any], base: Flat) -> Flat:
    """What the person's page says as a whole: a question or cell it did not send stays as it was
    in ``base``; a row it did not send is taken out."""
    typed = flatten(page, answers)
    for question in stored_questions(page):
        if question.key not in answers:
            typed |= _under(question.key, base)
        elif question.kind is Kind.ROWS:
            for row in answers[question.key]:
                unsent = [c.key for c in question.columns if c.key not in row]
                paths = [f"{question.key}.{row['id']}.{key}" for key in unsent]
                typed |= {path: base[path] for path in paths if path in base}
    if "together" not in answers:
        typed |= {path: True for path in base if path.startswith("together.")}
    return typed


def merge(*, base: Flat, current: Flat, typed: Flat) -> Merge:
    """Bring what the person changed since ``base`` into ``current``.

    What they left alone keeps its newer value; what both changed stays and is a conflict. A row
    they took out goes, unless somebody changed it meanwhile; one that somebody took out comes back
    if they changed it.
    """
    base, typed, conflicts = dict(base), dict(typed), []
    for row in [path for path, value in base.items() if value is True and path.count(".") == 1]:
        if row.startswith("together."):
            continue
        read, there, mine = (_under(row, side) for side in (base, current, typed))
        if not mine and there and there != read:
            typed |= read
            conflicts.append(row)
        elif not there and mine and mine != read:
            base = {path: value for path, value in base.items() if path not in read}
    merged = {}
    for path in dict.fromkeys([*current, *typed, *base]):
        was, now, new = base.get(path), current.get(path), typed.get(path)
        is_changed = new not in (was, now)
        if is_changed and now != was:
            conflicts.append(path)
        stands = new if is_changed and now == was else now
        if stands is not None:
            merged[path] = stands
    return Merge(merged, conflicts)


def with_row_ids(
    page: str, answers: Mapping[str, Any], taken: Iterable[str] = ()
) -> dict[str, Any]:
    """The answers with an id of its own for each row: one that is missing, no UUID, there twice or
    ``taken`` elsewhere is replaced."""
    named = dict(answers)
    for question in stored_questions(page):
        if question.kind is Kind.ROWS and question.key in named:
            used = set(taken)
            rows = []
            for row in named[question.key]:
                row_id = valid_id(row.get("id"))
                if not row_id or row_id in used:
                    row_id = str(uuid.uuid4())
                used.add(row_id)
                rows.append({**row, "id": row_id})
            named[question.key] = rows
    return named


def valid_id(text: object) -> str:
    """The UUID this text is, written the usual way, or nothing."""
    try:
        return str(uuid.UUID(str(text)))
    except ValueError:
        return ""


def _given(prefix: str, answers: Mapping[str, Any], questions: Iterable[Question]) -> Flat:
    flat = {}
    for question in questions:
        value = answers.get(question.key)
        if value not in (None, "", []):
            # Addresses of colleagues are looked up by their exact text.
            is_address = question.kind is Kind.UNIVERSITY_EMAIL
            flat[prefix + question.key] = value.lower() if is_address else value
    return flat


def _row_ids(key: str, flat: Flat) -> list[str]:
    return [
        path.split(".")[1] for path in flat if path.startswith(f"{key}.") and path.count(".") == 1
    ]


def _cells(flat: Flat, prefix: str) -> Flat:
    return {path[len(prefix) :]: value for path, value in flat.items() if path.startswith(prefix)}


def _under(path: str, flat: Flat) -> Flat:
    """The answer at this path with everything below it."""
    return {p: value for p, value in flat.items() if p == path or p.startswith(f"{path}.")}
