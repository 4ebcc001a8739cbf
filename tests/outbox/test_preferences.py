"""How readers want their mails: every event, topic and frequency; digests; switching off."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from microcreds.outbox import digests, preferences, unsubscribe
from microcreds.outbox.delivery import drain
from microcreds.outbox.events import CHOICES, EVENTS, Frequency, Kind, Topic
from microcreds.outbox.models import Message, Preference, Undeliverable
from microcreds.outbox.services import enqueue, enqueued, recall

pytestmark = pytest.mark.django_db
# A Thursday, 17:00 UTC: noon on campus.
NOON = datetime(2026, 11, 26, 17, tzinfo=UTC)
DANA = "dana@miamioh.edu"


def mail(event="moved", to=DANA, number=1, about="MC-2026-0001", **changed):
    return Message(
        event=event,
        kind=EVENTS[event].kind,
        to=to,
        about=about,
        subject=f"News {number}",
        body=f"Hello\n\n{site_settings.SITE_URL}/proposals/{about}/\n",
        dedupe_key=f"{event}:{to}:{number}",
        created_at=NOON,
        due_at=NOON + timedelta(minutes=5),
        **changed,
    )


def choose(topic, frequency, address=DANA):
    preferences.choose(address=address, frequencies={topic: frequency})


def test_every_mail_that_can_be_written_is_in_the_table():
    folders = {
        path.name
        for path in Path(site_settings.BASE_DIR, "templates/emails").iterdir()
        if path.is_dir()
    }

    assert folders | {"account", "text_test"} == set(EVENTS)


@pytest.mark.parametrize("frequency", [None, *Frequency])
@pytest.mark.parametrize("event", sorted(EVENTS))
def test_each_event_leaves_as_its_reader_chose(event, frequency):
    topic = EVENTS[event].topic
    if topic and frequency:
        if frequency not in CHOICES[topic]:
            with pytest.raises(ValidationError):
                choose(topic, frequency)
            return
        choose(topic, frequency)

    [stored] = enqueued([mail(event)])

    wanted = frequency or (CHOICES[topic][0] if topic else None)
    gathers = wanted in (Frequency.DAILY, Frequency.WEEKLY)
    expected = (
        "gathered" if topic and gathers else "suppressed" if topic and wanted == "off" else "queued"
    )
    assert stored.state == expected


def test_a_decision_and_a_request_are_never_off_in_the_database_either():
    for topic, frequency in (("decisions", "off"), ("decisions", "daily"), ("requests", "off")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Preference.objects.create(
                address=DANA, topic=topic, frequency=frequency, chosen_at=NOON
            )


def test_what_is_off_stays_on_record_with_the_reason():
    choose(Topic.PROGRESS, Frequency.OFF)

    [stored] = enqueued([mail()])

    assert (stored.state, stored.error) == ("suppressed", "Its reader has switched these off.")


def test_a_choice_holds_whatever_the_case_of_the_address():
    choose(Topic.PROGRESS, Frequency.OFF, address="Dana@MiamiOH.edu")

    assert enqueued([mail()])[0].state == "suppressed"


@pytest.mark.parametrize(
    ("after", "frequency", "day", "hour"),
    [
        (NOON, "daily", 27, 12),
        (datetime(2026, 11, 26, 11, tzinfo=UTC), "daily", 26, 12),  # six on campus
        (NOON, "weekly", 30, 12),
        (datetime(2026, 11, 30, 13, tzinfo=UTC), "weekly", 7, 12),
        (datetime(2026, 3, 7, 17, tzinfo=UTC), "daily", 8, 11),  # the clocks go forward
    ],
)
def test_a_digest_leaves_at_seven_on_campus(after, frequency, day, hour):
    due = preferences.next_digest(after, frequency)

    assert (due.astimezone(UTC).day, due.astimezone(UTC).hour) == (day, hour)


def test_a_digest_tells_by_proposal_and_what_waits_first():
    choose(Topic.PROGRESS, Frequency.DAILY)
    choose(Topic.REQUESTS, Frequency.DAILY)
    enqueue([mail(number=1), mail(number=2), mail("todo", number=3, about="MC-2026-0002")])

    assert digests.send_digests(at=NOON + timedelta(days=1)) == 1

    digest = Message.objects.get(event="digest")
    assert digest.body.index("What you were asked") < digest.body.index("* News 3")
    assert digest.body.index("* News 3") < digest.body.index("* News 1")
    assert digest.body.count("/proposals/MC-2026-0001/") == 1
    assert set(Message.objects.filter(digest=digest).values_list("state", flat=True)) == {
        "digested"
    }


def test_nothing_gathered_nothing_sent():
    assert digests.send_digests(at=NOON) == 0
    assert not Message.objects.exists()


def test_a_digest_is_written_once_and_for_each_reader():
    for address in (DANA, "eli@miamioh.edu"):
        choose(Topic.PROGRESS, Frequency.DAILY, address=address)
        enqueue([mail(to=address)])

    at = NOON + timedelta(days=1)
    assert (digests.send_digests(at=at), digests.send_digests(at=at)) == (2, 0)


def test_what_was_taken_back_is_in_no_digest():
    choose(Topic.PROGRESS, Frequency.DAILY)
    enqueue([mail(cause="stage_change:1")])

    recall(cause="stage_change:1")

    assert digests.send_digests(at=NOON + timedelta(days=1)) == 0


def test_a_reader_switches_off_in_one_press_and_nobody_else_is_touched(client):
    stored = enqueued([mail(), mail(to="eli@miamioh.edu")])
    address = unsubscribe.address_for(stored[0]).removeprefix(site_settings.SITE_URL)

    shown = client.get(address)
    assert (shown.status_code, Preference.objects.count()) == (200, 0)
    done = client.post(address, {"List-Unsubscribe": "One-Click"})

    assert done.status_code == 200
    assert preferences.chosen_by(DANA)[Topic.PROGRESS] == Frequency.OFF
    assert preferences.chosen_by("eli@miamioh.edu")[Topic.PROGRESS] == Frequency.AT_ONCE
    assert preferences.chosen_by(DANA)[Topic.REQUESTS] == Frequency.AT_ONCE


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "x" * 3000])
def test_a_token_of_nobody_is_404(client, token):
    assert client.post(f"/mail/unsubscribe/{token}/").status_code in (400, 404)


def test_a_digest_is_switched_off_with_all_that_only_informs():
    digest = mail("digest")

    token = unsubscribe.address_for(digest).rstrip("/").rsplit("/", 1)[1]
    unsubscribe.switch_off(unsubscribe.read(token))

    chosen = preferences.chosen_by(DANA)
    assert {topic for topic in Topic if chosen[topic] == "off"} == {
        "progress",
        "talk",
        "desk",
        "department",
    }


def test_only_what_informs_carries_the_header_to_switch_it_off(mailbox):
    past = timezone.now() - timedelta(minutes=1)
    for number, event in enumerate(("moved", "returned")):
        enqueue([mail(event, number=number, to=f"{event}@miamioh.edu")])
    Message.objects.update(due_at=past)

    drain()

    headers = {
        mail.rcpt_tos[0]: b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail.content
        for mail in mailbox.mails
    }
    assert headers == {"moved@miamioh.edu": True, "returned@miamioh.edu": False}


@pytest.mark.parametrize(
    ("due", "hour"),
    [(3, 12), (12, 12), (17, 17)],  # 22:00, 7:00 and noon on campus
)
def test_partners_are_left_in_peace_at_night(settings, due, hour):
    settings.PARTNER_QUIET_HOURS = (20, 7)
    message = mail("partner_update")
    message.due_at = datetime(2026, 11, 27, due, tzinfo=UTC)

    preferences.settle([message])

    assert message.due_at.astimezone(UTC) == datetime(2026, 11, 27, hour, tzinfo=UTC)


def test_an_address_that_does_not_work_gets_account_mail_only():
    Undeliverable.objects.create(address=DANA, reason="bounced", since=NOON)

    told = enqueued([mail("returned"), mail("invitation", number=2)])

    assert [message.state for message in told] == ["suppressed", "queued"]


def test_settling_takes_one_statement_whatever_the_number(django_assert_num_queries):
    messages = [mail(to=f"n{number}@miamioh.edu") for number in range(30)]

    with django_assert_num_queries(1):
        preferences.settle(messages)


def test_a_kind_is_what_the_table_says():
    assert {EVENTS[name].kind for name in ("approved", "decision")} == {Kind.DECISION}


@pytest.mark.parametrize("frequency", Frequency)
def test_the_whole_matrix_of_event_class_and_frequency(frequency):
    """What only informs is gathered or off as chosen; what asks for something is gathered where its
    topic may be, and never off; receipts, decisions and account mail leave at once."""
    for topic, offered in CHOICES.items():
        if frequency in offered:
            choose(topic, frequency)
    messages = [mail(event, number=str(kind)) for event in sorted(EVENTS) for kind in Kind]
    for message in messages:
        message.kind = Kind(message.subject.removeprefix("News "))

    preferences.settle(messages)

    for message in messages:
        topic = EVENTS[message.event].topic
        chosen = CHOICES[topic][0] if topic else None
        chosen = frequency if topic and frequency in CHOICES[topic] else chosen
        informs = message.kind in (Kind.FYI, Kind.DIGEST)
        gathers = chosen in (Frequency.DAILY, Frequency.WEEKLY)
        if chosen == Frequency.OFF and informs:
            expected = "suppressed"
        elif gathers and (message.kind == Kind.FYI or topic == Topic.REQUESTS):
            expected = "gathered"
        else:
            expected = "queued"
        assert (message.event, message.kind, message.state) == (
            message.event,
            message.kind,
            expected,
        )


def test_a_token_that_was_put_together_silences_nobody(client):
    mine = unsubscribe.address_for(mail()).rstrip("/").rsplit("/", 1)[1]
    theirs = unsubscribe.address_for(mail(to="eli@miamioh.edu")).rstrip("/").rsplit("/", 1)[1]
    forged = ":".join([theirs.split(":")[0], *mine.split(":")[1:]])

    assert client.post(f"/mail/unsubscribe/{forged}/").status_code == 404
    assert not Preference.objects.exists()
