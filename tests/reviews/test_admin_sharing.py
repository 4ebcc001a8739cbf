"""The sharing switch: staff open a status page to a contact, or close it."""

import pytest
from django.urls import reverse

from microcreds.outbox.models import Message
from partners.models import Contact, Engagement, Link, Share
from partners.services import issue_links
from proposals.models import NamedPartner, Stage
from reviews.services import save_triage
from tests.factories import make_at, make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(cast):
    proposal = make_at(Stage.CONSULTATION)
    summary = {"partner_summary": "Charts for people who lead a shift."}
    save_triage(proposal=proposal, by=cast.oxford, values=summary)
    return proposal


def page(proposal):
    return reverse("admin:reviews_triageitem_sharing", args=[proposal.pk])


def switch(proposal, action):
    engagement = Engagement.objects.get(proposal=proposal)
    return {"engagement": engagement.pk, "contact": engagement.contact_id, "action": action}


def test_share_and_stop(client, oxford, proposal):
    client.force_login(oxford)

    client.post(page(proposal), switch(proposal, "share"))

    assert Share.objects.current().get().contact.email == "pat@tallgrass.example"
    assert Message.objects.filter(event="partner_invitation").count() == 1

    client.post(page(proposal), switch(proposal, "end"))

    assert not Share.objects.current().exists()
    assert Message.objects.get(event="partner_invitation").state == Message.State.RECALLED


def test_second_share_sends_no_second_mail(client, oxford, proposal):
    client.force_login(oxford)

    for _click in range(2):
        client.post(page(proposal), switch(proposal, "share"))

    assert Message.objects.filter(event="partner_invitation").count() == 1


def test_page_shows_what_the_partner_reads_and_the_mail(client, oxford, proposal):
    client.force_login(oxford)

    shown = client.get(page(proposal)).content.decode()

    assert "Charts for people who lead a shift." in shown
    assert "Exploring together" in shown
    assert "[personal link]" in shown
    assert "[[link:" not in shown


def test_what_stands_in_the_way_is_said(client, oxford):
    proposal = make_at(Stage.TRIAGE)
    NamedPartner.objects.update(share_status="no")
    client.force_login(oxford)

    shown = client.get(page(proposal)).content.decode()
    refused = client.post(page(proposal), switch(proposal, "share"))

    for words in ("has not asked to share", "Write the summary for partners first"):
        assert words in shown
        assert words in refused.content.decode()
    assert refused.status_code == 422
    assert not Share.objects.exists()


def test_links_can_be_revoked(client, oxford, proposal):
    contact = Contact.objects.get()
    issue_links(contacts=[contact])
    client.force_login(oxford)

    client.post(page(proposal), switch(proposal, "revoke"))

    assert not Link.objects.usable().exists()


@pytest.mark.parametrize("who", ["regionals", "auditor"])
def test_others_of_the_desk_read_and_switch_nothing(client, cast, proposal, who):
    client.force_login(getattr(cast, who))

    shown = client.get(page(proposal))
    refused = client.post(page(proposal), switch(proposal, "share"))

    assert "Share with" not in shown.content.decode()
    assert refused.status_code == 422
    assert not Share.objects.exists()


def test_another_proposals_engagement_is_not_offered(client, oxford, proposal, other_proposer):
    foreign = Engagement.objects.get(proposal=make_submitted(other_proposer))
    client.force_login(oxford)

    for changed in (
        {"engagement": foreign.pk},
        {"engagement": "x"},
        {"contact": "999999"},
        {"action": "delete"},
    ):
        refused = client.post(page(proposal), {**switch(proposal, "share"), **changed})
        assert refused.status_code == 422
    assert not Share.objects.exists()


def test_proposal_without_a_partner_says_so(client, oxford):
    proposal = make_submitted(origin="own_idea", partner_status="none_needed", partners=[])
    client.force_login(oxford)

    assert "No organization is named" in client.get(page(proposal)).content.decode()
