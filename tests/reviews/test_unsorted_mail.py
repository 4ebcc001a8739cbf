"""The page of unsorted mail: who reads it, where staff put what waits there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox import purging
from microcreds.outbox.models import Incoming
from proposals.models import Comment, Participant, Stage
from reviews import watch
from tests.factories import make_at, make_unit

pytestmark = pytest.mark.django_db
LIST = "/admin/outbox/incoming/"


@pytest.fixture
def proposal(cast):
    found = make_at(Stage.APC_REVIEW, owner=cast.proposer)
    found.unit = make_unit("Oxford")
    found.save()
    return found


def incoming(number=1, **changed):
    row = {
        "message_id": f"<{number}@mail.example>",
        "sender": "jo@ridgeway.example",
        "subject": f"Question {number}",
        "text": "May we <b>join</b>?",
        "whole": "May we <b>join</b>?\n> Earlier",
        "received_at": timezone.now(),
        "state": "unsorted",
        "why": "It names no mail of ours.",
    }
    return Incoming.objects.create(**row | changed)


def page(name, row):
    return reverse(f"admin:outbox_incoming_{name}", args=[row.pk])


def test_the_list_says_what_waits_and_why_and_the_page_its_text(client, cast):
    row = incoming(files=["a.pdf"])
    incoming(2, state="dropped", why="Precedence: bulk")
    client.force_login(cast.oxford)

    shown = client.get(LIST).content.decode()
    assert ("Question 1" in shown, "Question 2" in shown) == (True, False)
    assert "It names no mail of ours." in shown
    assert "Question 2" in client.get(LIST, {"state": "dropped"}).content.decode()
    one = client.get(page("change", row)).content.decode()
    assert "May we &lt;b&gt;join&lt;/b&gt;?" in one
    assert "a.pdf" in one


@pytest.mark.parametrize(
    ("who", "sees"),
    [("oxford", True), ("regionals", False), ("lead", True), ("auditor", True)],
)
def test_a_mail_about_a_proposal_is_its_units(client, cast, proposal, who, sees):
    row = incoming(about=proposal.reference)
    client.force_login(getattr(cast, who))

    assert ("Question 1" in client.get(LIST).content.decode()) is sees
    assert (client.get(page("change", row)).status_code == 200) is sees


@pytest.mark.parametrize("capacity", ["recused", "viewer"])
def test_who_takes_part_in_a_proposal_sorts_no_mail_about_it(client, cast, proposal, capacity):
    Participant.objects.create(
        proposal=proposal, user=cast.oxford, capacity=capacity, since=timezone.now()
    )
    row = incoming(about=proposal.reference)
    client.force_login(cast.oxford)

    assert "Question 1" not in client.get(LIST).content.decode()
    assert client.get(page("put", row)).status_code == 404


@pytest.mark.parametrize("who", ["auditor", "proposer", "deans", "committee_chair"])
def test_nobody_but_staff_sorts(client, cast, who):
    row = incoming()
    client.force_login(getattr(cast, who))

    for name in ("put", "aside"):
        assert client.post(page(name, row), {"why": "x"}).status_code == 404
    assert Incoming.objects.get().state == "unsorted"


def test_staff_put_a_mail_to_a_proposal_as_an_internal_note(client, cast, proposal):
    row = incoming()
    client.force_login(cast.oxford)

    response = client.post(page("put", row), {"reference": proposal.reference.lower()})

    assert (response.status_code, response["Location"]) == (302, LIST)
    note = Comment.objects.get(mail=row)
    assert (note.thread.kind, note.author) == ("internal", cast.oxford)
    assert note.body == "From a mail of jo@ridgeway.example:\n\nMay we <b>join</b>?"
    row.refresh_from_db()
    assert (row.state, row.about, row.settled_by) == ("joined", proposal.reference, cast.oxford)


@pytest.mark.parametrize("given", ["", "MC-1999-0001", "x" * 5000, "\x00", "'"])
def test_a_wrong_reference_is_refused_at_its_field(client, cast, given):
    row = incoming()
    client.force_login(cast.oxford)

    assert client.post(page("put", row), {"reference": given}).status_code == 422
    assert Incoming.objects.get().state == "unsorted"


def test_a_mail_too_long_for_a_note_still_waits(client, cast, proposal):
    row = incoming(text="x" * 5001)
    client.force_login(cast.oxford)

    response = client.post(page("put", row), {"reference": proposal.reference})

    assert response.status_code == 422
    assert Incoming.objects.get().state == "unsorted"


def test_staff_set_a_mail_aside_with_a_reason_once(client, cast):
    row = incoming()
    client.force_login(cast.oxford)

    assert client.post(page("aside", row), {"why": " "}).status_code == 422
    assert client.post(page("aside", row), {"why": "Advertising"}).status_code == 302
    assert client.post(page("aside", row), {"why": "Again"}).status_code == 422

    row.refresh_from_db()
    assert (row.state, row.settled_by, row.settled_why) == ("aside", cast.oxford, "Advertising")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_statements_for_any_number(
    client, cast, count, django_assert_num_queries
):
    for number in range(count):
        incoming(number)
    client.force_login(cast.oxford)
    client.get(LIST)

    with django_assert_num_queries(4):
        client.get(LIST)


def test_the_home_of_the_desk_says_that_mail_waits(cast):
    incoming()
    incoming(2, state="dropped")

    (said,) = [each for each in watch.looked_at(timezone.now()) if "sorted" in each]
    assert (said, said.url) == ("1 mail waits to be sorted.", LIST)


def test_very_many_of_one_sender_wait_apart_and_can_be_sorted(client, cast, proposal):
    row, flood = incoming(), incoming(2, state="many", sender="bot@x.example")
    client.force_login(cast.oxford)
    assert "Question 2" not in client.get(LIST).text
    assert "Question 2" in client.get(LIST, {"state": "many"}).text
    given = {"reference": proposal.reference}
    assert client.post(page("put", flood), given).status_code == 302
    assert [each.state for each in Incoming.objects.order_by("pk")] == ["unsorted", "joined"]
    assert row.state == "unsorted"


def test_all_that_one_sender_wrote_is_set_aside_at_once(client, cast):
    rows = [incoming(n, state="many", sender="Bot@x.example") for n in range(3)]
    rows += [incoming(3, sender="bot@X.example"), incoming(4)]
    client.force_login(cast.oxford)
    assert "all others of this sender that wait: 3" in client.get(page("aside", rows[0])).text
    client.post(page("aside", rows[0]), {"why": "Advertising", "all_of_them": "on"})
    said = {each.state: each.settled_by for each in Incoming.objects.exclude(pk=rows[4].pk)}
    assert said == {"aside": cast.oxford}
    rows[4].refresh_from_db()
    assert rows[4].state == "unsorted"


def test_what_staff_of_another_unit_sort_is_not_set_aside_with_it(client, cast, proposal):
    own, theirs = incoming(), incoming(2, about=proposal.reference)
    client.force_login(cast.regionals)
    assert "all others of this sender" not in client.get(page("aside", own)).text
    client.post(page("aside", own), {"why": "Advertising", "all_of_them": "on"})
    theirs.refresh_from_db()
    assert theirs.state == "unsorted"


def test_an_old_mail_that_was_emptied_is_on_no_list(client, cast):
    incoming(state="aside", settled_by=cast.oxford, settled_at=timezone.now(), settled_why="Spam")
    Incoming.objects.update(received_at=timezone.now() - timedelta(days=181))
    client.force_login(cast.oxford)
    assert "Question 1" in client.get(LIST, {"state": "aside"}).text
    assert purging.empty_incoming() == 1
    assert "(no subject)" not in client.get(LIST, {"state": "aside"}).text


def test_the_home_of_the_desk_says_that_very_many_wait_apart(cast):
    incoming(state="many")
    (said,) = [each for each in watch.looked_at(timezone.now()) if "very many" in each]
    words = "1 mail of a sender who wrote very many waits apart."
    assert (said, said.url) == (words, f"{LIST}?state=many")
