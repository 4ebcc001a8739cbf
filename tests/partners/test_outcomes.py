"""The outcomes block: a switch of one engagement, in partner wording, of what was sent."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from partners.models import Engagement
from partners.outcomes import hide_outcomes, outcomes_for, show_outcomes
from partners.visibility import OUTCOMES
from proposals.interest import QUESTIONS
from proposals.models import InterestForm, Proposal, Revision
from proposals.visibility import is_grantable
from tests.factories import make_draft, make_submitted
from tests.partners.sharing import answers_naming, come_by_link, share_it, summarized

pytestmark = pytest.mark.django_db

HEADING = "What it leads to"


def page_of(proposal: Proposal) -> str:
    return reverse("partners:engagement_detail", args=[proposal.reference])


def press(client, share, action: str):
    url = reverse("admin:reviews_triageitem_sharing", args=[share.engagement.proposal_id])
    return client.post(url, {"action": action, "engagement": share.engagement_id})


def test_it_is_off_until_staff_switch_it_on_and_off_again(client, share, oxford):
    come_by_link(client, share.contact)
    page = page_of(share.engagement.proposal)
    assert HEADING not in client.get(page).content.decode()

    show_outcomes(engagement=share.engagement, by=oxford)
    shown = client.get(page).content.decode()
    hide_outcomes(engagement=share.engagement)

    assert HEADING in shown
    [outcome, *_others] = Revision.objects.get().answers["outcomes"]
    assert outcome["text"] in shown
    assert HEADING not in client.get(page).content.decode()


def test_it_is_of_one_engagement_and_no_other(client, share, oxford):
    other = share_it(
        summarized(
            make_submitted(answers=answers_naming(org_name="R", contact_email="b@r.example"))
        ),
        oxford,
    )
    show_outcomes(engagement=other.engagement, by=oxford)
    come_by_link(client, share.contact)

    assert HEADING not in client.get(page_of(share.engagement.proposal)).content.decode()


def test_what_is_being_written_is_not_shown(share, oxford):
    show_outcomes(engagement=share.engagement, by=oxford)
    form = InterestForm.objects.get()
    form.answers = form.answers | {"qualifies_statement": "not sent yet"}
    form.save()
    share.engagement.refresh_from_db()

    lines = {line.label: line.text for line in outcomes_for(share.engagement)}

    sent = Revision.objects.get().answers["qualifies_statement"]
    assert lines["Someone who holds it can be trusted to"] == sent


def test_each_of_its_questions_may_be_granted_to_a_partner():
    assert [key for key in OUTCOMES if not is_grantable(QUESTIONS[key].sees)] == []


def test_since_when_and_by_whom_stays_when_it_is_pressed_twice(share, oxford, cast):
    show_outcomes(engagement=share.engagement, by=oxford)
    show_outcomes(engagement=share.engagement, by=cast.lead)
    share.engagement.refresh_from_db()

    assert share.engagement.outcomes_by == oxford


def test_before_outcomes_were_sent_there_is_nothing_to_show(oxford):
    engagement = Engagement(proposal=make_draft())

    with pytest.raises(ValidationError, match="No outcomes were sent"):
        show_outcomes(engagement=engagement, by=oxford)


def test_staff_switch_it_on_the_sharing_page(client, share, oxford):
    client.force_login(oxford)

    assert press(client, share, "show_outcomes").status_code == 302
    share.engagement.refresh_from_db()
    assert share.engagement.outcomes_by == oxford
    press(client, share, "hide_outcomes")
    share.engagement.refresh_from_db()
    assert share.engagement.outcomes_since is None


def test_who_may_not_work_on_it_switches_nothing(client, share, cast):
    client.force_login(cast.auditor)

    assert press(client, share, "show_outcomes").status_code == 422
    share.engagement.refresh_from_db()
    assert share.engagement.outcomes_since is None


def test_view_as_this_partner_shows_it(client, share, oxford):
    show_outcomes(engagement=share.engagement, by=oxford)
    client.force_login(oxford)
    url = reverse(
        "partners:engagement_as", args=[share.engagement.proposal.reference, share.contact_id]
    )

    assert HEADING in client.get(url).content.decode()
