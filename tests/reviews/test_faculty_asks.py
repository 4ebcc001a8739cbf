"""A member of the faculty is asked, accepts or passes; what an inquiry becomes."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox.models import Message
from partners.models import FacultyAsk, Inquiry, Share
from proposals.models import InterestForm, Proposal, Stage
from proposals.services import answers_of, delete_draft, save_page
from reviews.inquiries import faculty
from tests.factories import send, whole_answers
from tests.partners.asking import asked, received, token_of, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def inquiry(cast) -> Inquiry:
    return received()


@pytest.fixture
def ask(inquiry, cast) -> FacultyAsk:
    return asked(inquiry, cast.proposer, cast.oxford)


def page_of(ask: FacultyAsk) -> str:
    return reverse("proposals:proposal_asked", args=[ask.key])


def accepted(ask: FacultyAsk, user) -> Proposal:
    return faculty.accept(ask=ask, user=user, working_title="Charts at the line")


def finished(draft: Proposal) -> Proposal:
    """With every answer that is still missing, as its owner would give it."""
    for page, given in whole_answers().items():
        if page != "partners":
            version = InterestForm.objects.get(proposal=draft).version
            answers = {key: value for key, value in given.items() if key != "working_title"}
            save_page(
                proposal=draft, page=page, answers=answers, form_version=version, by=draft.submitter
            )
    draft.refresh_from_db()
    row = answers_of(Proposal.objects.with_answers().get(pk=draft.pk), confidential=True)[
        "partners"
    ]
    row[0] |= {"kind": "employer"}
    save_page(
        proposal=draft,
        page="partners",
        answers={"partner_status": "yes", "partners": row},
        form_version=InterestForm.objects.get(proposal=draft).version,
        by=draft.submitter,
    )
    return Proposal.objects.select_related("interest").get(pk=draft.pk)


def test_who_is_asked_gets_a_mail_without_the_need(ask, inquiry, cast):
    inquiry.refresh_from_db()
    mail = Message.objects.get(event="faculty_asked")

    assert (mail.to, inquiry.state, inquiry.owner) == ("fay@miami.example", "seeking", cast.oxford)
    assert page_of(ask) in mail.body
    assert "control chart" not in mail.body


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"email": "somebody@gmail.com"}, "email"),
        ({"email": "nobody"}, "email"),
        ({"working_title": "Oh"}, "working_title"),
        ({"words": "x" * 2001}, "words"),
    ],
)
def test_an_ask_that_cannot_be_is_refused_at_its_field(inquiry, oxford, given, name):
    good = {"email": "new@miami.example", "name": "", "working_title": "Charts at the line"}

    with pytest.raises(ValidationError) as refusal:
        faculty.ask_faculty(inquiry=inquiry, by=oxford, **good | given)
    assert set(refusal.value.error_dict) == {name}


def test_one_is_asked_at_a_time(ask, inquiry, cast):
    with pytest.raises(ValidationError, match="asked already"):
        asked(inquiry, cast.other_proposer, cast.oxford)


def test_the_page_shows_the_need_to_the_one_asked_alone(client, ask, cast):
    client.force_login(cast.proposer)
    page = client.get(page_of(ask)).content.decode()
    assert "Read a control chart at the line and act on what it says." in page
    assert "jo@ridgeway.example" not in page

    for somebody in (cast.other_proposer, cast.oxford, cast.admin_user):
        client.force_login(somebody)
        assert client.get(page_of(ask)).status_code == 404
        assert client.post(page_of(ask), {"working_title": "Mine now"}).status_code == 404
    assert client.get("/proposals/asked/nonsense/").status_code == 404


def test_reading_the_page_changes_nothing(client, ask, inquiry, cast):
    client.force_login(cast.proposer)
    for _ in range(3):
        client.get(page_of(ask))

    ask.refresh_from_db()
    assert (ask.state, Proposal.objects.count()) == ("open", 0)


def test_accepting_begins_a_draft_with_what_is_known(client, ask, inquiry, cast):
    client.force_login(cast.proposer)

    response = client.post(page_of(ask), {"working_title": "Charts at the line"})

    draft = Proposal.objects.get()
    assert response["Location"] == f"/proposals/{draft.reference}/edit/need/"
    assert (draft.submitter, draft.stage, draft.inquiry) == (cast.proposer, "draft", inquiry)
    answers = answers_of(Proposal.objects.with_answers().get(), confidential=True)
    assert (answers["origin"], answers["start_by"]) == ("partner_asked", "no_rush")
    quoted = "“Read a control chart at the line and act on what it says.”"
    assert answers["need_statement"] == f"Ridgeway Bearings says: {quoted}"
    assert [job["title"] for job in answers["job_functions"]] == ["Shift lead", "quality inspector"]
    [partner] = answers["partners"]
    assert (partner["org_name"], partner["who_approached"]) == ("Ridgeway Bearings", "they_did")
    assert (partner["contact_email"], partner["learners"]) == ("jo@ridgeway.example", 12)
    assert "Read a control chart at the line" in partner["wrote"]


def test_a_day_that_has_passed_is_not_filled_in(cast):
    day = timezone.localdate() + timedelta(days=3)
    inquiry = received(by_when="date", by_day=day)
    ask = asked(inquiry, cast.proposer, cast.oxford)

    at = timezone.now() + timedelta(days=10)
    draft = faculty.accept(ask=ask, user=cast.proposer, working_title="Charts", at=at)

    assert "start_on" not in draft.interest.answers


def test_both_sides_are_told_of_it(ask, inquiry, cast):
    accepted(ask, cast.proposer)

    told = Message.objects.filter(event__in=["faculty_answered", "inquiry_taken_up"])
    assert sorted(told.values_list("to", flat=True)) == ["jo@ridgeway.example", "ola@miami.example"]


def test_nobody_accepts_twice(ask, cast):
    accepted(ask, cast.proposer)

    with pytest.raises(ValidationError, match="no longer open"):
        accepted(ask, cast.proposer)
    assert Proposal.objects.count() == 1


def test_who_passes_says_why_to_staff(client, ask, inquiry, cast):
    client.force_login(cast.proposer)
    client.post(page_of(ask), {"answer": "pass", "pass": "1", "words": "Ask Gus."})

    inquiry.refresh_from_db()
    assert inquiry.state == "seeking"
    assert "> Ask Gus." in Message.objects.get(event="faculty_answered").body
    assert asked(inquiry, cast.other_proposer, cast.oxford).state == "open"


def test_an_ask_taken_back_cannot_be_accepted(ask, inquiry, cast):
    faculty.end_ask(ask=ask, by=cast.oxford)

    with pytest.raises(ValidationError, match="no longer open"):
        accepted(ask, cast.proposer)
    assert Message.objects.get(event="faculty_asked").state == "recalled"


def test_a_deleted_draft_sends_the_inquiry_back_to_look(ask, inquiry, cast):
    draft = accepted(ask, cast.proposer)
    delete_draft(proposal=draft, by=cast.proposer)

    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.proposal) == ("seeking", None)
    subject = Message.objects.filter(event="faculty_answered").latest("pk").subject
    assert subject == f"The draft is gone: Ridgeway Bearings ({inquiry.reference})"


def test_sent_the_same_page_goes_on_as_the_proposals(client, ask, inquiry, cast):
    draft = accepted(ask, cast.proposer)
    outsider = Client()
    link = reverse("partners:link", args=[token_of(inquiry)])
    status = f"/partners/inquiries/{inquiry.reference}/"
    assert outsider.post(link)["Location"] == status
    assert 'data-inquiry="proposal"' in outsider.get(status).content.decode()

    send(finished(draft))

    page = f"/partners/{draft.reference}/"
    assert outsider.get(status)["Location"] == page
    assert outsider.post(link)["Location"] == page
    shown = outsider.get(page).content.decode()
    assert 'data-step="1"' in shown
    assert "Read a control chart at the line" in shown
    assert Message.objects.get(event="inquiry_proposed").to == "jo@ridgeway.example"
    assert Share.objects.get().by == cast.oxford


def test_the_words_of_one_organization_stand_on_no_others_page(client, ask, inquiry, cast):
    draft = finished(accepted(ask, cast.proposer))
    send(draft)
    client.post(reverse("partners:link", args=[token_of(inquiry)]))
    another = received(contact_email="kim@another.example").contact
    Inquiry.objects.filter(pk=inquiry.pk).update(contact=another)

    response = client.get(f"/partners/{draft.reference}/")

    assert response.status_code == 200
    assert "Read a control chart at the line" not in response.content.decode()


def test_not_to_be_shared_as_the_proposer_says(ask, inquiry, cast):
    draft = finished(accepted(ask, cast.proposer))
    draft.named_partners.update(share_status="no")
    send(draft)

    assert not Share.objects.exists()


def test_a_typed_inquiry_is_followed_too(cast):
    inquiry = typed(cast.oxford)
    draft = accepted(asked(inquiry, cast.proposer, cast.oxford), cast.proposer)
    send(finished(draft))

    assert Share.objects.get().contact.email == "jo@ridgeway.example"
    # The first mail to that address leads to the proposal's page, and confirms the address.
    link = reverse("partners:link", args=[token_of(inquiry)])
    assert Client().post(link)["Location"] == f"/partners/{draft.reference}/"


def test_for_a_colleague_staff_begin_and_the_colleague_submits(client, cast):
    ask = faculty.ask_faculty(
        inquiry=None,
        email="fay@miami.example",
        name="Fay",
        working_title="Charts at the line",
        need="She wants to teach shift leads to read charts.",
        by=cast.oxford,
    )
    draft = accepted(ask, cast.proposer)

    draft.interest.refresh_from_db()
    assert draft.submitter == cast.proposer
    assert draft.interest.answers["need_statement"].startswith("She wants to teach")
    assert re.search("accepted and has a draft", Message.objects.latest("pk").body)
    assert draft.stage == Stage.DRAFT
