"""The process as a drawing: where each stage, move and word stands, in pixels; pure, no query.

The stages of the process stand below each other. Those beside it (returned, paused, ended) head a
column each; a dot where a stage's line meets a column is a move that leads there. What goes back
within the process is an arrow at the left, what leads out of a column stands at its foot.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap

from proposals.models import Stage
from reviews.workflow import BACK, MOVES, STAGES, Move, MoveInfo, Phase, StageInfo, ends_of

GUTTER = 132  # at the left, for arrows back and their words
BOX, BOX_HEIGHT = 290, 56
ROW = 92  # from one stage of the process to the next
GAP = 28
LANE, LANE_HEAD = 90, 80
HEAD = 168  # above the first stage: the heads of the columns, and the move that leads there
LINE = 14  # from one line of small words to the next
NARROW, WIDE = 12, 17  # characters in a line of a column, and of the gutter
EDGE = 2  # so that no border is cut

# It corrects a move and is no way of the process; the table below the drawing has it.
NOT_DRAWN = frozenset({Move.PUT_BACK})


@dataclass(frozen=True, slots=True)
class Standing:
    """How many proposals stand at a stage, and how many of them are past its target."""

    number: int
    late: int


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    x: int
    y: int
    is_soft: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """``standing`` ``None``: not counted here, and no list shows it."""

    stage: StageInfo
    x: int
    y: int
    width: int
    height: int
    standing: Standing | None
    name: tuple[Words, ...]

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def center(self) -> int:
        return self.x + self.width // 2

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def is_column(self) -> bool:
        return self.width < BOX


@dataclass(frozen=True, slots=True)
class Arrow:
    """A move between two stages of the process, or on the spot."""

    path: str
    words: tuple[Words, ...]
    is_forward: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    x: int
    y: int
    says: str


@dataclass(frozen=True, slots=True)
class Column:
    """What is written above and below the line of a stage beside the process."""

    x: int
    top: int
    bottom: int
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    columns: tuple[Column, ...]
    dots: tuple[Dot, ...]

    @property
    def branches(self) -> tuple[tuple[int, int, int], ...]:
        """The lines from a stage to its last dot: from, to, at which height."""
        last: dict[int, int] = {}
        for dot in self.dots:
            last[dot.y] = max(dot.x, last.get(dot.y, 0))
        return tuple((GUTTER + BOX, x, y) for y, x in last.items())


def draw(
    standing: Mapping[str, Standing],
    stages: Mapping[Stage, StageInfo] = STAGES,
    moves: Mapping[Move, MoveInfo] = MOVES,
) -> Diagram:
    """The drawing of these tables; ``standing`` by stage, a draft is not counted."""
    steps = [key for key, stage in stages.items() if _is_step(stage)]
    beside = [key for key in stages if key not in steps]
    boxes = {
        key: _step_box(stages[key], row, standing.get(key)) for row, key in enumerate(steps)
    } | {key: _column_box(stages[key], at, standing.get(key)) for at, key in enumerate(beside)}
    bottom = HEAD + len(steps) * ROW
    legs = [
        (move, start, end)
        for move in moves.values()
        if move.key not in NOT_DRAWN
        for start in move.from_stages
        for end in ends_of(move, start, moves)
    ]
    columns = tuple(_column(boxes[key], moves, stages, bottom) for key in beside)
    return Diagram(
        width=boxes[beside[-1]].right + EDGE,
        height=max(words.y for column in columns for words in column.words) + LINE,
        boxes=tuple(boxes.values()),
        arrows=tuple(_arrows(legs, steps, boxes)),
        columns=columns,
        dots=tuple(
            Dot(
                boxes[end].center,
                boxes[start].middle,
                f"{move.label}: {stages[start].name} → {stages[end].name}",
            )
            for move, start, end in legs
            if start in steps and end in beside
        ),
    )


def _is_step(stage: StageInfo) -> bool:
    return stage.partner_step is not None and stage.phase == Phase.CURRENT


def _step_box(stage: StageInfo, row: int, standing: Standing | None) -> Box:
    x, y = GUTTER, HEAD + row * ROW
    name = (Words(stage.name, x + 18, y + 24), Words(str(stage.owner), x + 18, y + 43, True))
    return Box(stage, x, y, BOX, BOX_HEIGHT, _counted(stage, standing), name)


def _column_box(stage: StageInfo, at: int, standing: Standing | None) -> Box:
    x = GUTTER + BOX + GAP + at * LANE
    lines = wrap(stage.name, NARROW)
    name = tuple(_stacked(lines, x + (LANE - 4) // 2, EDGE + 18))
    return Box(stage, x, EDGE, LANE - 4, LANE_HEAD, _counted(stage, standing), name)


def _counted(stage: StageInfo, standing: Standing | None) -> Standing | None:
    return None if stage.key == Stage.DRAFT else standing or Standing(0, 0)


def _stacked(lines: list[str], x: int, y: int, is_soft: bool = False) -> Iterator[Words]:
    for number, line in enumerate(lines):
        yield Words(line, x, y + number * LINE, is_soft)


def _arrows(
    legs: list[tuple[MoveInfo, Stage, Stage]], steps: list[Stage], boxes: Mapping[Stage, Box]
) -> Iterator[Arrow]:
    on_the_spot: dict[Stage, list[str]] = {}
    for move, start, end in legs:
        if start not in steps or end not in steps:
            continue
        here, there = boxes[start], boxes[end]
        if start == end:
            on_the_spot.setdefault(start, []).extend(wrap(move.label, WIDE))
        elif steps.index(end) == steps.index(start) + 1:
            x, y = GUTTER + 32, here.y + BOX_HEIGHT
            yield Arrow(
                f"M{x} {y}V{there.y - 2}",
                (Words(move.label, x + 14, y + (ROW - BOX_HEIGHT) // 2 + 4),),
                is_forward=True,
            )
        else:
            yield _around(move, here, there)
    for stage, lines in on_the_spot.items():
        y = boxes[stage].middle
        top = y + 4 - (len(lines) - 1) * LINE // 2
        yield Arrow(
            f"M{GUTTER} {y - 8}c-24 -4 -24 20 -2 16",
            tuple(_stacked(lines, GUTTER - 26, top)),
        )


def _around(move: MoveInfo, here: Box, there: Box) -> Arrow:
    """At the left, from the stage to one that is not the next."""
    start, end = (
        (here.y + 12, there.y + there.height - 12)
        if there.y < here.y
        else (here.y + here.height - 12, there.y + 12)
    )
    lines = wrap(move.label, WIDE)
    middle = (start + end) // 2 + 4 - (len(lines) - 1) * LINE // 2
    return Arrow(
        f"M{GUTTER} {start}C{GUTTER - 28} {start} {GUTTER - 28} {end} {GUTTER - 2} {end}",
        tuple(_stacked(lines, GUTTER - 28, middle)),
    )


def _column(
    box: Box, moves: Mapping[Move, MoveInfo], stages: Mapping[Stage, StageInfo], bottom: int
) -> Column:
    x, key = box.center, box.stage.key
    into = [line for move in moves.values() if move.to == key for line in wrap(move.label, NARROW)]
    words = list(_stacked(into, x, LANE_HEAD + EDGE + 20, is_soft=True))
    y = bottom + LINE
    for move in moves.values():
        if key not in move.from_stages:
            continue
        ends = ends_of(move, key, moves)
        stays, back = ends == (key,), move.to is BACK
        where = "stays" if stays else "back" if back else stages[ends[0]].name
        for lines, is_soft in (
            (wrap(move.label, NARROW), False),
            (wrap(f"→ {where}", NARROW + 2), True),
        ):
            words += _stacked(lines, x, y, is_soft)
            y += len(lines) * LINE
        y += LINE // 2
    if y == bottom + LINE:
        words.append(Words("ends here", x, y, True))
    return Column(x, box.y + box.height + len(into) * LINE + 20, bottom - 8, tuple(words))
