"""Many at the same work, a mail that cannot be sent, clocks that differ, a code in a hurry."""

import time

import pytest
from django.test import Client

from microcreds.outbox.models import Heartbeat, Message
from tests.factories import make_person
from tests.faults.processes import wait_until

ONCE = "every mail arrives, once"


@pytest.mark.faults("the same task 20 times in 8 threads", ONCE)
def test_the_same_task_20_times_in_8_threads(scene, queued):
    scene.mail_server.start(seconds=0.01)
    scene.worker(concurrency=8)
    wait_until(Heartbeat.objects.exists, "the worker is ready")
    queued(250)

    scene.broker.ask_for("microcreds.outbox.tasks.deliver_due", times=20)

    scene.assert_nothing_was_lost()
    assert Message.objects.values("claimed_by").distinct().count() > 1


@pytest.mark.faults("a poisoned row among ten", "nine arrive, once; the tenth has failed at once")
def test_a_poisoned_row_among_ten(scene, queued):
    poison = queued(10)[4]
    header = "Hello\r\nBcc: everyone@example.org"
    Message.objects.filter(pk=poison.pk).update(subject=header)
    scene.mail_server.start()
    scene.worker()

    scene.assert_nothing_was_lost()
    poison.refresh_from_db()
    assert (poison.state, poison.attempts) == ("failed", 1)
    assert len(scene.mail_server.taken) == 9


def at_work() -> set[str]:
    """The processes that have taken mails."""
    taken = Message.objects.exclude(claimed_by="").values_list("claimed_by", flat=True)
    return {worker.split(":")[1] for worker in taken}


@pytest.mark.faults("two workers whose clocks are ten minutes apart", ONCE)
def test_two_workers_with_clocks_ten_minutes_apart(scene, queued):
    """Leases run by the database's clock: to the worker that is ahead, those of the other are not
    over when it starts."""
    scene.mail_server.start(seconds=0.02)
    workers = [scene.worker(name="behind", ahead=-300), scene.worker(name="ahead", ahead=300)]
    for worker in workers:
        wait_until(lambda worker=worker: worker.is_ready, f"{worker.name} is ready")
    queued(400)

    # To the one that is ahead, what the beat of the other asks for is long over; this is not.
    scene.broker.ask_for("microcreds.outbox.tasks.deliver_due", times=20)

    scene.assert_nothing_was_lost()
    assert len(at_work()) == 2


SOON = "a code to sign in arrives in seconds"


@pytest.mark.parametrize(
    "is_held",
    [
        pytest.param(False, marks=pytest.mark.faults("a thousand mails wait", SOON)),
        pytest.param(
            True, marks=pytest.mark.faults("a thousand mails wait, held by OUTBOX_HOLD", SOON)
        ),
    ],
)
def test_a_code_arrives_while_a_thousand_mails_wait(scene, queued, is_held):
    person = make_person("novak@miami.example")
    scene.environment["OUTBOX_HOLD"] = str(is_held)
    scene.mail_server.start(seconds=0.005)
    scene.worker()
    queued(1000)
    wait_until(Heartbeat.objects.exists, "the worker is ready")

    asked = time.monotonic()
    Client().post("/accounts/login/code/", {"email": person.email})
    mine = Message.objects.filter(to=person.email, state=Message.State.SENT)
    wait_until(mine.exists, "the code has left")

    assert time.monotonic() - asked < 30  # a few, on a machine that is quiet
    assert any(mail["to"] == person.email for mail in scene.mail_server.taken)
    assert Message.objects.filter(state=Message.State.QUEUED).count() > (999 if is_held else 0)
