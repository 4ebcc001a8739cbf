"""Both private servers, for as long as somebody uses them."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from microcreds.local import postgres, valkey
from microcreds.local.places import Place


@contextmanager
def services(place: Place) -> Iterator[dict[str, str]]:
    """``DATABASE_URL`` and ``REDIS_URL``, those of the environment or of servers started here.

    Any number of processes may use one place at once; the last one out stops its servers.
    Raises ``RuntimeError`` where a server cannot be started.
    """
    given = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "REDIS_URL")}
    if all(given.values()):
        yield given
        return
    place.make()
    with (place.folder / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # the kernel lets go of it even after kill -9
        try:
            with (place.folder / "start.lock").open("a") as starting:
                fcntl.flock(starting, fcntl.LOCK_EX)
                if not given["DATABASE_URL"]:
                    postgres.start(place)
                if not given["REDIS_URL"]:
                    valkey.start(place)
            yield {
                "DATABASE_URL": given["DATABASE_URL"] or postgres.url(place),
                "REDIS_URL": given["REDIS_URL"] or valkey.url(place),
            }
        finally:
            _stop_if_last(place, users.fileno())


@contextmanager
def throwaway_services() -> Iterator[dict[str, str]]:
    """As ``services``, on fresh servers of which nothing is left afterwards."""
    place = Place(Path(tempfile.mkdtemp(prefix="microcreds-")), is_throwaway=True)
    try:
        with services(place) as urls:
            yield urls
    finally:
        remove(place)


def remove(place: Place) -> None:
    """Servers stopped, their data gone."""
    if place.folder.exists():
        stop(place)
        shutil.rmtree(place.folder)
    if place.sockets.exists():
        shutil.rmtree(place.sockets)


def stop(place: Place) -> None:
    """Neither server runs any longer; what they hold stays on the disk."""
    valkey.stop(place)
    postgres.stop(place)


def _stop_if_last(place: Place, users: int) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # somebody else still uses them
    stop(place)
