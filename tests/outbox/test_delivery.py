"""What leaves, when, once; against a real mail server and a real database."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from microcreds.outbox import delivery, links
from microcreds.outbox.delivery import BACK_OFF, JITTER, MAX_ATTEMPTS, drain
from microcreds.outbox.models import LEASE, Heartbeat, Message
from microcreds.outbox.tasks import beat, deliver_due
from tests.outbox.conftest import queue

pytestmark = pytest.mark.django_db


def test_a_due_mail_leaves_once(mailbox):
    message = queue()

    assert (drain(), drain()) == (1, 0)

    assert mailbox.recipients == [message.to]
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == ("sent", 1, "")
    assert message.sent_at is not None


def test_more_than_are_marked_together_are_all_marked(mailbox):
    for number in range(2 * delivery.MARKED_TOGETHER + 1):
        queue(f"n{number}@miamioh.edu")

    drain()

    assert not Message.objects.exclude(state="sent").exists()


def test_a_mail_that_is_not_due_stays(mailbox):
    message = queue(due_at=timezone.now() + timedelta(minutes=1))

    assert drain() == 0

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 0)


def test_what_somebody_waits_for_goes_first(mailbox):
    long_ago = timezone.now() - timedelta(days=1)
    for number in range(3):
        queue(f"n{number}@miamioh.edu", priority=Message.Priority.NOTICE, due_at=long_ago)
    queue("waiting@miamioh.edu")

    drain()

    assert mailbox.recipients[0] == "waiting@miamioh.edu"


def test_all_of_a_batch_share_one_connection(mailbox):
    for number in range(5):
        queue(f"n{number}@miamioh.edu")

    assert drain() == 5
    assert mailbox.connections == 1
    drain()
    assert mailbox.connections == 1  # nothing due: the server is left alone


def test_drain_goes_on_until_nothing_is_due(mailbox):
    for number in range(5):
        queue(f"n{number}@miamioh.edu")

    assert drain(limit=2) == 5


def test_headers_say_who_it_is_and_that_a_machine_wrote_it(mailbox):
    message = queue()
    drain()

    mail = message_from_bytes(mailbox.mails[0].content, policy=policy.default)
    assert mail["Message-ID"] == f"<o-{message.uuid}@testserver>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["To"] == message.to
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_a_link_is_whole_in_the_mail_and_a_placeholder_in_the_database(mailbox):
    uuid = uuid4()
    message = queue(context={"name": "Dana", "sign_in_url": links.placeholder(uuid)})
    drain()

    text = message_from_bytes(mailbox.mails[0].content, policy=policy.default)
    text = text.get_body(("plain",)).get_content()
    assert f"http://testserver/partners/link/{links.token_for(uuid)}/" in text
    message.refresh_from_db()
    assert links.placeholder(uuid) in message.body
    assert links.token_for(uuid) not in message.body


@pytest.mark.parametrize("answer", ["250 OK", "550 no such person"])
def test_a_secret_is_gone_from_the_database_once_its_fate_is_known(mailbox, answer):
    mailbox.answers["dana@miamioh.edu"] = answer
    message = queue(is_secret=True)
    drain()

    message.refresh_from_db()
    assert message.state in ("sent", "failed")
    assert message.body == ""


def test_a_lasting_refusal_fails_at_once_and_hurts_nobody_else(mailbox):
    mailbox.answers["gone@miamioh.edu"] = "550 no such person"
    for name in ("a", "gone", "z"):
        queue(f"{name}@miamioh.edu")

    assert drain() == 2

    assert mailbox.recipients == ["a@miamioh.edu", "z@miamioh.edu"]
    failed = Message.objects.get(state=Message.State.FAILED)
    assert failed.to == "gone@miamioh.edu"
    assert "550" in failed.error


def test_a_header_of_its_own_or_an_address_that_is_none_fails_at_once(mailbox):
    poison = queue("a@miamioh.edu")
    Message.objects.filter(pk=poison.pk).update(subject="Hello\r\nBcc: x@evil.example")
    queue("nobody at all <", dedupe_key="address")
    queue("z@miamioh.edu")

    assert drain() == 1

    assert mailbox.recipients == ["z@miamioh.edu"]
    assert Message.objects.filter(state=Message.State.FAILED, attempts=1).count() == 2


@pytest.mark.parametrize("attempt", range(1, MAX_ATTEMPTS))
def test_a_temporary_refusal_waits_longer_each_time(mailbox, attempt):
    mailbox.answers["dana@miamioh.edu"] = "451 try later"
    message = queue()
    Message.objects.update(attempts=attempt - 1)

    before = timezone.now()
    assert drain() == 0

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", attempt)
    wait = BACK_OFF[attempt - 1]
    assert abs(message.due_at - before - wait) < JITTER * wait + timedelta(seconds=10)
    assert "451" in message.error


def test_the_last_attempt_fails(mailbox):
    mailbox.answers["dana@miamioh.edu"] = "451 try later"
    message = queue()
    Message.objects.update(attempts=MAX_ATTEMPTS - 1)

    drain()

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("failed", MAX_ATTEMPTS)


def test_a_connection_that_breaks_costs_only_the_one_it_broke_on(mailbox):
    mailbox.hangs_up_on = "b@miamioh.edu"
    for name in "abc":
        queue(f"{name}@miamioh.edu")

    assert drain() == 2  # "c" leaves on a second connection

    assert mailbox.recipients == ["a@miamioh.edu", "c@miamioh.edu"]
    assert mailbox.connections == 2
    assert dict(Message.objects.values_list("to", "attempts")) == {
        "a@miamioh.edu": 1,
        "b@miamioh.edu": 1,
        "c@miamioh.edu": 1,
    }
    assert Message.objects.get(to="b@miamioh.edu").state == Message.State.QUEUED


def test_a_server_that_closes_with_421_is_not_asked_again_on_that_connection(mailbox):
    mailbox.answers["a@miamioh.edu"] = "421 closing"
    queue("a@miamioh.edu")
    queue("b@miamioh.edu")

    assert drain() == 1

    assert Message.objects.get(to="a@miamioh.edu").state == Message.State.QUEUED
    assert mailbox.recipients == ["b@miamioh.edu"]


def test_no_server_costs_no_attempt(mailbox, settings):
    settings.EMAIL_PORT = 1
    queue("a@miamioh.edu")
    queue("b@miamioh.edu")

    assert drain() == 0

    for message in Message.objects.all():
        assert (message.state, message.attempts) == ("queued", 0)
        assert "Connection" in message.error
        assert message.due_at <= timezone.now() + delivery.PAUSE_WITHOUT_SERVER


def test_a_worker_killed_mid_batch_loses_nothing(mailbox):
    """Its rows are taken again when the lease ends, and not before."""
    queue()
    Message.objects.claim(limit=10, worker="killed")

    assert drain() == 0
    Message.objects.update(claimed_at=timezone.now() - LEASE - timedelta(seconds=1))
    assert drain() == 1

    message = Message.objects.get()
    assert (message.state, message.attempts) == ("sent", 2)


def test_a_crash_after_the_server_took_it_repeats_it_once_under_the_same_id(mailbox):
    queue()
    claimed = Message.objects.claim(limit=10, worker="killed")
    with delivery.get_connection() as server:
        server.send_messages([delivery._mail(claimed[0])])  # …and the worker dies here
    Message.objects.update(claimed_at=timezone.now() - LEASE - timedelta(seconds=1))

    drain()
    drain()

    ids = [message_from_bytes(mail.content)["Message-ID"] for mail in mailbox.mails]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_a_message_that_kills_each_worker_fails_in_the_end(mailbox):
    message = queue()
    Message.objects.update(attempts=MAX_ATTEMPTS)

    drain()

    message.refresh_from_db()
    assert message.state == Message.State.FAILED
    assert mailbox.mails == []


def test_a_worker_that_lost_its_lease_does_not_put_a_sent_mail_back(mailbox):
    message = queue()
    claimed = Message.objects.claim(limit=10, worker="slow")
    Message.objects.update(claimed_at=timezone.now() - LEASE - timedelta(seconds=1))
    drain()

    delivery._put_back(claimed, "slow", "too late")

    message.refresh_from_db()
    assert message.state == Message.State.SENT


def test_a_round_that_is_over_leaves_the_rest_for_the_next_one(mailbox, monkeypatch):
    queue()
    monkeypatch.setattr(delivery, "DRAIN_SECONDS", 0)

    assert drain() == 0

    monkeypatch.undo()
    assert drain() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_the_same_mail(mailbox):
    for number in range(40):
        queue(f"n{number}@miamioh.edu")
    start = threading.Barrier(4)
    sent: list[int] = []

    def work() -> None:
        start.wait()
        sent.append(drain(limit=3))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(sent) == 40
    assert len(set(mailbox.recipients)) == len(mailbox.recipients) == 40


@pytest.mark.faults(
    "a process that drains is killed (-9) in the middle of a batch",
    "every mail arrives; at most ten twice, under the same Message-ID",
)
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_killed_mid_batch_loses_nothing_and_repeats_a_few_once(mailbox, settings):
    for number in range(40):
        queue(f"n{number}@miamioh.edu")
    worker = subprocess.Popen(
        [sys.executable, "-c", DRAIN],
        env=os.environ
        | {
            "DATABASE_URL": _url_of_this_database(),
            "DJANGO_SETTINGS_MODULE": "microcreds.settings.test",
            "EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
        },
    )
    mailbox.on_mail = lambda: worker.kill() if len(mailbox.mails) == 25 else None
    assert worker.wait(timeout=60) == -signal.SIGKILL

    Message.objects.filter(state="sending").update(claimed_at=timezone.now() - 2 * LEASE)
    drain()

    assert not Message.objects.exclude(state="sent").exists()
    assert len(set(mailbox.recipients)) == 40
    ids = Counter(message_from_bytes(mail.content)["Message-ID"] for mail in mailbox.mails)
    assert len(ids) == 40
    assert max(ids.values()) <= 2
    assert len(mailbox.mails) <= 40 + delivery.MARKED_TOGETHER


DRAIN = "import django; django.setup(); from microcreds.outbox.delivery import drain; drain()"


def _url_of_this_database() -> str:
    name = connection.settings_dict["NAME"]
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def test_django_keeps_the_id_we_give():
    mail = EmailMessage(headers={"Message-ID": "<o-1@testserver>"})

    assert mail.message()["Message-ID"] == "<o-1@testserver>"


def test_the_tasks_deliver_and_keep_one_pulse(mailbox):
    queue()

    deliver_due()
    beat()
    beat()

    assert len(mailbox.mails) == 1
    assert timezone.now() - Heartbeat.objects.get().beat_at < timedelta(seconds=10)
