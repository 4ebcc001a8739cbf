"""A broker that is away, forgets, has no room, or holds what no worker can read."""

import pytest
import redis

from tests.faults.processes import wait_until

ONCE = "every mail arrives, once; no worker dies of it"
QUEUE = "celery"


def at_work(scene, queued):
    """A worker that has shown that it works; ten more mails wait."""
    scene.mail_server.start()
    queued(1)
    worker = scene.worker()
    scene.wait_for_the_end_of_all()
    return worker


@pytest.mark.faults("the broker is down, and comes back", ONCE)
def test_broker_down(scene, queued):
    worker = at_work(scene, queued)
    scene.broker.stop()
    queued(10, first=1)
    wait_until(lambda: "Connection to broker lost" in scene.log(), "the worker sees it")

    scene.broker.start()

    scene.assert_nothing_was_lost()
    assert worker.is_alive


@pytest.mark.faults("the worker starts while the broker is down", ONCE)
def test_worker_starts_without_broker(scene, queued):
    scene.mail_server.start()
    queued(10)
    scene.broker.stop()
    worker = scene.worker()
    wait_until(lambda: "Cannot connect to" in scene.log(), "the worker sees it")

    scene.broker.start()

    scene.assert_nothing_was_lost()
    assert worker.is_alive


@pytest.mark.faults("the broker is restarted and has forgotten all, three times", ONCE)
def test_broker_restarted(scene, queued):
    worker = at_work(scene, queued)
    for round in range(3):
        scene.broker.stop()
        scene.broker.start()
        queued(10, first=1 + 10 * round)

    scene.assert_nothing_was_lost()
    assert worker.is_alive


@pytest.mark.faults("the broker is flushed while mails leave", ONCE)
def test_broker_flushed(scene, queued):
    worker = at_work(scene, queued)
    for round in range(10):
        queued(10, first=1 + 10 * round)
        scene.broker.client.flushall()

    scene.assert_nothing_was_lost()
    assert worker.is_alive


@pytest.mark.faults("the broker is full", ONCE)
def test_broker_full(scene, queued):
    worker = at_work(scene, queued)
    worker.pause()
    scene.broker.ask_for("microcreds.outbox.tasks.deliver_due", times=5)
    scene.broker.client.config_set("maxmemory", "1")
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        scene.broker.client.set("room", "none")
    queued(10, first=1)
    worker.go_on()
    wait_until(lambda: scene.log().count("maxmemory") > 3, "beat and worker see it")

    scene.broker.client.config_set("maxmemory", "128mb")

    scene.assert_nothing_was_lost()
    assert worker.is_alive


@pytest.mark.faults("junk lies in the queue", ONCE)
def test_junk_in_the_queue(scene, queued):
    worker = at_work(scene, queued)
    junk = [b"\xff\xfe\x00", b"not json", b"[]", b"null", b'{"body": 5}', b"{}", b'"text"']
    for each in junk:
        scene.broker.client.lpush(QUEUE, each)
    queued(10, first=1)
    wait_until(lambda: scene.broker.client.llen(QUEUE) == 0, "the queue is empty again")

    scene.assert_nothing_was_lost()
    assert worker.is_alive
