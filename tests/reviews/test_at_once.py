"""Two people, or one twice, at the same moment: one wins and the other is told."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from proposals.interest import ATTESTATIONS
from proposals.models import Proposal, Revision, Stage
from reviews.carrying_out import take_back
from reviews.clocks import campus_day
from reviews.grace import undo_until
from reviews.ladder.climbing import climb
from reviews.models import StageChange
from reviews.plans import Given, build_plan, build_undo
from reviews.services import assign, move, save_triage, submit, thaw, undo
from reviews.workflow import Move
from tests.factories import (
    do_move,
    given_for,
    make_at,
    make_cast,
    make_draft,
    make_submitted,
    make_unit,
)
from tests.meanwhile import at_once, waiting_for

TICKED = dict.fromkeys(ATTESTATIONS, True)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_at_once_one_wins_and_the_other_is_told():
    cast = make_cast()
    proposal = make_submitted()
    plans = [
        build_plan(proposals=[proposal], move=which, actor=actor, given=Given(**given_for(which)))
        for which, actor in [(Move.START_TRIAGE, cast.oxford), (Move.HOLD, cast.lead)]
    ]

    results = at_once(*(lambda plan=plan: move(plan=plan) for plan in plans))

    refusals = [result for result in results if isinstance(result, ValidationError)]
    assert len(refusals) == 1
    assert "in the meantime" in refusals[0].messages[0]
    assert StageChange.objects.filter(proposal=proposal).count() == 2
    causes = Message.objects.filter(about=proposal.reference).values_list("cause", flat=True)
    assert len(set(causes)) == len({*causes}) <= 2


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_submit_is_one_submission():
    proposal = make_draft()
    version = proposal.interest.version
    owner = User.objects.get(pk=proposal.submitter_id)

    def click():
        return submit(proposal=proposal, actor=owner, form_version=version, attestations=TICKED)

    first, second = at_once(click, click)

    assert first == second
    assert Revision.objects.filter(proposal=proposal).count() == 1
    assert Message.objects.filter(event="receipt").count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_got_it_while_a_move_waited_keeps_it():
    cast, proposal = make_cast(), make_submitted()
    plan = build_plan(proposals=[proposal], move=Move.START_TRIAGE, actor=cast.lead)

    waiting_for(
        lambda: assign(proposals=[proposal], to=cast.oxford, by=cast.oxford),
        lambda: move(plan=plan),
    )

    proposal.refresh_from_db()
    assert proposal.assignee == cast.oxford


@pytest.mark.django_db(transaction=True)
def test_who_got_it_while_its_unit_changed_does_not_keep_it():
    cast, proposal = make_cast(), make_submitted()

    waiting_for(
        lambda: assign(proposals=[proposal], to=cast.oxford, by=cast.oxford),
        lambda: save_triage(
            proposal=proposal, by=cast.lead, values={"unit": make_unit("Regionals")}
        ),
    )

    proposal.refresh_from_db()
    assert (proposal.unit.name, proposal.assignee) == ("Regionals", None)


@pytest.mark.django_db(transaction=True)
def test_a_refusal_after_a_wait_names_the_unit_of_now():
    cast, proposal = make_cast(), make_submitted()

    refusal = waiting_for(
        lambda: save_triage(
            proposal=proposal, by=cast.lead, values={"unit": make_unit("Regionals")}
        ),
        lambda: assign(proposals=[proposal], to=cast.oxford, by=cast.oxford),
    )

    assert refusal.messages == [f"{proposal.reference}: Staff of Regionals can work on it."]


def merging(one, other):
    given = Given(**given_for(Move.MERGE) | {"target": other.reference})
    return build_plan(proposals=[one], move=Move.MERGE, actor=make_cast().lead, given=given)


@pytest.mark.django_db(transaction=True)
def test_of_two_that_are_merged_into_each_other_one_goes_into_the_other():
    one, other = make_at(Stage.TRIAGE), make_at(Stage.TRIAGE)
    plans = [merging(one, other), merging(other, one)]
    assert all(plan.is_ready for plan in plans)

    results = at_once(*(lambda plan=plan: move(plan=plan) for plan in plans))

    assert [isinstance(result, ValidationError) for result in results].count(True) == 1
    into = Proposal.objects.get(stage=Stage.MERGED).duplicate_of
    assert (into.stage, into.duplicate_of) == (Stage.TRIAGE, None)


@pytest.mark.django_db(transaction=True)
def test_two_bulk_plans_over_the_same_rows_in_opposite_order_never_lock_each_other_out():
    cast, rows = make_cast(), [make_submitted() for _each in range(6)]
    plans = [
        build_plan(proposals=found, move=Move.START_TRIAGE, actor=actor)
        for found, actor in [(rows, cast.oxford), (rows[::-1], cast.lead)]
    ]

    results = at_once(*(lambda plan=plan: move(plan=plan) for plan in plans))

    assert sorted(isinstance(result, ValidationError) for result in results) == [False, True]
    assert StageChange.objects.filter(move=Move.START_TRIAGE).count() == len(rows)


@pytest.mark.django_db(transaction=True)
def test_two_who_thaw_at_once_wake_each_proposal_once():
    held = [make_at(Stage.ON_HOLD) for _each in range(3)]
    day = max(each.wake_on for each in held)
    at = timezone.now() + (day - campus_day(timezone.now()) + timedelta(days=1))

    results = at_once(lambda: thaw(at=at), lambda: thaw(at=at))

    awake = sorted(reference for references, _stuck in results for reference in references)
    assert awake == sorted(each.reference for each in held)
    assert StageChange.objects.filter(move=Move.RESUME).count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_who_climb_the_ladder_at_once_tell_each_mark_once():
    monday = datetime(2026, 11, 2, 14, tzinfo=UTC)
    late = [make_at(Stage.TRIAGE, at=monday) for _each in range(3)]

    results = at_once(*[lambda: climb(at=monday + timedelta(days=4))] * 2)

    assert sorted(told for each in results for told in each.told) == sorted(
        each.reference for each in late
    )
    assert [fault for each in results for fault in each.stuck] == []
    assert Message.objects.filter(event="ladder").count() == 3


@pytest.mark.django_db(transaction=True)
def test_an_undo_that_waited_until_the_mails_left_is_refused():
    cast, proposal = make_cast(), make_submitted()
    [change] = move(
        plan=build_plan(proposals=[proposal], move=Move.START_TRIAGE, actor=cast.oxford)
    )
    with time_machine.travel(change.at, tick=False) as clock:

        def hold():
            Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)

        def late():
            return undo(proposal=proposal, by=cast.oxford)

        def change_of_time():
            hold()
            clock.move_to(undo_until(change))

        refusal = waiting_for(change_of_time, late)

    assert "The time to undo it is over" in refusal.messages[0]


@pytest.mark.django_db
def test_an_undo_whose_mails_a_worker_takes_is_refused_and_nothing_is_written():
    cast, proposal = make_cast(), make_at(Stage.TRIAGE)
    change = do_move(proposal, Move.RETURN, cast.oxford, **given_for(Move.RETURN))
    plan = build_undo(proposal=proposal, actor=cast.oxford)
    Message.objects.filter(cause=f"stage_change:{change.pk}").update(state=Message.State.SENDING)

    with pytest.raises(ValidationError, match="leaving right now"), transaction.atomic():
        take_back([plan])

    assert not StageChange.objects.filter(undoes=change).exists()


@pytest.mark.django_db(transaction=True)
def test_what_somebody_holds_for_too_long_keeps_no_other_asleep():
    held = [make_at(Stage.ON_HOLD) for _each in range(2)]
    at = timezone.now() + timedelta(days=400)
    with transaction.atomic():
        Proposal.objects.select_for_update(no_key=True).get(pk=held[0].pk)
        [(awake, stuck)] = at_once(lambda: thaw_without_patience(at))

    assert (awake, list(stuck)) == ([held[1].reference], [held[0].reference])


def thaw_without_patience(at):
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 100")
    return thaw(at=at)
