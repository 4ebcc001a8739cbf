"""What a move does to the columns of a proposal, and what stands in its way."""

import copy
from collections.abc import Container
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from proposals.models import Proposal, Stage
from reviews.clocks import add_business_days, add_months, business_days_between, campus_day
from reviews.grace import columns_before
from reviews.models import StageChange
from reviews.plans.given import Given
from reviews.plans.reading import Reading
from reviews.routing import route_of
from reviews.stage_clock import UNIVERSITY_OWES
from reviews.workflow import (
    AFTER_THE_COMMITTEE,
    BACK,
    LIMITS,
    STAGES,
    STANDS_STILL,
    STAY,
    Move,
    MoveInfo,
    StageInfo,
    is_entry,
    standing,
    way_back,
)

APPROVED_FOR_MONTHS = 60
RENEWAL_DONE_BEFORE_MONTHS = 6


def obstacle_to(
    row: Proposal,
    info: MoveInfo,
    history: list[StageChange],
    copies: dict[int, str],
    asked_to_withdraw: Container[int],
    at: datetime,
) -> str:
    """What stands in the way of this move besides who asks for it; empty: nothing."""
    if needs_a_request(row, info, history) and row.pk not in asked_to_withdraw:
        return _("The committee has decided on it. eLearning withdraws it when its owner asks.")
    if info.key == Move.REOPEN and history:
        until = add_months(campus_day(history[-1].at), LIMITS["reopen_months"])
        if campus_day(at) > until:
            return _("It ended more than %(n)d months ago. Start a new proposal instead.") % {
                "n": LIMITS["reopen_months"]
            }
    if row.stage in info.copies_from and row.pk in copies:
        return _("%(copy)s continues it already.") % {"copy": copies[row.pk]}
    if info.to is BACK and row.stage not in info.copies_from and not way_back(row.stage, history):
        return _("Its history does not say where it came from.")
    return ""


def needs_a_request(row: Proposal, info: MoveInfo, history: list[StageChange]) -> bool:
    """It is withdrawn by eLearning only, on the written request of its owner."""
    return info.key == Move.WITHDRAW and standing(row.stage, history) in AFTER_THE_COMMITTEE


def _target_stage(row: Proposal, info: MoveInfo, history: list[StageChange]) -> Stage:
    here = Stage(row.stage)
    if info.to is STAY or here in info.copies_from:
        return here
    return info.to if isinstance(info.to, Stage) else way_back(here, history) or here


def after_move(
    row: Proposal,
    info: MoveInfo,
    history: list[StageChange],
    given: Given,
    actor: User | None,
    at: datetime,
    reading: Reading,
) -> Proposal:
    """The proposal as the move leaves it; as it is, where the move does not begin there."""
    after = copy.copy(row)
    if row.stage not in info.from_stages:
        return after
    after.last_activity_at = at
    _write_own_columns(after, row, info, history, given, actor, at, reading)
    to = _target_stage(row, info, history)
    if to != row.stage:
        after.stage, after.stage_since, after.whose_turn = to, at, STAGES[to].turn
        after.wake_on = given.wake_on
        after.due_on = _due_on(after, info, history, campus_day(at), reading.holidays)
        # What staff said of the stage that it leaves is over with it; a pause ends no stage.
        if to not in STANDS_STILL and info.key not in (Move.RESUME, Move.REACTIVATE):
            after.next_step_submitter = after.next_step_partner = ""
    # The first day on which something is wanted: everything is sent back at once.
    if wanted := [point.due_on for point in given.points if point.due_on]:
        after.due_on = min(wanted)
    if given.meeting_on:
        after.meeting_on = given.meeting_on
        after.due_on = max(after.due_on or given.meeting_on, given.meeting_on)
    return after


def _write_own_columns(
    after: Proposal,
    row: Proposal,
    info: MoveInfo,
    history: list[StageChange],
    given: Given,
    actor: User | None,
    at: datetime,
    reading: Reading,
) -> None:
    """The columns that this one kind of move writes, besides stage, turn and days."""
    match info.key:
        case Move.SUBMIT:
            parties = reading.parties[row.pk]
            route = route_of(row, reading.rules, parties, reading.people)
            after.submitted_at, after.unit, after.assignee = at, route.unit, route.assignee
        case Move.TAKE_BACK:
            after.submitted_at = None
        case Move.START_TRIAGE:
            after.assignee = row.assignee or actor
        case Move.SEND_TO_COMMITTEE:
            after.reached_committee_at = row.reached_committee_at or at
        case Move.RECOMMEND:
            after.reached_deans_at = row.reached_deans_at or at
        case Move.CONSENT:
            after.approved_on = campus_day(at)
            after.expires_on = add_months(after.approved_on, APPROVED_FOR_MONTHS)
        case Move.MERGE:
            after.duplicate_of = reading.merge_into
        case Move.REOPEN if row.stage == Stage.MERGED:
            after.duplicate_of_id = history[-1].before["duplicate_of_id"]
        case Move.REOPEN if row.stage == Stage.APPROVED:
            after.approved_on = after.expires_on = None
        case Move.PUT_BACK:
            after.meeting_on = _meeting_before(row, history)
        case Move.RETURN:
            asked = dict.fromkeys(point.key for point in given.points if point.key)
            after.open_keys = list(asked) if given.only_these else None
        case Move.RESUBMIT:
            after.open_keys = None


def _meeting_before(row: Proposal, history: list[StageChange]) -> date | None:
    """The day of the meeting as it stood before the proposal came to its stage."""
    entry = next(change for change in reversed(history) if is_entry(change, row.stage))
    return columns_before(entry).get("meeting_on", row.meeting_on)


def _due_on(
    after: Proposal,
    info: MoveInfo,
    history: list[StageChange],
    today: date,
    holidays: frozenset[date],
) -> date | None:
    """By when the next step is due; after a hold or a merge undone, with the days then left."""
    stage = STAGES[Stage(after.stage)]
    if after.stage in STANDS_STILL:
        return after.wake_on
    if after.stage == Stage.RENEWAL_REVIEW and after.expires_on:
        return add_months(after.expires_on, -RENEWAL_DONE_BEFORE_MONTHS)
    is_undone = info.key == Move.REOPEN and history[-1].move == Move.MERGE
    if info.key == Move.RESUME or is_undone:
        return _due_with_days_left(stage, history, today, holidays)
    if stage.target_days is None:
        return None
    if stage.is_calendar:
        return today + timedelta(days=stage.target_days)
    return add_business_days(today, stage.target_days, holidays)


def _due_with_days_left(
    stage: StageInfo, history: list[StageChange], today: date, holidays: frozenset[date]
) -> date | None:
    """As far from today as the due date was when the clock stopped, by the newest hold or merge."""
    stops = (Move.HOLD, Move.MERGE)
    held = next((change for change in reversed(history) if change.move in stops), None)
    if held is None or held.before["due_on"] is None:
        return None
    held_on, due_on = campus_day(held.at), date.fromisoformat(held.before["due_on"])
    # What the university owed too long, it owes as much too long; nobody else is late at once.
    if stage.turn not in UNIVERSITY_OWES:
        due_on = max(due_on, held_on)
    if stage.is_calendar:
        return today + (due_on - held_on)
    left = business_days_between(held_on, due_on, holidays)
    return add_business_days(today, left, holidays)
