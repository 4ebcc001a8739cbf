"""The home of the desk: what waits on each reader; pictures whose every number opens its rows."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from microcreds.accounts.models import User
from partners.models import Organization
from proposals.models import Proposal, Stage, Thread
from proposals.services.conversation import add_comment
from reviews import figures
from reviews.asks.desk import TURNS
from reviews.todos import add_todo
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_cast, make_draft, make_submitted

CAMPUS = ZoneInfo("America/New_York")
HOME, LIST = "/admin/", "/admin/reviews/triageitem/"
NOW = datetime(2026, 3, 27, 12, tzinfo=CAMPUS)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday(cast) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def seen_by(user: User, **asked: str):
    client = Client()
    client.force_login(user)
    return client.get(HOME, asked)


@pytest.fixture
def desk() -> None:
    """A bit of everything: stages, months, units, origins, kinds, decisions with reasons."""
    cast = make_cast()
    for days, stage in enumerate((Stage.TRIAGE, Stage.CONSULTATION, Stage.APC_REVIEW), start=20):
        make_at(stage, at=ago(days))
    make_at(Stage.CAD_CONSENT, at=ago(70))
    make_at(Stage.ACTIVE, at=ago(200))
    make_at(Stage.DECLINED, at=ago(40), origin="own_idea")
    make_at(Stage.WITHDRAWN, at=ago(500))
    make_at(Stage.MERGED, at=ago(3))
    make_at(Stage.CANCELLED, at=ago(9))
    make_at(Stage.ON_HOLD, at=ago(5))
    lone = make_submitted(cast.other_proposer, at=ago(2), origin="learners_asked")
    hospital = Organization.objects.create(name="St. Anne", kind="hospital")
    lone.engagements.update(organization=hospital)
    Proposal.objects.filter(pk=lone.pk).update(unit=None, department=None)
    again = make_at(Stage.DECLINED, at=ago(30))
    do_move(again, Move.REOPEN, cast.lead, note="Money came.", at=ago(20))
    make_draft(working_title="Secret plan", at=ago(1))


class Links(HTMLParser):
    """Every link into the desk's list that says a number first, as (number, address)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._address, self._said = "", ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            named = dict(attrs)
            self._address, self._said = named.get("href") or "", ""
            self._label = named.get("aria-label")

    def handle_data(self, data):
        self._said += data

    def handle_endtag(self, tag):
        if tag == "a" and self._address.startswith(f"{LIST}?"):
            words = (self._label or self._said).replace("All ", "").replace("Yours ", "").split()
            if words and words[0].isdecimal():
                self.found.append((int(words[0]), self._address))
            self._address = ""


def pictured(context) -> Iterator[tuple[int, str]]:
    """Every number of the pictures with its link."""
    flow = context["flow"]
    yield from ((flow["standing"], flow["url"]), (flow["late"], flow["late_url"]))
    for station in flow["stations"]:
        for bar in (station.bar, station.late, *station.turns):
            yield bar.number, bar.url
    bars = [*flow["in_use"], *context["months"], *context["decided"]]
    for picture in context["intake"]:
        bars += [*picture.first, *picture.rest]
    yield from ((bar.number, bar.url) for bar in bars)
    yield context["figures"].received, context["received_url"]
    yield from ((context["numbers"][name], url) for name, url in context["urls"].items())


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("who", "range_"),
    [
        ("lead", "months"),
        ("oxford", "all"),
        ("auditor", "fiscal"),
        ("committee_chair", "all"),
        ("deans", "calendar"),
    ],
)
def test_every_number_is_that_of_the_list_its_link_opens(client, who, range_):
    user = getattr(make_cast(), who)
    client.force_login(user)
    context = client.get(HOME, {"range": range_, "unit": "all"}).context
    wrong = []
    for number, url in set(pictured(context)):
        listed = client.get(url)
        if listed.context["cl"].result_count != number or listed.context["complaints"]:
            wrong.append((number, url, listed.context["cl"].result_count))
    assert wrong == []


@pytest.mark.usefixtures("desk")
def test_numbers_on_the_page_are_those_of_their_links(client, oxford):
    client.force_login(oxford)
    links = Links(client.get(HOME, {"unit": "all", "range": "all"}).content.decode()).found
    assert len(links) > 20
    for number, url in links:
        assert (url, client.get(url).context["cl"].result_count) == (url, number)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("unit", ["none", "own"])
def test_pictures_of_one_unit_open_rows_of_that_unit(client, oxford, unit):
    client.force_login(oxford)
    asked = {} if unit == "own" else {"unit": unit}
    context = client.get(HOME, asked).context
    assert context["narrowed"].unit == (str(min(oxford.unit_ids)) if unit == "own" else "none")
    for number, url in pictured(context):
        if "owner=me" not in url and "todo:" not in url:
            assert client.get(url).context["cl"].result_count == number


@pytest.mark.parametrize("who", ["committee_chair", "deans"])
def test_who_sees_a_part_of_the_desk_sees_figures_of_that_part(who):
    cast = make_cast()
    make_at(Stage.TRIAGE, at=ago(20), working_title="Not for them")
    make_at(Stage.APC_REVIEW, at=ago(3))
    make_at(Stage.CAD_CONSENT, at=ago(2))
    context = seen_by(getattr(cast, who), unit="all").context
    reached = {"committee_chair": 2, "deans": 1}[who]
    assert context["figures"].received == reached
    assert context["flow"]["standing"] == reached
    assert context["numbers"]["came"] == reached
    assert "Not for them" not in seen_by(getattr(cast, who)).content.decode()


@pytest.mark.parametrize("who", ["committee_chair", "deans"])
def test_who_is_not_of_elearning_reads_nothing_of_staff_only_fields(who):
    row = make_at(Stage.CAD_CONSENT, at=ago(2))
    Proposal.objects.filter(pk=row.pk).update(partner_summary="Between us", fit_tags="tag-x")
    page = seen_by(getattr(make_cast(), who)).content.decode()
    assert row.reference in page
    assert not {"Between us", "tag-x", "To do today"} & set(page.split(">"))


@pytest.mark.parametrize("who", ["proposer", "committee", "chair"])
def test_who_has_no_business_in_the_admin_finds_no_home(who):
    make_at(Stage.APC_REVIEW)
    assert seen_by(getattr(make_cast(), who)).status_code == 404


def test_after_sign_in_staff_come_home(client, oxford, proposer):
    client.force_login(oxford)
    assert client.get("/home/").url == HOME
    client.force_login(proposer)
    assert client.get("/home/").url == "/proposals/"


def test_worst_is_first_among_what_is_late_with_the_days_over(lead):
    for days, title in ((30, "Oldest"), (12, "Middle"), (9, "Newest")):
        make_submitted(at=ago(days), working_title=f"{title} of three")
    context = seen_by(lead).context
    late = [(each.proposal.working_title, str(each.due.words)) for each in context["late"]]
    assert late == [
        ("Oldest of three", "20 working days past its target"),
        ("Middle of three", "8 working days past its target"),
        ("Newest of three", "5 working days past its target"),
    ]


def test_what_came_in_within_seven_days_is_there_newest_first(lead):
    for days in (8, 6, 1):
        make_submitted(at=ago(days), working_title=f"{days} days ago")
    make_draft(working_title="Secret plan")
    response = seen_by(lead)
    assert [row.working_title for row in response.context["came"]] == ["1 days ago", "6 days ago"]
    assert "Secret plan" not in response.content.decode()


def test_what_is_to_be_done_by_today_waits_on_who_has_to_do_it(oxford, regionals):
    row = make_at(Stage.TRIAGE, at=ago(9))
    given = {"proposal": row, "owner": oxford, "by": oxford}
    add_todo(words="Ring Pat", by_day=date(2026, 3, 26), at=ago(5), **given)
    add_todo(words="Write to Lou", by_day=date(2026, 3, 28), at=ago(5), **given)
    context = seen_by(oxford).context
    assert [(ask.words, ask.is_late) for ask in context["asks"]] == [
        (str(TURNS["triage"]), True),
        ("Ring Pat", True),
        ("Write to Lou", False),
    ]
    assert context["numbers"]["due"] == 1
    assert list(seen_by(regionals).context["asks"]) == []


def test_what_proposers_wrote_waits_on_who_works_on_it_until_read(oxford, regionals, proposer):
    row = make_at(Stage.TRIAGE, at=ago(9))
    add_comment(proposal=row, kind=Thread.Kind.PROPOSERS, author=proposer, body="When do we meet?")
    assert [each.pk for each in seen_by(oxford).context["unread"]] == [row.pk]
    assert list(seen_by(regionals).context["unread"]) == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"range": "eon"}, "That range is not known"),
        ({"unit": "999"}, "That unit is not known"),
        ({"unit": "'; --"}, "That unit is not known"),
        ({"from": "tomorrow"}, "is not a day like 2026-03-31"),
        ({"from": "9" * 10_000}, "is not a day like 2026-03-31"),
        ({"to": "0001-01-01"}, "is not a day like 2026-03-31"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "The first day is after the last"),
    ],
)
def test_nonsense_narrows_nothing_and_is_said(lead, asked, words):
    make_submitted(at=ago(2))
    response = seen_by(lead, **asked)
    assert words in response.content.decode().replace("’", "'")
    assert (response.status_code, response.context["figures"].received) == (200, 1)
    assert (response.context["narrowed"].range, response.context["narrowed"].unit) == ("months", "")


def test_days_given_count_more_than_a_range_and_keep_its_name_where_they_are_its_own(lead):
    make_submitted(at=ago(20))
    given = {"from": "2026-03-10", "to": "2026-03-27", "range": "months"}
    context = seen_by(lead, **given).context
    assert (context["narrowed"].range, context["figures"].received) == ("", 0)
    own = {"from": "2025-04-01", "to": "2026-03-27"}
    assert seen_by(lead, **own).context["narrowed"].range == "months"


def test_months_without_any_are_drawn_too_and_many_months_as_years(lead):
    make_submitted(at=ago(800))
    make_submitted(at=ago(2))
    months = seen_by(lead).context["months"]
    assert [bar.number for bar in months] == [0] * 11 + [1]
    years = seen_by(lead, range="all").context["months"]
    assert [(bar.label, bar.number) for bar in years] == [("2024", 1), ("2025", 0), ("2026", 1)]


def test_an_empty_desk_says_what_will_be_here(lead, oxford, deans):
    for user in (lead, oxford, deans):
        page = seen_by(user).content.decode()
        assert "Nothing is past its target." in page
        assert "Nothing came in and nothing was decided in these days" in page
    assert "Everything else" in page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("who", "number"), [("oxford", 10), ("deans", 8), ("auditor", 8)])
def test_the_home_costs_the_same_however_much_there_is(
    client, rows, who, number, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(figures, "SLOW", 3600.0)  # else a busy machine would remember them
    cast = make_cast()
    for _number in range(rows):
        row = make_at(Stage.CAD_CONSENT, at=ago(30))
        add_todo(proposal=row, words="Ring", by_day=NOW.date(), owner=cast.oxford, by=cast.oxford)
        make_at(Stage.DECLINED, at=ago(2))
    client.force_login(getattr(cast, who))
    client.get(HOME)
    with django_assert_num_queries(number):
        client.get(HOME)


def test_decisions_in_their_grace_are_counted_on_the_desk(oxford, lead):
    row = make_at(Stage.TRIAGE, at=ago(3))
    do_move(row, Move.DECLINE, oxford, **given_for(Move.DECLINE))
    decided = seen_by(lead).context["decided"]
    assert [bar.label for bar in decided if bar.number] == [
        "Not moving forward",
        "It exists already",
    ]


@pytest.mark.parametrize("app", ["partners", "reviews", "accounts", "outbox", "proposals"])
def test_a_part_of_the_admin_lists_what_is_in_it_and_is_no_empty_home(client, lead, app):
    client.force_login(lead)
    page = client.get(f"{HOME}{app}/").content.decode()
    assert f'href="{HOME}{app}/' in page
    assert "Waiting on you" not in page
    assert 'datetime=""' not in page


@pytest.mark.parametrize(("who", "sees"), [("oxford", True), ("auditor", True), ("deans", False)])
def test_the_home_leads_to_the_report_and_the_process(cast, who, sees):
    page = seen_by(getattr(cast, who)).content.decode()
    assert f'href="{LIST}process/"' in page
    assert (f'href="{LIST}report/"' in page) == sees


def test_a_moment_is_written_as_html_wants_it(lead):
    with time_machine.travel(NOW + timedelta(microseconds=123456), tick=False):
        page = seen_by(lead).content.decode()
    assert 'datetime="2026-03-27T12:00:00-0400"' in page


@pytest.mark.usefixtures("desk")
def test_tab_stops_at_a_stage_of_the_flow_at_most_three_times(lead):
    page = seen_by(lead, unit="all").content.decode()
    flow = page[page.index('class="chart-flow"') : page.index("<tfoot>")]
    rows = [row.count("<a ") - row.count('tabindex="-1"') for row in flow.split("<tr")[2:]]
    assert rows
    assert max(rows) <= 3
