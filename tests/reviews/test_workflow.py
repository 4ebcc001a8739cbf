"""The table holds together, and what follows from a history is read rightly."""

from pathlib import Path

import pytest
from django.conf import settings

from proposals.models import Stage
from reviews.guards import GUARDS
from reviews.models import StageChange
from reviews.workflow import (
    BACK,
    MOVES,
    REASONS,
    STAGES,
    STAY,
    Move,
    standing,
    way_back,
)

EMAILS = Path(settings.BASE_DIR) / "templates" / "emails"


def history(*steps: tuple[Move, Stage, Stage]) -> list[StageChange]:
    return [
        StageChange(pk=number, move=move, from_stage=start, to_stage=end)
        for number, (move, start, end) in enumerate(steps, start=1)
    ]


def test_every_stage_and_every_move_has_its_entry():
    assert set(STAGES) == set(Stage)
    assert set(MOVES) == set(Move)


def test_every_stage_can_be_reached_and_left_unless_it_ends():
    reached = {move.to for move in MOVES.values()} | {Stage.DRAFT}
    left = {stage for move in MOVES.values() for stage in move.from_stages}

    assert set(Stage) - reached == set()
    assert set(Stage) - left == {Stage.RETIRED}


@pytest.mark.parametrize("move", MOVES.values(), ids=lambda move: move.key.value)
def test_a_move_names_only_what_there_is(move):
    assert all(guard in GUARDS for guard in move.guards)
    assert not set(move.needs) & set(move.takes)
    assert ("reason_code" in move.needs) == (move.key in REASONS)
    for notice in move.notices:
        assert (EMAILS / notice.event / "subject.txt").exists()
        assert (EMAILS / notice.event / "body.txt").exists()


def test_a_move_that_goes_back_begins_where_one_can_have_come_from():
    for move in MOVES.values():
        if move.to is BACK:
            for stage in set(move.from_stages) - move.copies_from:
                assert any(other.to == stage for other in MOVES.values())
        if move.to is STAY:
            assert len(move.from_stages) == 1


def test_a_hold_inside_a_return_leaves_both_ways_back():
    past = history(
        (Move.SUBMIT, Stage.DRAFT, Stage.SUBMITTED),
        (Move.START_TRIAGE, Stage.SUBMITTED, Stage.TRIAGE),
        (Move.RETURN, Stage.TRIAGE, Stage.RETURNED),
        (Move.HOLD, Stage.RETURNED, Stage.ON_HOLD),
    )
    assert way_back(Stage.ON_HOLD, past) == Stage.RETURNED
    assert standing(Stage.ON_HOLD, past) == Stage.TRIAGE

    resumed = past + history((Move.RESUME, Stage.ON_HOLD, Stage.RETURNED))
    assert way_back(Stage.RETURNED, resumed) == Stage.TRIAGE


def test_the_newest_return_counts():
    past = history(
        (Move.RETURN, Stage.TRIAGE, Stage.RETURNED),
        (Move.RESUBMIT, Stage.RETURNED, Stage.TRIAGE),
        (Move.RETURN, Stage.READINESS, Stage.RETURNED),
    )
    assert way_back(Stage.RETURNED, past) == Stage.READINESS


def test_a_stay_is_no_way_in():
    past = history(
        (Move.SEND_TO_COMMITTEE, Stage.READINESS, Stage.APC_REVIEW),
        (Move.DEFER, Stage.APC_REVIEW, Stage.APC_REVIEW),
    )
    assert way_back(Stage.APC_REVIEW, past) == Stage.READINESS


def test_where_nothing_was_there_is_no_way_back():
    assert way_back(Stage.ON_HOLD, []) is None
    assert standing(Stage.ON_HOLD, []) == Stage.DRAFT
