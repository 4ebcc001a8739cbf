"""Commands beside a running ``make run`` work on its servers."""

import os

import pytest

from microcreds.local import places, running


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "VAR", tmp_path)
    monkeypatch.setattr(running, "STATE", tmp_path / "run.json")
    monkeypatch.setattr(running, "LOCK", tmp_path / "run.lock")
    monkeypatch.setattr(places, "VAR", tmp_path)
    monkeypatch.setenv("SERVICES_DIR", str(tmp_path / "services"))
    for name in ("DATABASE_URL", "SITE_URL"):
        monkeypatch.delenv(name, raising=False)


def claimed():
    lock = running.claim()
    assert lock
    return lock


def test_a_command_adopts_what_it_was_not_given(checkout, monkeypatch):
    monkeypatch.setenv("SITE_URL", "http://mine.example")
    run = running.Run(1, {"DATABASE_URL": "postgresql://of-run", "SITE_URL": "http://of-run"})

    with claimed():
        run.write()
        running.adopt_running_servers()

    assert os.environ["DATABASE_URL"] == "postgresql://of-run"
    assert os.environ["SITE_URL"] == "http://mine.example"
    assert running.STATE.stat().st_mode & 0o077 == 0


def test_a_run_that_has_ended_is_not_adopted(checkout):
    running.Run(1, {"DATABASE_URL": "postgresql://long-gone"}).write()

    with pytest.raises(SystemExit, match="make run, or set DATABASE_URL"):
        running.adopt_running_servers()


def test_one_checkout_has_one_run(checkout):
    with claimed():
        assert running.claim() is None
    claimed().close()
