"""The report's page and its tables taken away: who may, which period, and what cannot be asked."""

import csv
import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from microcreds.accounts.models import Unit
from proposals.models import Term
from reviews.workflow import Move
from tests.factories import do_move, make_cast, make_submitted

pytestmark = pytest.mark.django_db
PAGE = "/admin/reviews/triageitem/report/"
NOW = datetime(2026, 11, 27, 17, tzinfo=UTC)
READERS = ("oxford", "regionals", "lead", "auditor", "admin_user")
TABLES = ("flow", "origins", "decisions", "times")


@pytest.fixture(autouse=True)
def in_november():
    with time_machine.travel(NOW, tick=False):
        yield


def sent(month: int, day: int) -> None:
    """A proposal sent on that day, and declined the day after."""
    proposal = make_submitted(at=datetime(2026, month, day, 16, tzinfo=UTC))
    later = datetime(2026, month, day + 1, 16, tzinfo=UTC)
    do_move(proposal, Move.START_TRIAGE, make_cast().oxford, at=later)
    given = {"reason_code": "duplicate", "message": "It exists."}
    do_move(proposal, Move.DECLINE, make_cast().oxford, at=later, **given)


def open_as(client, who: str, query: str = ""):
    client.force_login(getattr(make_cast(), who))
    return client.get(f"{PAGE}{query}")


def taken(answer) -> list[list[str]]:
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_it_begins_with_the_last_whole_quarter_in_plain_words(client):
    sent(4, 6), sent(7, 6), sent(7, 13)
    answer = open_as(client, "oxford")
    assert answer.context["summary"] == (
        "Between 1 July and 30 September 2026, 2 proposals came in, 1 more than in the quarter"
        " before. What forms most often give as the start: “An organization outside the university"
        " asked us” (2 of 2). 2 were decided: 2 declined. Half of the decisions came within 1"
        " working day of submission, four of five within 1. The longest part of that was with"
        " eLearning: 1 working day in the middle case. 0 were open at the end, as many as at the"
        " start; 0 past their target, 0 on hold."
    )
    assert "<h1>Quarter 3 of 2026</h1>" in answer.content.decode()


def test_each_figure_has_the_period_before_beside_it(client):
    sent(4, 6), sent(7, 6), sent(7, 13)
    page = open_as(client, "oxford").content.decode()
    assert '2</span> <span class="report-change">1 before, up 1</span>' in page
    page = open_as(client, "oxford", "?period=2026-q4").content.decode()
    assert '0</span> <span class="report-change">2 before, down 2</span>' in page
    said = "It is still running: all of the quarter before is compared with the days up to today."
    assert said in page


@pytest.mark.parametrize("who", READERS)
def test_who_reads_everything_reads_it(client, who):
    assert open_as(client, who).status_code == 200
    assert taken(client.get(f"{PAGE}flow/csv/"))[0][0] == "Proposals"


@pytest.mark.parametrize("who", ["committee_chair", "deans", "committee", "chair", "proposer"])
def test_to_anyone_else_there_is_no_report(client, who):
    sent(7, 6)
    assert open_as(client, who).status_code == 404
    assert client.get(f"{PAGE}flow/csv/").status_code == 404
    assert PAGE not in client.get("/admin/reviews/triageitem/").content.decode()


def test_the_list_leads_to_it(client, oxford):
    client.force_login(oxford)
    assert f'href="{PAGE}"' in client.get("/admin/reviews/triageitem/").content.decode()


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("?period=2026-q2", "Quarter 2 of 2026"),
        ("?period=academic-2025", "Academic year 2025–26"),
        ("?period=year-2026", "Calendar year 2026"),
        ("?period=fiscal-2027", "Fiscal year 2027"),
        ("?since=2026-07-01&until=2026-07-10", "1 July to 10 July 2026"),
        ("?period=2026-q2&since=2026-07-01&until=2026-07-10", "1 July to 10 July 2026"),
        ("?since=2026-11-01&until=2027-11-01", "1 November 2026 to 1 November 2027"),
    ],
)
def test_the_address_says_the_period(client, query, heading):
    sent(4, 6)
    answer = open_as(client, "lead", query)
    assert (answer.status_code, answer.context["period"].label) == (200, heading)


def test_a_term_is_a_period_too(client):
    sent(4, 6)
    days = {"starts_on": date(2026, 1, 26), "ends_on": date(2026, 5, 15)}
    term = Term.objects.create(name="Spring 2026", **days)
    page = open_as(client, "lead", f"?period=term-{term.pk}").content.decode()
    assert "<h1>Spring 2026</h1>" in page
    assert "1 proposal came in" in page


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("?period=2019-q1", "period", "There is no such period. Choose one from the list."),
        ("?period='\"", "period", "There is no such period. Choose one from the list."),
        ("?period=" + "x" * 10_000, "period", "There is no such period. Choose one from the list."),
        ("?since=2026-02-30&until=2026-03-01", "since", "Enter a day, such as 2026-07-01."),
        ("?since=tomorrow&until=soon", "until", "Enter a day, such as 2026-07-01."),
        ("?since=2026-07-02&until=2026-07-01", "until", "The last day is before the first."),
        ("?since=2026-07-02", "until", "Enter both days, the first and the last."),
        ("?until=2026-07-02", "since", "Enter both days, the first and the last."),
        ("?since=0001-01-01&until=2026-07-02", "since", "Enter a day of the years 2000 to 2099."),
        ("?since=2026-07-02&until=9999-12-31", "until", "Enter a day of the years 2000 to 2099."),
        ("?since=2026-12-01&until=2026-12-31", "since", "That day is in the future."),
    ],
)
def test_nonsense_is_said_at_its_field_and_the_usual_quarter_is_shown(client, query, field, words):
    sent(7, 6)
    answer = open_as(client, "oxford", query)
    page = answer.content.decode()
    assert (answer.status_code, answer.context["form"].errors[field]) == (422, [words])
    assert f'aria-describedby="id_{field}_error"' in page
    assert "Until that is right, here is Quarter 3 of 2026." in page


def test_a_table_is_taken_away_with_both_periods_side_by_side(client):
    sent(4, 6), sent(7, 6), sent(7, 13)
    client.force_login(make_cast().auditor)
    rows = taken(client.get(f"{PAGE}flow/csv/?period=2026-q3"))
    now, before = "2026-07-01–2026-09-30", "2026-04-01–2026-06-30"
    assert rows[0][1:3] == [f"All units ({now})", f"All units ({before})"]
    assert ["Received", "2", "1", "2", "1"] in rows
    times = taken(client.get(f"{PAGE}times/csv/?period=2026-q3"))
    assert times[1][:5] == ["From submission to decision", "1", "1", "1", "1"]


@pytest.mark.parametrize("table", TABLES)
def test_no_cell_is_a_formula_to_a_spreadsheet(client, table):
    sent(7, 6)
    Unit.objects.filter(name="Oxford").update(name="=1+1")
    client.force_login(make_cast().lead)
    cells = [cell for row in taken(client.get(f"{PAGE}{table}/csv/")) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


def test_each_table_taken_away_is_logged_with_its_days(client, oxford):
    client.force_login(oxford)
    taken(client.get(f"{PAGE}origins/csv/?since=2026-07-01&until=2026-07-10"))
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr) == (oxford, "report, table origins, as CSV")
    assert entry.change_message == "Exported: 2026-07-01 to 2026-07-10"


def test_nonsense_for_a_table_or_its_period_takes_nothing_away(client, oxford):
    client.force_login(oxford)
    assert client.get(f"{PAGE}nothing/csv/").status_code == 404
    answer = client.get(f"{PAGE}flow/csv/?period=2019-q1")
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?period=2019-q1")
    assert client.post(PAGE).status_code == 405
    assert client.get(f"{PAGE}?period=%00&since=%00").status_code == 400
    assert not LogEntry.objects.exists()


def test_without_a_history_it_says_so(client):
    answer = open_as(client, "lead")
    assert answer.status_code == 200
    assert "no proposal came in. None was decided." in answer.content.decode()


def test_statements_do_not_grow_with_the_proposals(client, oxford):
    client.force_login(oxford)
    asked = []
    for days in ((6,), (7, 8)):
        for day in days:
            sent(7, day)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as statements:
            client.get(PAGE)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 10


def test_no_number_is_told_by_color_alone():
    """The bars are hidden from screen readers: each stands beside its numbers."""
    bars = Path("templates/admin/reviews/triageitem/_report_bars.html").read_text()
    assert 'aria-hidden="true"' in bars


def test_each_cell_under_two_lines_of_headings_names_all_that_heads_it(client):
    sent(7, 6)
    page = open_as(client, "oxford").content.decode()
    table = page[page.index('id="table-times"') :].partition("</table>")[0]
    headings = dict(re.findall(r'<th[^>]* id="([^"]+)"[^>]*>([^<\n]+)', table))
    named = re.findall(r'<td[^>]* headers="([^"]+)"', table)
    assert len(named) == table.count("<td")
    assert [headings[key] for key in named[0].split()] == [
        "From submission to decision",
        "All units",
        "half within",
    ]
    assert len({tuple(headings[key] for key in heads.split()) for heads in named}) == len(named)
