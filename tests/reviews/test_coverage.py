"""The nightly check of the mails: whoever had to be told and was not is named."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox.models import Message
from partners.models import Contact, Engagement
from partners.services import share
from proposals.models import Participant, Stage
from reviews import coverage, watch
from reviews.models import CoverageRun, StageChange
from reviews.services import save_triage, undo
from reviews.tasks import check_coverage
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_cast, make_person, make_submitted

pytestmark = pytest.mark.django_db


def followed():
    """A proposal in triage with a co-proposer, and a partner who follows it."""
    cast = make_cast()
    proposal = make_submitted(cast.proposer)
    colleague = make_person("kay@miami.example", "Kay Colleague")
    Participant.objects.create(
        proposal=proposal, user=colleague, capacity="editor", since=timezone.now()
    )
    triage = {
        "credential_type": "microcredential",
        "is_duplicate_checked": True,
        "partner_summary": "People learn to sample.",
    }
    save_triage(proposal=proposal, by=cast.oxford, values=triage)
    engagement = Engagement.objects.get(proposal=proposal)
    share(engagement=engagement, contact=Contact.objects.get(), by=cast.oxford)
    do_move(proposal, Move.START_TRIAGE, cast.oxford)
    return proposal


@pytest.fixture
def walked():
    """It goes to the committee and the deans."""
    cast, proposal = make_cast(), followed()
    for which, actor in (
        (Move.CONSULT, cast.oxford),
        (Move.OPEN_FULL_PROPOSAL, cast.oxford),
        (Move.SUBMIT_FULL_PROPOSAL, cast.proposer),
        (Move.SEND_TO_COMMITTEE, cast.oxford),
        (Move.RECOMMEND, cast.committee_chair),
        (Move.CONSENT, cast.deans),
    ):
        do_move(proposal, which, actor, **given_for(which))
    return proposal


def gaps():
    return coverage.look().gaps


def delete(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_message WHERE id = %s", [pk])


def test_each_row_that_is_deleted_is_named_whoever_it_was_for(walked):
    assert gaps() == []
    rows = Message.objects.filter(cause__startswith="stage_change:")
    told = {(row.event, row.to): row for row in rows}
    audiences = {event for event, _to in told}
    assert {"desk_turn", "review_asked", "consent_asked", "partner_update", "approved"} <= audiences

    for row in told.values():
        delete(row.pk)
        [gap] = gaps()
        assert (gap.event, gap.who) == (row.event, row.to)
        assert f"stage_change:{gap.change}" == row.cause
        row.save(force_insert=True)


def test_a_move_that_told_nobody_is_loud(walked):
    change = StageChange.objects.filter(move=Move.SEND_TO_COMMITTEE).get()
    Message.objects.filter(cause=f"stage_change:{change.pk}").delete()

    assert {gap.what for gap in gaps()} == {"never written; nobody was told of this move"}
    assert len(gaps()) > 3


@pytest.mark.parametrize("state", ["gathered", "suppressed", "recalled", "queued"])
def test_what_stands_in_the_ledger_with_its_reason_is_no_gap(walked, state):
    Message.objects.update(state=state, error="Its reader has switched these off.")

    assert gaps() == []


@pytest.mark.parametrize("state,word", [("failed", "failed"), ("bounced", "came back")])
def test_what_did_not_arrive_is_named(walked, state, word):
    row = Message.objects.filter(event="review_asked").first()
    Message.objects.filter(pk=row.pk).update(state=state, error="550 no such person")

    [gap] = gaps()
    assert (gap.event, gap.who, gap.what) == (row.event, row.to, f"{word}: 550 no such person")


def test_who_came_later_or_left_before_is_not_missed(walked):
    cast = make_cast()
    make_person("new@miami.example", "New Member", "committee")
    cast.deans.roles.update(ends_on=timezone.localdate() - timedelta(days=1))
    Message.objects.filter(to=cast.deans.email).delete()

    assert gaps() == []


def test_what_was_taken_back_or_made_silently_had_to_tell_nobody():
    cast, proposal = make_cast(), make_submitted()
    do_move(proposal, Move.START_TRIAGE, cast.lead)
    do_move(proposal, Move.HOLD, cast.lead, **given_for(Move.HOLD))
    undo(proposal=proposal, by=cast.lead)
    Message.objects.filter(event="moved").delete()

    assert gaps() == []


def test_the_night_looks_at_two_weeks_and_by_hand_at_all():
    old = timezone.now() - timedelta(days=30)
    make_submitted(at=old)
    Message.objects.all().delete()

    assert coverage.check(since=timezone.now() - coverage.NIGHTLY).count == 0
    assert coverage.check().count > 0


def test_statements_follow_the_chunk_and_not_the_moves():
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as made:
            coverage.look()
        return len(made)

    make_at(Stage.CONSULTATION)
    one = statements()
    for _ in range(3):
        make_at(Stage.READINESS)

    assert statements() == one


def test_the_home_says_what_the_night_found_and_leads_there(client, walked):
    row = Message.objects.filter(event="review_asked").first()
    delete(row.pk)
    check_coverage()
    watch.forget()
    client.force_login(make_cast().oxford)

    home = client.get("/admin/").content.decode()
    page = reverse("admin:reviews_coveragerun_change", args=[CoverageRun.objects.get().pk])
    assert "1 mail of the last weeks is missing or lost." in home
    assert f'href="{page}"' in home
    found = client.get(page).content.decode()
    assert row.to in found and walked.reference in found
    assert "Send to the committee" in found


@pytest.mark.parametrize("who", ["proposer", "committee", "committee_chair", "deans"])
def test_the_checks_are_for_the_desk_alone(client, cast, who):
    run = coverage.check()
    client.force_login(getattr(cast, who))

    page = reverse("admin:reviews_coveragerun_change", args=[run.pk])
    assert client.get(page).status_code in (302, 403, 404)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_checks_takes_as_many_statements_for_any_number(
    client, cast, rows, django_assert_num_queries
):
    for _ in range(rows):
        coverage.check()
    client.force_login(cast.oxford)

    with django_assert_num_queries(5):
        assert client.get(reverse("admin:reviews_coveragerun_changelist")).status_code == 200


def test_only_the_newest_checks_are_kept(monkeypatch):
    monkeypatch.setattr(coverage, "KEPT_RUNS", 2)
    for _ in range(4):
        coverage.check()

    assert CoverageRun.objects.count() == 2
