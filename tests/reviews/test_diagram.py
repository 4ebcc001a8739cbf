"""The drawing of the process has every stage and move of the table, each in a place of its own."""

from itertools import combinations

import pytest

from proposals.models import Stage
from reviews.diagram import NOT_DRAWN, Box, Diagram, Standing, draw
from reviews.workflow import MOVES, STAGES, Move, Phase, ends_of

SOME = {Stage.TRIAGE: Standing(12, 3), Stage.ON_HOLD: Standing(1, 0)}


@pytest.fixture(scope="module")
def drawing() -> Diagram:
    return draw(SOME)


def test_every_stage_has_its_box_and_its_number(drawing):
    numbers = {box.stage.key: box.standing for box in drawing.boxes}
    nothing = Standing(0, 0)
    assert numbers == {**dict.fromkeys(Stage, nothing), **SOME, Stage.DRAFT: None}


def test_the_process_goes_down_and_what_lies_beside_it_has_a_column(drawing):
    steps = [box for box in drawing.boxes if not box.is_column]
    assert [box.stage.key for box in steps] == list(STAGES)[:12]
    assert [box.y for box in steps] == sorted(box.y for box in steps)
    beside = [box for box in drawing.boxes if box.is_column]
    assert {box.stage.key for box in beside} == set(list(STAGES)[12:])
    assert all(box.right < other.x for box, other in zip(beside, beside[1:], strict=False))


def test_no_box_lies_on_another_and_all_lie_inside(drawing):
    for one, other in combinations(drawing.boxes, 2):
        assert (
            one.right <= other.x
            or other.right <= one.x
            or one.bottom <= other.y
            or other.bottom <= one.y
        )
    for box in drawing.boxes:
        assert box.x >= 0
        assert box.right <= drawing.width
        assert box.bottom <= drawing.height


def test_every_move_is_drawn_or_named(drawing):
    arrows = [words.text for arrow in drawing.arrows for words in arrow.words]
    feet = [words.text for column in drawing.columns for words in column.words]
    written = " ".join(arrows + feet) + " ".join(dot.says for dot in drawing.dots)
    assert {key for key, move in MOVES.items() if move.label not in written} == NOT_DRAWN


def test_a_dot_stands_for_each_way_from_the_process_to_a_stage_beside_it(drawing):
    at = {box.stage.key: box for box in drawing.boxes}
    ways = {
        (at[end].center, at[start].middle)
        for move in MOVES.values()
        for start in move.from_stages
        for end in ends_of(move, start)
        if at[end].is_column and not at[start].is_column
    }
    assert {(dot.x, dot.y) for dot in drawing.dots} == ways
    assert len(drawing.branches) == len({y for _x, y in ways})


def test_words_of_a_column_stay_in_it(drawing):
    for column in drawing.columns:
        assert all(len(words.text) <= 14 for words in column.words), column
        lines = [words.y for words in column.words]
        assert len(lines) == len(set(lines))


def test_a_new_stage_and_a_new_way_are_drawn_without_a_line_of_code():
    moves = {key: move for key, move in MOVES.items() if key != Move.PULL}
    fewer = draw({}, STAGES, moves)
    assert len(fewer.arrows) == len(draw({}).arrows) - 1
    ended = [stage for stage in STAGES.values() if stage.phase == Phase.ENDED]
    stages = {key: stage for key, stage in STAGES.items() if stage not in ended[1:]}
    only = {
        key: move
        for key, move in MOVES.items()
        if set(move.from_stages) <= set(stages) and (move.to in stages or move.to in list(move.who))
    }
    assert draw({}, stages, only).width < draw({}).width


def test_the_box_of_a_draft_is_no_link():
    [draft] = [box for box in draw({Stage.DRAFT: Standing(5, 0)}).boxes if box.stage.key == "draft"]
    assert isinstance(draft, Box)
    assert draft.standing is None
