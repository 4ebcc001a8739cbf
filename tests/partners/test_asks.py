"""What is asked of contacts: once, by mail, until it is settled."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from microcreds.outbox.models import Message
from partners import asks
from partners.models import PartnerAsk, Share
from partners.services import end_share
from tests.factories import make_cast, make_submitted
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db
Kind, State = PartnerAsk.Kind, PartnerAsk.State


@pytest.fixture
def share() -> Share:
    return share_it(summarized(make_submitted()), make_cast().oxford)


def ask(share: Share, **changed: object) -> PartnerAsk:
    given = {
        "kind": Kind.ENDORSEMENT,
        "words": "Would you hire on it?",
        "due_on": timezone.localdate() + timedelta(days=9),
    }
    return asks.ask_contact(
        engagement=share.engagement,
        contact=share.contact,
        by=make_cast().oxford,
        **(given | changed),
    )


def mail_of(asked: PartnerAsk) -> Message:
    return Message.objects.get(cause=f"partner_ask:{asked.pk}")


def test_a_mail_with_its_own_link_says_what_is_asked_and_by_when(share):
    before = share.contact.links.count()
    mail = mail_of(ask(share))
    assert mail.to == share.contact.email
    assert "Would you hire on it?" in mail.body
    assert share.contact.links.count() == before + 1


def test_nothing_is_asked_of_whoever_cannot_open_the_page(share):
    end_share(share=share, by=make_cast().oxford)
    with pytest.raises(ValidationError) as refused:
        ask(share)
    assert list(refused.value.message_dict) == ["contact"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"words": "  "}, "words"),
        ({"words": "x" * 601}, "words"),
        ({"due_on": timezone.localdate() - timedelta(days=1)}, "due_on"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(share, changed, field):
    with pytest.raises(ValidationError) as refused:
        ask(share, **changed)
    assert list(refused.value.message_dict) == [field]


def test_an_endorsement_is_asked_once_at_a_time(share):
    ask(share)
    with pytest.raises(ValidationError):
        ask(share)


def test_questions_may_be_asked_again(share):
    ask(share, kind=Kind.QUESTIONS)
    assert ask(share, kind=Kind.QUESTIONS).is_open


def test_opening_it_is_noted_the_first_time(share):
    asked = ask(share)
    first = timezone.now()
    asks.note_opened(asked=asked, at=first)
    asks.note_opened(asked=asked, at=first + timedelta(hours=1))
    asked.refresh_from_db()
    assert (asked.state, asked.opened_at) == (State.OPENED, first)


def test_what_is_taken_back_is_mailed_no_more(share):
    asked = ask(share)
    asks.settle(asked=asked, state=State.TAKEN_BACK, by=make_cast().oxford, words="By mistake.")
    assert mail_of(asked).state == Message.State.RECALLED


def test_what_is_settled_is_settled_once(share):
    asked = ask(share)
    asks.settle(asked=asked, state=State.ANSWERED)
    with pytest.raises(ValidationError):
        asks.settle(asked=asked, state=State.DECLINED)


@pytest.mark.parametrize(
    "wrong",
    [{"state": State.ANSWERED}, {"settled_at": timezone.now()}]
    + [{"state": State.TAKEN_BACK, "settled_at": timezone.now()}],
)
def test_the_database_refuses_half_an_end(share, wrong):
    asked = ask(share)
    with pytest.raises(IntegrityError), transaction.atomic():
        PartnerAsk.objects.filter(pk=asked.pk).update(**wrong)
