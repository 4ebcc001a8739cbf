"""``make run`` from a copy of this checkout: one at a time, whole, and leaving nothing."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from microcreds.local.places import ROOT

pytestmark = pytest.mark.faults

NOT_COPIED = (".venv", "var", ".git", "__pycache__", ".*_cache", "test-results")
OF_THE_SUITE = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SERVICES_DIR", "SITE_URL", "PORT")


class Checkout:
    """A copy of the source at a path with a space, with ``make run`` in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if name not in OF_THE_SUITE}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        self.environment = kept | {"PORT": str(self.port)}

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
        for line in run.stdout:
            said.append(line)
            if line == f"Microcreds is ready on http://127.0.0.1:{self.port}\n":
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

    def health(self) -> dict[str, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz?all=1") as answer:
            return json.load(answer)


@pytest.fixture
def checkout():
    parent = Path(tempfile.mkdtemp(prefix="microcreds-test-"))
    ignore = shutil.ignore_patterns(*NOT_COPIED)
    checkout = Checkout(Path(shutil.copytree(ROOT, parent / "my check out", ignore=ignore)))
    yield checkout
    cleaned = checkout.python("-m", "microcreds.local.clean")
    shutil.rmtree(parent)
    assert cleaned.returncode == 0, cleaned.stderr


def wait_until(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_one_run_from_ready_to_the_last_process(checkout):
    run = checkout.start_and_wait()
    assert checkout.health() == {"database": "ok", "worker": "ok"}

    second = checkout.start()
    assert second.communicate()[0] == (
        f"microcreds: already running from this checkout on http://127.0.0.1:{checkout.port}"
        f" (pid {run.pid})\n"
    )
    assert second.returncode == 1

    show = "from django.conf import settings; print(settings.SITE_URL)"
    beside = checkout.python("manage.py", "shell", "-v0", "-c", show)
    assert beside.stdout == f"http://127.0.0.1:{checkout.port}\n", beside.stderr

    state = json.loads((checkout.folder / "var" / "run.json").read_text())
    os.kill(state["groups"]["worker"], signal.SIGKILL)
    assert "The worker process died; starting it again.\n" in run.stdout

    os.killpg(run.pid, signal.SIGINT)
    run.communicate()
    assert run.returncode == 0
    wait_until(lambda: checkout.processes() == [])


def test_what_a_killed_run_left_is_ended_and_clean_leaves_nothing(checkout):
    first = checkout.start_and_wait()
    first.kill()
    first.communicate(timeout=1)

    checkout.start_and_wait().stdout.close()
    assert checkout.python("-m", "microcreds.local.clean").returncode == 0

    wait_until(lambda: checkout.processes() == [])
