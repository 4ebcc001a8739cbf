"""What monitors are told, with and without a database, a worker, a session."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Now

from microcreds import health
from microcreds.outbox.models import Heartbeat


@pytest.fixture
def beat(db):
    def beat(*, seconds_ago):
        Heartbeat.objects.create(beat_at=Now() - timedelta(seconds=seconds_ago))

    return beat


@pytest.fixture
def no_database(transactional_db, monkeypatch):
    """The server refuses every connection until the test has ended."""
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        patch.setitem(connection.settings_dict, "PORT", "1")
        yield
    connection.close()


def test_ready_while_database_and_worker_are(client, beat):
    beat(seconds_ago=5)

    response = client.get("/readyz?all=1")

    told = response.json()
    assert (response.status_code, told["database"], told["worker"]) == (200, "ok", "ok")


@pytest.mark.parametrize(("path", "status"), [("/readyz", 200), ("/readyz?all=1", 503)])
def test_a_late_worker_takes_no_web_process_out_of_service(client, beat, path, status):
    beat(seconds_ago=61)

    response = client.get(path)

    assert (response.status_code, response.json()["worker"]) == (status, "late")


def test_a_worker_never_heard_of_is_late(client, db):
    assert client.get("/readyz").json()["worker"] == "late"


def test_ready_costs_one_statement(client, beat, django_assert_num_queries):
    beat(seconds_ago=5)
    client.get("/readyz")

    with django_assert_num_queries(1):
        client.get("/readyz")


def test_a_database_that_is_not_migrated_is_not_ready(client, db, monkeypatch):
    monkeypatch.setattr(health, "_is_migrated", False)
    MigrationRecorder.Migration.objects.filter(app="outbox").delete()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"database": "not migrated", "worker": "unknown"}


@pytest.mark.parametrize("cookie", ["", "somebody-signed-in-once"])
def test_without_a_database_the_process_still_answers(client, no_database, cookie):
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie

    assert client.get("/healthz").content == b"ok"
    response = client.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "down")
