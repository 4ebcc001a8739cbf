"""A mail server that is away, silent, in a mood, or gone in the middle of a mail."""

import pytest

from microcreds.outbox.models import Message
from tests.faults.processes import wait_until

ONCE = "every mail arrives, once"


def one(to: str) -> Message:
    return Message.objects.get(to=f"{to}@miami.example")


@pytest.mark.faults("the mail server is down, and comes back", ONCE + "; no attempt is counted")
def test_mail_server_down(scene, queued):
    queued(10)
    scene.worker()
    tried = Message.objects.filter(error__contains="Connection refused")
    wait_until(lambda: tried.count() == 10, "the worker has tried")

    scene.mail_server.start()

    scene.assert_nothing_was_lost()
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.faults("the mail server lets everyone in and says nothing", ONCE)
def test_mail_server_mute(scene, queued):
    queued(10)
    scene.mail_server.start(is_mute=True)
    scene.worker()
    tried = Message.objects.exclude(error="")
    wait_until(lambda: tried.count() == 10, "the worker has given up waiting")

    scene.mail_server.stop()
    scene.mail_server.start()

    scene.assert_nothing_was_lost()


@pytest.mark.faults("the mail server hangs in the middle of one mail of ten", ONCE)
def test_mail_server_hangs(scene, queued):
    queued(10)
    scene.mail_server.start(hangs_on={"n4@miami.example": 1})
    scene.worker()

    scene.assert_nothing_was_lost()
    assert one("n4").attempts == 2


@pytest.mark.faults("451 twice, then 250", "the mail arrives, once, at the third attempt")
def test_451_twice_then_250(scene, queued):
    queued(3)
    scene.mail_server.start(answers={"n1@miami.example": ("451 later, please", 2)})
    scene.worker()

    scene.assert_nothing_was_lost()
    assert [one(name).attempts for name in ("n0", "n1", "n2")] == [1, 3, 1]


@pytest.mark.faults("550 for one of three", "two arrive, once; the third has failed, and says why")
def test_550_for_one_of_three(scene, queued):
    queued(3)
    scene.mail_server.start(answers={"n1@miami.example": ("550 no such person", 10**6)})
    scene.worker()

    scene.assert_nothing_was_lost()
    assert [one(name).state for name in ("n0", "n1", "n2")] == ["sent", "failed", "sent"]
    assert "550" in one("n1").error


@pytest.mark.faults("the mail server goes away in the middle of a text, twice", ONCE)
def test_closing_in_the_middle_of_a_text(scene, queued):
    queued(10)
    scene.mail_server.start(closes_on={"n3@miami.example": 1, "n7@miami.example": 1})
    scene.worker()

    scene.assert_nothing_was_lost()
    assert (one("n3").attempts, one("n7").attempts, one("n9").attempts) == (2, 2, 1)
