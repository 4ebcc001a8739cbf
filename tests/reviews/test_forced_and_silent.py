"""A lead moves what is not ready; whoever moves says nothing to anybody: both are on record."""

import pytest
from django.core.exceptions import ValidationError

from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews.models import StageChange
from reviews.plans import Given, build_plan
from reviews.services import move
from reviews.workflow import Move
from tests.factories import make_at, make_cast, make_submitted
from tests.reviews.test_commands import run
from tests.reviews.test_plans import follow

pytestmark = pytest.mark.django_db


def test_a_lead_forces_a_move_and_history_lists_what_was_not_so():
    cast = make_cast()
    proposal = make_at(Stage.TRIAGE)
    plan = build_plan(proposals=[proposal], move=Move.CONSULT, actor=cast.lead)
    assert plan.can_be_forced
    assert not plan.is_ready
    for actor, given, wrong in (
        (cast.oxford, {"force": True, "note": "Urgent."}, "force"),
        (cast.lead, {"force": True}, "note"),
    ):
        refused = build_plan(
            proposals=[proposal], move=Move.CONSULT, actor=actor, given=Given(**given)
        )
        assert wrong in refused.given_errors
        with pytest.raises(ValidationError):
            move(plan=refused)
    given = Given(force=True, note="The dean asked for it today.")
    [change] = move(
        plan=build_plan(proposals=[proposal], move=Move.CONSULT, actor=cast.lead, given=given)
    )
    assert change.is_forced
    assert [words for words in change.overridden if "duplicates" in words]
    assert Proposal.objects.get(pk=proposal.pk).stage == Stage.CONSULTATION


def test_force_is_not_offered_where_it_would_not_help(client):
    cast = make_cast()
    proposal = make_at(Stage.ON_HOLD)
    force = Given(force=True, note="Urgent.")
    for given in (Given(), force):
        plan = build_plan(proposals=[proposal], move=Move.CONSULT, actor=cast.lead, given=given)
        assert plan.items[0].unmet
        assert not plan.can_be_forced
    with pytest.raises(ValidationError, match="not possible from there"):
        move(plan=plan)
    client.force_login(cast.lead)
    page = client.get(f"/admin/reviews/triageitem/{proposal.pk}/move/consult/").content.decode()
    assert "not possible from there" in page
    assert 'name="force"' not in page
    assert 'class="button button-primary"' not in page


def test_a_force_that_nothing_needs_is_none():
    cast = make_cast()
    proposal = make_submitted()
    given = Given(force=True, note="To be sure.")
    [change] = move(
        plan=build_plan(proposals=[proposal], move=Move.START_TRIAGE, actor=cast.lead, given=given)
    )
    assert not change.is_forced


def test_a_silent_move_mails_nobody_and_says_why(capsys):
    cast = make_cast()
    proposal = make_at(Stage.TRIAGE)
    follow(proposal)
    loud = build_plan(proposals=[proposal], move=Move.CONSULT, actor=cast.oxford)
    assert loud.items[0].messages
    given = Given(silent_because="We spoke on the telephone.")
    silent = build_plan(proposals=[proposal], move=Move.CONSULT, actor=cast.oxford, given=given)
    assert silent.items[0].messages == []
    assert {m.to for m in loud.items[0].messages} <= {q.who for q in silent.items[0].not_told}
    mails = Message.objects.count()
    # Shown loud, then made silent: what its reader typed is no difference.
    [change] = move(plan=silent, digest=loud.digest)
    assert Message.objects.count() == mails
    assert change.silent_because == "We spoke on the telephone."
    assert run("notification_coverage", capsys) == (0, [])


def test_the_plan_page_offers_both_where_they_apply(client):
    cast = make_cast()
    proposal = make_at(Stage.TRIAGE)
    path = f"/admin/reviews/triageitem/{proposal.pk}/move/consult/"
    client.force_login(cast.oxford)
    how = "As the eLearning lead you can move it anyway"
    assert 'name="force"' not in (closed := client.get(path).content.decode())
    assert how not in closed
    client.force_login(cast.lead)
    page = client.get(path).content.decode()
    assert 'name="force"' in page
    assert how in page
    assert 'name="silent_because"' in page
    wrong = client.post(path, {"force": "on", "silent_because": "x" * 401})
    assert wrong.status_code == 422
    assert "x" * 401 in wrong.content.decode()
    done = client.post(path, {"force": "on", "note": "Urgent.", "silent_because": "Told by phone."})
    assert done.status_code == 302
    change = StageChange.objects.latest()
    assert (change.is_forced, change.silent_because) == (True, "Told by phone.")
    desk = client.get(f"/admin/reviews/triageitem/{proposal.pk}/change/").content.decode()
    assert "Forced although not met" in desk
    assert "Moved silently: Told by phone." in desk
