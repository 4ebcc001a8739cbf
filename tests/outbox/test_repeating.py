"""A mail sent again, and everything for one reader, in the ledger."""

from datetime import timedelta
from email import message_from_bytes

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox import addresses, preferences
from microcreds.outbox.delivery import drain
from microcreds.outbox.events import Kind
from microcreds.outbox.models import Message
from microcreds.outbox.repeating import send_again
from tests.outbox.conftest import queue

pytestmark = pytest.mark.django_db
DANA = "dana@miamioh.edu"


@pytest.fixture
def sent(mailbox):
    message = queue(DANA, kind=Kind.FYI, about="MC-2026-0001", cause="stage_change:7")
    drain()
    message.refresh_from_db()
    return message


def page_of(message, name="again"):
    return reverse(f"admin:outbox_message_{name}", args=[message.pk])


def test_it_is_a_mail_of_its_own_that_names_the_first_who_and_why(client, cast, sent, mailbox):
    client.force_login(cast.oxford)
    assert "Send it again" in client.get(page_of(sent, "change")).content.decode()
    assert sent.subject in client.get(page_of(sent)).content.decode()

    answer = client.post(page_of(sent), {"why": "  She  deleted it. "}, follow=True)

    again = Message.objects.get(repeats=sent)
    assert (again.asked_by, again.why) == (cast.oxford, "She deleted it.")
    assert (again.body, again.to, again.cause) == (sent.body, sent.to, sent.cause)
    assert "It is being sent again." in answer.content.decode()
    drain()
    ids = [message_from_bytes(mail.content)["Message-ID"] for mail in mailbox.mails]
    assert ids == [sent.message_id, again.message_id]
    assert page_of(again, "change") in client.get(page_of(sent, "change")).content.decode()


def test_twice_pressed_it_is_sent_once(cast, sent):
    send_again(message=sent, by=cast.oxford, why="Lost.")

    with pytest.raises(ValidationError, match="already"):
        send_again(message=sent, by=cast.oxford, why="Lost.")
    drain()
    send_again(message=sent, by=cast.oxford, why="Lost again.")
    assert sent.repeated_by.count() == 2


@pytest.mark.parametrize("why", ["", "   ", "x" * 301])
def test_it_asks_why(client, cast, sent, why):
    client.force_login(cast.oxford)

    assert client.post(page_of(sent), {"why": why}).status_code == 422
    assert not sent.repeated_by.exists()


@pytest.mark.parametrize(
    "changed,words",
    [
        ({"is_secret": True, "body": ""}, "never sent again"),
        ({"kind": "account"}, "never sent again"),
        ({"state": "queued"}, "has not left"),
        ({"state": "recalled"}, "has not left"),
        ({"body": ""}, "no longer kept"),
    ],
)
def test_what_cannot_be_sent_again_says_why(client, cast, sent, changed, words):
    Message.objects.filter(pk=sent.pk).update(**changed)
    client.force_login(cast.oxford)

    assert words in client.get(page_of(sent)).content.decode()
    assert words in client.post(page_of(sent), {"why": "Lost."}).content.decode()
    assert not sent.repeated_by.exists()


def test_nothing_is_sent_again_to_an_address_that_does_not_work(cast, sent):
    addresses.came_back(address=DANA, detail="550")

    with pytest.raises(ValidationError, match="cleared"):
        send_again(message=sent, by=cast.oxford, why="Lost.")


@pytest.mark.parametrize("who", ["proposer", "committee_chair", "deans", "auditor"])
def test_nobody_but_elearning_sends_again(client, cast, sent, who):
    client.force_login(getattr(cast, who))

    assert client.post(page_of(sent), {"why": "Lost."}).status_code in (302, 403, 404)
    with pytest.raises(ValidationError):
        send_again(message=sent, by=getattr(cast, who), why="Lost.")
    assert not sent.repeated_by.exists()


def test_the_page_of_a_mail_says_all_there_is_to_it(client, cast, sent):
    client.force_login(cast.oxford)

    page = client.get(page_of(sent, "change")).content.decode()

    assert sent.message_id.strip("<>") in page
    assert "250 OK" in page
    assert '<pre class="mail-body">' in page


def test_a_mail_within_its_grace_says_when_it_leaves(client, cast):
    waits = queue(DANA, due_at=timezone.now() + timedelta(minutes=5))
    client.force_login(cast.oxford)

    for page in (page_of(waits, "change"), reader_page()):
        assert "leaves at" in client.get(page).content.decode().lower()


def reader_page(address=DANA):
    return reverse("admin:outbox_message_reader", query={"address": address})


def test_the_page_of_a_reader_has_every_mail_their_choices_and_whether_they_are_reached(
    client, cast, sent
):
    queue("other@miamioh.edu")
    preferences.choose(address=DANA, frequencies={"talk": "weekly"})
    addresses.came_back(address=DANA, detail="550 no such person")
    client.force_login(cast.oxford)

    page = client.get(reader_page("Dana@miamioh.edu")).content.decode()

    assert "1 mail, newest first" in page
    assert sent.subject in page and "Once a week" in page
    assert "Mail comes back" in page and "550 no such person" in page
    assert "other@" not in page


@pytest.mark.parametrize("address", ["", "x" * 10_000, "' OR 1=1 --", "<script>", "ü@x.example"])
def test_an_address_that_is_none_has_no_mails(client, cast, address):
    client.force_login(cast.oxford)

    page = client.get(reader_page(address))

    assert page.status_code == 200
    assert "No mail has ever been written" in page.content.decode()
    assert "<script>" not in page.content.decode().partition("<main")[2].partition("</h1>")[0]


@pytest.mark.parametrize("who,status", [("auditor", 200), ("deans", 403), ("proposer", 404)])
def test_who_reads_the_page_of_a_reader(client, cast, who, status):
    client.force_login(getattr(cast, who))

    assert client.get(reader_page()).status_code == status


@pytest.mark.parametrize("rows", [1, 3])
def test_it_takes_as_many_statements_for_any_number(client, cast, rows, django_assert_num_queries):
    for number in range(rows):
        queue(DANA, dedupe_key=str(number))
    client.force_login(cast.oxford)

    with django_assert_num_queries(8):
        client.get(reader_page())
