"""A partner and eLearning: their own thread, whom they name instead, their history."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox.models import Message
from partners.models import Contact, NamedColleague, Share
from partners.services import end_share
from proposals.models import Comment, Thread
from reviews import threads
from reviews.outside import colleagues, talk
from reviews.permits import parties_of
from tests.partners.contacts import put
from tests.partners.sharing import come_by_link
from tests.partners.test_questions import another_share

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> {{ 7|add:7 }} \u202e"


def address(name: str, share: Share) -> str:
    return reverse(f"partners:{name}", args=[share.engagement.proposal.reference])


def said(share: Share) -> list[str]:
    share.engagement.refresh_from_db()
    found = Comment.objects.filter(thread=share.engagement.thread)
    return list(found.values_list("body", flat=True))


def test_what_they_write_is_in_their_own_thread_and_staff_are_told(client, share, cast):
    come_by_link(client, share.contact)
    given = {"body": "May we see the room?", "key": "a"}
    for _twice in range(2):
        assert client.post(address("write", share), given).status_code == 302
    assert said(share) == ["May we see the room?"]
    comment = Comment.objects.get()
    assert (comment.author, comment.from_outside) == (None, "Pat Doe, Tallgrass Fasteners")
    mail = Message.objects.get(event="partner_wrote")
    assert (mail.to, "room" in mail.body) == (cast.oxford.email, False)


def test_they_read_it_on_their_page_as_text(client, share, oxford):
    come_by_link(client, share.contact)
    talk.write_to_partner(engagement=share.engagement, by=oxford, body=f"Gladly. {HOSTILE}")
    page = client.get(address("engagement_detail", share)).content.decode()
    assert "Gladly." in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("body", ["", "  ", "x" * 5001, "a\x00b"])
def test_what_nobody_could_read_is_refused_at_its_field(client, share, body):
    come_by_link(client, share.contact)
    assert client.post(address("write", share), {"body": body}).status_code == 422
    assert said(share) == []


def test_staff_answer_and_everybody_there_is_mailed_a_link_and_no_word_of_it(share, oxford):
    talk.write_to_partner(engagement=share.engagement, by=oxford, body="Room 12, Monday.")
    mail = Message.objects.get(event="partner_message")
    assert (mail.to, "[[link:" in mail.body, "Room 12" in mail.body) == (
        share.contact.email,
        True,
        False,
    )


def test_proposers_read_only_what_staff_wrote_for_all(client, share, cast):
    for body, for_all in (("Between us.", False), ("For everybody.", True)):
        talk.write_to_partner(
            engagement=share.engagement, by=cast.oxford, body=body, is_for_proposers=for_all
        )
    client.force_login(cast.proposer)
    reference = share.engagement.proposal.reference
    page = client.get(reverse("proposals:proposal_partners", args=[reference])).content.decode()
    assert ("For everybody." in page, "Between us." in page) == (True, False)
    thread = reverse("proposals:conversation", args=[reference, Thread.Kind.OUTSIDE])
    assert client.get(thread).status_code == 404


def test_no_thread_of_the_desk_or_the_proposers_shows_it(share, cast):
    talk.write_as_contact(engagement=share.engagement, contact=share.contact, body="Only you.")
    proposal = share.engagement.proposal
    for user in (cast.proposer, cast.oxford, cast.auditor):
        access = threads.access_to(proposal, user, parties_of([proposal.pk])[proposal.pk])
        shown = threads.conversations(proposal, user, access)
        assert [entry for each in shown for entry in each.entries] == []


def test_only_staff_of_its_unit_write_to_a_partner(share, cast):
    for stranger in (cast.proposer, cast.regionals, cast.committee, cast.auditor):
        with pytest.raises(ValidationError, match="Staff of its unit"):
            talk.write_to_partner(engagement=share.engagement, by=stranger, body="Hello.")


@pytest.mark.parametrize("name", ["write", "colleague", "history"])
def test_nobody_else_comes_to_these_pages(client, share, cast, name):
    other = another_share(cast)
    assert client.get(address(name, share)).status_code == 404
    come_by_link(client, other.contact)
    assert client.get(address(name, share)).status_code == 404
    assert client.post(address(name, share), {"body": "Hello."}).status_code in (404, 405)
    come_by_link(client, share.contact)
    end_share(share=share, by=cast.oxford)
    assert client.get(address(name, share)).status_code == 404


def test_another_engagement_does_not_read_it(client, share, cast):
    other = another_share(cast)
    talk.write_to_partner(engagement=share.engagement, by=cast.oxford, body="Canary room.")
    come_by_link(client, other.contact)
    assert "Canary" not in client.get(address("engagement_detail", other)).content.decode()


def name_jo(share: Share) -> NamedColleague:
    return colleagues.name_colleague(
        engagement=share.engagement,
        contact=share.contact,
        name="Jo Marsh",
        email="Jo@Tallgrass.example",
        words="She runs the line.",
    )


def test_nothing_is_sent_to_a_colleague_before_staff_approve(client, share, cast):
    come_by_link(client, share.contact)
    given = {"name": "Jo Marsh", "email": "jo@tallgrass.example", "words": ""}
    assert client.post(address("colleague", share), given).status_code == 302
    assert not Contact.objects.filter(email="jo@tallgrass.example").exists()
    assert not Message.objects.filter(to="jo@tallgrass.example").exists()
    assert Message.objects.get(event="partner_wrote").to == cast.oxford.email


def test_nobody_fills_in_a_second_name_before_the_first_is_looked_at(client, share, cast):
    come_by_link(client, share.contact)
    assert 'name="email"' in client.get(address("colleague", share)).text
    jo = name_jo(share)
    assert 'name="email"' not in client.get(address("colleague", share)).text
    colleagues.refuse(colleague=jo, words="We speak to one person.", by=cast.oxford)
    assert 'name="email"' in client.get(address("colleague", share)).text


def test_once_approved_the_colleague_is_a_contact_and_invited(share, cast):
    granted = colleagues.approve(colleague=name_jo(share), by=cast.oxford)
    assert granted.contact.email == "jo@tallgrass.example"
    assert Message.objects.filter(event="partner_invitation", to=granted.contact.email).count() == 1


def test_a_refusal_has_a_reason_that_whoever_named_them_reads(client, share, cast):
    jo = name_jo(share)
    with pytest.raises(ValidationError):
        colleagues.refuse(colleague=jo, words=" ", by=cast.oxford)
    colleagues.refuse(colleague=jo, words="We speak to one person.", by=cast.oxford)
    come_by_link(client, share.contact)
    assert "We speak to one person." in client.get(address("colleague", share)).content.decode()
    with pytest.raises(ValidationError, match="in the meantime"):
        colleagues.approve(colleague=jo, by=cast.oxford)


def test_only_staff_of_its_unit_approve(share, cast):
    jo = name_jo(share)
    for stranger in (cast.proposer, cast.regionals, cast.auditor):
        with pytest.raises(ValidationError, match="Staff of its unit"):
            colleagues.approve(colleague=jo, by=stranger)


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"email": "no"}, {"email": "pat@tallgrass.example"}, {"words": "x" * 601}],
)
def test_a_name_that_is_wrong_is_refused_at_its_field(client, share, wrong):
    come_by_link(client, share.contact)
    given = {"name": "Jo", "email": "jo@tallgrass.example", "words": ""} | wrong
    assert client.post(address("colleague", share), given).status_code == 422
    assert NamedColleague.objects.count() == 0


def test_their_history_has_what_they_sent_and_what_was_sent_to_them(client, share, cast):
    put(share)
    Message.objects.update(state=Message.State.SENT, sent_at=timezone.now())
    talk.write_as_contact(engagement=share.engagement, contact=share.contact, body="Soon.")
    name_jo(share)
    come_by_link(client, share.contact)
    page = client.get(address("history", share)).content.decode()
    wanted = ("something we need from you", "You wrote: Soon.", "You named Jo Marsh")
    assert [each in page for each in wanted] == [True] * 3


def test_the_page_says_who_named_them_and_why(client, share):
    come_by_link(client, share.contact)
    page = client.get(address("engagement_detail", share)).content.decode()
    assert "Fay Proposer proposes this idea" in page
    assert "Send learners" in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_status_page_takes_the_same_statements_however_much_is_said_and_asked(
    client, share, oxford, number, django_assert_max_num_queries
):
    for body in range(number):
        put(share)
        talk.write_to_partner(engagement=share.engagement, by=oxford, body=f"{body}")
    come_by_link(client, share.contact)
    url = address("engagement_detail", share)
    client.get(url)
    with django_assert_max_num_queries(10):
        client.get(url)


@pytest.mark.parametrize("number", [1, 3])
def test_the_history_takes_the_same_statements_however_long_it_is(
    client, share, oxford, number, django_assert_num_queries
):
    for body in range(number):
        talk.write_as_contact(engagement=share.engagement, contact=share.contact, body=f"{body}")
    come_by_link(client, share.contact)
    with django_assert_num_queries(8):
        client.get(address("history", share))
