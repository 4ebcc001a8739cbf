"""``make run`` from a copy of this checkout: one at a time, whole, and leaving nothing."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from microcreds.local.children import BYTECODE
from microcreds.local.places import ROOT

pytestmark = pytest.mark.faults

NOT_COPIED = (".venv", "var", ".git", "__pycache__", ".*_cache", "test-results")
PATIENCE = 60  # seconds, on a machine that has other things to do
SERVERS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SERVICES_DIR", "SITE_URL", "PORT")
OF_THE_SUITE = (*SERVERS, *BYTECODE)


class Checkout:
    """A copy of the source at a path with a space, with ``make run`` in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if name not in OF_THE_SUITE}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        self.url = f"http://127.0.0.1:{self.port}"
        # Without the demo, whose twenty proposals take longer than everything else.
        self.environment = kept | {"PORT": str(self.port), "DEMO": "0"}

    def start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "microcreds.local", "run"]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def start_and_wait(self) -> subprocess.Popen[str]:
        run, said = self.start(), []
        for line in run.stdout or ():
            said.append(line)
            if line == f"Microcreds is ready on {self.url}\n":
                return run
        raise AssertionError("".join(said))

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env={name: value for name, value in self.environment.items() if name != "PORT"},
            capture_output=True,
            text=True,
            check=False,
        )

    def processes(self) -> list[str]:
        """Those whose arguments name this checkout: its path, its port or its id."""
        marks = [str(self.folder), f"127.0.0.1:{self.port}"]
        if (self.folder / "var" / "id").exists():
            marks.append((self.folder / "var" / "id").read_text())
        listing = subprocess.run(["ps", "-eo", "stat,args"], capture_output=True, text=True)
        lines = [line for line in listing.stdout.splitlines() if not line.startswith("Z")]
        return [line for line in lines if any(mark in line for mark in marks)]

    def group_of(self, name: str) -> int:
        return json.loads((self.folder / "var" / "run.json").read_text())["groups"][name]

    def health(self) -> dict[str, Any]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port)) as connection:
            connection.request("GET", "/readyz?all=1")
            return json.load(connection.getresponse())


@pytest.fixture(scope="module")
def checkout():
    parent = Path(tempfile.mkdtemp(prefix="microcreds-test-"))
    ignore = shutil.ignore_patterns(*NOT_COPIED)
    checkout = Checkout(Path(shutil.copytree(ROOT, parent / "my check out", ignore=ignore)))
    yield checkout
    cleaned = checkout.python("-m", "microcreds.local.clean")
    shutil.rmtree(parent)
    assert cleaned.returncode == 0, cleaned.stderr


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_run_stands_alone_and_leaves_nothing_behind(checkout):
    run = checkout.start_and_wait()
    told = checkout.health()
    assert (told["database"], told["worker"]) == ("ok", "ok")

    second = checkout.start()
    assert second.communicate(timeout=PATIENCE)[0] == (
        f"microcreds: already running from this checkout on {checkout.url} (pid {run.pid})\n"
    )
    assert second.returncode == 1

    show = "from django.conf import settings; print(settings.SITE_URL)"
    beside = checkout.python("manage.py", "shell", "-v0", "-c", show)
    assert beside.stdout == f"{checkout.url}\n", beside.stderr

    os.killpg(run.pid, signal.SIGINT)  # what Ctrl-C does
    run.communicate(timeout=PATIENCE)
    assert run.returncode == 0
    wait_until(lambda: checkout.processes() == [])


@pytest.mark.faults("the worker of `make run` is killed (-9)", "another follows; nothing is left")
def test_a_killed_worker_comes_back_and_a_signal_meanwhile_loses_no_process(checkout):
    run = checkout.start_and_wait()
    os.kill(checkout.group_of("worker"), signal.SIGKILL)

    assert "The worker process died; starting it again.\n" in (run.stdout or ())
    run.terminate()
    run.communicate(timeout=PATIENCE)

    assert run.returncode == 0
    wait_until(lambda: checkout.processes() == [])


@pytest.mark.faults("`make run` itself is killed (-9)", "the next one ends what it left behind")
def test_what_a_killed_run_left_behind_is_ended_by_the_next_and_clean_ends_that(checkout):
    first = checkout.start_and_wait()
    left = checkout.group_of("worker")
    first.kill()
    first.wait()

    second = checkout.start_and_wait()
    assert checkout.group_of("worker") != left

    assert checkout.python("-m", "microcreds.local.clean").returncode == 0
    for run in (first, second):
        run.communicate(timeout=PATIENCE)
    wait_until(lambda: checkout.processes() == [])
