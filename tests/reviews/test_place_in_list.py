"""Next and previous in the list that a proposal was opened from, and the way back to it."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from pytest_django.asserts import assertContains

from proposals.models import Proposal, Stage
from reviews.admin import place as places
from reviews.checklists import load_checklists
from reviews.services import assign
from tests.factories import make_at, make_cast, make_submitted

pytestmark = pytest.mark.django_db
LIST = reverse("admin:reviews_triageitem_changelist")


def page(proposal, listed="", **more):
    address = reverse("admin:reviews_triageitem_change", args=[proposal.pk])
    return f"{address}?{urlencode({'list': listed, **more})}"


@pytest.fixture
def four(cast):
    """Four of them, each a day younger than the one before; one of them owned, one in triage."""
    start = timezone.now() - timedelta(days=9)
    rows = [make_submitted(at=start + timedelta(days=day)) for day in range(3)]
    rows.append(make_at(Stage.TRIAGE, at=start + timedelta(days=4)))
    assign(proposals=[rows[1]], to=cast.oxford, by=cast.lead, at=start + timedelta(days=1))
    return rows


ORDERS = [
    "",
    "stage=open",
    "o=3",
    "o=-3",
    "o=6.3",
    "o=-6",
    "o=7",
    "o=-7",
    "o=4.-6.7",
    "o=5",
    "o=-9",
]


def test_neighbours_are_those_of_the_list_whatever_its_order(client, oxford, four):
    client.force_login(oxford)
    told, expected = {}, {}

    for listed in ORDERS:
        keys = [row.pk for row in client.get(f"{LIST}?{listed}").context["cl"].result_list]
        around = zip([None, *keys], [*keys[1:], None], range(1, 5), strict=False)
        expected[listed] = [(*each, 4) for each in around]
        rows = [Proposal.objects.get(pk=key) for key in keys]
        queues = [client.get(page(row, listed)).context["place"] for row in rows]
        told[listed] = [(each.previous, each.next, each.number, each.total) for each in queues]

    assert told == expected
    assert {len(each) for each in told.values()} == {4}


def test_the_page_says_its_place_and_leads_on_and_back(client, oxford, four):
    client.force_login(oxford)
    listed = "q=sampling&stage=submitted"

    html = client.get(page(four[1], listed)).content.decode()

    back = f'href="{LIST}?q=sampling&amp;stage=submitted"'
    assert "2 of 3 in this list" in html
    assert html.count(back) == 2
    assert f'rel="prev" href="{page(four[2], listed)}"'.replace("&", "&amp;") in html
    assert f'rel="next" href="{page(four[0], listed)}"'.replace("&", "&amp;") in html


def test_rows_of_the_list_lead_here_with_the_list(client, oxford, four):
    client.force_login(oxford)

    html = client.get(f"{LIST}?stage=submitted&p=1").content.decode()

    assert f'href="{page(four[0], "stage=submitted&p=1")}"' in html


def test_without_a_list_there_is_none(client, oxford, four):
    client.force_login(oxford)
    address = page(four[0]).split("?")[0]

    response = client.get(address)

    assert response.context["place"] is None
    assert "Back to the list" not in response.content.decode()


NONSENSE = [
    "order_by=owner__password",
    "submitter__password__startswith=p",
    "o=99.abc.-7",
    "https://evil.example/",
    "//evil.example",
    "q=" + "x" * 1900,
    "q=" + "x" * 5000,
    "stage=nonsense&unit=%27",
    "p=9999999999999999999999",
    "q=%00",
    "_popup=1",
    "\x01",
]


def test_a_nonsense_list_is_no_fault_and_leads_nowhere_else(client, oxford, four):
    client.force_login(oxford)

    def wrong(listed):
        response = client.get(page(four[0], listed))
        body = response.content.decode()
        led = [evil for evil in ('href="https://evil', 'href="//evil') if evil in body]
        return led + ([] if response.status_code in (200, 400) else [response.status_code])

    assert {listed: wrong(listed) for listed in NONSENSE} == dict.fromkeys(NONSENSE, [])


BESIDE = ["x", "1-2-3", "-", "9" * 40 + "-1", "'--"]


def test_nonsense_beside_it_is_no_fault(client, oxford, four):
    client.force_login(oxford)
    answers = {each: client.get(page(four[0], beside=each)).status_code for each in BESIDE}
    assert answers == dict.fromkeys(BESIDE, 200)


def test_a_save_keeps_the_list_and_offers_the_next_as_it_was(client, oxford, four):
    client.force_login(oxford)
    opened = client.get(page(four[2], "stage=submitted")).context["place"]
    note = reverse("admin:reviews_triageitem_note", args=[four[2].pk])

    where = client.post(f"{note}{opened.query}", {"body": "Rang."})["Location"]
    after = client.get(where)

    assert where.split("#")[0] == page(four[2], "stage=submitted", beside=f"-{four[1].pk}")
    assert after.context["place"].next == four[1].pk
    assert "Next in this list" in after.content.decode()


def test_a_move_keeps_the_list_though_it_left_it(client, oxford, four):
    client.force_login(oxford)
    opened = client.get(page(four[1], "stage=submitted")).context["place"]
    move = reverse("admin:reviews_triageitem_move", args=[four[1].pk, "start_triage"])
    shown = client.get(f"{move}{opened.query}").context

    where = client.post(f"{move}{opened.query}", {"seen": shown["seen"]})["Location"]
    after = client.get(where)

    assert Proposal.objects.get(pk=four[1].pk).stage == Stage.TRIAGE
    assert after.context["place"].next == four[0].pk
    assert f"{LIST}?stage=submitted" in after.content.decode()


def test_who_is_in_the_list_no_more_has_no_number(client, oxford, four):
    client.force_login(oxford)
    queue = client.get(page(four[3], "stage=submitted")).context["place"]
    assert (queue.number, queue.total) == (None, 3)


def test_a_long_list_is_not_counted(client, oxford, four, monkeypatch):
    monkeypatch.setattr(places, "MOST", 2)
    client.force_login(oxford)
    response = client.get(page(four[1]))
    assert (response.context["place"].total, response.context["place"].next) == (None, four[0].pk)
    assert "In this list" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_neighbours_cost_two_statements_whatever_the_length(client, oxford, four, count):
    for _each in range(count):
        make_submitted()
    client.force_login(oxford)
    plain = page(four[0]).split("?")[0]
    client.get(plain)

    def statements(address):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    assert statements(page(four[0], "stage=open&q=sampling")) - statements(plain) == 2
    assert statements(page(four[0], beside="1-2")) == statements(plain)


@pytest.mark.parametrize("action", ["move_several", "nudge", "next_step", "assign_to"])
def test_what_is_done_with_ticked_ones_leads_back_to_their_list(client, oxford, four, action):
    client.force_login(oxford)
    ticked = {"action": action, "_selected_action": [four[0].pk, four[2].pk]}

    asked = client.post(f"{LIST}?stage=open&o=-age", ticked, follow=True)

    back = f'href="{LIST}?stage=open&amp;o=-age">Cancel</a>'
    assert back in asked.content.decode().replace("%3D", "=")


def test_a_move_of_several_keeps_the_list_from_choice_to_plan(client, oxford, four):
    client.force_login(oxford)
    ticked = {"action": "move_several", "_selected_action": [four[0].pk]}
    choice = client.post(f"{LIST}?stage=open", ticked, follow=True)
    [first] = re.findall(r'href="([^"]+)" data-move="start_triage"', choice.content.decode())

    plan = client.get(first.replace("&amp;", "&"))

    assertContains(plan, f'href="{LIST}?stage=open">Cancel</a>')


def test_a_nudge_or_a_tick_keeps_the_place(client, oxford, four):
    client.force_login(oxford)
    load_checklists()
    proposal = make_at(Stage.TRIAGE)
    assign(proposals=[proposal], to=make_cast().lead, by=oxford)
    shown = client.get(page(proposal, "stage=open"))
    assert shown.context["checklist"].lines

    ways = re.findall(r'(?:action|href)="([^"]*/(?:todo|nudge)/[^"]*)"', shown.content.decode())
    assert [way for way in ways if "list=stage%3Dopen" not in way] == []
    assert {way.split("/")[-2] for way in ways} >= {"todo", "nudge"}


def test_a_message_and_a_file_from_the_desk_keep_its_place(client, oxford, four):
    client.force_login(oxford)
    proposal, carried = four[1], {"list": "stage=submitted", "beside": f"{four[2].pk}-{four[0].pk}"}
    opened = client.get(page(proposal, "stage=submitted")).content.decode()
    actions = [unescape(each) for each in re.findall(r'action="([^"]+)"', opened)]
    [write] = [each for each in actions if "/conversation/proposers/" in each]
    [add] = {each for each in actions if "/files/?place=" in each}  # by Enter, too

    told = client.post(write, {"body": "Please look at page 2.", "key": "once"})
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.4 a", "application/pdf")
    added = client.post(add, {"attachments": file})

    for answer in (told, added):
        where = urlsplit(answer["Location"])
        assert where.path == page(proposal).partition("?")[0]
        assert dict(parse_qsl(where.query)) == carried
