"""A reader's own page of mails, and how often they come."""

from datetime import timedelta

import pytest
from django.utils import timezone

from microcreds.outbox.events import Frequency, Topic
from microcreds.outbox.models import Message
from microcreds.outbox.preferences import chosen_by
from tests.outbox.test_preferences import mail

pytestmark = pytest.mark.django_db


def sent(to, number, event="moved", **changed):
    message = mail(event, to=to, number=number, **changed)
    message.state, message.sent_at = Message.State.SENT, timezone.now()
    message.save()
    return message


@pytest.fixture
def fay(client, proposer):
    client.force_login(proposer)
    return proposer


def test_decisions_stand_first_then_the_newest(client, fay):
    for number, event in enumerate(("approved", "moved", "returned")):
        sent(fay.email, number, event)

    rows = client.get("/mail/").context["page"].object_list

    assert [row.event for row in rows] == ["approved", "returned", "moved"]


def test_the_newest_stands_first_in_whatever_order_they_were_written(client, fay):
    later, earlier = sent(fay.email, 1), sent(fay.email, 2)
    tomorrow = timezone.now() + timedelta(days=1)
    Message.objects.filter(pk=later.pk).update(created_at=tomorrow)

    assert list(client.get("/mail/").context["page"].object_list) == [later, earlier]


@pytest.mark.parametrize(
    "who,offered", [("proposer", False), ("chair", False), ("committee", True)]
)
def test_what_happens_on_the_desk_is_offered_to_those_who_are_told(client, cast, who, offered):
    client.force_login(getattr(cast, who))

    assert (Topic.DESK in client.get("/mail/preferences/").context["form"].fields) is offered


def test_nobody_reads_anothers_mail(client, fay, other_proposer):
    theirs = sent(other_proposer.email, 1)

    assert client.get(f"/mail/{theirs.uuid}/").status_code == 404
    assert client.get("/mail/").context["page"].object_list.count() == 0


def test_what_waits_or_was_taken_back_and_codes_are_not_shown(client, fay):
    waiting, taken_back = mail(to=fay.email, number=1), mail(to=fay.email, number=2)
    taken_back.state = Message.State.RECALLED
    Message.objects.bulk_create([waiting, taken_back])
    sent(fay.email, 3, "account", is_secret=True)

    assert client.get("/mail/").context["page"].object_list.count() == 0


def test_a_mail_reads_as_it_was_sent_without_its_link(client, fay):
    uuid = "0" * 8 + "-0000-0000-0000-" + "0" * 12
    message = sent(fay.email, 1)
    Message.objects.filter(pk=message.pk).update(body=f"Hello <b>\n[[link:{uuid}]]")

    page = client.get(f"/mail/{message.uuid}/").content.decode()

    assert "Hello &lt;b&gt;" in page
    assert "[personal link]" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_statements_whatever_was_sent(
    client, fay, count, django_assert_num_queries
):
    for number in range(count):
        sent(fay.email, number)
    client.get("/mail/")

    with django_assert_num_queries(4):
        client.get("/mail/")


def test_a_choice_is_kept_and_the_usual_is_no_row(client, fay):
    values = {"requests": "daily", "progress": "at_once", "talk": "weekly", "desk": "daily"}

    assert client.post("/mail/preferences/", values).status_code == 302

    chosen = chosen_by(fay.email)
    assert (chosen[Topic.REQUESTS], chosen[Topic.TALK]) == (Frequency.DAILY, Frequency.WEEKLY)


@pytest.mark.parametrize("value", ["off", "hourly", "", "\x00", "x" * 10000])
def test_a_request_cannot_be_switched_off(client, fay, value):
    response = client.post("/mail/preferences/", {"requests": value, "progress": "off"})

    assert response.status_code in (400, 422)
    assert chosen_by(fay.email)[Topic.PROGRESS] == Frequency.AT_ONCE


def test_pages_beyond_the_last_and_nonsense_are_the_nearest(client, fay):
    sent(fay.email, 1)

    for page in ("x", "0", "9" * 40, "-1"):
        assert client.get("/mail/", {"page": page}).status_code == 200


def test_whoever_is_not_signed_in_signs_in_first(client):
    for path in ("/mail/", "/mail/preferences/"):
        assert client.get(path).status_code == 302
