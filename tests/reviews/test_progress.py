"""What readers are told of where a proposal stands."""

from datetime import UTC, date, datetime, timedelta

import pytest

from proposals.models import Proposal, Stage
from reviews.models import StageChange
from reviews.progress import Progress, progress_of
from reviews.workflow import STAGES, Move

BEGAN = datetime(2026, 3, 2, 15, tzinfo=UTC)
UP_TO_THE_COMMITTEE = [
    (Move.SUBMIT, Stage.SUBMITTED),
    (Move.START_TRIAGE, Stage.TRIAGE),
    (Move.CONSULT, Stage.CONSULTATION),
    (Move.OPEN_FULL_PROPOSAL, Stage.FULL_PROPOSAL),
    (Move.SUBMIT_FULL_PROPOSAL, Stage.READINESS),
    (Move.SEND_TO_COMMITTEE, Stage.APC_REVIEW),
]
TO_THE_END = [
    *UP_TO_THE_COMMITTEE,
    (Move.RECOMMEND, Stage.CAD_CONSENT),
    (Move.CONSENT, Stage.APPROVED),
    (Move.START_DEVELOPMENT, Stage.DEVELOPMENT),
    (Move.LAUNCH, Stage.ACTIVE),
]


def told(steps: list[tuple[Move, Stage]], *, words: str = "", **changed) -> Progress:
    """The progress after these steps, one a day, read newest first as ``changes_of`` gives them."""
    changes, stage = [], Stage.DRAFT
    for number, (move, to) in enumerate(steps):
        at = BEGAN + timedelta(days=number)
        changes.append(StageChange(pk=number + 1, move=move, from_stage=stage, to_stage=to, at=at))
        stage = to
    if changes:
        changes[-1].partner_message = words
    since = changes[-1].at if changes else BEGAN
    turn = STAGES[stage].turn
    proposal = Proposal(stage=stage, stage_since=since, whose_turn=turn, **changed)
    return progress_of(proposal, reversed(changes))


def states(progress: Progress) -> str:
    return " ".join(step.state for step in progress.steps_for_partner)


def test_a_draft_stands_nowhere():
    progress = told([])
    assert (progress.step, progress.partner_label, progress.partner_text) == (0, "", "")
    assert states(progress) == "next next next next next next"


def test_with_the_committee_in_the_words_of_each():
    progress = told(UP_TO_THE_COMMITTEE)
    assert (progress.step, progress.state) == (4, "current")
    assert progress.proposer_label == "With the committee"
    assert progress.partner_label == "University review"
    assert states(progress) == "done done done current next next"
    assert [step.since and step.since.day for step in progress.steps_for_partner] == [
        2,
        4,
        5,
        7,
        None,
        None,
    ]
    assert progress.steps_for_proposer[3].note == "With the committee"


def test_open_for_learners_is_done():
    progress = told(TO_THE_END)
    assert (progress.step, progress.state) == (6, "done")
    assert states(progress) == "done done done done done current"


@pytest.mark.parametrize(
    ("aside", "state", "label"),
    [
        ((Move.RETURN, Stage.RETURNED), "current", "University review"),
        ((Move.HOLD, Stage.ON_HOLD), "paused", "University review"),
        ((Move.DECLINE, Stage.DECLINED), "ended", "Not moving forward"),
        ((Move.WITHDRAW, Stage.WITHDRAWN), "ended", "Withdrawn"),
    ],
)
def test_aside_of_the_way_it_keeps_its_step(aside, state, label):
    progress = told([*UP_TO_THE_COMMITTEE, aside])
    assert (progress.step, progress.state, progress.partner_label) == (4, state, label)
    assert progress.steps_for_partner[3].state == state


def test_a_pause_says_until_when_and_partners_read_the_month():
    progress = told([*UP_TO_THE_COMMITTEE, (Move.HOLD, Stage.ON_HOLD)], wake_on=date(2026, 6, 9))
    assert "by 9 June 2026" in progress.proposer_text
    assert progress.partner_text == "Paused; we expect to look again by June 2026."


def test_going_back_forgets_the_steps_behind():
    back = [
        *UP_TO_THE_COMMITTEE[:3],
        (Move.RETURN, Stage.RETURNED),
        (Move.RESUBMIT, Stage.CONSULTATION),
    ]
    assert states(told(back)) == "done current next next next next"
    assert told(back).steps_for_partner[1].since == BEGAN + timedelta(days=2)


def test_what_was_approved_for_partners_follows_the_wording():
    progress = told(
        [*UP_TO_THE_COMMITTEE, (Move.DECLINE, Stage.DECLINED)], words="Thank you for your time."
    )
    assert progress.partner_text == "Not moving forward at this time. Thank you for your time."


def test_a_hold_asks_nothing_that_staff_wrote_for_the_stage_before():
    names = {"next_step_submitter": "Choose a time.", "next_step_partner": "We call you."}
    held = told([*UP_TO_THE_COMMITTEE, (Move.HOLD, Stage.ON_HOLD)], **names)
    assert held.proposer_next == str(STAGES[Stage.ON_HOLD].proposer_next)
    assert held.partner_next == str(STAGES[Stage.ON_HOLD].partner_next)


def test_staff_name_the_next_step_until_it_is_over():
    names = {"next_step_submitter": "Send us a syllabus.", "next_step_partner": "We call you."}
    progress = told(UP_TO_THE_COMMITTEE, **names)
    assert (progress.proposer_next, progress.partner_next) == (
        "Send us a syllabus.",
        "We call you.",
    )
    over = told([*UP_TO_THE_COMMITTEE, (Move.DECLINE, Stage.DECLINED)], **names)
    assert "syllabus" not in over.proposer_next
    assert over.partner_next == ""
