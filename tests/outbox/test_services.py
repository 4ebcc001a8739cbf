from datetime import UTC, datetime, timedelta

import pytest

from microcreds.outbox.models import Message
from microcreds.outbox.services import (
    compose,
    enqueue,
    enqueue_email,
    enqueued,
    one_line,
    recall,
    retry,
)
from tests.outbox.conftest import queue

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)


def mail(**changed):
    return {
        "event": "invitation",
        "to": "dana@miamioh.edu",
        "context": {"name": "R&D <b>\r\nBcc: x@evil.example", "address": "dana@miamioh.edu"},
        "dedupe_key": "invitation:1",
        "at": NOON,
        **changed,
    }


def test_a_notice_waits_for_the_grace_and_an_awaited_mail_does_not(settings):
    settings.NOTIFICATION_GRACE_SECONDS = 90

    assert compose(**mail()).due_at == NOON + timedelta(seconds=90)
    assert compose(**mail(priority=Message.Priority.AWAITED)).due_at == NOON
    assert compose(**mail(due_at=NOON + timedelta(days=1))).due_at == NOON + timedelta(days=1)


def test_a_composed_mail_is_plain_text_and_not_saved():
    composed = compose(**mail())

    assert "R&D <b>" in composed.body
    assert "&amp;" not in composed.body
    assert composed.created_at == NOON
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Hello\r\nBcc: x@evil.example", "Hello Bcc: x@evil.example"),
        ("\x00a\u2028b\u202ec\x85d", "a b c d"),
        ("x" * 300, "x" * 199 + "…"),
        ("  Señal   🎓  ", "Señal 🎓"),
    ],
)
def test_a_subject_is_one_short_line(text, line):
    assert one_line(text) == line


def test_one_event_reaches_a_recipient_once():
    first = enqueue_email(**mail())
    again = enqueue_email(**mail(context={"name": "Later"}))

    assert again.pk == first.pk
    assert again.body == first.body
    assert Message.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_is_one_insert(count, django_assert_num_queries):
    messages = [compose(**mail(dedupe_key=f"invitation:{n}")) for n in range(count)]

    with django_assert_num_queries(1):
        enqueue(messages)
    stored = enqueued(messages)

    assert [row.dedupe_key for row in stored] == [f"invitation:{n}" for n in range(count)]


def test_nothing_to_write_asks_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert enqueued([]) == []


def test_recall_takes_back_what_has_not_left():
    waiting = queue("a@miamioh.edu", cause="stage_change:1")
    left = queue("b@miamioh.edu", cause="stage_change:1")
    other = queue("c@miamioh.edu", cause="stage_change:11")
    Message.objects.filter(pk=left.pk).update(state=Message.State.SENT, sent_at=NOON)

    assert recall(cause="stage_change:1") == 1

    states = dict(Message.objects.values_list("pk", "state"))
    assert states == {waiting.pk: "recalled", left.pk: "sent", other.pk: "queued"}


def test_retry_takes_failed_mails_that_still_have_a_text():
    failed = queue("a@miamioh.edu")
    secret = queue("b@miamioh.edu", is_secret=True)
    Message.objects.update(state=Message.State.FAILED, attempts=8, error="550")
    waiting = queue("c@miamioh.edu")

    assert retry(messages=Message.objects.all(), at=NOON) == 1

    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.due_at) == ("queued", 0, NOON)
    secret.refresh_from_db()
    assert secret.state == "failed"
    waiting.refresh_from_db()
    assert waiting.state == "queued"
