"""A move is taken back within its grace: every column returns, nothing is sent; later, nothing."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage, Thread
from proposals.services import save_page
from proposals.services.conversation import add_comment
from reviews.change_requests import ask_to_change
from reviews.grace import WRITTEN, undo_until
from reviews.models import AskToChange, Request, StageChange
from reviews.plans import Given, build_plan, build_undo
from reviews.points import Point
from reviews.return_points import answer_point
from reviews.services import assign, changes_of, undo
from reviews.withdrawal_requests import ask_to_withdraw, can_ask_to_withdraw
from reviews.workflow import MOVES, Move
from tests.factories import do_move, given_for, make_at, make_cast, make_submitted, send
from tests.reviews.test_commands import run
from tests.reviews.test_plans import actor_of, follow

pytestmark = pytest.mark.django_db
MADE_A_DRAFT = {(Stage.RENEWAL_REVIEW, Move.RENEW), (Stage.WITHDRAWN, Move.REOPEN)}
NOT_TAKEN_BACK = MADE_A_DRAFT | {(Stage.MERGED, Move.REOPEN)}


def columns(proposal: Proposal) -> dict:
    fresh = Proposal.objects.get(pk=proposal.pk)
    return {name: getattr(fresh, name) for name in WRITTEN}


def waiting() -> int:
    return Message.objects.filter(state=Message.State.QUEUED).count()


def leaving_before(moment: datetime, change: StageChange) -> int:
    """How many mails of this move would have left by then; receipts tell who acted, at once."""
    mails = Message.objects.filter(cause=f"stage_change:{change.pk}", due_at__lte=moment)
    return mails.exclude(event="receipt").count()


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.DRAFT])
def test_every_move_from_here_undone_restores_every_column_and_sends_nothing(
    stage, capsys, settings
):
    """At a moment of the window that is another for each; at its end it is refused."""
    settings.NOTIFICATION_GRACE_SECONDS = 300
    proposal = make_at(stage, at=timezone.now() - timedelta(days=2))
    follow(proposal)
    other = make_submitted(make_cast().other_proposer)
    for which, info in MOVES.items():
        if stage not in info.from_stages or which in (Move.SUBMIT, Move.RESUBMIT):
            continue
        given = given_for(which) | ({"target": other.reference} if which == Move.MERGE else {})
        proposal = Proposal.objects.get(pk=proposal.pk)  # what was taken back is not in its fields
        if which == Move.WITHDRAW and can_ask_to_withdraw(proposal, changes_of(proposal)):
            ask_to_withdraw(proposal=proposal, by=proposal.submitter, reason="The partner left.")
        with transaction.atomic():
            before, mails = columns(proposal), waiting()
            actor = actor_of(which, proposal)
            change = do_move(proposal, which, actor, **given)
            share = Random(f"{stage} {which}").random()  # noqa: S311 any moment will do
            moment = change.at + share * (undo_until(change) - change.at)
            with pytest.raises(ValidationError), transaction.atomic():
                undo(proposal=proposal, by=actor, at=undo_until(change))
            if (stage, which) in NOT_TAKEN_BACK:
                with pytest.raises(ValidationError):
                    undo(proposal=proposal, by=actor, at=moment)
            else:
                assert leaving_before(moment, change) == 0
                undo(proposal=proposal, by=actor, at=moment)
                connection.check_constraints()
                assert columns(proposal) == before, which
                assert waiting() == mails, which
                assert run("verify_history", capsys) == (0, [])
            transaction.set_rollback(True)


def test_history_keeps_both_entries_and_the_way_goes_on(capsys):
    cast = make_cast()
    proposal = make_at(Stage.TRIAGE)
    do_move(proposal, Move.HOLD, cast.oxford, **given_for(Move.HOLD))
    undo(proposal=proposal, by=cast.oxford)
    proposal.refresh_from_db()

    assert [change.move for change in changes_of(proposal)][:2] == ["undo", "hold"]
    do_move(proposal, Move.RETURN, cast.oxford, **given_for(Move.RETURN))
    do_move(proposal, Move.HOLD, cast.oxford, **given_for(Move.HOLD))
    do_move(proposal, Move.RESUME, cast.oxford)
    assert proposal.stage == Stage.RETURNED
    assert run("verify_history", capsys) == (0, [])
    assert run("notification_coverage", capsys) == (0, [])


def test_a_move_and_the_one_before_it_are_taken_back_one_after_the_other():
    cast = make_cast()
    proposal = make_submitted()
    before = columns(proposal)
    do_move(proposal, Move.START_TRIAGE, cast.oxford)
    do_move(proposal, Move.HOLD, cast.oxford, **given_for(Move.HOLD))
    undo(proposal=proposal, by=cast.oxford)
    undo(proposal=proposal, by=cast.oxford)
    assert columns(proposal) == before


def test_a_move_is_taken_back_whatever_the_zone_its_moment_was_given_in():
    cast = make_cast()
    proposal = make_submitted()
    on_campus = timezone.now().astimezone(ZoneInfo("America/New_York"))
    do_move(proposal, Move.START_TRIAGE, cast.oxford, at=on_campus)
    undo(proposal=proposal, by=cast.oxford)
    proposal.refresh_from_db()
    assert proposal.stage == Stage.SUBMITTED


def test_only_who_made_it_or_the_lead_takes_it_back():
    cast = make_cast()
    proposal = make_submitted()
    do_move(proposal, Move.START_TRIAGE, cast.oxford)
    for other in (cast.regionals, cast.proposer, cast.auditor, cast.deans):
        with pytest.raises(ValidationError, match="Only Ola Oxford"):
            undo(proposal=proposal, by=other)
    undo(proposal=proposal, by=cast.lead)
    proposal.refresh_from_db()
    assert proposal.stage == Stage.SUBMITTED


def test_the_window_is_that_of_its_mails(settings):
    cast = make_cast()
    proposal = make_submitted()
    change = do_move(proposal, Move.START_TRIAGE, cast.oxford)
    until = undo_until(change)
    assert until - change.at == timedelta(seconds=settings.NOTIFICATION_GRACE_SECONDS)
    with pytest.raises(ValidationError, match="The time to undo it is over"):
        undo(proposal=proposal, by=cast.oxford, at=until)
    undo(proposal=proposal, by=cast.oxford, at=until - timedelta(seconds=1))


def test_another_move_meanwhile_is_not_taken_for_the_one_seen():
    cast = make_cast()
    proposal = make_submitted()
    seen = do_move(proposal, Move.START_TRIAGE, cast.oxford)
    do_move(proposal, Move.HOLD, cast.lead, **given_for(Move.HOLD))
    with pytest.raises(ValidationError, match="On hold"):
        undo(proposal=proposal, by=cast.lead, seen=seen.pk)


def test_what_was_assigned_before_stays_and_what_was_assigned_since_refuses_only_its_own_move():
    cast = make_cast()
    proposal = make_submitted()
    do_move(proposal, Move.START_TRIAGE, cast.oxford)
    assign(proposals=[proposal], to=cast.lead, by=cast.oxford)
    with pytest.raises(ValidationError, match="changed since"):
        undo(proposal=proposal, by=cast.oxford)
    do_move(proposal, Move.HOLD, cast.oxford, **given_for(Move.HOLD))
    assign(proposals=[proposal], to=cast.oxford, by=cast.lead)
    undo(proposal=proposal, by=cast.oxford)
    proposal.refresh_from_db()
    assert (proposal.stage, proposal.assignee) == (Stage.TRIAGE, cast.oxford)


def test_a_return_is_not_taken_back_once_somebody_works_on_it():
    cast = make_cast()
    proposal = make_at(Stage.TRIAGE)
    given = given_for(Move.RETURN) | {
        "points": (Point(key="need_statement", text="Which machines?", reason_code="other"),)
    }
    do_move(proposal, Move.RETURN, cast.oxford, **given)
    with transaction.atomic():
        [point] = Request.objects.of(proposal)
        answer_point(point=point, answer="All four.", by=cast.proposer, read_at=None)
        with pytest.raises(ValidationError, match="answered already"):
            undo(proposal=proposal, by=cast.oxford)
        transaction.set_rollback(True)
    with transaction.atomic():
        form = proposal.interest
        answers = {"need_statement": "Now it says which machines: all four presses, each shift."}
        save_page(
            proposal=proposal,
            page="need",
            answers=answers,
            form_version=form.version,
            by=cast.proposer,
        )
        with pytest.raises(ValidationError, match="form was changed"):
            undo(proposal=proposal, by=cast.oxford)
        transaction.set_rollback(True)
    undo(proposal=proposal, by=cast.oxford)
    assert list(Request.objects.of(proposal)) == []


def test_an_ask_that_the_return_decided_is_open_again():
    cast = make_cast()
    proposal = make_at(Stage.TRIAGE)
    ask_to_change(
        proposal=proposal, keys=["need_statement"], reason="A number is wrong.", by=cast.proposer
    )
    do_move(proposal, Move.RETURN, cast.oxford, **given_for(Move.RETURN))
    assert not AskToChange.objects.open().exists()
    undo(proposal=proposal, by=cast.oxford)
    assert AskToChange.objects.open().filter(proposal=proposal).exists()


def test_a_launch_undone_brings_back_what_it_replaced():
    cast = make_cast()
    old = make_at(Stage.RENEWAL_REVIEW)
    do_move(old, Move.RENEW, cast.oxford)
    new = Proposal.objects.get(renews=old)
    send(new)
    new.refresh_from_db()
    for which, who in (
        (Move.START_TRIAGE, cast.oxford),
        (Move.CONSULT, cast.oxford),
        (Move.OPEN_FULL_PROPOSAL, cast.oxford),
        (Move.SUBMIT_FULL_PROPOSAL, new.submitter),
        (Move.SEND_TO_COMMITTEE, cast.oxford),
        (Move.RECOMMEND, cast.committee_chair),
        (Move.CONSENT, cast.deans),
        (Move.START_DEVELOPMENT, cast.oxford),
    ):
        if which == Move.CONSULT:
            follow(new)
        do_move(new, which, who, **given_for(which))
    before = columns(old), columns(new)
    do_move(new, Move.LAUNCH, cast.lead)
    old.refresh_from_db()
    assert old.stage == Stage.RETIRED
    with pytest.raises(ValidationError, match="Undo that launch"):
        undo(proposal=old, by=cast.lead)
    undo(proposal=new, by=cast.lead)
    assert (columns(old), columns(new)) == before


def test_a_decision_is_told_to_nobody_outside_until_its_grace_ends(client, settings):
    cast = make_cast()
    proposal = make_at(Stage.APC_REVIEW, at=timezone.now() - timedelta(days=2))
    follow(proposal)
    do_move(proposal, Move.DECLINE, cast.committee_chair, **given_for(Move.DECLINE))
    client.force_login(cast.proposer)
    for path in (
        "/proposals/",
        f"/proposals/{proposal.reference}/",
        f"/proposals/{proposal.reference}/record/",
    ):
        page = client.get(path).content.decode()
        assert "With the committee" in page, path
        assert "Not moving forward" not in page.split("<form", 1)[-1] or path == "/proposals/", path
        assert "It exists." not in page, path
    refused = client.get(f"/proposals/{proposal.reference}/withdraw/").content.decode()
    assert "being recorded" in refused
    assert "Not moving forward" not in refused
    client.force_login(cast.oxford)
    desk = client.get(f"/admin/reviews/triageitem/{proposal.pk}/change/").content.decode()
    assert "only staff see this decision" in desk
    settings.NOTIFICATION_GRACE_SECONDS = 0
    client.force_login(cast.proposer)
    assert "It exists." in client.get(f"/proposals/{proposal.reference}/").content.decode()


def test_no_side_page_of_proposers_tells_a_decision_in_its_grace(client, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 300
    cast = make_cast()
    proposal = make_at(Stage.APC_REVIEW, at=timezone.now() - timedelta(days=2))
    do_move(proposal, Move.DECLINE, cast.committee_chair, **given_for(Move.DECLINE))
    client.force_login(cast.proposer)

    begun = client.get("/proposals/new/").content.decode()
    assert "With the committee" in begun
    assert "Not moving forward" not in begun
    page = f"/proposals/{proposal.reference}/ask-to-change/"
    assert client.get(page).context["refusal"] == ""
    answered = client.post(page, {"keys": "working_title", "reason": "A better one."})
    assert answered.status_code == 409
    assert "being recorded for it right now" in answered.content.decode()


def test_my_list_stands_still_while_a_decision_is_in_its_grace(client, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 300
    cast = make_cast()
    older = make_at(Stage.APC_REVIEW, at=timezone.now() - timedelta(days=9))
    newer = make_at(Stage.APC_REVIEW, at=timezone.now() - timedelta(days=2))
    client.force_login(cast.proposer)

    def listed():
        rows = [row.stands.proposal for group in groups() for row in group.rows]
        return [(row.reference, row.last_activity_at) for row in rows]

    def groups():
        return client.get("/proposals/").context["groups"]

    before = listed()
    assert [reference for reference, _at in before] == [newer.reference, older.reference]
    do_move(older, Move.DECLINE, cast.committee_chair, **given_for(Move.DECLINE))
    assert listed() == before

    kind = Thread.Kind.PROPOSERS
    add_comment(proposal=older, kind=kind, author=cast.proposer, body="Any news?")
    assert [reference for reference, _at in listed()] == [older.reference, newer.reference]


def test_the_desk_shows_what_comes_back_and_does_it(client):
    cast = make_cast()
    proposal = make_submitted()
    client.force_login(cast.oxford)
    path = f"/admin/reviews/triageitem/{proposal.pk}"
    do_move(proposal, Move.START_TRIAGE, cast.oxford)
    assert "can be undone until" in client.get(f"{path}/change/").content.decode()
    page = client.get(f"{path}/undo/")
    assert page.status_code == 200
    assert "What comes back" in page.content.decode()
    seen = changes_of(proposal)[0].pk
    assert client.post(f"{path}/undo/", {"seen": seen}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.stage == Stage.SUBMITTED
    again = client.post(f"{path}/undo/", {"seen": seen})
    assert again.status_code == 409
    assert client.post(f"{path}/undo/", {"seen": "nonsense"}).status_code == 409
    history = client.get(f"{path}/change/").content.decode()
    assert "(undone)" in history


def test_what_can_no_longer_be_undone_promises_nothing(client):
    cast = make_cast()
    proposal = make_at(Stage.CONSULTATION, at=timezone.now() - timedelta(days=1))
    client.force_login(cast.lead)

    page = client.get(f"/admin/reviews/triageitem/{proposal.pk}/undo/").content.decode()

    assert "The time to undo it is over" in page
    for promise in ("What comes back", "are not sent", "Nobody is mailed"):
        assert promise not in page


def test_a_proposer_takes_a_submission_back_by_undo_and_staff_find_it_gone(client):
    cast = make_cast()
    proposal = make_submitted()
    client.force_login(cast.proposer)
    page = client.get(f"/proposals/{proposal.reference}/").content.decode()
    assert "<strong>Submit</strong> can be undone until" in page
    seen = changes_of(proposal)[0].pk
    assert client.post(f"/proposals/{proposal.reference}/undo/", {"seen": seen}).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.stage, proposal.submitted_at) == (Stage.DRAFT, None)
    queue = Message.objects.filter(about=proposal.reference, event="queue_new")
    assert {mail.state for mail in queue} == {Message.State.RECALLED}
    send(proposal)
    client.force_login(cast.other_proposer)
    assert client.get(f"/proposals/{proposal.reference}/undo/").status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_the_undo_page_takes_the_same_statements_whatever_the_history(
    size, client, django_assert_num_queries
):
    cast = make_cast()
    proposal = make_submitted()
    for _each in range(size):
        do_move(proposal, Move.HOLD, cast.oxford, **given_for(Move.HOLD))
        do_move(proposal, Move.RESUME, cast.oxford)
    client.force_login(cast.oxford)
    with django_assert_num_queries(12):
        client.get(f"/admin/reviews/triageitem/{proposal.pk}/undo/")


def test_whom_nothing_is_shared_with_is_named_on_the_plan():
    proposal = make_at(Stage.TRIAGE)
    plan = build_plan(proposals=[proposal], move=Move.HOLD, actor=make_cast().oxford)
    quiet = {each.who: each.why for each in plan.items[0].not_told}
    assert quiet["Tallgrass Fasteners"] == "Nothing is shared with them."


def test_a_decision_moves_nothing_up_in_what_others_read_until_it_is_told(client, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 300
    cast, now = make_cast(), timezone.now()
    decided = make_at(Stage.APC_REVIEW, at=now - timedelta(days=3))
    newer = make_at(Stage.APC_REVIEW, at=now - timedelta(days=2))
    client.force_login(cast.committee)

    def listed() -> list[str]:
        page = client.get("/proposals/", {"show": "readable"}).context
        rows = [row for group in page["groups"] for row in group.rows]
        return [row.stands.proposal.reference for row in rows]

    assert listed() == [newer.reference, decided.reference]
    do_move(decided, Move.RECOMMEND, cast.committee_chair, **given_for(Move.RECOMMEND))
    assert listed() == [newer.reference, decided.reference]
    settings.NOTIFICATION_GRACE_SECONDS = 0
    assert listed() == [decided.reference, newer.reference]


def test_a_reopening_says_in_its_mail_what_it_corrects():
    cast = make_cast()
    proposal = make_at(Stage.DECLINED, at=timezone.now() - timedelta(days=3))
    do_move(proposal, Move.REOPEN, cast.lead, **given_for(Move.REOPEN))
    mail = Message.objects.filter(event="moved", to=cast.proposer.email).latest("pk")
    assert mail.subject.startswith("Correction: “")
    assert "A correction: on" in mail.body
    assert "“Not moving forward”" in mail.body


def test_an_undo_plan_of_a_draft_that_was_never_sent_has_nothing():
    cast = make_cast()
    proposal = make_at(Stage.DRAFT)
    plan = build_undo(proposal=proposal, actor=cast.proposer)
    assert not plan.is_ready
    client = Client()
    client.force_login(cast.proposer)
    page = client.get(f"/proposals/{proposal.reference}/undo/")
    assert "Nothing was done that could be undone." in page.content.decode()


def test_past_the_window_the_lead_puts_a_stage_back_and_whoever_was_told_reads_a_correction(cast):
    proposal = make_at(Stage.READINESS, at=timezone.now() - timedelta(days=3))
    meeting = timezone.localdate() + timedelta(days=9)
    do_move(
        proposal,
        Move.SEND_TO_COMMITTEE,
        cast.lead,
        at=timezone.now() - timedelta(days=1),
        meeting_on=meeting,
    )
    too_late = build_undo(proposal=proposal, actor=cast.lead).refusal
    assert "press “Put back a stage”; whoever was told gets a correction." in too_late

    change = do_move(proposal, Move.PUT_BACK, cast.lead, note="The wrong one was sent.")

    assert (proposal.stage, proposal.meeting_on) == (Stage.READINESS, None)
    mails = {mail.event: mail for mail in Message.objects.filter(cause=f"stage_change:{change.pk}")}
    assert set(mails) == {"moved", "desk_turn", "review_stopped"}
    assert mails["moved"].subject.startswith("Correction: “")
    assert "A correction: on" in mails["moved"].body
    assert "“With the committee”" in mails["moved"].body
    assert "wrong one" not in mails["moved"].body


def test_a_stage_put_back_is_no_way_in_so_it_can_go_back_further(cast):
    proposal = make_at(Stage.CAD_CONSENT, at=timezone.now() - timedelta(days=3))
    for stage in (Stage.APC_REVIEW, Stage.READINESS, Stage.FULL_PROPOSAL, Stage.CONSULTATION):
        do_move(proposal, Move.PUT_BACK, cast.lead, note="A stage further.")
        assert proposal.stage == stage
    do_move(proposal, Move.PUT_BACK, cast.lead, note="To the beginning.")
    assert proposal.stage == Stage.TRIAGE
    given = Given(note="Once more.")
    plan = build_plan(proposals=[proposal], move=Move.PUT_BACK, actor=cast.lead, given=given)
    assert not plan.is_ready
