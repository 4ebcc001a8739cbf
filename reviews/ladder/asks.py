"""What is asked of somebody by a day that comes near or has passed: each kind that has one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from proposals.models import Proposal
from reviews.asks.desk import open_todos, todo_rows
from reviews.asks.memoranda import turn_rows
from reviews.asks.proposers import form_rows, forms_to_send, open_points, point_rows
from reviews.asks.reviewers import meetings
from reviews.asks.source import Row
from reviews.clocks import add_business_days, business_days_between, campus_day
from reviews.ladder.passed import LATE, SOON, Kind, Passed, told_of
from reviews.ladder.table import READ_AT_ONCE, REMIND_BEFORE, REMIND_BEFORE_MEETING

# What it counts from and which mark it is, with all that is asked there.
_Mark = tuple[tuple[str, str], list[Row]]


@dataclass(frozen=True, slots=True)
class Reminded:
    """A kind of ask with a day: its ``rows`` whoever is asked, of what a mark counts (``of``, with
    the number of their group), how many working days before that day, and whether once more after
    it. Whom it reaches is in ``letters``."""

    rows: Callable[[], QuerySet]
    of: str
    before: int = REMIND_BEFORE
    is_late_told: bool = True


# A later record with a day adds its line. The turns of the desk, the committee and the deans are
# not among these: ``targets`` tells of them; a form that is not sent again: ``replies_overdue``.
REMINDED: dict[str, Reminded] = {
    "todo": Reminded(lambda: todo_rows(open_todos()), of="todo"),
    "point": Reminded(lambda: point_rows(open_points()), of="return"),
    "resubmit": Reminded(lambda: form_rows(forms_to_send()), of="return", is_late_told=False),
    "mou": Reminded(turn_rows, of="mou"),
    "meeting": Reminded(meetings, of="meeting", before=REMIND_BEFORE_MEETING, is_late_told=False),
}


def asks_due(today: date, holidays: Set[date]) -> Iterator[Passed]:
    """What is asked by a day that is near and was asked before it was so near, or by one that has
    passed; unless it was told. What stands in one group and day is one mark."""
    marks = _marks(_rows_until(today, holidays), today, holidays)
    for part in _in_parts(marks):
        proposals = _proposals_of(part)
        told = told_of(proposals.values())
        for (since, rung), asks in part:
            row = proposals[asks[0].proposal]
            if rung not in told.rungs(row, since):
                yield Passed(row, Kind.ASK, since, rung, on=asks[0].by_day, asks=tuple(asks))


def still_asked(marks: Iterable[Passed]) -> set[tuple[str, int]]:
    """Of what these marks tell, what is not done by now; a statement for each kind."""
    records: dict[str, set[int]] = defaultdict(set)
    for passed in marks:
        for ask in passed.asks:
            records[ask.kind].add(ask.record)
    return {
        (kind, record)
        for kind, wanted in records.items()
        for record in REMINDED[kind]
        .rows()
        .filter(ask_record__in=wanted)
        .values_list("ask_record", flat=True)
    }


def _rows_until(today: date, holidays: Set[date]) -> Iterator[Row]:
    """What is asked by a day that is near or over, of every kind, in one statement."""
    first, *others = [
        each.rows().filter(ask_by__lte=add_business_days(today, each.before, holidays))
        for each in REMINDED.values()
    ]
    return map(Row._make, first.union(*others, all=True).order_by("ask_proposal", "ask_record"))


def _marks(rows: Iterable[Row], today: date, holidays: Set[date]) -> list[_Mark]:
    marks: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        reminded = REMINDED[row.kind]
        if row.by_day and (word := _rung(row, row.by_day, reminded, today, holidays)):
            marks[f"{reminded.of}:{row.group}", f"{word}:{row.by_day}"].append(row)
    return list(marks.items())


def _rung(row: Row, day: date, reminded: Reminded, today: date, holidays: Set[date]) -> str:
    """Whether its day is near or over; empty: neither, or whoever asked has just said so."""
    if day <= today:
        return LATE if reminded.is_late_told and day < today else ""
    had = business_days_between(campus_day(row.since), day, holidays)
    is_near = business_days_between(today, day, holidays) <= reminded.before
    return SOON if is_near and had > reminded.before else ""


def _in_parts(marks: list[_Mark]) -> Iterator[list[_Mark]]:
    for start in range(0, len(marks), READ_AT_ONCE):
        yield marks[start : start + READ_AT_ONCE]


def _proposals_of(marks: list[_Mark]) -> dict[int, Proposal]:
    loaded = Proposal.objects.select_related("submitter", "assignee", "unit")
    return loaded.in_bulk({asks[0].proposal for _key, asks in marks})
