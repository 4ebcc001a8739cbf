"""Who hears of a move, what of it, when; who does not, and why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from microcreds.outbox.events import Frequency, Kind, Topic, event_of
from microcreds.outbox.models import Message
from microcreds.outbox.preferences import choose
from proposals.models import Stage
from reviews.plans import build_plan
from reviews.workflow import Move
from tests.factories import (
    do_move,
    given_for,
    make_at,
    make_cast,
    make_draft,
    make_submitted,
    send,
    take_part,
)
from tests.reviews.test_plans import follow

pytestmark = pytest.mark.django_db


def test_who_is_not_told_and_why():
    cast = make_cast()
    newcomer = {"name": "New Comer", "email": "new@miami.example"}
    editor = {"name": "Gus", "email": cast.other_proposer.email}
    proposal = make_submitted(co_proposers=[newcomer, editor])
    take_part(proposal, cast.other_proposer)
    cast.other_proposer.is_active = False
    cast.other_proposer.save()

    [item] = build_plan(proposals=[proposal], move=Move.START_TRIAGE, actor=cast.oxford).items

    assert item.messages == []
    assert {quiet.who: quiet.why for quiet in item.not_told} == {
        "Fay Proposer": "Reads the same as before: With eLearning.",
        "Gus Proposer": "Their account is closed.",
        "New Comer": "Has not accepted the invitation.",
        "Ola Oxford": "Makes this move.",
    }


def test_a_mail_says_nothing_that_is_not_its_readers():
    canaries = {
        "need_statement": "CANARY-NEED " * 10,
        "anything_else": "CANARY-ELSE",
    }
    proposal = make_submitted(**canaries)
    cast = make_cast()
    follow(proposal)
    do_move(proposal, Move.START_TRIAGE, cast.oxford, note="CANARY-NOTE")
    do_move(proposal, Move.CONSULT, cast.oxford, message="For proposers.", note="CANARY-NOTE")
    do_move(
        proposal,
        Move.DECLINE,
        cast.oxford,
        reason_code="duplicate",
        message="It exists.\nHello Fay, click here",
        partner_message="Thank you for your time.",
        note="CANARY-NOTE",
    )

    mails = Message.objects.all()
    assert not any("CANARY" in mail.body + mail.subject for mail in mails)
    decision = mails.get(event="decision")
    assert "> It exists.\n> Hello Fay, click here\n" in decision.body
    partner = mails.filter(event="partner_update").order_by("pk").last()
    assert partner.to == "pat@tallgrass.example"
    assert "> Thank you for your time." in partner.body
    assert "[[link:" in partner.body
    for hidden in ("It exists", "Ola", "Fay", proposal.reference, "already"):
        assert hidden not in partner.body


def test_a_partner_hears_of_a_step_once():
    proposal = make_at(Stage.TRIAGE)
    cast = make_cast()
    follow(proposal)
    do_move(proposal, Move.CONSULT, cast.oxford)
    do_move(proposal, Move.OPEN_FULL_PROPOSAL, cast.oxford)
    do_move(proposal, Move.SUBMIT_FULL_PROPOSAL, cast.proposer)

    subjects = Message.objects.filter(event="partner_update").order_by("pk")
    assert [mail.subject.split(": ")[1] for mail in subjects] == [
        "Exploring together",
        "Designing the program",
    ]


def test_what_is_paused_says_so_in_the_subject_to_a_partner():
    proposal = make_at(Stage.TRIAGE)
    cast = make_cast()
    follow(proposal)
    do_move(proposal, Move.CONSULT, cast.oxford)
    do_move(proposal, Move.HOLD, cast.oxford, **given_for(Move.HOLD))
    do_move(proposal, Move.RESUME, cast.oxford)

    subjects = Message.objects.filter(event="partner_update").order_by("pk")
    assert [mail.subject.split(": ")[1] for mail in subjects] == [
        "Exploring together",
        "Exploring together (paused)",
        "Exploring together",
    ]


def test_who_was_told_a_decision_hears_that_it_does_not_hold_whatever_they_switched_off():
    proposal = make_at(Stage.DECLINED)
    cast = make_cast()
    choose(address=cast.proposer.email, frequencies={Topic.PROGRESS: Frequency.OFF})
    do_move(proposal, Move.REOPEN, cast.lead, note="Money came.")

    [decision] = Message.objects.filter(event="decision", to=cast.proposer.email)
    [correction] = Message.objects.filter(to=cast.proposer.email, body__contains="A correction:")
    assert decision.subject.startswith("Not moving forward: ")
    assert correction.state == Message.State.QUEUED


def test_the_day_of_the_committee_asks_nothing():
    proposal = make_at(Stage.APC_REVIEW)

    [mail] = Message.objects.filter(event="committee_date", about=proposal.reference)
    assert "Nothing is asked of you now." in mail.body
    assert (mail.kind, event_of(mail.event).topic) == (Kind.FYI, Topic.PROGRESS)


def test_nobody_gets_two_mails_of_one_move():
    cast = make_cast()
    proposal = make_draft(co_proposers=[{"name": "Ola", "email": cast.oxford.email}])
    take_part(proposal, cast.oxford)
    send(proposal)

    moved = Message.objects.filter(about=proposal.reference, cause__startswith="stage_change")
    to = moved.values_list("to", flat=True)

    assert sorted(to) == sorted({*to})
    assert cast.oxford.email in to


def test_a_queue_without_staff_is_the_leads():
    cast = make_cast()
    proposal = make_draft()
    cast.oxford.roles.all().delete()
    send(proposal)
    told = Message.objects.get(about=proposal.reference, event="queue_new")
    assert told.user == cast.lead


def test_the_receipt_leaves_at_once_and_the_rest_after_the_grace(settings):
    settings.NOTIFICATION_GRACE_SECONDS = 300
    at = timezone.now() - timedelta(days=3)
    proposal = make_submitted(at=at)

    due = dict(Message.objects.filter(about=proposal.reference).values_list("event", "due_at"))

    assert due == {"receipt": at, "queue_new": at + timedelta(seconds=300)}


def test_the_desk_gets_no_link_to_a_draft_taken_back():
    cast = make_cast()
    proposal = make_at(Stage.SUBMITTED)

    do_move(proposal, Move.TAKE_BACK, cast.proposer)

    mail = Message.objects.get(event="desk_moved", to=cast.oxford.email)
    assert mail.subject.endswith("Take back → Draft")
    assert "has left the desk" in mail.body
    assert "/admin/" not in mail.body


def test_the_receipt_of_a_full_proposal_has_another_subject_than_that_of_the_form():
    proposal = make_at(Stage.FULL_PROPOSAL)
    do_move(proposal, Move.SUBMIT_FULL_PROPOSAL, make_cast().proposer)

    receipts = Message.objects.filter(event="receipt", user=proposal.submitter).order_by("pk")
    assert [mail.subject.rsplit(": ")[-1] for mail in receipts] == [
        "With eLearning",
        "Final checks",
    ]
