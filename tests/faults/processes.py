"""The processes of a fault: worker, mail server, broker and database, each to be ended at will."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis
from django.conf import settings
from django.db import Error, connection

from microcreds.celery import app
from microcreds.local import postgres, valkey
from microcreds.local.commands import require
from microcreds.local.places import ROOT, Place
from tests.faults.mail_server import Rules

PATIENCE = 120  # seconds, on a machine that has other things to do
LEASE = 4
CLOCK = Path(__file__).parent / "clock"


def wait_until(is_so: Callable[[], object], words: str) -> None:
    """It has come to be so. A database that is away is asked again."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if is_so():
                return
        except Error:
            connection.close()
        assert time.monotonic() < until, f"did not come to be: {words}"
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class MailServer:
    """Stands at one port however often it is started; what it ever took is in one file."""

    folder: Path
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.file.touch()

    @property
    def file(self) -> Path:
        return self.folder / "taken.jsonl"

    @property
    def taken(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    def start(self, **rules: object) -> None:
        """It answers at its port, by these rules."""
        words = [str(self.port), str(self.file), Rules(**rules).as_json()]  # type: ignore[arg-type]
        command = [sys.executable, "-m", "tests.faults.mail_server", *words]
        self.process = subprocess.Popen(command, cwd=ROOT)
        wait_until(lambda: listens(self.port), "the mail server listens")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass
class Worker:
    """A worker as in production, with beat in it; ``ahead``: by how much its clock is wrong."""

    environment: dict[str, str]
    folder: Path
    name: str = "worker"
    pool: str = "threads"
    concurrency: int = 2
    ahead: int = 0
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def start(self) -> "Worker":
        """It runs; one that was killed is followed by another."""
        words = ["worker", "--loglevel", "info", "--pool", self.pool]
        words += ["--concurrency", str(self.concurrency), "--hostname", f"{self.name}@%h"]
        words += ["--without-gossip", "--without-mingle"]
        words += ["--beat", "--schedule", str(self.folder / f"{self.name}-beat")]
        bent = {
            "CLOCK_AHEAD_SECONDS": str(self.ahead),
            "PYTHONPATH": f"{CLOCK}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        }
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "microcreds", *words],
                cwd=ROOT,
                env=os.environ | self.environment | (bent if self.ahead else {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return self

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def is_ready(self) -> bool:
        """It has said that it takes tasks."""
        return " ready." in self.log.read_text()

    @property
    def is_alive(self) -> bool:
        return self.processes[-1].poll() is None

    def kill(self) -> None:
        """Neither it nor a child of it lives any more, nor had time for anything."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def pause(self) -> None:
        os.killpg(self.processes[-1].pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.killpg(self.processes[-1].pid, signal.SIGCONT)

    def wait_for_its_end(self) -> None:
        wait_until(lambda: not self.is_alive, "the worker is dead")


@dataclass(frozen=True)
class Broker:
    """A private Valkey."""

    place: Place

    @property
    def url(self) -> str:
        return valkey.url(self.place)

    @property
    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def ask_for(self, task: str, *, times: int) -> None:
        """So many of them lie in the queue, as beat puts them there."""
        url = f"redis+socket://{self.url.removeprefix('unix://')}?virtual_host=0"
        with app.connection_for_write(url) as session:
            for _ in range(times):
                app.send_task(task, connection=session)

    def start(self) -> None:
        valkey.start(self.place)

    def stop(self) -> None:
        valkey.stop(self.place)
        wait_until(lambda: not valkey.is_up(self.place), "the broker is down")


@dataclass(frozen=True)
class Database:
    """A private Postgres that keeps what it said it keeps."""

    place: Place

    def crash(self) -> None:
        """As by a power cut, and up again."""
        programs = postgres._programs(self.place)
        [cluster] = self.place.folder.glob("data-*")
        log = self.place.folder / "postgres.log"
        words = ("-D", cluster, "-m", "immediate", "-w", "-t", "60", "-l", log, "restart")
        require(self.place, programs / "pg_ctl", *words)
        connection.close()


def environment_of(database_url: str, broker: Broker, mail_server: MailServer) -> dict[str, str]:
    """What a worker in production is given; quick to try again, so that a test need not wait."""
    return {
        "DJANGO_SETTINGS_MODULE": "microcreds.settings.prod",
        "SECRET_KEY": settings.SECRET_KEY,
        "LINK_KEY": settings.LINK_KEY,
        "SITE_URL": settings.SITE_URL,
        "ALLOWED_HOSTS": "testserver",
        "DATABASE_URL": database_url,
        "REDIS_URL": broker.url,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
        "EMAIL_TIMEOUT_SECONDS": "2",
        "OUTBOX_TICK_SECONDS": "0.5",
        "OUTBOX_LEASE_SECONDS": str(LEASE),
        "OUTBOX_BACK_OFF_SECONDS": "1,1,1,1,1,1,1",
    }
