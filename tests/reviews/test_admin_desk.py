"""The working list: who meets what, finds it, takes it."""

import re

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from pytest_django.asserts import assertContains

from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage, Thread, Turn
from reviews import threads
from reviews.admin import TriageAdmin
from reviews.holidays import days_off
from reviews.models import TriageItem
from reviews.services import assign
from reviews.text_search import with_words
from tests.factories import make_at, make_draft, make_submitted

pytestmark = pytest.mark.django_db
LIST = reverse("admin:reviews_triageitem_changelist")


def references(response):
    return [item.reference for item in response.context["cl"].result_list]


@pytest.fixture
def submitted(cast):
    return make_submitted(working_title="Reading a <b>control</b> chart")


def test_row_says_what_it_is_and_escapes_it(client, oxford, submitted):
    client.force_login(oxford)

    page = client.get(LIST).content.decode()

    assert f'<tr data-ref="{submitted.reference}" data-stage="submitted">' in page
    assert "Reading a &lt;b&gt;control&lt;/b&gt; chart" in page
    assert "Tallgrass Fasteners" in page
    assert "Nobody yet" in page


@pytest.mark.parametrize("who", ["proposer", "other_proposer", "committee", "chair"])
def test_nobody_without_a_role_for_the_admin_gets_in(client, cast, submitted, who):
    client.force_login(getattr(cast, who))

    assert client.get(LIST).status_code == 404


@pytest.mark.parametrize(
    ("who", "stages"),
    [
        ("oxford", {"submitted", "apc_review"}),
        ("regionals", {"submitted", "apc_review"}),
        ("lead", {"submitted", "apc_review"}),
        ("auditor", {"submitted", "apc_review"}),
        ("admin_user", {"submitted", "apc_review"}),
        ("committee_chair", {"apc_review"}),
        ("deans", set()),
    ],
)
def test_each_role_meets_what_is_theirs_and_no_draft(client, cast, submitted, who, stages):
    make_at(Stage.APC_REVIEW)
    make_draft()
    client.force_login(getattr(cast, who))

    rows = client.get(LIST).context["cl"].result_list

    assert {item.stage for item in rows} == stages


@pytest.mark.parametrize(
    "query",
    [
        "{ref}",
        "{lower}",
        "control chart",
        "CHART fay",
        "fay@miami.example",
        "tallgrass",
        "reading charts",  # an outcome, in another form of its words
        "scrap machines",  # the need
        "which machine of the plant",  # with words that no index holds
        "scrap tallgrass fay",  # need, partner and person
    ],
)
def test_search_finds_by_reference_title_person_and_partner(client, oxford, submitted, query):
    make_submitted(
        oxford,
        working_title="Another thing",
        need_statement="Nobody has said what this is good for. " * 3,
        outcomes=[{"text": f"Say {word} well", "kind": "skill"} for word in ("this", "that")],
        origin="own_idea",
        partners=[],
        partner_status="none_needed",
    )
    client.force_login(oxford)

    query = query.format(ref=submitted.reference, lower=submitted.reference.lower())
    response = client.get(LIST, {"q": query})

    assert references(response) == [submitted.reference]


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a%20" * 5000,
        "q=" + "x" * 10000,
        "q='%22;--%20DROP%20TABLE",
        "q=%E2%80%AEabc",
        "p=nonsense",
        "p=99999999999999999999",
        "p=-1",
        "o=99.abc.-7",
        "stage=nonsense&unit=x&turn=%27&owner=99999999999999999999&due=1",
        "stage__exact=draft",
        "submitter__password__startswith=p",
        "all=",
        "e=1",
        "_popup=1",
    ],
)
def test_nonsense_in_the_address_is_no_fault(client, oxford, submitted, query):
    client.force_login(oxford)

    response = client.get(f"{LIST}?{query}", follow=True)

    assert response.status_code in (200, 400)


def test_nul_is_refused(client, oxford):
    client.force_login(oxford)

    assert client.get(f"{LIST}?q=%00").status_code == 400


def test_filters_narrow_together(client, oxford, lead, submitted):
    other = make_at(Stage.CONSULTATION)
    Proposal.objects.filter(pk=other.pk).update(due_on="2020-01-01", unit=None)
    client.force_login(oxford)

    def found(**query):
        return references(client.get(LIST, query))

    assert found(stage="open", owner="nobody") == [submitted.reference]
    assert found(owner="me", turn="university") == [other.reference]
    assert found(owner=oxford.pk, stage="consultation") == [other.reference]
    assert found(unit="none") == [other.reference]
    assert found(unit=submitted.unit_id) == [submitted.reference]
    assert found(due="late") == [other.reference]
    assert found(stage="declined") == []


def test_days_are_counted_where_somebody_owes_a_move(client, oxford, submitted):
    held = make_at(Stage.ON_HOLD)
    Proposal.objects.update(stage_since="2025-06-02T12:00:00Z", due_on=None)
    client.force_login(oxford)

    page = client.get(LIST)

    ages = {item.reference: item.age for item in page.context["cl"].result_list}
    assert ages[held.reference] == ""
    assert "working days" in ages[submitted.reference]
    assertContains(page, 'since <time datetime="2025-06-02">2 Jun 2025</time>', count=2)


@pytest.mark.parametrize(
    ("turn", "due_on", "words"),
    [
        ("university", "2026-12-03", "3 working days left"),
        ("deans", "2026-11-30", "due today"),
        ("university", "2026-11-25", "3 working days late"),
        ("submitter", "2026-12-03", None),
        ("university", None, None),
    ],
)
def test_a_row_says_how_much_of_its_time_is_left(client, oxford, submitted, turn, due_on, words):
    Proposal.objects.update(whose_turn=turn, due_on=due_on)

    with time_machine.travel("2026-11-30T15:00:00Z", tick=False):
        client.force_login(oxford)
        page = client.get(f"{LIST}?stage=submitted").content.decode()

    [age] = re.findall(r'data-label="In this stage">(.*?)</td>', page, re.DOTALL)
    assert re.findall(r'<span class="desk-by">(.*?)</span>', age) == ([words] if words else [])


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_statements_for_any_length(
    client, oxford, count, django_assert_num_queries
):
    for _number in range(count):
        make_submitted()
    client.force_login(oxford)

    days_off()  # which a process knows by then
    with django_assert_num_queries(12):
        response = client.get(LIST)

    assert len(references(response)) == count


def test_assign_to_me(client, oxford, submitted):
    client.force_login(oxford)
    chosen = {"action": "assign_to_me", "index": 0, "_selected_action": [submitted.pk]}

    response = client.post(LIST, {**chosen, "stage": "approved"}, follow=True)

    submitted.refresh_from_db()
    assert (submitted.assignee, submitted.stage) == (oxford, Stage.SUBMITTED)
    assert "1 proposal is" in response.content.decode()


def test_assign_to_somebody_asks_first_and_tells_them(client, lead, oxford, regionals, submitted):
    client.force_login(lead)
    chosen = {"action": "assign_to", "_selected_action": [submitted.pk]}

    page = client.post(LIST, {**chosen, "index": 0})

    assert page.status_code == 200
    assert set(page.context["form"].fields["to"].queryset) == {lead, oxford}

    client.post(LIST, {**chosen, "to": oxford.pk})

    submitted.refresh_from_db()
    assert submitted.assignee == oxford
    assert Message.objects.filter(event="assigned", to=oxford.email).count() == 1


def test_another_units_work_is_refused_in_words(client, regionals, submitted):
    client.force_login(regionals)
    chosen = {"action": "assign_to_me", "index": 0, "_selected_action": [submitted.pk]}

    page = client.post(LIST, chosen, follow=True).content.decode()

    submitted.refresh_from_db()
    assert submitted.assignee is None
    assert "Staff of Oxford can work on it" in page


@pytest.mark.parametrize("who", ["auditor", "committee_chair", "deans"])
def test_who_owns_what_is_not_theirs_to_say(client, cast, who):
    item = make_at(Stage.CAD_CONSENT)
    assign(proposals=[item], to=None, by=cast.lead)
    client.force_login(getattr(cast, who))

    client.post(LIST, {"action": "assign_to_me", "index": 0, "_selected_action": [item.pk]})
    assigning = client.post(
        reverse("admin:reviews_triageitem_assign", args=[item.pk]), {"to": cast.oxford.pk}
    )

    item.refresh_from_db()
    assert item.assignee is None
    assert assigning.status_code == 404


def test_nonsense_among_the_ticks_is_no_fault(client, oxford, submitted):
    client.force_login(oxford)

    response = client.post(
        LIST, {"action": "assign_to_me", "index": 0, "_selected_action": ["x", submitted.pk]}
    )

    submitted.refresh_from_db()
    assert response.status_code == 302
    assert submitted.assignee is None


def test_nothing_adds_or_deletes_on_the_desk(client, admin_user, submitted):
    client.force_login(admin_user)

    for page in ("add/", f"{submitted.pk}/delete/", f"{submitted.pk}/history/"):
        assert client.get(LIST + page).status_code == 404


def test_drafts_are_a_line_without_a_page(client, oxford, committee_chair, submitted):
    draft = make_draft(working_title="Secret plan")
    drafts = reverse("admin:reviews_draftline_changelist")
    client.force_login(oxford)

    page = client.get(drafts).content.decode()

    assert draft.reference in page
    assert submitted.reference not in page
    assert client.get(f"{drafts}{draft.pk}/change/").status_code == 404
    assert (
        client.get(reverse("admin:reviews_triageitem_change", args=[draft.pk])).status_code == 404
    )
    client.force_login(committee_chair)
    assert client.get(drafts).status_code == 403


def test_whose_turn_is_said(client, oxford):
    make_at(Stage.RETURNED)
    client.force_login(oxford)

    assert str(Turn.SUBMITTER.label) in client.get(LIST).content.decode()


def test_home_of_the_admin_leads_to_the_desk(client, oxford):
    client.force_login(oxford)

    assert f'href="{LIST}"' in client.get(reverse("admin:index")).content.decode()


def test_list_goes_on_in_pages_and_keeps_the_filter(client, oxford, monkeypatch):
    monkeypatch.setattr(TriageAdmin, "list_per_page", 1)
    make_submitted()
    make_submitted()
    client.force_login(oxford)

    first = client.get(LIST, {"stage": "open"})
    second = client.get(LIST, {"stage": "open", "p": 2})

    assert "?p=2&amp;stage=open" in first.content.decode()
    assert len({*references(first), *references(second)}) == 2


def test_search_reads_the_form_as_it_was_sent_and_keeps_the_order(client, oxford, submitted):
    later = make_submitted(working_title="Reading more charts")
    client.force_login(oxford)

    assert references(client.get(LIST, {"q": "scrap"})) == [later.reference, submitted.reference]
    by_age = client.get(LIST, {"q": "scrap", "o": "5"})
    assert references(by_age) == [submitted.reference, later.reference]


def test_what_a_search_finds_goes_on_in_pages_in_one_order(client, oxford, monkeypatch):
    monkeypatch.setattr(TriageAdmin, "list_per_page", 2)
    found = [make_submitted().reference for _each in range(5)]
    make_at(Stage.TRIAGE)
    client.force_login(oxford)

    asked = {"q": "scrap", "stage": "submitted", "o": "reference"}
    pages = [client.get(LIST, asked | {"p": number}) for number in (1, 2, 3)]

    assert [references(page) for page in pages] == [found[:2], found[2:4], found[4:]]
    assert [page.context["cl"].result_count for page in pages] == [5, 5, 5]


def test_search_finds_nothing_its_reader_may_not_see(client, cast, submitted):
    before = make_at(Stage.APC_REVIEW)
    draft = make_draft()
    client.force_login(cast.committee_chair)

    found = references(client.get(LIST, {"q": "scrap"}))

    assert found == [before.reference]
    assert draft.reference not in found


def test_full_text_is_asked_of_its_index(db, submitted):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = with_words(TriageItem.objects.order_by("-pk"), "scrap machines").explain()

    assert "search_text_all_words" in plan


@pytest.mark.parametrize(
    "index",
    ["proposal_title_parts", "user_name_parts", "user_email_parts", "organization_name_parts"],
)
def test_part_of_a_name_is_asked_of_its_index(db, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        plan = with_words(TriageItem.objects.order_by("-pk"), "Clínica").explain()

    assert index in plan


@pytest.mark.parametrize("count", [1, 3])
def test_rows_say_how_many_messages_are_new_to_their_reader(
    client, cast, count, django_assert_num_queries
):
    for _number in range(count):
        proposal = make_at(Stage.TRIAGE)
        for body in ("One.", "Two."):
            threads.write(
                proposal=proposal, kind=Thread.Kind.PROPOSERS, by=cast.proposer, body=body
            )
    client.force_login(cast.oxford)

    days_off()  # which a process knows by then
    with django_assert_num_queries(12):
        response = client.get(LIST)

    page = response.content.decode()
    assert [item.unread for item in response.context["cl"].result_list] == [2] * count
    assert page.count("2 new<span") == count
    client.force_login(cast.regionals)
    assert [item.unread for item in client.get(LIST).context["cl"].result_list] == [2] * count


def test_the_tab_says_which_queue_it_is(client, oxford, submitted):
    client.force_login(oxford)
    titles = {
        "all=1": "Triage desk",
        "stage=triage": "Search, triage desk",
        "queue=late&due=late": "Past target, triage desk",
    }

    for asked, title in titles.items():
        assertContains(client.get(f"{LIST}?{asked}"), f"<title>{title} ·")


def test_nothing_ticked_is_said_in_words(client, oxford, submitted):
    client.force_login(oxford)

    response = client.post(f"{LIST}?stage=open", {"action": "assign_to_me"}, follow=True)

    assertContains(response, "Check at least one proposal first.")
    assert response.redirect_chain == [(f"{LIST}?stage=open", 302)]
