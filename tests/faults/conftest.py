"""Servers of the fault suite's own, and a database for each test on them."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from microcreds.local import postgres
from microcreds.local.places import Place
from microcreds.local.services import remove
from microcreds.outbox.delivery import MARKED_TOGETHER
from microcreds.outbox.models import Message
from tests.faults.processes import Broker, Database, MailServer, Worker, environment_of, wait_until

ON_THE_WAY = (Message.State.QUEUED, Message.State.SENDING)


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    """Where the private servers live; they are as careful as in production."""
    parent = Path(tempfile.mkdtemp(prefix="microcreds-faults-"))
    parent.chmod(0o755)  # the account the servers run as has to get in
    place = Place(parent / "servers")
    place.make()
    try:
        postgres.start(place)
        yield place
    finally:
        remove(place)
        shutil.rmtree(parent)


@contextmanager
def pointed_at(url: str) -> Iterator[None]:
    """Django's connection, of whatever thread, leads to this database."""
    parts = urlsplit(url)
    aim = {"HOST": unquote(parts.hostname or ""), "PORT": str(parts.port or 5432)}
    aim |= {"USER": parts.username, "PASSWORD": "", "NAME": parts.path.lstrip("/")}
    before = {name: connection.settings_dict[name] for name in aim}
    connection.close()
    connection.settings_dict.update(aim)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


@pytest.fixture(scope="session")
def template(place: Place, django_db_blocker: DjangoDbBlocker) -> str:
    """The name of an empty database with our schema."""
    with django_db_blocker.unblock(), pointed_at(postgres.url(place)):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
    return postgres.NAME


@dataclass
class Scene:
    """What a fault happens to. ``worker()`` starts one; whatever still runs is ended with it."""

    folder: Path
    database: Database
    broker: Broker
    mail_server: MailServer
    environment: dict[str, str]
    workers: list[Worker] = field(default_factory=list)

    def worker(self, **how: object) -> Worker:
        worker = Worker(self.environment, self.folder, **how)  # type: ignore[arg-type]
        self.workers.append(worker)
        return worker.start()

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()
        self.mail_server.stop()

    def log(self) -> str:
        return "".join(worker.log.read_text() for worker in self.workers)

    def wait_for_the_end_of_all(self) -> None:
        """No mail is on its way any more."""
        waiting = Message.objects.filter(state__in=ON_THE_WAY)
        wait_until(lambda: not waiting.exists(), "every mail is at its end")

    def assert_nothing_was_lost(self, *, cut_off: int = 0) -> None:
        """Every row is at its end; what is marked as sent the server has, once. ``cut_off``: how
        many senders were cut off past a 250; each repeats a few once, under the same Message-ID, so
        a mail that two of them had in hand arrives three times."""
        self.wait_for_the_end_of_all()
        rows = Message.objects.filter(state=Message.State.SENT)
        got = Counter(mail["id"] for mail in self.mail_server.taken)
        assert set(got) == {row.message_id for row in rows}
        repeats = [count - 1 for count in got.values()]
        assert max(repeats, default=0) <= cut_off
        assert sum(repeats) <= MARKED_TOGETHER * cut_off


@pytest.fixture
def scene(
    place: Place,
    template: str,
    tmp_path: Path,
    django_db_blocker: DjangoDbBlocker,
    settings: object,
) -> Iterator[Scene]:
    settings.NOTIFICATION_GRACE_SECONDS = 0  # type: ignore[attr-defined]
    url = postgres.url(place).rpartition("/")[0] + "/scene"
    _administer(place, f'CREATE DATABASE "scene" TEMPLATE "{template}"')
    broker, mail_server = Broker(place), MailServer(tmp_path)
    broker.start()
    broker.client.flushall()
    environment = environment_of(url, broker, mail_server)
    scene = Scene(tmp_path, Database(place), broker, mail_server, environment)
    try:
        with django_db_blocker.unblock(), pointed_at(url):
            yield scene
    finally:
        scene.end()
        broker.stop()
        _administer(place, 'DROP DATABASE "scene" WITH (FORCE)')


def _administer(place: Place, statement: str) -> None:
    session = psycopg2.connect(postgres.url(place).rpartition("/")[0] + "/postgres")
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute(statement)
    session.close()


@pytest.fixture
def queued(scene: Scene) -> Callable[..., list[Message]]:
    """Writes so many mails, due now."""

    def write(number: int, first: int = 0) -> list[Message]:
        now = timezone.now()
        return Message.objects.bulk_create(
            Message(
                event="moved",
                to=f"n{each}@miami.example",
                subject=f"Where your proposal {each} stands",
                body="It moved on.\n",
                dedupe_key=f"fault:{each}",
                created_at=now,
                due_at=now,
            )
            for each in range(first, first + number)
        )

    return write
