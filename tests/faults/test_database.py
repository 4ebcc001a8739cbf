"""A database that crashes while mails leave."""

import pytest

from tests.faults.processes import wait_until

A_FEW_TWICE = "every mail arrives; at most ten twice, under the same Message-ID"


@pytest.mark.faults("Postgres crashes and restarts while mails leave", A_FEW_TWICE)
def test_postgres_restarted_while_mails_leave(scene, queued):
    queued(60)
    scene.mail_server.start(seconds=0.02)
    worker = scene.worker()
    wait_until(lambda: len(scene.mail_server.taken) >= 25, "mails leave")

    scene.database.crash()

    scene.assert_nothing_was_lost(cut_off=1)
    assert worker.is_alive
