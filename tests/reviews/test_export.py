"""The rows found on the desk, taken away: exactly these, by role, and no formula among them."""

import csv
import io
import zipfile

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from proposals.models import Proposal, Stage
from reviews.export import as_xlsx
from tests.factories import make_at, make_cast, make_submitted
from tests.reviews.test_todos import step

pytestmark = pytest.mark.django_db
LIST = "/admin/reviews/triageitem/"


def table(client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{LIST}export/csv/{query}")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_exactly_the_rows_found_in_their_order(client, oxford):
    first, second = make_submitted(), make_submitted()
    make_at(Stage.TRIAGE)
    client.force_login(oxford)
    rows = table(client, "?stage=submitted&o=1")
    assert [row["Reference"] for row in rows] == [first.reference, second.reference]
    assert rows[0]["Partners"] == "Tallgrass Fasteners"
    assert rows[0]["Stage"] == "Submitted"
    [searched] = table(client, f"?q={second.reference}")
    assert searched["Reference"] == second.reference


@pytest.mark.parametrize(
    "title",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "\r=1",
        "\n=1",
        "\u00a0=1",
        "\uff1d1",
        "\uff201",
    ],
)
def test_nothing_is_a_formula_to_a_spreadsheet(client, oxford, title):
    proposal = make_submitted()
    Proposal.objects.filter(pk=proposal.pk).update(working_title=title)
    client.force_login(oxford)
    assert table(client)[0]["Title"] == f"'{title}"


def test_what_is_the_desks_alone_stays_there(client):
    proposal = make_at(Stage.APC_REVIEW)
    step(proposal, "CANARY-STEP")
    client.force_login(make_cast().oxford)
    assert table(client)[0]["Next step"] == "CANARY-STEP"
    client.force_login(make_cast().committee_chair)
    [row] = table(client, "?columns=all")
    assert not {"Next step", "Priority", "Type of credential"} & set(row)
    assert "CANARY-STEP" not in row.values()


@pytest.mark.parametrize("who", ["proposer", "committee", "chair"])
def test_who_has_no_desk_takes_nothing_away(client, who):
    client.force_login(getattr(make_cast(), who))
    assert client.get(f"{LIST}export/csv/").status_code == 404


def test_the_workbook_has_dates_as_dates_and_text_as_text(client, oxford):
    proposal = make_submitted()
    Proposal.objects.filter(pk=proposal.pk).update(working_title="=1+1")
    client.force_login(oxford)
    answer = client.get(f"{LIST}export/xlsx/?columns=all")
    book = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    answer.close()
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1</t>" in sheet
    assert '<c r="G2" s="' in sheet  # due, a number with the format of a day
    assert answer["Content-Disposition"].endswith('.xlsx"')


def test_each_download_is_logged_with_its_question(client, oxford):
    make_submitted()
    client.force_login(oxford)
    table(client, "?stage=submitted")
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr) == (oxford, "1 proposals as CSV")
    assert "stage=submitted" in entry.change_message


@pytest.mark.parametrize(
    "path", ["pdf/", "csv/?p=abc", "csv/?o=9.9", "csv/?q=%00", "xlsx/?stage=x"]
)
def test_nonsense_is_no_fault_of_ours(client, oxford, path):
    make_submitted()
    client.force_login(oxford)
    answer = client.get(f"{LIST}export/{path}")
    assert answer.status_code in (200, 302, 400, 404)
    answer.close()


def test_statements_do_not_grow_with_the_rows(client, oxford):
    counts = []
    client.force_login(oxford)
    for _size in (1, 2):
        make_submitted()
        table(client)
        with CaptureQueriesContext(connection) as asked:
            table(client)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_number_is_a_number_in_the_workbook_and_columns_have_room():
    file = as_xlsx([["Partners", "Days"], ["Tallgrass", 3]], io.BytesIO())
    sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="B2"><v>3</v></c>' in sheet
    assert '<col min="1" max="2" width="20.7109375"' in sheet
