"""An organization leaves a proposal: what its contacts, the desk and the owner are told."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from microcreds.outbox.models import Message
from partners import services
from partners.leaving import close_page, end_engagement, reopen_engagement
from partners.models import Engagement, Share
from proposals.models import Stage
from reviews.workflow import Move
from tests.factories import do_move, make_at, send
from tests.partners.endorsing import other_contact
from tests.partners.sharing import come_by_link, share_it, summarized

pytestmark = pytest.mark.django_db

WORDS = "Thank you. Write to us when your plant hires again."
REMARK = "Their HR says the budget is gone."


def ended(share: Share, by, **given) -> Engagement:
    given = {"reason": "no_money", "words": WORDS, "remark": REMARK} | given
    return end_engagement(engagement=share.engagement, by=by, **given)


def page_of(share: Share) -> str:
    return reverse("partners:engagement_detail", args=[share.engagement.proposal.reference])


def test_its_contacts_read_that_it_ended_and_the_words_for_them(client, cast, share):
    ended(share, cast.oxford)
    come_by_link(client, share.contact)

    shown = client.get(page_of(share)).content.decode()

    assert "Your organization’s part in this has ended." in shown
    assert WORDS in shown


def test_why_it_ended_and_the_progress_are_not_on_that_page(client, cast, share):
    ended(share, cast.oxford)
    come_by_link(client, share.contact)

    shown = client.get(page_of(share)).content.decode()

    for hidden in (REMARK, "No money", "Charts shift leads can read", "data-step", "Triage"):
        assert hidden not in shown


def test_the_list_names_it_as_ended(client, cast, share):
    ended(share, cast.oxford)
    come_by_link(client, share.contact)

    shown = client.get(reverse("partners:engagement_list")).content.decode()

    assert "Your part in it has ended" in shown


def test_a_contact_whose_share_ended_before_reads_nothing(client, cast, share):
    services.end_share(share=share, by=cast.oxford)
    ended(share, cast.oxford)
    come_by_link(client, share.contact)

    assert client.get(page_of(share)).status_code == 404


def test_another_partner_reads_nothing_of_it(client, cast, share):
    other = services.Contact.objects.create(name="Max", email="max@other.example")
    ended(share, cast.oxford)
    come_by_link(client, other)

    assert client.get(page_of(share)).status_code == 404


def test_owner_and_assignee_are_told(cast, share):
    proposal = share.engagement.proposal
    type(proposal).objects.filter(pk=proposal.pk).update(assignee=cast.regionals)
    ended(share, cast.oxford)

    mails = Message.objects.filter(event="partner_left")
    assert {mail.to for mail in mails} == {cast.proposer.email, cast.regionals.email}
    for mail in mails:
        assert "Tallgrass Fasteners takes no further part" in mail.body
        assert REMARK not in mail.body


def test_whoever_ends_it_is_not_told(cast, share):
    proposal = share.engagement.proposal
    type(proposal).objects.filter(pk=proposal.pk).update(assignee=cast.oxford)
    ended(share, cast.oxford)

    assert [mail.to for mail in Message.objects.filter(event="partner_left")] == [
        cast.proposer.email
    ]


def test_no_mail_about_moves_reaches_who_left(cast, share):
    ended(share, cast.oxford)

    do_move(share.engagement.proposal, Move.START_TRIAGE, cast.oxford)

    assert not Message.objects.filter(event="partner_update").exists()


def proposal_page(client, share: Share, reader) -> str:
    client.force_login(reader)
    reference = share.engagement.proposal.reference
    return client.get(reverse("proposals:proposal_detail", args=[reference])).content.decode()


def test_the_proposer_reads_since_when_they_left_what_it_means_and_not_why(client, cast, share):
    at = timezone.now() - timedelta(days=2)
    Engagement.objects.update(opened_at=at - timedelta(days=9))
    Share.objects.update(since=at - timedelta(days=8))
    ended(share, cast.oxford, at=at)

    page = proposal_page(client, share, cast.proposer)

    assert "No longer takes part" in page
    assert date_format(timezone.localtime(at), "D j M") in page
    assert "Nothing else changes in your proposal." in page
    assert [hidden for hidden in (REMARK, WORDS, "No money", "Follows it") if hidden in page] == []


def test_while_the_form_is_open_the_proposer_is_led_to_its_partners(client, cast):
    proposal = make_at(Stage.RETURNED)
    end_engagement(engagement=proposal.engagements.get(), reason="withdrew", by=cast.oxford)
    client.force_login(cast.proposer)
    form = reverse("proposals:proposal_edit", args=[proposal.reference, "partners"])

    page = client.get(reverse("proposals:proposal_detail", args=[proposal.reference])).text

    assert f'<a href="{form}">Check whether the form is still right</a>' in page


def test_staff_read_it_there_too_and_a_reviewer_does_not(client, cast):
    proposal = make_at(Stage.APC_REVIEW)
    end_engagement(engagement=proposal.engagements.get(), reason="withdrew", by=cast.oxford)
    address = reverse("proposals:proposal_detail", args=[proposal.reference])

    for reader, reads in ((cast.oxford, True), (cast.auditor, True), (cast.committee, False)):
        client.force_login(reader)
        assert ("No longer takes part" in client.get(address).text) == reads


def test_once_they_are_back_the_page_says_so(client, cast, share):
    reopen_engagement(engagement=ended(share, cast.oxford), by=cast.oxford)

    page = proposal_page(client, share, cast.proposer)

    assert ("No longer takes part" in page, "Follows it" in page) == (False, True)


def test_reopened_everybody_follows_it_as_before(client, cast, share):
    engagement = ended(share, cast.oxford)
    reopen_engagement(engagement=engagement, by=cast.oxford)
    come_by_link(client, share.contact)

    assert "data-step" in client.get(page_of(share)).content.decode()
    engagement.refresh_from_db()
    assert (engagement.ended_at, engagement.end_reason, engagement.end_words) == (None, "", "")
    assert [entry.kind for entry in engagement.entries.all()] == ["reopened", "ended"]


def test_a_share_that_staff_ended_before_stays_ended_after_reopening(cast, share):
    services.end_share(share=share, by=cast.oxford)
    reopen_engagement(engagement=ended(share, cast.oxford), by=cast.oxford)

    assert not Share.objects.current().exists()


def test_it_ends_once(cast, share):
    ended(share, cast.oxford)

    with pytest.raises(ValidationError, match="ended already"):
        ended(share, cast.oxford)
    with pytest.raises(ValidationError, match="has not ended"):
        for _time in range(2):
            reopen_engagement(engagement=share.engagement, by=cast.oxford)


@pytest.mark.parametrize(
    ("name", "value"),
    [("reason", "because"), ("reason", ""), ("words", "x" * 601), ("remark", "x" * 1001)],
)
def test_what_does_not_fit_is_said_at_its_input(cast, share, name, value):
    with pytest.raises(ValidationError) as refused:
        ended(share, cast.oxford, **{name: value})

    assert list(refused.value.message_dict) == [name]
    assert Share.objects.current().exists()


def test_nothing_is_shared_with_who_left(cast, share):
    ended(share, cast.oxford)

    with pytest.raises(ValidationError, match="has ended"):
        share_it(share.engagement.proposal, cast.oxford)


def test_a_form_sent_again_does_not_bring_it_back(cast):
    proposal = make_at(Stage.RETURNED)
    engagement = proposal.engagements.get()
    end_engagement(engagement=engagement, reason="withdrew", by=cast.oxford)

    send(proposal)

    assert proposal.engagements.get().end_reason == "withdrew"


def test_a_fresh_link_reaches_whoever_can_read_that_it_ended(cast, share):
    ended(share, cast.oxford)

    assert services.send_fresh_link(email=share.contact.email)


def close(client, share: Share, contact=None, **changed):
    """As staff press it on the sharing page."""
    engagement = share.engagement
    given = {"engagement": engagement.pk, "contact": (contact or share.contact).pk}
    address = reverse("admin:reviews_triageitem_sharing", args=[engagement.proposal_id])
    return client.post(address, given | {"action": "close"} | changed, follow=True)


def test_staff_close_the_ended_page_to_one_contact_alone(client, cast, share):
    jo = other_contact(share)
    ended(share, cast.oxford)
    client.force_login(cast.oxford)
    assert "can no longer read that it ended" in close(client, share).text

    for contact, status in ((share.contact, 404), (jo, 200)):
        come_by_link(client, contact)
        assert client.get(page_of(share)).status_code == status


def test_closed_it_is_on_no_list_and_no_fresh_link_is_sent(client, cast, share):
    ended(share, cast.oxford)
    come_by_link(client, share.contact)
    close_page(engagement=share.engagement, contact=share.contact, by=cast.oxford)

    assert (
        "Nothing is shared with you today" in client.get(reverse("partners:engagement_list")).text
    )
    assert services.send_fresh_link(email=share.contact.email) is None


def test_the_sharing_page_says_who_reads_the_end_and_offers_to_close_it(client, cast, share):
    client.force_login(cast.oxford)
    address = reverse("admin:reviews_triageitem_sharing", args=[share.engagement.proposal_id])
    assert "Close the page to" not in client.get(address).text
    ended(share, cast.oxford)
    page = client.get(address).text
    assert ("Reads that it ended" in page, "Close the page to Pat Doe" in page) == (True, True)
    assert "Close the page to" not in close(client, share).text


def test_who_does_not_work_on_it_closes_nothing(client, cast, share):
    ended(share, cast.oxford)
    for stranger in (cast.regionals, cast.auditor, cast.proposer):
        client.force_login(stranger)
        assert close(client, share).status_code in (404, 422)
    come_by_link(client, share.contact)
    assert client.get(page_of(share)).status_code == 200


def test_what_is_not_read_cannot_be_closed(client, cast, share):
    client.force_login(cast.oxford)
    assert close(client, share).status_code == 422
    ended(share, cast.oxford)
    close(client, share)
    assert "no longer reads it" in close(client, share).text


def test_closed_to_one_contact_it_stays_closed_when_the_organization_is_back(client, cast, share):
    jo = other_contact(share)
    engagement = ended(share, cast.oxford)
    close_page(engagement=engagement, contact=share.contact, by=cast.oxford)
    reopen_engagement(engagement=engagement, by=cast.oxford)

    assert [each.contact for each in Share.objects.current()] == [jo]


@pytest.mark.parametrize("stage", [Stage.APPROVED, Stage.DECLINED, Stage.WITHDRAWN])
def test_a_proposal_that_ended_is_closed_to_one_contact_by_stopping_to_share(client, cast, stage):
    share = share_it(summarized(make_at(stage)), cast.oxford)
    jo = other_contact(share)
    client.force_login(cast.oxford)
    assert "can no longer follow it" in close(client, share, action="end").text

    for contact, status in ((share.contact, 404), (jo, 200)):
        come_by_link(client, contact)
        assert client.get(page_of(share)).status_code == status


@pytest.mark.parametrize("missing", ["ended_by", "end_reason"])
def test_the_database_keeps_no_end_without_who_and_why(cast, share, missing):
    engagement = ended(share, cast.oxford)
    nothing = None if missing == "ended_by" else ""

    with pytest.raises(IntegrityError), transaction.atomic():
        Engagement.objects.filter(pk=engagement.pk).update(**{missing: nothing})


def test_the_list_of_a_partner_needs_no_more_statements_for_more(
    client, cast, share, django_assert_num_queries
):
    ended(share, cast.oxford)
    come_by_link(client, share.contact)
    client.get(reverse("partners:engagement_list"))
    with django_assert_num_queries(5) as seen:
        client.get(reverse("partners:engagement_list"))
    for _more in range(2):
        more = summarized(make_at(Stage.TRIAGE))
        ended(share_it(more, cast.oxford), cast.oxford)

    with django_assert_num_queries(len(seen.captured_queries)):
        client.get(reverse("partners:engagement_list"))
