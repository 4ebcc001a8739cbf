"""One organization in the admin: its page, duplicates merged and parted, who may."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from partners.merging import merge_organizations
from partners.models import Alias, Contact, Engagement, Organization, OrganizationMerge
from proposals.models import NamedPartner, Stage
from reviews.models import TalkedWith, TriageItem
from reviews.organizations import MOST_SHOWN, last_contact_of
from reviews.text_search import search
from tests.factories import make_at, make_submitted
from tests.partners.asking import received
from tests.partners.sharing import answers_naming, come_by_link, share_it, summarized

pytestmark = pytest.mark.django_db

READERS = ("oxford", "regionals", "lead", "auditor", "admin_user")
OTHERS = ("proposer", "committee", "committee_chair", "deans", "chair")
HOSTILE = '"><script>alert(1)</script>{{ request.user }}'


@pytest.fixture
def tallgrass(cast) -> Organization:
    summarized(make_at(Stage.TRIAGE))
    return Organization.objects.get(name="Tallgrass Fasteners")


@pytest.fixture
def double(tallgrass) -> Organization:
    return Organization.objects.create(name="Tallgrass Fasteners Inc", place="Hamilton")


def page_of(organization: Organization, page: str = "change/") -> str:
    return f"/admin/partners/organization/{organization.pk}/{page}"


def shown(client: Client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.mark.parametrize("role", READERS)
def test_the_page_has_all_of_one_organization(client, cast, tallgrass, role):
    share_it(tallgrass.engagements.get().proposal, cast.oxford)
    inquiry = received()
    type(inquiry).objects.update(organization=tallgrass)
    Alias.objects.create(organization=tallgrass, name="TG Works")
    client.force_login(getattr(cast, role))

    page = shown(client, page_of(tallgrass))

    for words in ("Hamilton, Ohio", "TG Works", "Sampling for shift leads", "Pat Doe", "INQ-"):
        assert words in page
    assert "1 link alive, none opened yet" in page


@pytest.mark.parametrize("role", OTHERS)
def test_for_everybody_else_there_is_none(client, cast, tallgrass, double, role):
    client.force_login(getattr(cast, role))

    for page in ("change/", "facts/", "merge/", f"merge/?with={double.pk}", "merges/1/undo/"):
        assert client.get(page_of(tallgrass, page)).status_code == 404


def test_the_auditor_reads_and_merges_nothing(client, cast, tallgrass, double):
    client.force_login(cast.auditor)

    assert "Compare and merge" not in shown(client, page_of(tallgrass))
    assert client.get(page_of(tallgrass, "merge/")).status_code == 404
    posted = client.post(page_of(tallgrass, "merge/"), {"with": double.pk})
    assert (posted.status_code, OrganizationMerge.objects.count()) == (404, 0)


def test_one_that_is_not_there_is_not_found(client, cast):
    client.force_login(cast.oxford)

    for pk in ("999999", "9" * 30):
        assert client.get(f"/admin/partners/organization/{pk}/change/").status_code == 404


def test_its_page_takes_as_many_statements_for_many_proposals_as_for_one(client, cast, tallgrass):
    client.force_login(cast.oxford)
    first = tallgrass.engagements.select_related("named_partner").get()
    taken = []
    client.get(page_of(tallgrass))  # what the header counts is remembered for a while
    for number in (0, 3, 300):
        rows = [
            NamedPartner(proposal=first.proposal, org_name="Tallgrass") for _each in range(number)
        ]
        NamedPartner.objects.bulk_create(rows)
        Engagement.objects.bulk_create(
            Engagement(
                proposal=first.proposal,
                organization=tallgrass,
                named_partner=row,
                opened_at=timezone.now(),
            )
            for row in rows
        )
        with CaptureQueriesContext(connection) as queries:
            page = shown(client, page_of(tallgrass))
        taken.append(len(queries))

    assert taken[0] == taken[1] == taken[2] <= 14
    assert page.count("Its part: correct") == MOST_SHOWN
    assert "All 304 on the desk" in page


def test_its_proposals_are_found_on_the_desk_by_its_key_and_no_others(client, cast, tallgrass):
    other = make_submitted(answers=answers_naming(org_name="Tallgrass Fasteners of Troy"))
    client.force_login(cast.oxford)
    mine = tallgrass.engagements.get().proposal

    page = shown(client, f"/admin/reviews/triageitem/?q=partner:%23{tallgrass.pk}")

    assert mine.reference in page
    assert other.reference not in page


def test_last_contact_is_the_newest_of_all_there_was(client, cast, tallgrass):
    assert last_contact_of(tallgrass) is None
    proposal, today = tallgrass.engagements.get().proposal, timezone.localdate()
    TalkedWith.objects.create(
        proposal=proposal,
        kind="call",
        who="Pat",
        on=today - timedelta(days=9),
        said="Soon.",
        made_by=cast.oxford,
        made_at=timezone.now(),
    )
    assert last_contact_of(tallgrass).on == today - timedelta(days=9)
    share = share_it(proposal, cast.oxford)
    come_by_link(client, share.contact)

    found = last_contact_of(tallgrass)
    assert (found.on, str(found.words)) == (today, "somebody there opened a page")


def test_what_may_be_the_same_is_suggested(client, cast, tallgrass, double):
    client.force_login(cast.oxford)

    page = shown(client, page_of(tallgrass))

    assert f"merge/?with={double.pk}" in page


def test_merged_from_the_page_and_undone_there(client, cast, tallgrass, double):
    client.force_login(cast.oxford)
    before = shown(client, page_of(tallgrass, f"merge/?with={double.pk}"))
    assert "Merge Tallgrass Fasteners Inc into Tallgrass Fasteners" in before

    assert client.post(page_of(tallgrass, "merge/"), {"with": double.pk}).status_code == 302

    record = OrganizationMerge.objects.get()
    assert "became part of it" in shown(client, page_of(tallgrass))
    assert client.get(page_of(double)).url == page_of(tallgrass)
    assert "Tallgrass Fasteners Inc" not in shown(client, "/admin/partners/organization/")
    client.post(page_of(tallgrass, f"merges/{record.pk}/undo/"))
    record.refresh_from_db()
    assert record.undone_by == cast.oxford
    assert client.get(page_of(double)).status_code == 200


def test_what_was_built_on_a_merge_is_said_in_its_place(client, cast, tallgrass, double):
    record = merge_organizations(kept=double, merged=tallgrass, by=cast.oxford)
    tallgrass_part = Engagement.objects.get()
    tallgrass_part.organization = Organization.objects.create(name="Third")
    tallgrass_part.save()
    client.force_login(cast.oxford)

    assert "1 record that moved from" in shown(client, page_of(double))
    refused = client.post(page_of(double, f"merges/{record.pk}/undo/"))
    assert refused.status_code == 409
    assert "1 record that moved from" in refused.content.decode()


@pytest.mark.parametrize("other", ["", "x", "9" * 40, "-1", "²", "0"])
def test_a_wrong_other_is_said_in_words(client, cast, tallgrass, other):
    client.force_login(cast.oxford)

    answers = [
        client.get(page_of(tallgrass, "merge/"), {"with": other}),
        client.post(page_of(tallgrass, "merge/"), {"with": other}),
        client.post(page_of(tallgrass, "merge/"), {"with": tallgrass.pk}),
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert "Choose one of the organizations" in answers[0].content.decode()


def test_another_name_is_looked_for_whatever_it_is(client, cast, tallgrass):
    client.force_login(cast.oxford)

    for name in ("Tallgrass", "x" * 10_000, HOSTILE):
        page = client.get(page_of(tallgrass, "merge/"), {"name": name})
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()


def test_hostile_names_are_text(client, cast, tallgrass, double):
    Organization.objects.filter(pk=double.pk).update(name=HOSTILE)
    Contact.objects.update(name=HOSTILE, title=HOSTILE)
    client.force_login(cast.oxford)

    for page in ("change/", f"merge/?with={double.pk}"):
        html = shown(client, page_of(tallgrass, page))
        assert "<script>alert" not in html
        assert escape(HOSTILE) in html


def test_the_old_name_still_finds_its_proposals_on_the_desk(cast, tallgrass, double):
    merge_organizations(kept=double, merged=tallgrass, by=cast.oxford)
    Organization.objects.filter(pk=double.pk).update(name="Prairie")

    for words in ("Fasteners", "partner:fasteners", "partner:prairie"):
        assert search(TriageItem.objects.all(), words, cast.oxford).count() == 1


def test_facts_are_changed_by_their_form(client, cast, tallgrass):
    client.force_login(cast.oxford)
    posted = {
        "name": "Tallgrass Fasteners",
        "place": "Troy, Ohio",
        "aliases-TOTAL_FORMS": "0",
        "aliases-INITIAL_FORMS": "0",
    }

    assert client.post(page_of(tallgrass, "facts/"), posted).status_code == 302

    tallgrass.refresh_from_db()
    assert tallgrass.place == "Troy, Ohio"


def test_the_directory_says_each_kind_in_words(client, oxford):
    Organization.objects.create(name="Four Creeks Chamber", kind="union_or_association")
    client.force_login(oxford)

    page = client.get(reverse("admin:partners_organization_changelist")).content.decode()

    assert ">Union or association<" in page
    assert "union_or_association<" not in page
