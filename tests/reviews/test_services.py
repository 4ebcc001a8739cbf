"""Moves and submission, as they change the database."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from microcreds.outbox.models import Message
from partners.models import Engagement
from proposals.interest import ATTESTATIONS
from proposals.models import InterestForm, Participant, Proposal, Revision, Stage
from proposals.services import save_page
from reviews.models import Holiday, StageChange
from reviews.plans import Given, build_plan
from reviews.services import move, save_triage, submit
from reviews.workflow import Move
from tests.factories import (
    do_move,
    given_for,
    make_at,
    make_draft,
    make_submitted,
    make_unit,
    send,
    take_part,
    whole_answers,
)

pytestmark = pytest.mark.django_db
TICKED = dict.fromkeys(ATTESTATIONS, True)
MONDAY = datetime(2026, 3, 2, 15, tzinfo=timezone.get_fixed_timezone(-300))


def version_of(proposal: Proposal) -> int:
    return InterestForm.objects.get(proposal=proposal).version


# --- submit -----------------------------------------------------------------------------------


def test_submitting_freezes_the_form_and_opens_the_engagements(cast):
    proposal = make_draft(co_proposers=[{"name": "Gus", "email": cast.other_proposer.email}])
    take_part(proposal, cast.other_proposer)

    change = send(proposal, at=MONDAY)

    proposal.refresh_from_db()
    assert (proposal.stage, proposal.whose_turn) == ("submitted", "university")
    assert (proposal.submitted_at, proposal.stage_since) == (MONDAY, MONDAY)
    assert proposal.unit == make_unit("Oxford")
    assert proposal.due_on == date(2026, 3, 4)
    assert change.revision == Revision.objects.get(proposal=proposal, number=1)
    assert Engagement.objects.get(proposal=proposal).contact.email == "pat@tallgrass.example"
    assert Participant.objects.get(proposal=proposal).user == cast.other_proposer
    told = Message.objects.filter(cause=f"stage_change:{change.pk}").values_list("event", "to")
    assert sorted(told) == [
        ("queue_new", cast.oxford.email),
        ("receipt", cast.proposer.email),
        ("receipt", cast.other_proposer.email),
    ]


def test_submitting_twice_is_one_submission():
    proposal = make_draft()
    version = version_of(proposal)

    first = send(proposal)
    mails = Message.objects.count()
    again = submit(
        proposal=proposal, actor=proposal.submitter, form_version=version, attestations=TICKED
    )

    assert again == first
    assert Revision.objects.count() == StageChange.objects.count() == 1
    assert Message.objects.count() == mails


def test_another_version_of_a_sent_form_is_refused():
    proposal = make_submitted()
    with pytest.raises(ValidationError, match="with eLearning already"):
        submit(
            proposal=proposal,
            actor=proposal.submitter,
            form_version=version_of(proposal) + 1,
            attestations=TICKED,
        )


def test_a_form_that_changed_since_it_was_read_is_not_submitted(cast):
    proposal = make_draft()
    with pytest.raises(ValidationError, match="Fay Proposer changed the form"):
        submit(
            proposal=proposal,
            actor=cast.proposer,
            form_version=version_of(proposal) - 1,
            attestations=TICKED,
        )


def test_what_is_missing_is_refused_and_nothing_is_kept(cast):
    proposal = make_draft(need_statement="", stands_alone="")
    with pytest.raises(ValidationError) as refused:
        send(proposal)

    assert len(refused.value.messages) == 2
    proposal.refresh_from_db()
    assert proposal.stage == Stage.DRAFT
    assert not Revision.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("ticked", [{}, {"ack_record": True}, {"ack_record": False}])
def test_both_statements_must_be_ticked(cast, ticked):
    proposal = make_draft()
    with pytest.raises(ValidationError, match="Check both statements"):
        submit(
            proposal=proposal,
            actor=cast.proposer,
            form_version=version_of(proposal),
            attestations=ticked,
        )


@pytest.mark.parametrize("role", ["other_proposer", "oxford", "lead", "admin_user"])
def test_nobody_but_the_owner_submits(cast, role):
    proposal = make_draft()
    with pytest.raises(ValidationError, match="Only Fay Proposer"):
        submit(
            proposal=proposal,
            actor=getattr(cast, role),
            form_version=version_of(proposal),
            attestations=TICKED,
        )


def test_the_form_is_not_sent_by_the_moves_page(cast):
    proposal = make_draft()
    plan = build_plan(proposals=[proposal], move=Move.SUBMIT, actor=cast.proposer)
    with pytest.raises(ValidationError, match="its own page"):
        move(plan=plan)


def test_taken_back_it_is_a_draft_with_its_history(cast):
    proposal = make_submitted()

    do_move(proposal, Move.TAKE_BACK, cast.proposer)

    assert (proposal.stage, proposal.submitted_at, proposal.due_on) == ("draft", None, None)
    assert not Proposal.objects.visible_to(cast.oxford).exists()
    send(proposal)
    numbers = Revision.objects.filter(proposal=proposal).values_list("number", flat=True)
    assert list(numbers) == [1, 2]
    assert Engagement.objects.filter(proposal=proposal).count() == 1


def test_after_triage_began_it_is_not_taken_back(cast):
    proposal = make_at(Stage.TRIAGE)
    plan = build_plan(proposals=[proposal], move=Move.TAKE_BACK, actor=cast.proposer)
    with pytest.raises(ValidationError, match="is not possible from there"):
        move(plan=plan)


# --- ways back --------------------------------------------------------------------------------


def test_a_returned_form_is_changed_and_goes_back_to_where_it_was(cast):
    proposal = make_at(Stage.READINESS)
    do_move(proposal, Move.RETURN, cast.oxford, **given_for(Move.RETURN))
    shape = whole_answers()["shape"] | {"duration_value": 6}
    save_page(
        proposal=proposal,
        page="shape",
        answers=shape,
        form_version=version_of(proposal),
        by=cast.proposer,
    )

    change = send(proposal)

    proposal.refresh_from_db()
    assert (change.move, proposal.stage) == ("resubmit", "readiness")
    assert change.revision.number == 2
    assert change.revision.answers["duration_value"] == 6


def test_a_hold_inside_a_return_comes_back_to_both(cast):
    proposal = make_at(Stage.TRIAGE)
    do_move(proposal, Move.RETURN, cast.oxford, **given_for(Move.RETURN))
    do_move(proposal, Move.HOLD, cast.oxford, **given_for(Move.HOLD))
    assert not proposal.is_editable

    do_move(proposal, Move.RESUME, cast.oxford)
    assert (proposal.stage, proposal.whose_turn) == ("returned", "submitter")

    send(proposal)
    proposal.refresh_from_db()
    assert proposal.stage == Stage.TRIAGE


def test_after_a_hold_the_days_that_were_left_are_left(cast):
    proposal = make_submitted(at=MONDAY)
    do_move(proposal, Move.START_TRIAGE, cast.oxford, at=MONDAY)
    assert proposal.due_on == date(2026, 3, 9)
    held = MONDAY + timedelta(days=2)  # Wednesday: three of five business days are left
    do_move(proposal, Move.HOLD, cast.oxford, at=held, **given_for(Move.HOLD, held))
    assert proposal.due_on == proposal.wake_on

    resumed = MONDAY + timedelta(days=14)
    Holiday.objects.create(on=date(2026, 3, 17), name="A day off")
    do_move(proposal, Move.RESUME, cast.oxford, at=resumed)

    assert (proposal.stage, proposal.wake_on) == ("triage", None)
    assert proposal.due_on == date(2026, 3, 20)


def test_within_a_year_the_lead_reopens(cast):
    proposal = make_at(Stage.DECLINED, at=MONDAY)
    late = MONDAY + timedelta(days=367)
    plan = build_plan(
        proposals=[proposal],
        move=Move.REOPEN,
        actor=cast.lead,
        given=Given(note="Money came."),
        at=late,
    )
    with pytest.raises(ValidationError, match="more than 12 months ago"):
        move(plan=plan)

    do_move(proposal, Move.REOPEN, cast.lead, at=MONDAY + timedelta(days=365), note="Money came.")
    assert (proposal.stage, proposal.whose_turn) == ("triage", "university")


def test_a_reopened_approval_is_no_approval(cast):
    proposal = make_at(Stage.APPROVED)
    do_move(proposal, Move.REOPEN, cast.lead, note="The deans ask.")
    assert (proposal.stage, proposal.approved_on, proposal.expires_on) == (
        Stage.CAD_CONSENT,
        None,
        None,
    )


def test_what_was_merged_is_no_duplicate_once_reopened(cast):
    proposal = make_at(Stage.MERGED)
    assert proposal.duplicate_of
    do_move(proposal, Move.REOPEN, cast.lead, note="It was not the same.")
    assert proposal.duplicate_of is None


def test_what_was_withdrawn_stays_so_and_its_owner_gets_a_copy_once(cast):
    proposal = make_at(Stage.WITHDRAWN)

    do_move(proposal, Move.REOPEN, cast.lead, note="They asked.")

    draft = Proposal.objects.get(renews=proposal)
    assert (proposal.stage, draft.stage) == ("withdrawn", "draft")
    assert draft.submitter == proposal.submitter
    assert Message.objects.filter(event="draft_copied", user=proposal.submitter).exists()
    plan = build_plan(
        proposals=[proposal], move=Move.REOPEN, actor=cast.lead, given=Given(note="Again.")
    )
    assert plan.items[0].refusal == f"{draft.reference} continues it already."


# --- withdraw ---------------------------------------------------------------------------------


def test_what_the_committee_decided_is_not_withdrawn_from_a_return(cast):
    proposal = make_at(Stage.CAD_CONSENT)
    do_move(proposal, Move.RETURN, cast.deans, **given_for(Move.RETURN))

    plan = build_plan(proposals=[proposal], move=Move.WITHDRAW, actor=cast.proposer)

    with pytest.raises(ValidationError, match="The committee has decided"):
        move(plan=plan)


def test_staff_withdraw_with_a_note_of_who_asked(cast):
    proposal = make_at(Stage.TRIAGE)
    plan = build_plan(proposals=[proposal], move=Move.WITHDRAW, actor=cast.oxford)
    assert set(plan.given_errors) == {"note"}

    do_move(proposal, Move.WITHDRAW, cast.oxford, note="Fay, by mail, today.")

    told = Message.objects.get(about=proposal.reference, event="moved", user=cast.proposer)
    assert "Withdrawn" in told.subject
    assert "by mail" not in told.body


# --- approval, renewal ------------------------------------------------------------------------


def test_consent_on_a_leap_day_lasts_to_the_28th(cast):
    proposal = make_at(Stage.CAD_CONSENT)
    leap_day = datetime(2028, 2, 29, 15, tzinfo=timezone.get_fixed_timezone(-300))

    do_move(proposal, Move.CONSENT, cast.deans, at=leap_day)

    assert (proposal.approved_on, proposal.expires_on) == (date(2028, 2, 29), date(2033, 2, 28))


def test_late_in_the_evening_it_is_still_that_day_on_campus(cast):
    proposal = make_at(Stage.CAD_CONSENT)
    evening = datetime(2026, 6, 2, 2, tzinfo=timezone.get_fixed_timezone(0))
    do_move(proposal, Move.CONSENT, cast.deans, at=evening)
    assert proposal.approved_on == date(2026, 6, 1)


def test_launching_the_renewal_ends_what_it_renews(cast):
    old = make_at(Stage.RENEWAL_REVIEW)
    do_move(old, Move.RENEW, cast.oxford)
    new = Proposal.objects.get(renews=old)
    assert old.stage == Stage.RENEWAL_REVIEW
    send(new)
    do_move(new, Move.START_TRIAGE, cast.oxford)
    save_triage(
        proposal=new,
        by=cast.oxford,
        values={"credential_type": "microcredential", "is_duplicate_checked": True},
    )
    for which, actor in [
        (Move.CONSULT, cast.oxford),
        (Move.OPEN_FULL_PROPOSAL, cast.oxford),
        (Move.SUBMIT_FULL_PROPOSAL, cast.proposer),
        (Move.SEND_TO_COMMITTEE, cast.oxford),
        (Move.RECOMMEND, cast.committee_chair),
        (Move.CONSENT, cast.deans),
        (Move.START_DEVELOPMENT, cast.oxford),
    ]:
        do_move(new, which, actor, **given_for(which))

    plan = build_plan(proposals=[new], move=Move.LAUNCH, actor=cast.lead)
    assert [item.to_stage for item in plan.items] == [Stage.RETIRED, Stage.ACTIVE]
    move(plan=plan, seen=plan.seen, digest=plan.digest)

    old.refresh_from_db()
    assert old.stage == Stage.RETIRED


def test_deferring_names_a_later_day_and_stays(cast):
    proposal = make_at(Stage.APC_REVIEW)
    since = proposal.stage_since
    given = given_for(Move.DEFER)

    do_move(proposal, Move.DEFER, cast.committee_chair, **given)

    assert (proposal.stage, proposal.stage_since) == ("apc_review", since)
    assert proposal.meeting_on == proposal.due_on == given["meeting_on"]


# --- history ----------------------------------------------------------------------------------


def test_a_change_keeps_what_it_overwrote(cast):
    proposal = make_submitted(at=MONDAY)

    change = do_move(
        proposal, Move.START_TRIAGE, cast.oxford, at=MONDAY + timedelta(days=1), note="Mine."
    )

    change.refresh_from_db()
    assert change.before["stage"] == "submitted"
    assert change.before["assignee_id"] is None
    assert change.before["due_on"] == "2026-03-04"
    assert datetime.fromisoformat(change.before["stage_since"]) == MONDAY
    assert (change.actor, change.note) == (cast.oxford, "Mine.")
    assert proposal.assignee == cast.oxford


def test_a_stale_plan_says_who_moved_it(cast):
    proposal = make_submitted()
    shown = build_plan(proposals=[proposal], move=Move.START_TRIAGE, actor=cast.lead)
    do_move(proposal, Move.START_TRIAGE, cast.oxford)

    with pytest.raises(ValidationError) as refused:
        move(plan=shown)

    assert refused.value.messages[0].startswith(
        f"Ola Oxford moved {proposal.reference} to “Triage” in the meantime, on "
    )


def test_making_a_move_twice_is_refused_in_words(cast):
    proposal = make_submitted()
    plan = build_plan(proposals=[proposal], move=Move.START_TRIAGE, actor=cast.oxford)
    move(plan=plan)
    with pytest.raises(ValidationError, match="You moved"):
        move(plan=plan)
    assert StageChange.objects.filter(move="start_triage").count() == 1
