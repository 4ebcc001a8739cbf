"""Workbooks of long lists: made by the worker, followed on a page, for one person and one day."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from reviews import export_jobs, tasks
from reviews.export_jobs import storage
from reviews.models import Export
from reviews.questions import Question
from tests.factories import make_submitted

pytestmark = pytest.mark.django_db
LIST = "/admin/reviews/triageitem/"


@pytest.fixture(autouse=True)
def long_from_one_row(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(export_jobs, "AT_ONCE", 0)
    place = settings.STORAGES["attachments"] | {"OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"attachments": place}


def ask(client, query="?stage=submitted&o=reference"):
    return client.get(f"{LIST}export/xlsx/{query}")["Location"]


def rows_of(answer) -> str:
    content = answer.getvalue()
    return zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()


def test_a_long_list_is_made_by_the_worker_and_taken_when_ready(client, oxford):
    proposal = make_submitted()
    client.force_login(oxford)
    page = ask(client)
    waiting = client.get(page).content.decode()

    tasks.make_exports()

    ready = client.get(page).content.decode()
    sheet = rows_of(client.get(f"{page}take/"))
    assert "Waiting" in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert "Download the workbook" in ready
    assert "refresh" not in ready
    assert proposal.reference in sheet
    assert sheet.count("<row ") == 2


def test_it_says_how_far_it_is(client, oxford, monkeypatch):
    monkeypatch.setattr(export_jobs, "TOLD_EVERY", 1)
    for _number in range(3):
        make_submitted()
    client.force_login(oxford)
    page, seen = ask(client), []
    write = export_jobs._write

    def and_look(export, **values):
        write(export, **values)
        seen.append((export.state, export.done, export.total))

    monkeypatch.setattr(export_jobs, "_write", and_look)
    tasks.make_exports()

    assert ("running", 2, 3) in seen
    assert seen[-1] == ("ready", 3, 3)
    assert client.get(page).context["export"].done == 3


@pytest.mark.parametrize("who", ["lead", "regionals", "auditor", "deans", "proposer"])
def test_it_is_there_for_whoever_asked_alone(client, cast, who):
    make_submitted()
    client.force_login(cast.oxford)
    page = ask(client)
    tasks.make_exports()
    client.force_login(getattr(cast, who))

    assert client.get(page).status_code == 404
    assert client.get(f"{page}take/").status_code == 404


def test_whoever_may_no_longer_see_its_columns_does_not_take_it(client, cast):
    make_submitted()
    client.force_login(cast.oxford)
    page = ask(client, "?columns=all")
    tasks.make_exports()
    cast.oxford.roles.update(kind="deans", unit=None)

    assert client.get(f"{page}take/").status_code == 404


def test_before_it_is_ready_there_is_nothing_to_take(client, oxford):
    make_submitted()
    client.force_login(oxford)

    assert client.get(f"{ask(client)}take/").status_code == 404


def test_asked_for_twice_it_is_made_once_and_three_are_enough(client, oxford):
    def again(query):
        return export_jobs.ask_for(by=oxford, question=Question.read(query), keys=[], total=9)

    assert again("stage=triage") == again("stage=triage")
    again("stage=submitted")
    again("due=late")
    with pytest.raises(ValidationError, match="Wait for one"):
        again("step=none")


def test_what_cannot_be_made_says_so(client, oxford, monkeypatch):
    make_submitted()
    client.force_login(oxford)
    page = ask(client)
    monkeypatch.setattr(export_jobs, "as_xlsx", lambda table, file: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        tasks.make_exports()

    assert "Not made." in client.get(page).content.decode()


def test_after_a_day_it_is_gone_with_its_file(client, oxford):
    make_submitted()
    client.force_login(oxford)
    page = ask(client)
    tasks.make_exports()
    name = Export.objects.get().stored_name
    assert export_jobs.sweep() == 0

    assert export_jobs.sweep(at=timezone.now() + timedelta(hours=25)) == 1

    assert not storage().exists(name)
    assert client.get(page).status_code == 404


def test_what_a_dead_worker_left_is_given_up(client, oxford):
    make_submitted()
    client.force_login(oxford)
    page = ask(client)
    Export.objects.update(state="running", touched_at=timezone.now() - timedelta(minutes=9))

    tasks.sweep_exports()

    assert "Not made." in client.get(page).content.decode()


@pytest.mark.parametrize("key", ["junk", "00000000-0000-0000-0000-000000000000", "9" * 400])
def test_nonsense_is_not_there(client, oxford, key):
    client.force_login(oxford)

    assert client.get(f"{LIST}export/file/{key}/").status_code == 404
