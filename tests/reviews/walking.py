"""Whoever makes a move, with what it needs: for tests that go through the whole table."""

from datetime import datetime
from typing import Any

from microcreds.accounts.models import User
from proposals.models import Proposal, Stage
from reviews.models import StageChange
from reviews.plans import Given, Plan, build_plan
from reviews.services import changes_of, save_triage
from reviews.withdrawal_requests import ask_to_withdraw, can_ask_to_withdraw
from reviews.workflow import MOVES, Move
from tests.factories import do_move, given_for, make_cast, send
from tests.reviews.test_plans import actor_of

SENT_BY_THE_FORM = (Move.SUBMIT, Move.RESUBMIT)
# One person for each way of standing towards a proposal: its owner, a stranger, its unit's staff,
# another unit's, and whoever leads, decides or only reads.
ROLES = (
    "proposer",
    "other_proposer",
    "oxford",
    "regionals",
    "lead",
    "committee_chair",
    "deans",
    "auditor",
)


def begins_at(stage: Stage | str) -> list[Move]:
    """The moves that begin there."""
    return [which for which, info in MOVES.items() if stage in info.from_stages]


def everything_for(which: Move, into: Proposal, at: datetime | None = None) -> dict[str, Any]:
    """All that the move needs."""
    return given_for(which, at) | ({"target": into.reference} if which == Move.MERGE else {})


def make_way(proposal: Proposal, which: Move, at: datetime | None = None) -> None:
    """What must be met first: triage is written down, or its owner has asked."""
    if which == Move.CONSULT:
        values = {"credential_type": "microcredential", "is_duplicate_checked": True}
        save_triage(proposal=proposal, by=make_cast().lead, values=values, at=at)
    may_ask = which == Move.WITHDRAW and can_ask_to_withdraw(proposal, changes_of(proposal))
    if may_ask and not proposal.withdrawal_requests.filter(answered_at=None).exists():
        ask_to_withdraw(proposal=proposal, by=proposal.submitter, reason="They left.", at=at)


def go(
    proposal: Proposal, which: Move, into: Proposal, *, at: datetime | None = None
) -> StageChange:
    """The move is made by whoever may; the proposal is fresh afterwards."""
    make_way(proposal, which, at)
    if which in SENT_BY_THE_FORM:
        change = send(proposal, at=at)
        proposal.refresh_from_db()
        return change
    actor = actor_of(which, proposal)
    return do_move(proposal, which, actor, at=at, **everything_for(which, into, at))


def plan_of(
    proposal: Proposal,
    which: Move,
    actor: User | None,
    into: Proposal,
    at: datetime | None = None,
    **more: Any,
) -> Plan:
    given = Given(**(everything_for(which, into, at) | more))
    return build_plan(proposals=[proposal], move=which, actor=actor, given=given, at=at)
