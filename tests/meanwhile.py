"""Two at the same moment, with real connections: both at once, or one that waits for the other."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction

PATIENCE = 20  # seconds
WAITS_FOR_US = (
    "SELECT EXISTS (SELECT FROM pg_locks"
    " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Runs the jobs in threads of their own that begin together; what each returned, or the
    ``ValidationError`` that it raised."""
    results: list[Any] = [None] * len(jobs)
    barrier = threading.Barrier(len(jobs), timeout=PATIENCE)

    def run(number: int, job: Callable[[], Any]) -> None:
        barrier.wait()
        results[number] = _outcome(job)

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    return results


def waiting_for(change: Callable[[], Any], job: Callable[[], Any]) -> Any:
    """What ``job`` returns or raises, which comes to wait for the locks of ``change``; they are
    given back, and what it changed stands, once it waits."""
    results: list[Any] = []
    waiter = threading.Thread(target=lambda: results.append(_outcome(job)))
    with transaction.atomic(), connection.cursor() as cursor:
        change()
        waiter.start()
        until, waits = monotonic() + PATIENCE, False
        while not waits and waiter.is_alive() and monotonic() < until:
            cursor.execute(WAITS_FOR_US)
            [waits] = cursor.fetchone()
        assert waits, f"it did not come to wait: {results}"
    waiter.join(timeout=PATIENCE)
    return results[0]


def _outcome(job: Callable[[], Any]) -> Any:
    try:
        return job()
    except ValidationError as refusal:
        return refusal
    finally:
        connection.close()
