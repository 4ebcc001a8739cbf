"""Whatever was moved back, held, taken back or undone: the proposal goes on (a model-based test).

Two moves in a row from every stage, each of them every move of the table; then long walks.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proposals.models import Proposal, Stage
from reviews.management.commands.verify_history import breaks_of
from reviews.models import StageChange
from reviews.permits import parties_of
from reviews.plans import build_undo, moves_for
from reviews.services import undo
from reviews.workflow import STAGES, Move, Phase, in_force, standing
from tests.factories import make_at, make_cast, make_draft, make_submitted
from tests.reviews.test_plans import actor_of
from tests.reviews.walking import (
    SENT_BY_THE_FORM,
    begins_at,
    go,
    make_way,
    plan_of,
)

pytestmark = pytest.mark.django_db
# Where somebody looks again on a day that was named, and where approval ends the clock.
HAS_A_DAY = {Stage.ON_HOLD, Stage.SUSPENDED, Stage.RENEWAL_REVIEW}
WAKES = {Stage.ON_HOLD, Stage.SUSPENDED, Stage.RETIRED}
BEGAN = timezone.now() - timedelta(days=20)


def history_of(proposal: Proposal) -> list[StageChange]:
    return list(StageChange.objects.filter(proposal=proposal).order_by("pk"))


def assert_workable(proposal: Proposal, at: datetime, *, plans: bool = True) -> None:
    """It stands rightly where it stands, and goes on; ``plans``: so do the plans from there."""
    proposal = Proposal.objects.get(pk=proposal.pk)
    connection.check_constraints()
    history = history_of(proposal)
    told = [f"{change.move}→{change.to_stage}" for change in history]
    assert list(breaks_of(proposal, history)) == [], told
    for wrong in inconsistencies(proposal, in_force(history)):
        raise AssertionError(f"{wrong} after {told}")
    if STAGES[Stage(proposal.stage)].phase != Phase.ENDED:
        assert_goes_on(proposal, at, told, plans)


def inconsistencies(proposal: Proposal, changes: list[StageChange]) -> Iterator[str]:
    """What of its columns does not fit the stage it stands at."""
    stage = Stage(proposal.stage)
    info, stood = STAGES[stage], standing(stage, changes)
    if proposal.whose_turn != info.turn:
        yield f"{proposal.whose_turn} owes the step at {stage}"
    has_target = info.target_days is not None or stage in HAS_A_DAY
    if (proposal.due_on is not None) != has_target:
        yield f"due on {proposal.due_on} at {stage}"
    if proposal.wake_on and stage not in WAKES:
        yield f"wakes on {proposal.wake_on} at {stage}"
    if stage in (Stage.ON_HOLD, Stage.SUSPENDED) and proposal.wake_on != proposal.due_on:
        yield f"wakes on {proposal.wake_on} and is due on {proposal.due_on}"
    entries = [change for change in changes if change.from_stage != change.to_stage]
    if entries and proposal.stage_since != entries[-1].at:
        yield f"since {proposal.stage_since}, moved at {entries[-1].at}"
    if (proposal.submitted_at is None) != (stage == Stage.DRAFT):
        yield f"submitted at {proposal.submitted_at}"
    is_before = stood not in (Stage.APPROVED, Stage.DEVELOPMENT) and not any(
        change.move == Move.LAUNCH for change in changes
    )
    if (proposal.approved_on or proposal.expires_on) and is_before:
        yield f"approved on {proposal.approved_on}, though it stands at {stood}"
    if bool(proposal.duplicate_of_id) != (stage == Stage.MERGED):
        yield f"a duplicate of {proposal.duplicate_of_id} at {stage}"
    if proposal.open_keys is not None and stage not in (Stage.RETURNED, Stage.ON_HOLD):
        yield f"only {proposal.open_keys} are open at {stage}"


def assert_goes_on(proposal: Proposal, at: datetime, told: list[str], plans: bool) -> None:
    """Somebody can move it, and what they press leads to a plan that can be built."""
    history, parties = history_of(proposal), parties_of([proposal.pk])[proposal.pk]
    for which in begins_at(proposal.stage):
        actor = actor_of(which, proposal)
        options = moves_for(proposal, actor, history, parties)
        works = [option.move.key for option in options if option.permit.allowed]
        if works:
            break
    assert works, told
    for each in works if plans else ():
        plan = plan_of(proposal, each, actor, proposal, at)
        assert proposal.pk in [item.proposal.pk for item in plan.items], (each, told)


def is_open(proposal: Proposal, which: Move, into: Proposal, at: datetime) -> bool:
    """Whether anybody could make this move now, once all that must be so first is."""
    if which in SENT_BY_THE_FORM:
        return True
    make_way(proposal, which, at)
    plan = plan_of(proposal, which, actor_of(which, proposal), into, at)
    return plan.is_ready and not plan.given_errors


@pytest.mark.parametrize("stage", list(Stage))
def test_after_any_move_every_next_move_leaves_a_workable_proposal(stage):
    proposal, at = make_at(stage, at=BEGAN), BEGAN + timedelta(hours=1)
    into = make_submitted(make_cast().other_proposer, at=BEGAN)
    for first in begins_at(stage):
        with transaction.atomic():
            proposal = Proposal.objects.get(pk=proposal.pk)
            if is_open(proposal, first, into, at):
                go(proposal, first, into, at=at)
                assert_workable(proposal, at)
                follow_on(proposal, into, at + timedelta(days=3, hours=2))
            transaction.set_rollback(True)


def follow_on(proposal: Proposal, into: Proposal, at: datetime) -> None:
    """Each move that can come next is made, looked at and taken back."""
    for second in begins_at(proposal.stage):
        with transaction.atomic():
            again = Proposal.objects.get(pk=proposal.pk)
            if is_open(again, second, into, at):
                go(again, second, into, at=at)
                assert_workable(again, at, plans=False)
            transaction.set_rollback(True)


def take_back(proposal: Proposal, at: datetime) -> bool:
    """The newest move is undone by who made it, if it can be."""
    newest = next(iter(reversed(in_force(history_of(proposal)))), None)
    if newest is None or newest.actor is None:
        return False
    if build_undo(proposal=proposal, actor=newest.actor, at=at).refusal:
        return False
    undo(proposal=proposal, by=newest.actor, at=at)
    return True


# Which of the moves that are open then (one more: undo), and how many hours later.
WALK = st.lists(
    st.tuples(st.integers(0, 100), st.sampled_from([0, 0, 5, 30, 24 * 9])), min_size=6, max_size=16
)


@settings(
    max_examples=5,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(WALK)
def test_a_long_way_through_the_table_leaves_a_workable_proposal(db, walk):
    with transaction.atomic():
        at = BEGAN
        proposal, into = make_draft(at=at), make_submitted(make_cast().other_proposer, at=at)
        for choice, hours in walk:
            at += timedelta(hours=hours, seconds=1)
            proposal = Proposal.objects.get(pk=proposal.pk)
            moves = begins_at(proposal.stage)
            if choice % (len(moves) + 1) == len(moves):
                take_back(proposal, at)
            else:
                which = moves[choice % (len(moves) + 1)]
                if is_open(proposal, which, into, at):
                    go(proposal, which, into, at=at)
            assert_workable(proposal, at)
        transaction.set_rollback(True)
