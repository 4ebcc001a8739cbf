"""An app under gunicorn on a database of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from bench.client import Client
from microcreds.local.places import ROOT

STARTS_WITHIN = 30  # seconds
WORKERS = 2


@dataclass
class App:
    """``people`` are signed in; ``ready`` is what its ``bench_prepare`` said."""

    name: str
    environment: dict[str, str]
    ready: dict[str, Any]
    port: int = 0
    people: dict[str, Client] = field(default_factory=dict)
    web: "subprocess.Popen[bytes] | None" = None

    def worker_megabytes(self) -> float:
        """What the larger of its workers holds in memory."""
        assert self.web  # noqa: S101 (for the type checker: it runs)
        workers = psutil.Process(self.web.pid).children()
        return max(worker.memory_info().rss for worker in workers) / 1_000_000


def _run(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, *words]
    ended = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return ended.stdout.decode()


def environment_of(name: str, database: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": f"bench.{name}.settings",
        "DATABASE_URL": f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{database}",
        "DEMO": "1",
        "DEBUG": "0",
        "EMAIL_URL": "smtp://127.0.0.1:9",
    }


@contextmanager
def database(name: str) -> Iterator[None]:
    """An empty database, gone afterwards."""
    _administer(f'CREATE DATABASE "{name}"')
    try:
        yield
    finally:
        _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(statement: str) -> None:
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def prepare(name: str, size: int, base: str) -> App:
    """Its schema and its rows are there."""
    environment = environment_of(name, base)
    if name == "ours":
        _run(environment, "-m", "microcreds.local.prepare")
    else:
        # Twice: the floor has no migrations, and its table points at one that is migrated.
        for words in ([], ["--run-syncdb"]):
            _run(environment, "-m", "django", "migrate", "--verbosity", "0", *words)
    said = _run(environment, "-m", "django", "bench_prepare", str(size))
    return App(name, environment, json.loads(said.splitlines()[-1]))


@contextmanager
def serving(app: App) -> Iterator[App]:
    """It answers, and everyone in ``sessions`` is signed in."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        app.port = free.getsockname()[1]
    wsgi = "microcreds.wsgi" if app.name == "ours" else "bench.floor.wsgi"
    command = [sys.executable, "-m", "gunicorn", wsgi, "--bind", f"127.0.0.1:{app.port}"]
    command += ["--workers", str(WORKERS), "--log-level", "warning", "--no-control-socket"]
    command += ["--timeout", "120"]
    app.environment["SITE_URL"] = f"http://127.0.0.1:{app.port}"
    app.web = subprocess.Popen(command, cwd=ROOT, env=app.environment)
    try:
        _wait_for(app.port)
        app.people = {
            name: Client(app.port, {"sessionid": key, "csrftoken": "b" * 32})
            for name, key in app.ready["sessions"].items()
        }
        yield app
    finally:
        app.web.terminate()
        app.web.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def machine() -> str:
    """On what it was measured, in a few words."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        "unknown processor",
    )
    return f"{os.cpu_count()} cores, {model}"
