"""What changed from one revision of a form to another. Pure: no queries, no words for readers.

A diff maps the keys whose answers differ to how they do. Applied to the old answers it gives the
new ones: nothing is left out of it and nothing is guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

# Stands for "there is no such answer", which is not the same as an empty one.
ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT"})()
# Words, what stands between them, and single signs: joined again they are the text.
_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
# Longer texts than any answer may be are compared as a whole: comparing takes time.
_MOST_TOKENS = 4000


class Op(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Replaced:
    """Another answer; ``ABSENT`` where there was or is none."""

    old: Any
    new: Any


@dataclass(frozen=True)
class Words:
    """Changes within a text, as pieces in reading order."""

    pieces: tuple[tuple[Op, str], ...]


@dataclass(frozen=True)
class Choices:
    """Changes within a list of choices, in the order they are read."""

    pieces: tuple[tuple[Op, str], ...]


@dataclass(frozen=True)
class Row:
    """One row by its id: there as before (perhaps with changed ``cells``), new or gone. ``row`` is
    the whole row where it is new or gone."""

    op: Op
    id: str
    row: Mapping[str, Any]
    cells: "Mapping[str, Change]"


@dataclass(frozen=True)
class Rows:
    """Rows in their new order; one that is gone stands where it was."""

    rows: tuple[Row, ...]


Change = Replaced | Words | Choices | Rows
Diff = Mapping[str, Change]


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Change]:
    """How each answer differs, by key, in the order of the new answers; gone ones last."""
    return {
        key: _change(old.get(key, ABSENT), new.get(key, ABSENT))
        for key in dict.fromkeys([*new, *old])
        if not _is_same(old.get(key, ABSENT), new.get(key, ABSENT))
    }


def apply(changes: Diff, old: Mapping[str, Any]) -> dict[str, Any]:
    """The new answers.

    Raises ``ValueError`` where ``old`` is not what the diff was made from.
    """
    new = dict(old)
    for key, change in changes.items():
        value = _applied(change, old.get(key, ABSENT))
        if value is ABSENT:
            del new[key]
        else:
            new[key] = value
    return new


def words_between(old: str, new: str) -> tuple[tuple[Op, str], ...]:
    """Two texts as pieces that stayed, went and came; those of one kind in a row are one piece."""
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    if len(before) + len(after) > _MOST_TOKENS:
        return tuple((op, text) for op, text in ((Op.GONE, old), (Op.NEW, new)) if text)
    return tuple((op, "".join(tokens)) for op, tokens in _between(before, after))


def _is_same(old: Any, new: Any) -> bool:
    """Equal and of one kind: 1 and True, or 2 and 2.0, read differently."""
    return type(old) is type(new) and old == new and repr(old) == repr(new)


def _change(old: Any, new: Any) -> Change:
    if isinstance(old, str) and isinstance(new, str):
        return Words(words_between(old, new))
    if isinstance(old, list) and isinstance(new, list):
        if _all_are(str, old, new):
            pieces = _between(old, new)
            return Choices(tuple((op, each) for op, items in pieces for each in items))
        if _are_rows(old) and _are_rows(new):
            return _rows(old, new)
    return Replaced(old, new)


def _rows(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Rows:
    before, after = {row["id"]: row for row in old}, {row["id"]: row for row in new}
    order = list(after)
    for place, row_id in enumerate(before):
        if row_id not in after:
            ahead = list(before)[place - 1] if place else None
            order.insert(order.index(ahead) + 1 if ahead else 0, row_id)
    rows = []
    for row_id in order:
        if row_id not in before:
            rows.append(Row(Op.NEW, row_id, after[row_id], {}))
        elif row_id not in after:
            rows.append(Row(Op.GONE, row_id, before[row_id], {}))
        else:
            rows.append(Row(Op.SAME, row_id, {}, diff(before[row_id], after[row_id])))
    return Rows(tuple(rows))


def _between(before: Sequence[str], after: Sequence[str]) -> list[tuple[Op, Sequence[str]]]:
    pieces: list[tuple[Op, Sequence[str]]] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            pieces.append((Op.SAME, before[i:i_end]))
            continue
        if i < i_end:
            pieces.append((Op.GONE, before[i:i_end]))
        if j < j_end:
            pieces.append((Op.NEW, after[j:j_end]))
    return pieces


def _applied(change: Change, old: Any) -> Any:
    match change:
        case Replaced():
            _must_be(_is_same(change.old, old))
            return change.new
        case Words():
            _must_be(old == "".join(text for op, text in change.pieces if op != Op.NEW))
            return "".join(text for op, text in change.pieces if op != Op.GONE)
        case Choices():
            _must_be(old == [each for op, each in change.pieces if op != Op.NEW])
            return [each for op, each in change.pieces if op != Op.GONE]
    rows = {row["id"]: row for row in old}
    _must_be(set(rows) == {row.id for row in change.rows if row.op != Op.NEW})
    return [
        dict(row.row) if row.op == Op.NEW else apply(row.cells, rows[row.id])
        for row in change.rows
        if row.op != Op.GONE
    ]


def _must_be(is_so: bool) -> None:
    if not is_so:
        raise ValueError("this diff was made from other answers")


def _all_are(kind: type, *sides: list[Any]) -> bool:
    return all(isinstance(each, kind) for side in sides for each in side)


def _are_rows(value: list[Any]) -> bool:
    """Mappings, each with a text of its own as its id."""
    ids = [row.get("id") for row in value if isinstance(row, dict)]
    return len(ids) == len(value) == len(set(map(str, ids))) and _all_are(str, ids)
