"""A vague idea is enough: what may wait is left to the first conversation, all at once."""

import pytest
from django.urls import reverse

from proposals.interest import QUESTIONS, can_wait, missing
from proposals.models import InterestForm, NamedPartner, Proposal, Stage
from proposals.services import answers_of, create_draft, leave_open, save_page
from tests.factories import make_campus, make_department, make_draft, make_submitted, send

pytestmark = pytest.mark.django_db
# domain.md §2, "Let's work this out together": these are asked of everybody.
ASKED_OF_ALL = {"working_title", "need_statement", "campus_home", "department"}
NEED = (
    "Shift leads cannot read what their lines record, and so repeat the same faults,"
    " shift after shift."
)


@pytest.fixture
def vague(cast) -> Proposal:
    return create_draft(owner=cast.proposer, working_title="Something about charts")


def answers_now(proposal):
    return answers_of(Proposal.objects.get(pk=proposal.pk), confidential=True)


def post(client, proposal):
    url = reverse("proposals:proposal_leave_open", args=[proposal.reference])
    return client.post(url, follow=True)


def test_all_that_may_wait_is_left_and_nothing_else(client, vague):
    client.force_login(vague.submitter)

    page = post(client, vague).content.decode()

    answers = answers_now(vague)
    assert {item.key for item in missing(answers)} <= ASKED_OF_ALL | {"division"}
    assert not set(answers["together"]) & ASKED_OF_ALL
    assert all(QUESTIONS[key].can_be_together for key in answers["together"])
    assert f"{len(answers['together'])} answers are left to your first talk" in page
    assert 'name="ack_record"' in page


def test_what_is_answered_stays_and_a_second_time_changes_nothing(cast):
    draft = make_draft(origin="own_idea", demand_summary="", help_wanted=[])
    leave_open(proposal=draft, by=cast.proposer)
    first = InterestForm.objects.get(proposal=draft)

    assert leave_open(proposal=draft, by=cast.proposer) == 0

    again = InterestForm.objects.get(proposal=draft)
    assert first.answers["origin"] == "own_idea"
    assert {"demand_summary", "help_wanted"} <= set(first.answers["together"])
    assert "origin" not in first.answers["together"]
    assert (again.version, again.answers) == (first.version, first.answers)


def test_what_is_answered_wrongly_does_not_wait(cast):
    draft = make_draft(qualifies_statement="x")
    answers = answers_now(draft)
    assert [item.key for item in missing(answers)] == ["qualifies_statement"]
    assert can_wait(answers) == []


def test_a_row_begun_waits_with_its_words(cast, vague):
    """The employer's e-mail is pasted; who spoke first and how firm it is, nobody asked yet."""
    row = {"org_name": "Ridgeway Bearings", "wrote": "Could you teach our leads to read charts?"}
    version = InterestForm.objects.get(proposal=vague).version
    save_page(
        proposal=vague,
        page="partners",
        answers={"partner_status": "yes", "partners": [row]},
        form_version=version,
        by=cast.proposer,
    )

    leave_open(proposal=vague, by=cast.proposer)

    assert [each.org_name for each in NamedPartner.objects.filter(proposal=vague)] == [
        "Ridgeway Bearings"
    ]
    assert "partners" in InterestForm.objects.get(proposal=vague).answers["together"]


def test_only_editors_leave_anything_and_only_in_a_draft(client, cast, vague):
    client.force_login(cast.other_proposer)
    assert post(client, vague).status_code == 404
    sent = make_submitted()
    client.force_login(sent.submitter)
    page = post(client, sent)
    assert page.redirect_chain[-1][0] == reverse("proposals:proposal_detail", args=[sent.reference])
    assert "cannot be changed now" in page.content.decode()


def test_it_is_sent_so_and_staff_find_the_agenda(client, cast, vague):
    for page, answers in {
        "about": {"campus_home": make_campus().pk, "department": make_department().pk},
        "need": {"need_statement": NEED},
    }.items():
        version = InterestForm.objects.get(proposal=vague).version
        save_page(
            proposal=vague, page=page, answers=answers, form_version=version, by=cast.proposer
        )
    leave_open(proposal=vague, by=cast.proposer)
    assert missing(answers_now(vague)) == []

    send(vague)

    vague.refresh_from_db()
    assert vague.stage == Stage.SUBMITTED
    client.force_login(cast.oxford)
    desk = client.get(reverse("admin:reviews_triageitem_change", args=[vague.pk]))
    assert desk.content.decode().count("work this out together") > 10
