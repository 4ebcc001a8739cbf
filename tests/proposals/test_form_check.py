"""Checking and sending the form, once; throwing a draft away."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox.models import Message
from partners.models import Engagement
from proposals.models import InterestForm, Participant, Proposal, Revision, Stage
from proposals.services import create_draft, save_page
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_cast, make_draft

pytestmark = pytest.mark.django_db
BOTH = {"ack_record": "on", "ack_process": "on"}


@pytest.fixture
def me(client, proposer):
    client.force_login(proposer)
    return client


def url_of(name, proposal):
    return reverse(f"proposals:proposal_{name}", args=[proposal.reference])


def version(proposal):
    return InterestForm.objects.get(proposal=proposal).version


def send(client, proposal, **changed):
    post = {"form_version": version(proposal), **BOTH, **changed}
    return client.post(url_of("check", proposal), {k: v for k, v in post.items() if v is not None})


def test_what_is_missing_is_listed_with_links_and_cannot_be_sent(me, proposer):
    draft = create_draft(owner=proposer, working_title="Sampling for shift leads")

    page = me.get(url_of("check", draft)).content.decode()
    refused = send(me, draft)

    for anchor in (
        "about/#id_campus_home_0",
        "need/#id_need_statement",
        "skills/#id_outcomes-0-text",
    ):
        assert f"/proposals/{draft.reference}/edit/{anchor}" in page
    assert refused.status_code == 422
    assert not Revision.objects.exists()
    assert "<title>Error: Check your answers" in (again := refused.content.decode())
    assert "It has not been sent: " in again
    assert "It has not been sent" not in page


def test_answers_are_read_back_with_links_to_change_them(me, proposer):
    draft = make_draft(proposer)

    page = me.get(url_of("check", draft)).content.decode()

    assert "Nothing is missing" in page
    assert "Tallgrass Fasteners" in page
    assert f"/proposals/{draft.reference}/edit/shape/" in page
    assert 'data-move="submit"' in page


@pytest.mark.parametrize("left_out", ["ack_record", "ack_process"])
def test_both_statements_must_be_ticked(me, proposer, left_out):
    draft = make_draft(proposer)

    response = send(me, draft, **{left_out: None})

    assert response.status_code == 422
    assert [*response.context["form"].errors] == [left_out]
    assert Proposal.objects.get().is_draft


def test_submit_freezes_opens_engagements_and_thanks(me, proposer):
    draft = make_draft(proposer)

    response = send(me, draft)

    draft.refresh_from_db()
    assert response["Location"] == url_of("detail", draft)
    assert draft.stage == Stage.SUBMITTED
    assert Engagement.objects.get().organization.name == "Tallgrass Fasteners"
    assert Message.objects.filter(user=proposer).count() == 1
    kept = Revision.objects.get().answers["attestations"]
    assert [kept[key]["given"] for key in BOTH] == [True, True]


def test_back_and_again_sends_nothing_twice(me, proposer):
    draft = make_draft(proposer)
    old = version(draft)
    send(me, draft)

    again = send(me, draft, form_version=old)

    assert (
        again["Location"] == me.get(url_of("check", draft))["Location"] == url_of("detail", draft)
    )
    assert Revision.objects.count() == 1
    assert Message.objects.filter(user=proposer).count() == 1


@pytest.mark.parametrize("stale", ["1", "", "x", "-3", "9" * 30])
def test_answers_changed_since_they_were_read_are_read_again_first(me, proposer, stale):
    draft = make_draft(proposer)

    response = send(me, draft, form_version=stale)

    assert response.status_code == 422
    assert not Revision.objects.exists()


def test_a_colleague_reads_everything_and_is_told_who_sends_it(client, proposer, other_proposer):
    draft = make_draft(proposer)
    Participant.objects.create(
        proposal=draft, user=other_proposer, capacity="editor", since=draft.created_at
    )
    client.force_login(other_proposer)

    page = client.get(url_of("check", draft)).content.decode()

    assert 'data-move="submit"' not in page
    assert "Fay Proposer began this proposal" in page
    assert send(client, draft).status_code == 422
    assert client.post(url_of("delete", draft)).status_code == 422
    assert Proposal.objects.get().is_draft


def test_a_returned_form_is_changed_and_sent_again(me, proposer, oxford):
    proposal = make_at(Stage.RETURNED, owner=proposer)
    assert 'data-move="resubmit"' in me.get(url_of("check", proposal)).content.decode()
    save_page(
        proposal=proposal,
        page="finish",
        answers={"anything_else": "More"},
        form_version=version(proposal),
        by=proposer,
    )

    send(me, proposal)

    proposal.refresh_from_db()
    assert proposal.stage == Stage.TRIAGE
    assert [revision.number for revision in Revision.objects.all()] == [1, 2]


def test_a_form_is_closed_while_it_is_on_hold(me, proposer, oxford):
    proposal = make_at(Stage.RETURNED, owner=proposer)
    do_move(proposal, Move.HOLD, oxford, **given_for(Move.HOLD))

    assert me.get(url_of("check", proposal)).status_code == 302
    assert send(me, proposal)["Location"] == url_of("detail", proposal)


def test_a_date_that_has_passed_has_to_be_changed_before_sending(me, proposer):
    draft = make_draft(proposer, start_by="date", answers={})
    save_page(
        proposal=draft,
        page="need",
        answers={
            "start_on": (timezone.localdate() - timedelta(days=1)).isoformat(),
            "start_reason": "x",
        },
        form_version=version(draft),
        by=proposer,
    )

    assert send(me, draft).status_code == 422


def test_a_draft_is_deleted_after_a_question(me, proposer):
    draft = make_draft(proposer)
    assert me.get(url_of("delete", draft)).status_code == 200
    assert Proposal.objects.exists()

    response = me.post(url_of("delete", draft))

    assert response["Location"] == reverse("proposals:proposal_list")
    assert not Proposal.objects.exists()


def test_what_was_sent_is_not_deleted(me, proposer):
    draft = make_draft(proposer)
    send(me, draft)

    assert me.post(url_of("delete", draft)).status_code == 422
    assert Proposal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_send_it_once():
    proposer = make_cast().proposer
    draft = make_draft(proposer)
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(proposer)
    codes = at_once(*(lambda client=client: send(client, draft).status_code for client in clients))

    assert codes == [302, 302]
    assert Revision.objects.count() == 1
    assert Message.objects.filter(user=proposer).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_saves_at_once_both_stand():
    proposer = make_cast().proposer
    draft = create_draft(owner=proposer, working_title="Sampling")

    def save(page, answers):
        return save_page(
            proposal=draft, page=page, answers=answers, form_version=1, by=proposer
        ).version

    versions = at_once(
        lambda: save("shape", {"credit_kind": "both"}),
        lambda: save("shape", {"off_campus": "no"}),
        lambda: save("finish", {"anything_else": "More"}),
    )

    assert sorted(versions) == [2, 3, 4]
    answers = InterestForm.objects.get().answers
    assert (answers["credit_kind"], answers["off_campus"]) == ("both", "no")
    assert answers["anything_else"] == "More"


@pytest.mark.django_db(transaction=True)
def test_answers_saved_while_submit_waits_are_read_first():
    proposer = make_cast().proposer
    draft = make_draft(proposer)
    read_at = version(draft)
    client = Client()
    client.force_login(proposer)
    codes = []

    def submit():
        codes.append(send(client, draft, form_version=read_at).status_code)
        connection.close()

    sending = threading.Thread(target=submit)

    with transaction.atomic():
        answers = {"anything_else": "Written meanwhile"}
        save_page(proposal=draft, page="finish", answers=answers, form_version=read_at, by=proposer)
        sending.start()
        sending.join(timeout=1)  # it waits for the lock of this transaction
    sending.join(timeout=30)

    assert codes == [422]
    assert not Revision.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_posts_of_one_new_page_at_once_make_one_draft():
    proposer = make_cast().proposer
    key = "8b0e1d0e-0f57-4bd0-9b6c-111111111111"
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(proposer)
    post = {"working_title": "Reading charts", "form_key": key}

    def begin(client):
        return client.post(reverse("proposals:proposal_new"), post)["Location"]

    places = at_once(*(lambda client=client: begin(client) for client in clients))

    assert len(set(places)) == 1
    assert Proposal.objects.count() == 1


def at_once(*calls):
    """What each call gives, all begun together on connections of their own."""
    start = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(number, call):
        start.wait()
        try:
            results[number] = call()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results
