"""The figures of a report as tables: for its page, and cell by cell to take away."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from proposals.interest import QUESTIONS
from reviews.durations import Usual
from reviews.export import Cell as Value
from reviews.report.figures import ALL, Count, Figures, Report, Wait
from reviews.workflow import REASONS, Move

# These stand there only in a period in which there were any.
_RARE = frozenset({Count.REOPENED, Count.TAKEN_BACK, Count.WITHDRAWN_LATE, Wait.PARTNER})
_FLOW = (
    Count.OPEN_AT_START,
    Count.RECEIVED,
    Count.REOPENED,
    Count.DECIDED,
    Count.WITHDRAWN,
    Count.TAKEN_BACK,
    Count.OPEN_AT_END,
    Count.PAST_TARGET,
    Count.ON_HOLD,
    Count.WITHDRAWN_LATE,
    Count.FORCED,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure and what it was in the period before; ``None``: there was nothing to measure."""

    now: int | None
    before: int | None

    @property
    def change(self) -> str:
        """The period before and the difference, in words."""
        if self.before is None:
            return _("none before")
        words = {"before": self.before, "by": abs((self.now or 0) - self.before)}
        if self.now is None or self.now == self.before:
            return _("%(before)d before") % words
        if self.now > self.before:
            return _("%(before)d before, up %(by)d") % words
        return _("%(before)d before, down %(by)d") % words


@dataclass(frozen=True, slots=True)
class Row:
    """``bar`` and ``bar_before`` are percent of the table's longest; ``None`` where a length would
    say nothing. ``is_part``: it belongs to the row above."""

    label: str
    cells: list[Cell]
    is_part: bool = False
    bar: int | None = None
    bar_before: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` are all units and each; where there are ``parts``, each of them has so many.
    ``about`` heads the column of what its rows are."""

    key: str
    title: str
    about: str
    columns: list[str]
    rows: list[Row]
    parts: tuple[str, ...] = ()
    note: str = ""

    @property
    def headings(self) -> list[str]:
        """One for each cell of a row."""
        if not self.parts:
            return self.columns
        return [f"{column}: {part}" for column in self.columns for part in self.parts]

    @property
    def body(self) -> Iterator[tuple[str, Row, list[tuple[Cell, str]]]]:
        """Each row under an id of its own, and beside each of its cells the ids of all that heads
        it: with two lines of headings, ``scope`` alone does not say which of them do."""
        for number, row in enumerate(self.rows):
            heads = [
                f"{self.key}-r{number} {self.key}-c{column} {self.key}-c{column}p{part}"
                for column in range(len(self.columns))
                for part in range(len(self.parts))
            ]
            cells = zip(row.cells, heads or [""] * len(row.cells), strict=True)
            yield f"{self.key}-r{number}", row, list(cells)

    def as_rows(self, days: str, days_before: str) -> Iterator[list[Value]]:
        """Headings, then a row for each: every figure, beside it that of the period before."""
        pairs = [f"{name} ({when})" for name in self.headings for when in (days, days_before)]
        yield [self.about, *pairs]
        for row in self.rows:
            figures = [number for cell in row.cells for number in (cell.now, cell.before)]
            yield [row.label, *figures]


def tables_of(report: Report) -> list[Table]:
    """What came in and lies there, from whom it came, how it was decided, how long that took."""
    return [_flow(report), _origins(report), _decisions(report), _times(report)]


def _flow(report: Report) -> Table:
    rows = [_row(report, str(count.label), _counted(count)) for count in _FLOW]
    return Table(
        key="flow",
        title=_("What came in and what is pending"),
        about=_("Proposals"),
        columns=_columns(report),
        rows=[
            row
            for row, count in zip(rows, _FLOW, strict=True)
            if count not in _RARE or _says_something(row)
        ],
    )


def _origins(report: Report) -> Table:
    names = dict(QUESTIONS["origin"].choices)
    names |= {key: key or _("Not said") for key in _keys(report, "origins") if key not in names}
    rows = [_row(report, str(name), _of("origins", key)) for key, name in names.items()]
    return Table(
        key="origins",
        title=_("How the ideas that came in started"),
        about=_("Start of the idea"),
        note=_("The long bars are all units together, the thin ones below them the period before."),
        columns=_columns(report),
        rows=_with_bars(rows),
    )


def _decisions(report: Report) -> Table:
    known = REASONS[Move.DECLINE]
    reasons = [
        _row(
            report,
            str(known.get(code, code)),
            _of("reasons", code),
            is_part=True,
        )
        for code in sorted(_keys(report, "reasons"), key=lambda code: [*known, code].index(code))
    ]
    named = {
        Move.RECOMMEND: _("Recommended by the committee"),
        Move.RECOMMEND_WITH_CONDITIONS: _("Recommended with conditions"),
        Move.CONSENT: _("Approved with the deans' consent"),
        Move.DECLINE: _("Declined"),
        Move.REDIRECT: _("Redirected to another route"),
        Move.MERGE: _("Merged into another proposal"),
    }
    rows: list[Row] = []
    for move, name in named.items():
        rows.append(_row(report, name, _counted(move)))
        rows += reasons if move == Move.DECLINE else []
    return Table(
        key="decisions",
        title=_("How it was decided, and why not"),
        about=_("Decision"),
        columns=_columns(report),
        rows=_with_bars(rows),
    )


def _times(report: Report) -> Table:
    rows = [
        _row(report, str(wait.label), _usual(wait), is_part=wait != Wait.WHOLE) for wait in Wait
    ]
    return Table(
        key="times",
        title=_("How long it took, and with whom it was meanwhile"),
        about=_("Working days"),
        columns=_columns(report),
        rows=_with_bars(
            [
                row
                for row, wait in zip(rows, Wait, strict=True)
                if wait not in _RARE or _says_something(row)
            ]
        ),
        parts=(_("half within"), _("four of five within")),
    )


def _says_something(row: Row) -> bool:
    """Whether it says anything but nought."""
    return any(cell.now or cell.before for cell in row.cells)


def _columns(report: Report) -> list[str]:
    return [_("All units"), *report.units.values()]


def _row(
    report: Report,
    label: str,
    figure: Callable[[Figures], Sequence[int | None]],
    *,
    is_part: bool = False,
) -> Row:
    """One cell for each number that ``figure`` finds, for all units and then for each."""
    cells = [
        Cell(now, before)
        for unit in (ALL, *report.units)
        for now, before in zip(figure(report.now[unit]), figure(report.before[unit]), strict=True)
    ]
    return Row(label, cells, is_part)


def _counted(what: Count | Move) -> Callable[[Figures], list[int | None]]:
    return _of("counts", what)


def _of(name: str, key: str) -> Callable[[Figures], list[int | None]]:
    """The number under ``key`` of one of the counters."""
    return lambda figures: [getattr(figures, name)[key]]


def _usual(wait: Wait) -> Callable[[Figures], list[int | None]]:
    def figure(figures: Figures) -> list[int | None]:
        days = figures.waits.get(wait)
        if not days:
            return [None, None]
        usual = Usual.of(days)
        return [usual.median, usual.p80]

    return figure


def _keys(report: Report, name: str) -> set[str]:
    """What occurs in either period."""
    return {*getattr(report.now[ALL], name), *getattr(report.before[ALL], name)}


def _with_bars(rows: list[Row]) -> list[Row]:
    """The same, with the length of what all units come to."""
    longest = max((each or 0 for row in rows for each in _first(row)), default=0) or 1
    return [
        Row(
            row.label,
            row.cells,
            row.is_part,
            *(round(100 * (each or 0) / longest) for each in _first(row)),
        )
        for row in rows
    ]


def _first(row: Row) -> tuple[int | None, int | None]:
    return row.cells[0].now, row.cells[0].before
