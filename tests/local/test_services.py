"""The private servers: anywhere, shared by whoever is there, gone with the last one."""

import shutil
import socket
import tempfile
from pathlib import Path

import psycopg2
import pytest
import redis

from microcreds.local import places, postgres, valkey
from microcreds.local.places import Place
from microcreds.local.services import remove, services


@pytest.fixture
def place(monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    # Not tmp_path: as root that is closed to the account the servers run as.
    parent = Path(tempfile.mkdtemp(prefix="microcreds-test-"))
    parent.chmod(0o755)
    place = Place(parent / "a path with a space", is_throwaway=True)
    yield place
    remove(place)
    shutil.rmtree(parent)


def ask(database_url: str, statement: str) -> list[tuple]:
    connection = psycopg2.connect(database_url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_servers_start_in_a_path_with_a_space_and_keep_their_data(place):
    with services(place) as urls:
        ask(urls["DATABASE_URL"], "CREATE EXTENSION pg_trgm")
        ask(urls["DATABASE_URL"], "CREATE TABLE kept AS SELECT lower('É') AS letter")
        assert redis.Redis.from_url(urls["REDIS_URL"]).ping()
    assert not postgres.is_up(place)
    assert not valkey.is_up(place)

    with services(place) as urls:
        assert ask(urls["DATABASE_URL"], "SELECT letter FROM kept") == [("é",)]


def test_servers_stay_until_the_last_one_leaves(place):
    with services(place) as urls:
        with services(place):
            pass
        assert ask(urls["DATABASE_URL"], "SELECT 1") == [(1,)]
        assert valkey.is_up(place)


def test_given_servers_are_used_and_none_is_started(place, monkeypatch):
    given = {"DATABASE_URL": "postgresql://db.example/x", "REDIS_URL": "redis://kv.example"}
    for name, url in given.items():
        monkeypatch.setenv(name, url)

    with services(place) as urls:
        assert urls == given
    assert not place.folder.exists()


def test_a_folder_of_somebody_else_is_refused(place, monkeypatch):
    place.make()

    with monkeypatch.context() as somebody:
        somebody.setattr(places, "IS_ROOT", False)
        somebody.setattr(places.os, "getuid", lambda: 4_000_000)
        with pytest.raises(RuntimeError, match="belongs to somebody else"):
            place.make()


def test_a_long_path_gets_a_socket_short_enough(place):
    long = Place(place.folder / ("x" * 120))

    with socket.socket(socket.AF_UNIX) as listener, tempfile.TemporaryDirectory() as folder:
        listener.bind(str(Path(folder) / long.sockets.name))
    assert len(str(long.sockets)) < 90


def test_a_checkout_keeps_its_name_and_a_new_one_gets_another(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "VAR", tmp_path / "one")
    first = places.checkout_id()
    assert places.checkout_id() == first

    monkeypatch.setattr(places, "VAR", tmp_path / "two")
    assert places.checkout_id() != first
