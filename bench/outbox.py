"""How fast mails leave: smtplib on one connection, one worker, two at once.

``python -m bench.outbox PORT`` is the mail server that takes them.
"""

import asyncio
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.servers import App
from microcreds.local.places import ROOT

MAILS = 1000


class Taken:
    """Takes every mail and keeps none."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "250 OK"


@contextmanager
def sink() -> Iterator[int]:
    """The port of a mail server in a process of its own, as a real one is."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "bench.outbox", str(port)], cwd=ROOT)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def throughput(app: App) -> dict[str, float]:
    """Mails a second by who sends them; each has as many to send."""
    with sink() as port:
        app.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        found = {"smtplib": MAILS / _by_smtplib(port)}
        for workers in (1, 2):
            _queue(app)
            found[f"workers_{workers}"] = MAILS / _by_workers(app, workers)
    return found


def _by_smtplib(port: int) -> float:
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as server:
        for number in range(MAILS):
            mail = EmailMessage()
            mail["From"], mail["To"] = "microcreds@localhost", f"scale{number}@miami.example"
            mail["Subject"] = "Where your proposal stands"
            mail.set_content("What happens next. " * 40)
            server.send_message(mail)
    return time.perf_counter() - start


def _queue(app: App) -> None:
    _worker(app, "queue").wait()


def _by_workers(app: App, number: int) -> float:
    """From the moment all are told to begin until the last has nothing more to do."""
    workers = [_worker(app, "drain") for _ in range(number)]
    for worker in workers:
        assert worker.stdin and worker.stdout  # noqa: S101 (for the type checker)
        worker.stdout.readline()
    start = time.perf_counter()
    for worker in workers:
        worker.stdin.write(b"go\n")  # type: ignore[union-attr]
        worker.stdin.flush()  # type: ignore[union-attr]
    for worker in workers:
        worker.stdout.readline()  # type: ignore[union-attr]
    seconds = time.perf_counter() - start
    for worker in workers:
        worker.communicate()
    return seconds


def _worker(app: App, verb: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "django", "bench_outbox", verb],
        cwd=ROOT,
        env=app.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


async def _serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Taken(), hostname="localhost"), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
