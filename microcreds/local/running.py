"""What a running ``make run`` tells other processes of its checkout: where it is, what to use."""

import contextlib
import fcntl
import json
import os
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import IO

from microcreds.local import postgres, valkey
from microcreds.local.places import VAR, place_of_checkout

STATE = VAR / "run.json"
LOCK = VAR / "run.lock"


@dataclass
class Run:
    """One ``make run``: its supervisor, what its children have in common, their process groups."""

    pid: int
    environment: dict[str, str]
    groups: dict[str, int] = field(default_factory=dict)

    def write(self) -> None:
        """Others can read this run; only this user's, for a URL may hold a password."""
        unfinished = STATE.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(asdict(self)))
        unfinished.rename(STATE)


def claim() -> IO[str] | None:
    """The lock of this checkout's one run, or None while there is such a run.

    Children inherit it: as long as one of them lives, the run is not over.
    """
    VAR.mkdir(exist_ok=True)
    lock = LOCK.open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def current() -> Run | None:
    """The run of this checkout, or None where nothing runs."""
    if lock := claim():
        lock.close()
        return None
    try:
        return Run(**json.loads(STATE.read_text()))
    except FileNotFoundError:  # it has only just begun
        return None


def is_supervised(run: Run) -> bool:
    """Whether its supervisor lives; without one, only children are left of it."""
    try:
        os.kill(run.pid, 0)
    except ProcessLookupError:
        return False
    return True


def end(run: Run, *, patience: float = 15) -> None:
    """Nothing of the run lives any more, its supervisor included."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(run.pid, signal.SIGTERM)
        if _is_over(patience):
            return
        os.kill(run.pid, signal.SIGKILL)
    for group in run.groups.values():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    if not _is_over(patience):
        raise RuntimeError(f"what make run started (pid {run.pid}) does not end")


def adopt_running_servers() -> None:
    """The environment has what ``make run`` gives its children, wherever it says nothing itself.

    Ends the process in a sentence where there is no database to work with.
    """
    if run := current():
        found = run.environment
    else:
        place = place_of_checkout()
        found = {"DATABASE_URL": postgres.url(place)} if postgres.is_up(place) else {}
        found |= {"REDIS_URL": valkey.url(place)} if valkey.is_up(place) else {}
    for name, value in found.items():
        os.environ.setdefault(name, value)
    if not os.environ.get("DATABASE_URL"):
        sys.exit("no database: run make run, or set DATABASE_URL")


def _is_over(patience: float) -> bool:
    deadline = time.monotonic() + patience
    while current():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
