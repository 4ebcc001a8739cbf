"""Two people, or one twice, at the same moment: one wins and the other is told."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import close_old_connections, connection, transaction

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from proposals.interest import ATTESTATIONS
from proposals.models import Revision
from reviews.models import StageChange
from reviews.plans import Given, build_plan
from reviews.services import assign, move, save_triage, submit
from reviews.workflow import Move
from tests.factories import given_for, make_cast, make_draft, make_submitted, make_unit

TICKED = dict.fromkeys(ATTESTATIONS, True)


def at_once(*jobs) -> list:
    """Runs the jobs in threads of their own that begin together; what each returned or raised."""
    results, barrier = [None] * len(jobs), threading.Barrier(len(jobs), timeout=10)

    def run(number, job):
        barrier.wait()
        try:
            results[number] = job()
        except ValidationError as refusal:
            results[number] = refusal
        finally:
            close_old_connections()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return results


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


def waiting_for(change, job):
    """What ``job`` returns or raises, begun while the locks of ``change`` are held."""
    results = []

    def run():
        try:
            results.append(job())
        except ValidationError as refusal:
            results.append(refusal)
        finally:
            connection.close()

    waiter = threading.Thread(target=run)
    with transaction.atomic():
        change()
        waiter.start()
        waiter.join(timeout=0.5)
    waiter.join(timeout=20)
    return results[0]


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
