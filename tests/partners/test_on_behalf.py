"""What staff record for a contact: from where, told or not, for ever, beside an objection."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, transaction
from django.utils import timezone

from microcreds.outbox.models import Message
from partners import on_behalf
from partners.models import Endorsement, OnBehalf, PartnerAsk, Share
from partners.services import end_share
from reviews import endorsements as telling
from tests.factories import make_cast
from tests.partners.endorsing import asked_of, by_call, letter, other_contact, recorded, shared

pytestmark = pytest.mark.django_db
Channel = OnBehalf.Channel


@pytest.fixture
def share() -> Share:
    return shared()


def test_a_call_is_recorded_without_being_asked_and_the_contact_is_told(share):
    found = recorded(share.engagement, share.contact)

    assert found.asked.state == PartnerAsk.State.ANSWERED
    assert found.asked.on_behalf.by == make_cast().oxford
    [told] = Message.objects.filter(event="recorded_on_behalf")
    assert (told.to, "Telephone" in told.body) == ("pat@tallgrass.example", True)
    assert not Message.objects.filter(event="partner_asked").exists()


def test_what_was_asked_is_answered_by_it(share):
    asked = asked_of(share)
    recorded(share.engagement, share.contact)
    asked.refresh_from_db()
    assert (asked.state, asked.settled_by) == (PartnerAsk.State.ANSWERED, make_cast().oxford)
    assert PartnerAsk.objects.count() == 1


def test_who_is_not_told_has_the_reason_on_record(share):
    found = recorded(share.engagement, share.contact, untold_because="She asked for no mail.")
    assert found.asked.on_behalf.untold_because == "She asked for no mail."
    assert not Message.objects.filter(event="recorded_on_behalf").exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"channel": Channel.MAIL}, "evidence"),
        ({"channel": Channel.LETTER}, "evidence"),
        ({"words": " "}, "words"),
        ({"said_on": timezone.localdate() + timedelta(days=1)}, "said_on"),
        ({"untold_because": "x" * 301}, "untold_because"),
        ({"evidence": letter("virus.exe", b"MZ")}, "evidence"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(share, changed, field):
    with pytest.raises(ValidationError) as refused:
        recorded(share.engagement, share.contact, **changed)
    assert list(refused.value.message_dict) == [field]
    assert not OnBehalf.objects.exists()


def test_nobody_is_told_of_a_page_they_cannot_open(share):
    end_share(share=share, by=make_cast().oxford)
    with pytest.raises(ValidationError) as refused:
        recorded(share.engagement, share.contact)
    assert list(refused.value.message_dict) == ["untold_because"]
    assert recorded(share.engagement, share.contact, untold_because="Called back.")


def test_a_letter_is_the_evidence_and_goes_with_the_endorsement(share):
    found = recorded(
        share.engagement, share.contact, channel=Channel.LETTER, evidence=letter(), words=""
    )
    assert found.letter == found.asked.on_behalf.evidence
    assert found.letter.uploaded_by == make_cast().oxford


def test_a_mail_is_evidence_for_staff_alone(share):
    found = recorded(share.engagement, share.contact, channel=Channel.MAIL, evidence=letter())
    assert (found.letter, found.asked.on_behalf.evidence.name) == (None, "letter.pdf")


@pytest.mark.parametrize(
    "change", [{"words": "No."}, {"channel": "meeting"}, {"untold_because": "x"}]
)
def test_a_record_is_changed_by_nobody(share, change):
    recorded(share.engagement, share.contact)
    with pytest.raises(InternalError), transaction.atomic():
        OnBehalf.objects.update(**change)


def test_a_record_is_deleted_by_nobody(share):
    found = recorded(share.engagement, share.contact).asked.on_behalf
    with pytest.raises(InternalError), transaction.atomic():
        found.delete()


def test_an_objection_stands_beside_it_and_it_counts_no_more(share):
    found = recorded(share.engagement, share.contact)
    assert Endorsement.objects.counting().count() == 1
    telling.object_to(recorded=found.asked.on_behalf, words="I said perhaps.")

    assert Endorsement.objects.counting().count() == 0
    assert OnBehalf.objects.get().objection == "I said perhaps."
    [told] = Message.objects.filter(event="record_objected")
    assert (told.to, "perhaps" in told.body) == ("ola@miami.example", False)
    with pytest.raises(InternalError), transaction.atomic():
        OnBehalf.objects.update(objection="Never mind.")


def test_an_objection_needs_words_and_is_made_once(share):
    found = recorded(share.engagement, share.contact).asked.on_behalf
    with pytest.raises(ValidationError):
        telling.object_to(recorded=found, words=" ")
    telling.object_to(recorded=found, words="No.")
    with pytest.raises(ValidationError, match="already"):
        telling.object_to(recorded=found, words="No!")


def test_an_answer_to_anything_else_is_recorded_in_words(share):
    asked = asked_of(share, kind=PartnerAsk.Kind.QUESTIONS)
    source = by_call(words="Two of us, in March.")
    on_behalf.record_answer(asked=asked, source=source, by=make_cast().oxford)
    asked.refresh_from_db()
    assert (asked.state, asked.on_behalf.words) == ("answered", "Two of us, in March.")


def test_everybody_of_a_partner_may_have_said_something(share):
    jo = other_contact(share)
    people = on_behalf.people_of(share.engagement.proposal)
    assert {contact for _engagement, contact in people} == {share.contact, jo}


def test_the_same_recorded_twice_is_on_record_once(share):
    recorded(share.engagement, share.contact)
    with pytest.raises(ValidationError) as refused:
        recorded(share.engagement, share.contact)
    assert refused.value.messages == ["You have recorded this already."]
    assert (Endorsement.objects.count(), PartnerAsk.objects.count()) == (1, 1)
