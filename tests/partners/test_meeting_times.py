"""Times to meet: one is picked, or none suits; both are told."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox.models import Message
from partners.models import PartnerAsk
from reviews.outside import answering
from tests.partners.contacts import later, offer
from tests.partners.sharing import come_by_link

pytestmark = pytest.mark.django_db
State = PartnerAsk.State


@pytest.fixture
def asked(share) -> PartnerAsk:
    return offer(share)


def url_of(asked: PartnerAsk) -> str:
    return reverse("partners:meeting_time", args=[asked.engagement.proposal.reference, asked.pk])


def test_the_time_they_pick_stands_and_whoever_asked_is_told(client, asked, cast):
    come_by_link(client, asked.contact)
    first = asked.times.first()
    assert client.post(url_of(asked), {"time": first.pk}).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.times.get(is_picked=True)) == (State.ANSWERED, first)
    assert Message.objects.get(event="partner_ask_settled").to == cast.oxford.email
    assert "By telephone" in client.get(url_of(asked)).content.decode()


def test_none_suits_with_what_would_and_not_without(client, asked):
    come_by_link(client, asked.contact)
    assert client.post(url_of(asked), {"time": "none"}).status_code == 422
    given = {"time": "none", "words": "Any Friday."}
    assert client.post(url_of(asked), given).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.settled_words) == (State.DECLINED, "Any Friday.")


def test_nothing_picked_is_said_in_our_words(client, asked):
    come_by_link(client, asked.contact)

    assert "Choose one answer." in client.post(url_of(asked), {}).text


@pytest.mark.parametrize("time", ["", "0", "-1", "x", "9" * 30, "a\x00"])
def test_a_time_that_was_not_offered_is_refused(client, asked, time):
    come_by_link(client, asked.contact)
    assert client.post(url_of(asked), {"time": time}).status_code == 422


def test_a_time_that_has_passed_cannot_be_picked(asked):
    with pytest.raises(ValidationError, match="has passed"):
        answering.pick_time(asked=asked, time=asked.times.first(), at=later(30))
    asked.refresh_from_db()
    assert asked.is_open


def test_it_is_picked_once(asked):
    first, second = asked.times.all()
    answering.pick_time(asked=asked, time=first)
    answering.pick_time(asked=asked, time=first)  # a double click
    assert Message.objects.filter(event="partner_ask_settled").count() == 1
    with pytest.raises(ValidationError, match="settled in the meantime"):
        answering.pick_time(asked=asked, time=second)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"times": ()}, "times"),
        ({"times": (timezone.now() - timedelta(days=1),)}, "times"),
        ({"times": (later(3),) * 1 + (later(4),) * 6}, "times"),
        ({"minutes": 5}, "minutes"),
        ({"place": " "}, "place"),
        ({"place": "x" * 201}, "place"),
    ],
)
def test_what_is_wrong_with_an_offer_is_said_at_its_field(share, wrong, field):
    with pytest.raises(ValidationError) as refused:
        offer(share, **wrong)
    assert list(refused.value.message_dict) == [field]


def test_the_same_times_posted_twice_are_offered_once(share):
    times = (later(7), later(8))
    first = offer(share, times=times)
    assert offer(share, times=times) == first
    assert Message.objects.filter(event="partner_asked").count() == 1
    assert offer(share, times=times, place="In room 4") != first
