"""What committee and deans read of endorsements: those that count, without private remarks."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partners.models import OnBehalf, Share
from proposals.models import NamedPartner, Proposal
from reviews import endorsements as telling
from tests.factories import Cast
from tests.partners.endorsing import asked_of, letter, other_contact, recorded, shared, signed

pytestmark = pytest.mark.django_db
READERS = ["committee", "committee_chair", "deans"]


@pytest.fixture
def share(cast: Cast) -> Share:
    """Of a proposal that committee and deans have reached."""
    share = shared()
    now = timezone.now()
    Proposal.objects.update(reached_committee_at=now, reached_deans_at=now)
    share.engagement.proposal.refresh_from_db()
    return share


def own(share: Share, page: str, *more: int) -> str:
    return reverse(f"proposals:{page}", args=[share.engagement.proposal.reference, *more])


@pytest.mark.parametrize("who", READERS)
def test_they_read_what_was_signed_and_its_letter_but_no_private_remark(
    who, client: Client, share, cast
):
    found = signed(asked_of(share))
    client.force_login(getattr(cast, who))
    page = own(share, "proposal_endorsement", found.asked_id)
    assert f'href="{page}"' in client.get(own(share, "proposal_detail")).text

    read = client.get(page).text

    assert "We need it." in read and "Plant manager" in read
    assert "budget" not in read and 'method="post"' not in read.partition("<main")[2]


@pytest.mark.parametrize("who", READERS)
def test_a_letter_is_theirs_to_open_and_a_mail_that_shows_it_is_not(who, client, share, cast):
    by_letter = {"channel": OnBehalf.Channel.LETTER, "evidence": letter(), "untold_because": "Ill."}
    one = recorded(share.engagement, share.contact, **by_letter)
    by_mail = {"channel": OnBehalf.Channel.MAIL, "evidence": letter("mail.pdf")}
    other = recorded(share.engagement, other_contact(share), **by_mail)
    client.force_login(getattr(cast, who))

    assert client.get(own(share, "endorsement_letter", one.asked_id)).status_code == 200
    assert client.get(own(share, "endorsement_letter", other.asked_id)).status_code == 404
    page = client.get(own(share, "proposal_endorsement", one.asked_id)).text
    assert "Recorded" in page and "Ill." not in page


@pytest.mark.parametrize("who", READERS)
def test_who_was_asked_and_said_nothing_or_objects_is_not_there(who, client, share, cast):
    asked = asked_of(share)
    noted = recorded(share.engagement, other_contact(share))
    telling.object_to(recorded=noted.asked.on_behalf, words="I said perhaps.")
    client.force_login(getattr(cast, who))

    page = client.get(own(share, "proposal_detail")).text

    assert "Endorsements by partners" not in page
    for ask in (asked.pk, noted.asked_id):
        assert client.get(own(share, "proposal_endorsement", ask)).status_code == 404
    assert client.get(own(share, "proposal_endorsements")).status_code == 404


def test_what_a_partner_signed_who_stands_in_the_form_no_more_is_not_there(client, share, cast):
    found = signed(asked_of(share))
    NamedPartner.objects.update(dropped_at=timezone.now())
    client.force_login(cast.committee)

    assert "Endorsements by partners" not in client.get(own(share, "proposal_detail")).text
    page = own(share, "proposal_endorsement", found.asked_id)
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("who", ["committee_chair", "deans"])
def test_the_desk_leads_there_too(who, client, share, cast):
    found = signed(asked_of(share))
    client.force_login(getattr(cast, who))
    proposal = share.engagement.proposal_id

    page = client.get(reverse("admin:reviews_triageitem_change", args=[proposal])).text

    assert "Endorsed by" in page
    assert own(share, "proposal_endorsement", found.asked_id) in page
    assert "pat@tallgrass.example" not in page


@pytest.mark.parametrize("who", ["committee", "committee_chair", "deans", "chair"])
def test_nobody_reads_them_before_the_proposal_reached_them(who, client, cast):
    share = shared()
    found = signed(asked_of(share))
    client.force_login(getattr(cast, who))

    for page in ("proposal_endorsement", "endorsement_letter"):
        assert client.get(own(share, page, found.asked_id)).status_code == 404


@pytest.mark.parametrize("who", ["other_proposer", "oxford", "lead", "auditor", "chair"])
def test_for_others_this_page_is_not_there(who, client, share, cast):
    found = signed(asked_of(share))
    client.force_login(getattr(cast, who))

    assert client.get(own(share, "proposal_endorsement", found.asked_id)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_statements_for_any_number(
    count, client, share, cast, django_assert_max_num_queries
):
    for number in range(count):
        signed(asked_of(share, other_contact(share, f"c{number}@tallgrass.example")))
    client.force_login(cast.committee)
    with django_assert_max_num_queries(12):
        assert client.get(own(share, "proposal_detail")).text.count("Jo Other,") == count
