"""What tests of partners do again and again: share, and come by a link."""

from django.test import Client
from django.urls import reverse

from microcreds.accounts.models import User
from microcreds.outbox import links
from partners import services
from partners.models import Contact, Share
from proposals.models import Proposal
from tests.factories import whole_answers


def summarized(proposal: Proposal) -> Proposal:
    """With the summary that staff wrote for partners."""
    Proposal.objects.filter(pk=proposal.pk).update(partner_summary="Charts shift leads can read.")
    proposal.refresh_from_db()
    return proposal


def share_it(proposal: Proposal, by: User) -> Share:
    """Its one engagement, with the contact the proposer named."""
    engagement = proposal.engagements.get()
    return services.share(engagement=engagement, contact=engagement.contact, by=by)


def token_of(contact: Contact) -> str:
    """Of a fresh link."""
    return links.token_for(services.issue_links(contacts=[contact])[contact.pk].uuid)


def come_by_link(client: Client, contact: Contact) -> None:
    """As a person does: open the link, press the button."""
    client.post(reverse("partners:link", args=[token_of(contact)]))


def answers_naming(**changed: object) -> dict:
    """The form's partners page with its one row, some of it changed."""
    [row] = whole_answers()["partners"]["partners"]
    return {"partners": {"partner_status": "yes", "partners": [row | changed], "together": []}}
