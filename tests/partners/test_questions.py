"""Questions to a partner: answered on a phone, kept, sent, declined; nobody else's business."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from microcreds.outbox.models import Message
from partners.models import PartnerAsk, Question, Share
from partners.questions import Put
from partners.services import end_share
from proposals.models import Attachment
from proposals.models.attachment import PARTNER_ANSWER
from reviews.outside import asking
from tests.factories import make_person, make_submitted
from tests.partners.contacts import Kind, fields_of, offer, put
from tests.partners.sharing import answers_naming, come_by_link, share_it, summarized

pytestmark = pytest.mark.django_db
State = PartnerAsk.State


@pytest.fixture
def asked(share) -> PartnerAsk:
    return put(share)


def url_of(asked: PartnerAsk) -> str:
    return reverse("partners:questions", args=[asked.engagement.proposal.reference, asked.pk])


def answers(asked: PartnerAsk, action: str = "send", **changed: object) -> dict:
    words, number, choice, _file = fields_of(asked)
    given = {words: "Shift leads", number: "12", choice: "Night", "action": action}
    return given | changed


def pdf(name: str = "job.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4 " + name.encode(), "application/pdf")


def another_share(cast) -> Share:
    """Somebody else's, about somebody else's idea."""
    named = answers_naming(org_name="Ridge", contact_name="Jo", contact_email="jo@ridge.example")
    return share_it(summarized(make_submitted(answers=named)), cast.oxford)


def test_answers_stand_once_they_are_sent_and_whoever_asked_is_told(client, asked, cast):
    come_by_link(client, asked.contact)
    file = fields_of(asked)[3]
    assert client.post(url_of(asked), answers(asked) | {file: pdf()}).status_code == 302
    asked.refresh_from_db()
    said = [each.answer for each in asked.questions.select_related("attachment")]
    assert (asked.state, said) == (State.ANSWERED, ["Shift leads", "12", "Night", "job.pdf"])
    mail = Message.objects.get(event="partner_ask_settled")
    assert (mail.to, "Shift leads" in mail.body) == (cast.oxford.email, False)


def test_what_is_saved_for_later_is_there_again_and_not_sent(client, asked):
    come_by_link(client, asked.contact)
    assert client.post(url_of(asked), answers(asked, "save")).status_code == 302
    page = client.get(url_of(asked)).content.decode()
    asked.refresh_from_db()
    assert (asked.state, "Shift leads" in page) == (State.OPENED, True)


def test_a_wrong_answer_is_said_at_its_field_and_the_others_are_kept(client, asked):
    come_by_link(client, asked.contact)
    number = fields_of(asked)[1]
    response = client.post(url_of(asked), answers(asked, **{number: "many"}))
    assert response.status_code == 422
    assert "Enter a whole number" in response.content.decode()
    assert asked.questions.first().text == "Shift leads"


@pytest.mark.parametrize("bad", ["a\x00b", "x" * 3001])
def test_hostile_words_are_refused_at_their_field(client, asked, bad):
    come_by_link(client, asked.contact)
    assert (
        client.post(url_of(asked), answers(asked, **{fields_of(asked)[0]: bad})).status_code == 422
    )


@pytest.mark.parametrize("number", ["-1", "9" * 30, "1e9", "<b>"])
def test_a_number_is_a_number(client, asked, number):
    come_by_link(client, asked.contact)
    given = answers(asked, **{fields_of(asked)[1]: number})
    assert client.post(url_of(asked), given).status_code == 422


def test_a_file_of_another_kind_is_refused_in_words(client, asked):
    come_by_link(client, asked.contact)
    given = answers(asked) | {fields_of(asked)[3]: pdf("run.exe")}
    response = client.post(url_of(asked), given)
    assert response.status_code == 422
    assert "This kind of file cannot be added" in response.content.decode()


def test_another_file_takes_the_place_of_the_one_saved(client, asked):
    come_by_link(client, asked.contact)
    for name in ("one.pdf", "two.pdf"):
        client.post(url_of(asked), answers(asked, "save") | {fields_of(asked)[3]: pdf(name)})
    [kept] = Attachment.objects.filter(record__startswith=PARTNER_ANSWER)
    assert (kept.name, kept.uploaded_by) == ("two.pdf", None)
    assert kept.brought_by == "Pat Doe, Tallgrass Fasteners"


def test_their_file_is_no_document_of_the_proposal_and_no_reviewer_knows_it(client, asked):
    come_by_link(client, asked.contact)
    client.post(url_of(asked), answers(asked) | {fields_of(asked)[3]: pdf()})
    files = Attachment.objects.filter(proposal=asked.engagement.proposal)
    assert files.readable_as("staff").documents().count() == 0
    assert files.readable_as("reviewer").count() == 0


def test_nothing_answered_is_nothing_to_send(client, asked):
    come_by_link(client, asked.contact)
    assert client.post(url_of(asked), {"action": "send"}).status_code == 422


def test_the_same_sent_twice_is_one_and_both_are_thanked(client, asked):
    come_by_link(client, asked.contact)
    for _click in range(2):
        sent = answers(asked) | {fields_of(asked)[3]: pdf()}
        assert client.post(url_of(asked), sent).status_code == 302
    assert Message.objects.filter(event="partner_ask_settled").count() == 1
    assert Attachment.objects.filter(proposal=asked.engagement.proposal).count() == 1
    other = answers(asked, **{fields_of(asked)[0]: "Somebody else"})
    assert client.post(url_of(asked), other).status_code == 422


def test_the_same_no_said_twice_is_one(client, asked):
    come_by_link(client, asked.contact)
    given = {"action": "decline", "decline-words": "Ask our HR."}
    assert [client.post(url_of(asked), given).status_code for _click in range(2)] == [302, 302]
    assert Message.objects.filter(event="partner_ask_settled").count() == 1


def test_they_decline_with_a_reason_and_not_without(client, asked):
    come_by_link(client, asked.contact)
    assert client.post(url_of(asked), {"action": "decline"}).status_code == 422
    given = {"action": "decline", "decline-words": "Ask our HR."}
    assert client.post(url_of(asked), given).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.settled_words) == (State.DECLINED, "Ask our HR.")


def test_what_was_sent_is_read_and_not_changed(client, asked):
    come_by_link(client, asked.contact)
    client.post(url_of(asked), answers(asked))
    assert client.post(url_of(asked), answers(asked, "save")).status_code == 422
    assert "Shift leads" in client.get(url_of(asked)).content.decode()


def test_nobody_else_opens_it(client, asked, cast):
    other = another_share(cast)
    theirs = put(other)
    assert client.get(url_of(asked)).status_code == 404
    come_by_link(client, other.contact)
    assert client.get(url_of(asked)).status_code == 404
    reference = other.engagement.proposal.reference
    assert client.get(reverse("partners:questions", args=[reference, asked.pk])).status_code == 404
    assert (
        client.get(reverse("partners:meeting_time", args=[reference, theirs.pk])).status_code == 404
    )


def test_once_sharing_ends_the_page_is_gone(client, asked, share, cast):
    come_by_link(client, asked.contact)
    end_share(share=share, by=cast.oxford)
    assert client.post(url_of(asked), answers(asked)).status_code == 404


def test_what_is_taken_back_is_gone(client, asked, cast):
    come_by_link(client, asked.contact)
    asking.take_back(asked=asked, words="", by=cast.oxford)
    assert client.get(url_of(asked)).status_code == 404


def test_proposers_ask_about_their_own_proposal_only(share, cast):
    assert put(share, by=cast.proposer).asked_by == cast.proposer
    for stranger in (cast.other_proposer, cast.committee, cast.auditor, make_person("x@y.example")):
        with pytest.raises(ValidationError, match="Only its proposers"):
            put(share, by=stranger)


@pytest.mark.parametrize(
    "questions",
    [
        (),
        (Put(""),),
        (Put("x" * 301),),
        (Put("Which?", Kind.CHOICE, ("One",)),),
        (Put("Which?", Kind.CHOICE, ("Day", "Day")),),
        (Put("Why?"),) * 21,
    ],
)
def test_questions_that_nobody_could_answer_are_refused(share, questions):
    with pytest.raises(ValidationError) as refused:
        put(share, put=questions)
    assert list(refused.value.message_dict) == ["questions"]
    assert Question.objects.count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_the_same_statements_for_any_number(
    client, share, number, django_assert_num_queries
):
    asked = put(share, put=(Put("Which jobs?"),) * number)
    come_by_link(client, share.contact)
    client.get(url_of(asked))
    with django_assert_num_queries(7):
        client.get(url_of(asked))


def test_the_same_questions_posted_twice_are_asked_once(share, cast):
    first = put(share)
    assert put(share) == first
    assert Question.objects.count() == len(fields_of(first))
    assert Message.objects.filter(event="partner_asked").count() == 1
    assert put(share, put=(Put("Which jobs?"),)) != first
    assert put(share, by=cast.lead) != first


def test_two_things_asked_of_one_day_have_subjects_of_their_own(share):
    put(share)
    offer(share)
    subjects = Message.objects.filter(event="partner_asked").order_by("pk")
    assert [subject.split(":")[0] for subject in subjects.values_list("subject", flat=True)] == [
        "Questions",
        "A time to meet",
    ]
