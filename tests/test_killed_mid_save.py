"""A server that is killed in the middle of a save leaves nothing half-written; the same save, sent
again to the next one, is stored, and once."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from threading import Thread
from time import monotonic, sleep
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from proposals.models import InterestEdit, InterestForm, NamedPartner
from proposals.services import create_draft
from tests.factories import make_cast
from tests.proposals.posting import as_post

pytestmark = [
    pytest.mark.faults(
        "the web server is killed (-9) in the middle of a save",
        "nothing is half written; the same save, sent again, is stored once",
    ),
    pytest.mark.django_db(transaction=True),
]
PATIENCE = 30  # seconds
TOKEN = "a" * 32  # cookie and header alike are what Django asks for


@contextmanager
def server() -> Iterator[tuple[int, Callable[[], None]]]:
    """A web server as in production, on the database of this test; with what kills it at once, as
    the end of the block does at latest."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = connection.settings_dict
    host = database["HOST"].replace("/", "%2F")
    login = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    address = f"{login}@{host}:{database['PORT'] or 5432}/{database['NAME']}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "microcreds.settings.dev",
        "DATABASE_URL": f"postgresql://{address}",
        "SECRET_KEY": settings.SECRET_KEY,
        "LINK_KEY": settings.LINK_KEY,
    }
    command = [sys.executable, "-m", "gunicorn", "microcreds.wsgi", "-b", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*command, "--no-control-socket"],
        env=environment,
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )

    def kill() -> None:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=PATIENCE)

    try:
        wait_until(lambda: answers_at(port))
        yield port, kill
    finally:
        kill()


def answers_at(port: int) -> bool:
    with closing(socket.socket()) as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


def wait_until(is_so) -> None:
    until = monotonic() + PATIENCE
    while not is_so():
        assert monotonic() < until, "it did not come to be so"
        sleep(0.05)


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
            " AND relation = 'proposals_interestedit'::regclass)"
        )
        [[is_waiting]] = cursor.fetchall()
    return is_waiting


def test_nothing_is_half_written_and_the_same_save_is_stored_once():
    owner = make_cast().proposer
    draft = create_draft(owner=owner, working_title="Sampling for shift leads")
    client = Client()
    client.force_login(owner)
    cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}"
    row = {"id": "0f0e0d0c-0b0a-4908-8706-050403020100", "org_name": "Ridgeway Bearings"}
    answers = {"partner_status": "yes", "partners": [row]}
    page = {"page_key": "11111111-2222-4333-8444-555555555555", "sequence": "1"}
    body = urlencode(as_post("partners", answers, 1) | page, doseq=True)

    def save(port: int) -> dict | None:
        asked = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        headers = {
            "Cookie": cookies,
            "X-CSRFToken": TOKEN,
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        path = f"/proposals/{draft.reference}/edit/partners/autosave/"
        try:
            asked.request("POST", path, body, headers)
            return json.loads(asked.getresponse().read())
        except (OSError, HTTPException):
            return None
        finally:
            asked.close()

    with server() as (port, kill):
        lost = []
        with transaction.atomic():
            with connection.cursor() as cursor:  # its rows are written by now, its edit is not
                cursor.execute("LOCK TABLE proposals_interestedit IN EXCLUSIVE MODE")
            saving = Thread(target=lambda: lost.append(save(port)))
            saving.start()
            wait_until(is_somebody_waiting)
            kill()
            saving.join(timeout=PATIENCE)
        assert lost == [None]
    wait_until(lambda: not is_somebody_waiting())
    form = InterestForm.objects.get(proposal=draft)
    assert (form.version, form.answers.get("partner_status")) == (1, None)
    assert not NamedPartner.objects.filter(proposal=draft).exists()
    assert not InterestEdit.objects.filter(form=form).exists()

    with server() as (port, _kill):
        first, second = save(port), save(port)
    assert first and second
    assert first["version"] == second["version"] == 2
    assert NamedPartner.objects.get(proposal=draft).org_name == "Ridgeway Bearings"
    assert InterestEdit.objects.filter(form=form).count() == 1
