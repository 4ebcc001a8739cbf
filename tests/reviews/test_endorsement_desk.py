"""Endorsements on the desk: asked, read with the remarks for staff alone, recorded on behalf."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partners.models import OnBehalf, PartnerAsk, Share
from reviews import endorsements as telling
from tests.factories import make_cast
from tests.partners.endorsing import (
    asked_of,
    letter,
    other_contact,
    recorded,
    shared,
    signed,
)

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert('x')</script>"


@pytest.fixture
def share() -> Share:
    return shared()


@pytest.fixture
def desk(client) -> Client:
    client.force_login(make_cast().oxford)
    return client


def path(share: Share, page: str = "endorsements", *more: int) -> str:
    key = share.engagement.proposal_id
    return reverse(f"admin:reviews_triageitem_{page}", args=[key, *more])


def asking(share: Share, **changed) -> dict:
    key = f"{share.engagement_id}-{share.contact_id}"
    given = {"action": "ask", "contacts": [key], "words": "Please.", "due_on": "2030-01-09"}
    return given | changed


def test_staff_ask_several_at_once(desk, share):
    jo = other_contact(share)
    keys = [f"{share.engagement_id}-{pk}" for pk in (share.contact_id, jo.pk)]
    assert desk.post(path(share), asking(share, contacts=keys)).status_code == 302
    page = desk.get(path(share))
    assert [row.asked.contact for row in page.context["rows"]] == [jo, share.contact]
    assert page.context["form"].pairs == {}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"contacts": []}, "contacts"),
        ({"contacts": ["1-99999999999999999999"]}, "contacts"),
        ({"words": ""}, "words"),
        ({"words": "x" * 601}, "words"),
        ({"words": "a\x00"}, "words"),
        ({"due_on": "2001-01-01"}, "due_on"),
        ({"due_on": "soon"}, "due_on"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(desk, share, changed, field):
    page = desk.post(path(share), asking(share, **changed))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not PartnerAsk.objects.exists()


def test_staff_give_more_time_and_take_back(desk, share):
    asked = asked_of(share)
    desk.post(path(share), {"action": "extend", "ask": asked.pk, "due_on": "2031-02-03"})
    asked.refresh_from_db()
    assert f"{asked.due_on}" == "2031-02-03"
    desk.post(path(share), {"action": "take_back", "ask": asked.pk})
    asked.refresh_from_db()
    assert (asked.state, asked.settled_by) == ("taken_back", make_cast().oxford)


@pytest.mark.parametrize(
    "sent",
    [
        {"action": "extend", "ask": "x"},
        {"action": "take_back", "ask": "9" * 40},
        {"action": "extend", "ask": "1", "due_on": "x"},
        {},
    ],
)
def test_a_nonsense_button_changes_nothing(desk, share, sent):
    assert desk.post(path(share), sent).status_code == 422


def test_staff_read_the_remarks_and_the_check_number(desk, share):
    found = signed(asked_of(share), words=HOSTILE, remarks=HOSTILE)
    page = desk.get(path(share, "endorsement", found.asked_id))
    assert page.context["signed"].remarks == HOSTILE
    assert page.context["is_whole"]
    assert HOSTILE not in page.text


def test_the_panel_says_who_was_asked_and_where_it_stands(desk, share):
    asked_of(share)
    page = desk.get(reverse("admin:reviews_triageitem_change", args=[share.engagement.proposal_id]))
    [row] = page.context["engagements"]
    assert [(each.name, each.label) for each in row.asked] == [("Pat Doe", "Asked")]
    assert path(share) in page.text


def said_by_call(share: Share, **changed) -> dict:
    given = {
        "who": f"{share.engagement_id}-{share.contact_id}",
        "said_on": f"{timezone.localdate()}",
        "channel": "call",
        "heard": "Yes, we would hire on it.",
        "recognition": ["hiring"],
    }
    return given | changed


def test_staff_record_one_and_it_says_so_wherever_it_is_shown(desk, share):
    response = desk.post(path(share, "endorsement_record"), said_by_call(share))
    assert response["Location"] == path(share)
    asked = PartnerAsk.objects.get()
    for page in (path(share), path(share, "endorsement", asked.pk)):
        assert "Recorded on their behalf" in desk.get(page).text
    desk.force_login(make_cast().proposer)
    ref = share.engagement.proposal.reference
    own = reverse("proposals:proposal_endorsement", args=[ref, asked.pk])
    assert "Recorded on their behalf" in desk.get(own).text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"who": ""}, "who"),
        ({"who": "1-1x"}, "who"),
        ({"said_on": "2100-01-01"}, "said_on"),
        ({"channel": "pigeon"}, "channel"),
        ({"heard": ""}, "heard"),
        ({"channel": "mail"}, "evidence"),
        ({"evidence": letter("a.exe", b"MZ")}, "evidence"),
    ],
)
def test_what_is_wrong_with_a_record_is_said_at_its_field(desk, share, changed, field):
    page = desk.post(path(share, "endorsement_record"), said_by_call(share, **changed))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not OnBehalf.objects.exists()


def test_staff_record_what_was_said_to_anything_else(desk, share):
    asked = asked_of(share, kind=PartnerAsk.Kind.QUESTIONS)
    here = path(share, "answer_record", asked.pk)
    assert desk.get(here).status_code == 200
    sent = said_by_call(share, heard="Two of us.", evidence=letter())
    assert desk.post(here, sent)["Location"] == path(share)
    page = desk.get(path(share))
    assert "Two of us." in page.text
    file = desk.get(path(share, "endorsement_file", asked.pk))
    assert file["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("who", ["proposer", "other_proposer", "committee_chair", "deans", "chair"])
def test_nobody_but_staff_finds_these_pages(client, share, who):
    asked = asked_of(share)
    found = signed(asked)
    client.force_login(getattr(make_cast(), who))
    for page in (
        path(share),
        path(share, "endorsement", found.asked_id),
        path(share, "endorsement_file", found.asked_id),
        path(share, "endorsement_record"),
        path(share, "answer_record", found.asked_id),
    ):
        assert client.get(page).status_code == 404


@pytest.mark.parametrize("who", ["regionals", "auditor"])
def test_who_only_reads_asks_and_records_nothing(client, share, who):
    client.force_login(getattr(make_cast(), who))
    assert client.get(path(share)).status_code == 200
    assert client.post(path(share), asking(share)).status_code == 422
    assert client.get(path(share, "endorsement_record")).status_code == 404
    assert not PartnerAsk.objects.exists()


def test_another_proposals_endorsement_is_not_there(desk, share):
    found = signed(asked_of(share))
    other = shared()
    assert desk.get(path(other, "endorsement", found.asked_id)).status_code == 404
    assert desk.get(path(other, "endorsement_file", found.asked_id)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_statements_for_any_number(
    desk, share, count, django_assert_max_num_queries
):
    for number in range(count):
        contact = other_contact(share, f"c{number}@tallgrass.example")
        signed(asked_of(share, contact))
    desk.get(path(share))
    with django_assert_max_num_queries(14):
        assert len(desk.get(path(share)).context["rows"]) == count


# What its proposers read and do.


def own(share: Share, page: str = "proposal_endorsements", *more: int) -> str:
    return reverse(f"proposals:{page}", args=[share.engagement.proposal.reference, *more])


def test_proposers_ask_and_read_without_the_private_remarks(client, share):
    client.force_login(make_cast().proposer)
    assert client.post(own(share), asking(share)).status_code == 302
    asked = PartnerAsk.objects.get()
    assert asked.asked_by == make_cast().proposer
    signed(asked)
    page = client.get(own(share, "proposal_endorsement", asked.pk))
    assert "We need it." in page.text
    assert "budget" not in page.text
    assert "budget" not in client.get(own(share)).text


def test_proposers_see_each_state_and_why_somebody_declined(client, share):
    client.force_login(make_cast().proposer)
    telling.decline(asked=asked_of(share), words="We closed the line.")
    page = client.get(own(share))
    assert 'data-ask-state="declined"' in page.text
    assert "We closed the line." in page.text
    assert "Declined" in client.get(own(share, "proposal_detail")).text


@pytest.mark.parametrize("who", ["other_proposer", "oxford", "committee", "chair", "lead"])
def test_the_proposers_pages_are_theirs_alone(client, share, who):
    found = signed(asked_of(share))
    client.force_login(getattr(make_cast(), who))
    for page in (
        own(share),
        own(share, "proposal_endorsement", found.asked_id),
        own(share, "endorsement_letter", found.asked_id),
    ):
        assert client.get(page).status_code == 404
    assert client.post(own(share), asking(share)).status_code == 404


def test_the_mail_that_shows_it_is_for_staff_alone(client, share):
    found = recorded(
        share.engagement, share.contact, channel=OnBehalf.Channel.MAIL, evidence=letter()
    )
    client.force_login(make_cast().proposer)
    assert client.get(own(share, "endorsement_letter", found.asked_id)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_proposers_page_takes_as_many_statements_for_any_number(
    client, share, count, django_assert_max_num_queries
):
    client.force_login(make_cast().proposer)
    for number in range(count):
        contact = other_contact(share, f"c{number}@tallgrass.example")
        signed(asked_of(share, contact))
    client.get(own(share))
    with django_assert_max_num_queries(12):
        assert len(client.get(own(share)).context["rows"]) == count
