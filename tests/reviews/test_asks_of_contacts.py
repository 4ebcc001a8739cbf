"""What is asked of a contact: what staff wrote, what a record asks, only of whom it concerns."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from partners.models import Contact
from partners.services import end_share
from proposals.models import Proposal, Stage
from reviews.asks import asks_of_contact
from reviews.outside.asking import take_back
from reviews.services import save_triage
from reviews.workflow import Move
from tests.factories import Cast, do_move, given_for, make_at, make_cast, make_submitted
from tests.partners.contacts import offer, put
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def told_at_once(settings) -> None:
    settings.NOTIFICATION_GRACE_SECONDS = 0


@pytest.fixture
def share(cast: Cast):
    return share_it(summarized(make_submitted()), cast.oxford)


def ask_partner(share: Any, words: str = "Name somebody who teaches.") -> None:
    by, proposal = make_cast().oxford, share.engagement.proposal
    save_triage(proposal=proposal, by=by, values={"asked_of_partner": words})


def test_a_partner_is_asked_what_staff_wrote_until_they_empty_it(share):
    assert asks_of_contact(share.contact) == []
    ask_partner(share)

    [found] = asks_of_contact(share.contact)
    assert (found.words, found.who) == ("Name somebody who teaches.", share.contact)
    assert (found.action, found.url.partition("#")[2]) == ("Write to us", "messages")
    assert timezone.now() - found.since < timedelta(minutes=1)

    ask_partner(share, "")
    assert asks_of_contact(share.contact) == []


def test_a_partner_is_asked_only_about_what_is_shared_with_them(share, cast):
    other = make_submitted()
    Proposal.objects.filter(pk=other.pk).update(asked_of_partner="Not for Pat.")
    ask_partner(share)
    assert [each.words for each in asks_of_contact(share.contact)] == ["Name somebody who teaches."]

    end_share(share=share, by=cast.oxford)

    assert asks_of_contact(share.contact) == []


def test_a_partner_is_asked_nothing_while_it_is_paused_or_over(share, cast):
    ask_partner(share)
    proposal = share.engagement.proposal
    do_move(proposal, Move.START_TRIAGE, cast.oxford)

    do_move(proposal, Move.HOLD, cast.oxford, **given_for(Move.HOLD))

    assert asks_of_contact(share.contact) == []


def test_a_decline_in_its_grace_is_not_told_a_partner_by_what_they_are_asked(share, cast, settings):
    ask_partner(share)
    proposal = share.engagement.proposal
    do_move(proposal, Move.START_TRIAGE, cast.oxford)
    settings.NOTIFICATION_GRACE_SECONDS = 300

    do_move(proposal, Move.DECLINE, cast.oxford, **given_for(Move.DECLINE))

    assert len(asks_of_contact(share.contact)) == 1
    assert asks_of_contact(share.contact, timezone.now() + timedelta(minutes=6)) == []


@pytest.mark.parametrize(
    ("ask_for", "action"), [(put, "Answer the questions"), (offer, "Pick a time")]
)
def test_what_a_record_asks_of_a_contact_is_theirs_alone_until_it_is_settled(ask_for, action):
    share = share_it(summarized(make_at(Stage.TRIAGE)), make_cast().oxford)
    asked = ask_for(share)
    [found] = asks_of_contact(share.contact)
    page = reverse(f"partners:{asked.kind}", args=[found.reference, asked.pk])
    assert (found.words, found.by_day, found.url) == (asked.words, asked.due_on, page)
    assert found.action == action
    assert asks_of_contact(Contact.objects.create(name="Jo", email="jo@x.example")) == []
    take_back(asked=asked, words="", by=make_cast().oxford)
    assert asks_of_contact(share.contact) == []
