"""What differs between two revisions of a form, in the words of the form, for one audience."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proposals.interest import PAGES, QUESTIONS, TOGETHER, Kind, Page, Question, display
from proposals.models import Proposal, Revision
from proposals.revisions import Choices, Op, Rows, Words, diff
from proposals.services.named_partners import CONFIDENTIAL
from proposals.visibility import is_visible

Pieces = tuple[tuple[Op, str], ...]


@dataclass(frozen=True)
class ChangedRow:
    """One row: new, gone or changed, with the cells that say so."""

    op: Op
    name: str
    cells: tuple[tuple[str, Pieces], ...]


@dataclass(frozen=True)
class ChangedAnswer:
    key: str
    label: str
    pieces: Pieces = ()
    rows: tuple[ChangedRow, ...] = ()


@dataclass(frozen=True)
class ChangedSection:
    page: Page
    answers: tuple[ChangedAnswer, ...]


@dataclass(frozen=True)
class Comparison:
    """Two revisions of one proposal, and what differs of what this audience may read."""

    revisions: list[Revision]
    old: Revision | None
    new: Revision | None
    sections: list[ChangedSection]

    @property
    def keys(self) -> set[str]:
        return {answer.key for section in self.sections for answer in section.answers}


def compare_revisions(
    proposal: Proposal, old: str, new: str, *, audience: str, confidential: bool
) -> Comparison:
    """The revisions with these numbers, by default the last two; nonsense counts as not given.

    Confidential text is loaded only when asked for. One statement.
    """
    found = proposal.revisions.filter(form="interest").select_related("created_by")
    revisions = list((found.defer(None) if confidential else found).order_by("number"))
    if len(revisions) < 2:
        return Comparison(revisions, None, None, [])
    by_number = {str(revision.number): revision for revision in revisions}
    later = by_number.get(new, revisions[-1])
    before = [each for each in revisions if each.number < later.number]
    earlier = by_number.get(old, before[-1] if before else revisions[0])
    sides = _answers_in(earlier), _answers_in(later)
    sections = [
        ChangedSection(page, answers)
        for page in PAGES.values()
        if (answers := tuple(_changed(page.key, *sides, audience)))
    ]
    return Comparison(revisions, earlier, later, sections)


def keys_changed_since(proposal: Proposal, moment: datetime, *, audience: str) -> set[str]:
    """The questions whose answers differ between what was sent up to ``moment`` and what was sent
    last, of those this audience reads, confidential text aside. One statement."""
    found = proposal.revisions.filter(form="interest").order_by("number")
    revisions = list(found)
    before = [each for each in revisions if each.created_at <= moment]
    if not before or before[-1] is revisions[-1]:
        return set()
    sides = _answers_in(before[-1]), _answers_in(revisions[-1])
    return {answer.key for page in PAGES for answer in _changed(page, *sides, audience)}


def _answers_in(revision: Revision) -> dict[str, Any]:
    """The frozen answers, with the confidential ones in their rows where they were loaded."""
    answers = dict(revision.answers)
    if "confidential_answers" in revision.get_deferred_fields():
        return answers
    secrets = revision.confidential_answers.get("partners", {})
    answers["partners"] = [
        row | ({CONFIDENTIAL: secrets[row["id"]]} if row["id"] in secrets else {})
        for row in answers.get("partners", ())
    ]
    return answers


def _changed(
    page: str, old: Mapping[str, Any], new: Mapping[str, Any], audience: str
) -> Iterator[ChangedAnswer]:
    for key, question in QUESTIONS.items():
        if question.page != page or not is_visible(question.sees, audience):
            continue
        before, after = old.get(key), new.get(key)
        if question.kind is Kind.ROWS:
            rows = tuple(_rows(question, before or [], after or [], audience))
            pieces: Pieces = ()
        else:
            rows, pieces = (), _pieces(question, before, after, old, new)
        pieces += _left_open(key, old, new)
        if rows or any(op != Op.SAME for op, _text in pieces):
            yield ChangedAnswer(key, question.label, pieces, rows)


def _rows(
    question: Question, old: list[Any], new: list[Any], audience: str
) -> Iterator[ChangedRow]:
    columns = [column for column in question.columns if is_visible(column.sees, audience)]
    before, after = ({row["id"]: row for row in side} for side in (old, new))
    change = diff({"rows": old}, {"rows": new}).get("rows")
    places = {row_id: place for place, row_id in enumerate([*before, *after], start=1)}
    numbers = {row["id"]: place for place, row in enumerate(new, start=1)}
    for row in change.rows if isinstance(change, Rows) else ():
        mine, theirs = before.get(row.id, {}), after.get(row.id, {})
        cells = tuple(
            (column.label, pieces)
            for column in columns
            if (
                pieces := _pieces(
                    column, _given(column, mine), _given(column, theirs), mine, theirs
                )
            )
            and any(op != Op.SAME for op, _text in pieces)
        )
        if cells:
            number = numbers.get(row.id) or places[row.id]
            yield ChangedRow(row.op, f"{question.row_name} {number}", cells)


def _given(column: Question, row: Mapping[str, Any]) -> Any:
    """A cell as it is read: what does not apply is not read."""
    return row.get(column.key) if column.applies(row) else None


def _pieces(
    question: Question,
    before: Any,
    after: Any,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> Pieces:
    """One answer as what stayed, went and came, in words."""
    change = diff({"answer": before}, {"answer": after}).get("answer")
    if change is None:
        return ()
    is_choice = question.source or question.kind in (Kind.CHOICE, Kind.SELECT, Kind.DATE)
    if isinstance(change, Words) and not is_choice and question.kind is not Kind.MONTH:
        return change.pieces
    if isinstance(change, Choices):
        labels = [(op, question.label_of(value)) for op, value in change.pieces]
        return tuple((op, f"{label}; ") for op, label in labels[:-1]) + tuple(labels[-1:])
    sides = (Op.GONE, before, old), (Op.NEW, after, new)
    words = [(op, display(question, value, side.get("names"))) for op, value, side in sides]
    return tuple((op, text) for op, text in words if text)


def _left_open(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Pieces:
    """ "Let's work this out together", where it was ticked or taken back."""
    was, now = (key in side.get("together", ()) for side in (old, new))
    if was == now:
        return ()
    return ((Op.NEW if now else Op.GONE, TOGETHER),)
