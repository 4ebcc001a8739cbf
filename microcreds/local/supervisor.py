"""``make run``: servers, database, web, worker and mail sink, and none of them left behind."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.parse import urlsplit

from microcreds.local import running
from microcreds.local.mail_sink import mail_sink
from microcreds.local.places import ROOT, VAR, place_of_checkout
from microcreds.local.services import services

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOPPING_TAKES_AT_MOST = 8  # seconds, then a child is killed
READY_SHOULD_TAKE_AT_MOST = 30  # seconds, then we say what we wait for
# What a management command beside this run must share with it, or its links would not open.
SECRETS = ("SECRET_KEY", "LINK_KEY")


def run() -> int:
    """Everything runs until a signal ends it.

    Raises ``RuntimeError`` with the sentence to show where it cannot start, or a child cannot.
    """
    for number in ENDING:
        signal.signal(number, _end_once)
    try:
        with _only_run() as lock, _environment(_free_port()) as environment:
            state = running.Run(os.getpid(), environment)
            state.write()
            _prepare(environment)
            with Children(state, lock) as children:
                children.watch()
    except KeyboardInterrupt:
        pass  # before there were children
    print("\nMicrocreds has stopped.", flush=True)
    return 0


class Children:
    """Web and worker, each in a process group of its own, so that Ctrl-C reaches only us."""

    def __init__(self, state: running.Run, lock: IO[str]) -> None:
        self.state, self.lock = state, lock
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ending = threading.Event()

    def __enter__(self) -> "Children":
        # From here a signal interrupts nothing: half-way through a start it would lose a child.
        for number in ENDING:
            signal.signal(number, lambda *_: self.ending.set())
        return self

    def __exit__(self, *_: object) -> None:
        """None of them lives any more, and no process of theirs."""
        for process in self.processes.values():
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + STOPPING_TAKES_AT_MOST
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
            _signal_group(process, signal.SIGKILL)
            process.wait()

    def watch(self) -> None:
        """Returns on a signal, or when make is gone; a child that dies later is started again.

        Raises ``RuntimeError`` where one dies before all were ready.
        """
        parent, started = os.getppid(), time.monotonic()
        is_ready = is_slow = False
        for name in _commands(self.state.environment):
            self._start(name)
        while not self.ending.wait(1 if is_ready else 0.1):
            if os.getppid() != parent and "MAKELEVEL" in os.environ:
                return
            for name in self._dead():
                if not is_ready:
                    raise RuntimeError(f"the {name} process does not start")
                print(f"The {name} process died; starting it again.", flush=True)
                self._start(name)
            if is_ready:
                continue
            is_ready, said = _health(self.state.environment)
            if is_ready:
                print(f"Microcreds is ready on {self.state.environment['SITE_URL']}", flush=True)
            elif not is_slow and time.monotonic() - started > READY_SHOULD_TAKE_AT_MOST:
                is_slow = True
                print(f"Not ready yet; /readyz says: {said}", flush=True)

    def _dead(self) -> list[str]:
        names = [name for name, process in self.processes.items() if process.poll() is not None]
        for name in names:
            _signal_group(self.processes[name], signal.SIGKILL)  # what it has left behind
        return names

    def _start(self, name: str) -> None:
        process = subprocess.Popen(
            _commands(self.state.environment)[name],
            cwd=ROOT,
            env=os.environ | self.state.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(self.lock.fileno(),),
        )
        self.processes[name] = process
        self.state.groups[name] = process.pid
        self.state.write()


def _end_once(number: int, frame: FrameType | None) -> None:
    for later in ENDING:
        signal.signal(later, signal.SIG_IGN)  # impatience must not leave a process behind
    raise KeyboardInterrupt


def _prepare(environment: dict[str, str]) -> None:
    print("Preparing the database and the static files …", flush=True)
    command = [sys.executable, "-m", "microcreds.local.prepare"]
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        start_new_session=True,  # Ctrl-C ends it without a traceback of its own
        check=False,
    )
    if ended.returncode:
        raise RuntimeError("the database or the static files could not be made ready")


def _commands(environment: dict[str, str]) -> dict[str, list[str]]:
    address = f"127.0.0.1:{environment['PORT']}"
    web = ["-m", "gunicorn", "microcreds.wsgi", "--bind", address, "--no-control-socket"]
    web += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    web += ["--graceful-timeout", "5", "--log-level", "warning"]
    # The desk's list is its address, which its rows carry along and the next page is asked from. A
    # search of 10,000 characters is answered by the site, in its words; here stands no proxy.
    web += ["--limit-request-line", "0", "--limit-request-field_size", "16380"]
    if os.environ.get("DEBUG", "").lower() in ("1", "true", "on", "yes"):
        web = ["-m", "django", "runserver", address]  # reads changed code and templates again
    worker = ["-W", "ignore:You're running the worker with superuser"]  # in a demo root may
    worker += ["-m", "celery", "-A", "microcreds", "--quiet", "worker", "--loglevel", "warning"]
    worker += ["--pool", "threads", "--concurrency", "2", "--beat", "--schedule", str(VAR / "beat")]
    worker += ["--without-gossip", "--without-mingle"]  # there is one worker; nobody to ask
    return {"web": [sys.executable, *web], "worker": [sys.executable, *worker]}


@contextmanager
def _only_run() -> Iterator[IO[str]]:
    """The lock of this checkout; what a killed run has left behind is ended first."""
    lock = running.claim()
    if not lock:
        other = running.current()
        if other and not running.is_supervised(other):
            running.end(other)
        elif other:
            where = f"{other.environment['SITE_URL']} (pid {other.pid})"
            raise RuntimeError(f"already running from this checkout on {where}")
        lock = running.claim()
    if not lock:
        raise RuntimeError("already starting from this checkout")
    with lock:
        running.STATE.unlink(missing_ok=True)  # a killed run's
        try:
            yield lock
        finally:
            running.STATE.unlink(missing_ok=True)


def _free_port() -> int:
    word = os.environ.get("PORT") or "8000"
    try:
        port = int(word)
        socket.create_server(("127.0.0.1", port)).close()
    except (ValueError, OverflowError, OSError) as reason:
        raise RuntimeError(
            f"port {word} cannot be used ({reason}); choose another: make run PORT=8001"
        ) from reason
    return port


@contextmanager
def _environment(port: int) -> Iterator[dict[str, str]]:
    """What all children have in common, with the servers behind it running."""
    folder = Path(os.environ.get("MAIL_SINK_DIR") or VAR / "mail")
    environment = {
        "DJANGO_SETTINGS_MODULE": "microcreds.settings.dev",
        "DEMO": os.environ.get("DEMO") or "1",
        "NOTIFICATION_GRACE_SECONDS": os.environ.get("NOTIFICATION_GRACE_SECONDS") or "10",
        "MAIL_SINK_DIR": str(folder),
        "PORT": str(port),
        "SITE_URL": os.environ.get("SITE_URL") or f"http://127.0.0.1:{port}",
    }
    environment |= {name: os.environ[name] for name in SECRETS if os.environ.get(name)}
    with services(place_of_checkout()) as urls:
        if email_url := os.environ.get("EMAIL_URL"):
            yield environment | urls | {"EMAIL_URL": email_url}
            return
        with mail_sink(folder) as email_url:
            yield environment | urls | {"EMAIL_URL": email_url}


def _health(environment: dict[str, str]) -> tuple[bool, str]:
    """Whether ``/readyz?all=1`` would be 200, and what was said.

    Asked without ``all``, because Django logs each 503, and a worker takes a second to start.
    """
    connection = http.client.HTTPConnection("127.0.0.1", int(environment["PORT"]), timeout=5)
    try:
        host = urlsplit(environment["SITE_URL"]).netloc
        connection.request("GET", "/readyz", headers={"Host": host})
        answer = connection.getresponse()
        said = answer.read(200).decode(errors="replace")
        return answer.status == 200 and json.loads(said)["worker"] == "ok", said
    except (OSError, http.client.HTTPException, ValueError) as reason:
        return False, str(reason)
    finally:
        connection.close()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
