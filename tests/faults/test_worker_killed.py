"""Workers that are killed, at whatever moment."""

import pytest

from microcreds.outbox.models import Message

ONCE = "every mail arrives, once"
A_FEW_TWICE = "every mail arrives; at most ten twice, under the same Message-ID"


@pytest.mark.faults("the worker is killed (-9) before it sends", ONCE)
def test_killed_before_it_sends(scene, queued):
    queued(30)
    scene.mail_server.start(kills="sender", when="before", at_mail=1)
    worker = scene.worker()
    worker.wait_for_its_end()
    assert Message.objects.filter(state=Message.State.SENDING).count() == 30

    worker.start()

    scene.assert_nothing_was_lost()


@pytest.mark.faults("the worker is killed (-9) after the server's 250", A_FEW_TWICE)
def test_killed_after_the_servers_250(scene, queued):
    queued(40)
    scene.mail_server.start(kills="sender", when="after", at_mail=25)
    worker = scene.worker()
    worker.wait_for_its_end()
    assert Message.objects.filter(state=Message.State.SENDING).count() == 20

    worker.start()

    scene.assert_nothing_was_lost(cut_off=1)
    assert len(scene.mail_server.taken) == 45


@pytest.mark.faults("one process of a pool of two is killed (-9) after the 250", A_FEW_TWICE)
def test_a_process_of_a_pool_killed(scene, queued):
    queued(40)
    scene.mail_server.start(kills="sender", when="after", at_mail=25)
    worker = scene.worker(pool="prefork")

    scene.assert_nothing_was_lost(cut_off=1)
    assert worker.is_alive


@pytest.mark.faults("the parent of the process that sends is killed (-9)", A_FEW_TWICE)
def test_its_parent_killed(scene, queued):
    queued(40)
    scene.mail_server.start(kills="parent", when="after", at_mail=15, seconds=0.02)
    worker = scene.worker(pool="prefork")
    worker.wait_for_its_end()

    worker.start()

    scene.assert_nothing_was_lost(cut_off=1)
