"""Columns of the list and of what is taken away: the same, in the order chosen, by role."""

import csv
import io
from datetime import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from proposals.models import Stage
from reviews import columns, queues
from reviews.desk import desk_of
from reviews.holidays import days_off, load_holidays
from reviews.models import DeskPreference, TriageItem
from reviews.questions import Question
from tests.factories import make_at, make_submitted

pytestmark = pytest.mark.django_db
LIST = "/admin/reviews/triageitem/"
ORDERED = [column.key for column in columns.COLUMNS.values() if column.order]


def headings(client, query=""):
    return [str(head.text) for head in client.get(f"{LIST}{query}").context["cl"].headers()]


def file_headings(client, query=""):
    text = b"".join(client.get(f"{LIST}export/csv/{query}").streaming_content).decode("utf-8-sig")
    return next(csv.reader(io.StringIO(text)))


def test_chosen_columns_stand_in_the_list_and_in_the_file(client, oxford):
    make_submitted()
    client.force_login(oxford)
    typed = {"show-title": "on", "show-due": "on", "show-step": "on"}
    places = {"place-title": "3", "place-due": "1", "place-step": "junk"}

    answer = client.post(f"{LIST}columns/?stage=open&junk=1", typed | places)

    assert answer["Location"] == f"{LIST}?stage=open"
    assert headings(client) == ["Reference", "Due", "Title", "Next step"]
    assert file_headings(client) == ["Reference", "Due", "Title", "Next step"]
    assert len(file_headings(client, "?columns=all")) == len(columns.COLUMNS)
    client.post(f"{LIST}columns/", {"usual": "1"})
    assert DeskPreference.objects.get().columns == []
    assert len(headings(client)) == len(columns.DEFAULT)


def test_a_queue_has_its_own_columns_for_whoever_sees_it(client, cast):
    queue = queues.save_queue(by=cast.oxford, name="All's", query="", audience="all")
    client.force_login(cast.oxford)
    client.post(f"{LIST}columns/?queue={queue.pk}", {"for": "queue", "show-priority": "on"})

    client.force_login(cast.regionals)

    assert headings(client, f"?queue={queue.pk}") == ["Reference", "Priority"]
    assert len(headings(client, "?stage=open")) == len(columns.DEFAULT)
    client.post(f"{LIST}columns/?queue={queue.pk}", {"for": "queue", "show-title": "on"})
    assert headings(client, f"?queue={queue.pk}") == ["Reference", "Priority"]


@pytest.mark.parametrize("who", ["committee_chair", "deans"])
def test_the_desks_own_columns_are_for_nobody_else(client, cast, who):
    make_at(Stage.CAD_CONSENT)
    user = getattr(cast, who)
    client.force_login(user)
    client.post(f"{LIST}columns/", {"show-priority": "on", "show-step": "on", "show-title": "on"})
    DeskPreference.objects.filter(person=user).update(columns=["priority", "title", "credential"])

    assert headings(client) == ["Reference", "Title"]
    assert file_headings(client) == ["Reference", "Title"]
    desks = {str(column.heading) for column in columns.COLUMNS.values() if column.is_desk}
    assert not desks & set(file_headings(client, "?columns=all"))
    assert "Priority" not in client.get(f"{LIST}columns/").content.decode()


@pytest.mark.parametrize("key", ORDERED)
@pytest.mark.parametrize("minus", ["", "-"])
def test_each_order_offered_is_an_index(db, key, minus):
    rows = TriageItem.objects.exclude(stage=Stage.DRAFT)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off")
        plan = Question.read(f"o={minus}{key}").ordered(rows)[:50].explain()

    assert "Index Scan" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("count", [1, 3])
def test_every_column_at_once_takes_the_same_statements(client, oxford, count):
    queues.choose_columns(by=oxford, keys=columns.COLUMNS)
    for _number in range(count):
        make_submitted()
    client.force_login(oxford)
    days_off()

    with CaptureQueriesContext(connection) as asked:
        page = client.get(LIST)

    assert len(page.context["cl"].result_list) == count
    assert len(asked) == 12


def test_every_column_has_its_cell(client, oxford):
    queues.choose_columns(by=oxford, keys=columns.COLUMNS)
    make_at(Stage.TRIAGE, working_title="<b>Bold</b>")
    client.force_login(oxford)

    page = client.get(LIST).content.decode()

    assert page.count("<td") == len(columns.COLUMNS)
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page


def test_old_addresses_order_as_they_did():
    assert [columns.order_in(asked) for asked in ("5", "-5", "1", "0", "99", "-", "x")] == [
        "age",
        "-age",
        "reference",
        "",
        "",
        "",
        "",
    ]


def test_who_has_no_desk_has_no_rows(cast):
    make_submitted()

    assert desk_of(cast.proposer).count() == 0


@time_machine.travel("2026-11-27 15:00 -0500", tick=False)
def test_what_came_before_days_off_did_not_come_today(client, oxford):
    load_holidays(years=[2026])
    yesterdays = make_submitted(at=datetime.fromisoformat("2026-11-25T16:00-05:00"))
    todays = make_submitted()
    client.force_login(oxford)

    rows = {row.pk: row.age for row in client.get(LIST).context["cl"].result_list}

    assert rows == {yesterdays.pk: "0 working days", todays.pk: "today"}
