"""Endorsements: asked of several, written, signed once and for good, declined, taken back."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, transaction
from django.utils import timezone

from microcreds.outbox.models import Message
from partners import asks, endorsements
from partners.models import Endorsement, EndorsementDraft, PartnerAsk, Share
from proposals.models import Attachment, Revision
from reviews import endorsements as telling
from tests.factories import make_cast
from tests.partners.endorsing import (
    asked_of,
    drafted,
    letter,
    other_contact,
    said,
    shared,
    signed,
)

pytestmark = pytest.mark.django_db
State = PartnerAsk.State


@pytest.fixture
def share() -> Share:
    return shared()


def again(proposal, **changed) -> Revision:
    """The form is sent once more, its outcomes perhaps another."""
    newest = endorsements.newest_revision(proposal)
    return Revision.objects.create(
        proposal=proposal,
        form="interest",
        number=newest.number + 1,
        edition=newest.edition,
        answers=newest.answers | changed,
        form_version=newest.form_version + 1,
        created_at=timezone.now(),
        created_by=proposal.submitter,
    )


def other_outcomes(proposal) -> list[dict]:
    rows = endorsements.newest_revision(proposal).answers["outcomes"]
    return [{**row, "text": f"{row['text']} quickly"} for row in rows]


def test_several_are_asked_at_once_or_nobody(share):
    jo = other_contact(share)
    pairs = [(share.engagement, share.contact), (share.engagement, jo)]
    given = {"words": "Please.", "due_on": timezone.localdate(), "by": share.by}
    asked_of(share, jo)

    with pytest.raises(ValidationError) as refused:
        endorsements.ask_for(pairs=pairs, **given)
    assert refused.value.message_dict == {
        "contacts": ["Jo Other: They are asked for that already."]
    }
    assert PartnerAsk.objects.count() == 1
    assert len(endorsements.ask_for(pairs=pairs[:1], **given)) == 1


def test_what_is_signed_is_whole_and_fixed(share):
    asked = asked_of(share)
    found = signed(asked)

    asked.refresh_from_db()
    assert asked.state == State.ANSWERED
    assert (found.signer_name, found.learners) == ("Pat Doe", 12)
    assert [row["verdict"] for row in found.outcomes] == ["relevant", "relevant"]
    assert found.signer_email == "pat@tallgrass.example"
    assert endorsements.sha256_of(Endorsement.objects.with_remarks().get()) == found.sha256
    assert not EndorsementDraft.objects.exists()


@pytest.mark.parametrize("change", [{"learners": 900}, {"remarks": "x"}, {"signer_name": "Eve"}])
def test_what_was_signed_can_be_changed_by_nobody(share, change):
    signed(asked_of(share))
    with pytest.raises(InternalError), transaction.atomic():
        Endorsement.objects.update(**change)


def test_what_was_signed_can_be_deleted_by_nobody(share):
    found = signed(asked_of(share))
    with pytest.raises(InternalError), transaction.atomic():
        found.delete()


def test_two_contacts_of_one_partner_each_have_their_own(share):
    first, second = asked_of(share), asked_of(share, other_contact(share))
    signed(first)
    signed(second, recognition=["not_yet"])

    mine = Endorsement.objects.of(share.engagement.proposal)
    assert [each.recognition for each in mine] == [["hiring", "pay"], ["not_yet"]]


def test_signing_twice_signs_once(share):
    asked = asked_of(share)
    shown = drafted(asked)
    telling.sign(asked=asked, shown=shown)
    with pytest.raises(ValidationError, match="settled in the meantime: Answered"):
        telling.sign(asked=asked, shown=shown)
    assert Endorsement.objects.count() == 1


def test_another_window_that_saved_meanwhile_is_not_signed_unseen(share):
    asked = asked_of(share)
    shown = drafted(asked)
    drafted(asked, learners=1)
    with pytest.raises(ValidationError, match="in another window"):
        telling.sign(asked=asked, shown=shown)


def test_another_address_on_file_is_not_signed_for_unseen(share):
    asked = asked_of(share)
    shown = drafted(asked)
    share.contact.email = "new@tallgrass.example"
    share.contact.save()
    asked = PartnerAsk.objects.get()
    with pytest.raises(ValidationError, match="address on file"):
        telling.sign(asked=asked, shown=shown)


def test_a_form_that_was_sent_again_is_looked_at_again(share):
    asked = asked_of(share)
    shown = drafted(asked)
    again(share.engagement.proposal)
    with pytest.raises(ValidationError, match="sent the form again"):
        telling.sign(asked=asked, shown=shown)


def test_outcomes_that_change_later_are_told_from_those_that_do_not(share):
    proposal = share.engagement.proposal
    found = signed(asked_of(share))

    def is_behind() -> bool:
        now = endorsements.newest_revision(proposal).answers
        return endorsements.changed_since(found, endorsements.outcomes_in(now))

    again(proposal, working_title="Another title")
    assert not is_behind()
    again(proposal, outcomes=other_outcomes(proposal))
    assert is_behind()
    assert found.revision.number == 1


@pytest.mark.parametrize(
    "left_open", [{"recognition": []}, {"assessed_by": ""}, {"signer_name": ""}, {"outcomes": []}]
)
def test_nothing_is_signed_that_leaves_something_open(share, left_open):
    asked = asked_of(share)
    shown = drafted(asked, **left_open)
    with pytest.raises(ValidationError, match="missing"):
        telling.sign(asked=asked, shown=shown)


def test_a_save_on_what_was_saved_elsewhere_is_refused(share):
    asked = asked_of(share)
    drafted(asked)
    revision = endorsements.newest_revision(share.engagement.proposal)
    with pytest.raises(ValidationError, match="another window"):
        endorsements.save_draft(asked=asked, revision=revision, answers=said(asked), version=0)


def test_a_letter_takes_the_place_of_the_one_before(share):
    asked = asked_of(share)
    revision = endorsements.newest_revision(share.engagement.proposal)
    endorsements.keep_letter(asked=asked, revision=revision, upload=letter("one.pdf"))
    other = letter("two.pdf", b"%PDF-1.7\nAnother.\n")
    endorsements.keep_letter(asked=asked, revision=revision, upload=other)

    [kept] = Attachment.objects.of_record(endorsements.record_of(asked))
    assert (kept.name, kept.uploaded_by) == ("two.pdf", None)
    found = signed(asked)
    assert found.letter == kept


def test_a_letter_is_nowhere_among_the_documents(share):
    asked = asked_of(share)
    revision = endorsements.newest_revision(share.engagement.proposal)
    endorsements.keep_letter(asked=asked, revision=revision, upload=letter())
    assert not Attachment.objects.documents().exists()
    assert [
        Attachment.objects.readable_as(each).count() for each in ("staff", "proposer", "reviewer")
    ] == [0, 0, 0]


@pytest.mark.parametrize(
    ("name", "content"),
    [("letter.exe", b"MZ"), ("letter.pdf", b"no pdf"), ("letter.pdf", b""), ("l.docx", b"PK\x03")],
)
def test_a_letter_that_is_no_document_is_refused_by_name(share, name, content):
    asked = asked_of(share)
    revision = endorsements.newest_revision(share.engagement.proposal)
    with pytest.raises(ValidationError, match=name):
        endorsements.keep_letter(asked=asked, revision=revision, upload=letter(name, content))


def test_declining_needs_words_and_ends_it(share):
    asked = asked_of(share)
    drafted(asked)
    with pytest.raises(ValidationError) as refused:
        telling.decline(asked=asked, words="  ")
    assert list(refused.value.message_dict) == ["words"]

    declined = telling.decline(asked=asked, words="We stopped hiring.")
    assert (declined.state, declined.settled_words) == (State.DECLINED, "We stopped hiring.")
    assert not EndorsementDraft.objects.exists()


def test_what_was_taken_back_is_not_answered(share):
    asked = asked_of(share)
    shown = drafted(asked)
    endorsements.take_back(asked=asked, by=share.by)
    with pytest.raises(ValidationError, match="Taken back"):
        telling.sign(asked=asked, shown=shown)


def test_more_time_is_later_and_is_mailed(share):
    asked = asked_of(share)
    before = Message.objects.filter(event="partner_asked").count()
    with pytest.raises(ValidationError, match="later day"):
        asks.extend(asked=asked, due_on=asked.due_on)
    later = asks.extend(asked=asked, due_on=asked.due_on + timedelta(days=7))
    assert later.due_on == asked.due_on + timedelta(days=7)
    assert Message.objects.filter(event="partner_asked").count() == before + 1


def mails(event: str) -> dict[str, Message]:
    return {each.to: each for each in Message.objects.filter(event=event)}


def test_signing_sends_a_receipt_and_tells_proposer_and_staff(share):
    found = signed(asked_of(share))
    receipt = mails("endorsement_signed")["pat@tallgrass.example"]
    assert found.sha256[:16] in receipt.body
    assert receipt.reply_to == found.asked.engagement.proposal.unit.email
    told = mails("endorsement_answered")
    assert sorted(told) == ["fay@miami.example", "ola@miami.example"]
    assert "/proposals/" in told["fay@miami.example"].body
    assert "/admin/" in told["ola@miami.example"].body


def test_no_mail_says_what_was_signed_or_who_signed(share):
    signed(asked_of(share))
    bodies = "".join(each.body for each in mails("endorsement_answered").values())
    for private in ("budget", "We need it", "Every week", "Pat Doe", "Tallgrass"):
        assert private not in bodies


def test_the_private_remarks_are_loaded_by_name_alone(share):
    signed(asked_of(share))
    assert "remarks" in Endorsement.objects.get().get_deferred_fields()
    assert Endorsement.objects.with_remarks().get().remarks.startswith("Between us")


@pytest.mark.parametrize("count", [1, 3])
def test_the_endorsements_of_an_organization_come_in_one_statement(
    share, count, django_assert_num_queries
):
    for number in range(count):
        contact = other_contact(share, f"c{number}@tallgrass.example")
        signed(asked_of(share, contact))
    with django_assert_num_queries(1):
        found = list(endorsements.endorsements_of(share.engagement.organization))
        told = [(str(e.asked.contact), e.asked.engagement.proposal.reference) for e in found]
    assert len(told) == count


def test_who_signed_twice_is_one_of_those_who_endorse(share):
    signed(asked_of(share))
    signed(asked_of(share))
    make_cast()
    counting = Endorsement.objects.counting()
    assert (counting.count(), counting.values("asked__contact").distinct().count()) == (2, 1)
