"""What was mailed to partners, on a page of their own; how often it comes."""

import pytest
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox.events import PARTNER_TOPICS, Frequency, Topic
from microcreds.outbox.models import Message
from microcreds.outbox.preferences import choose, chosen_by
from partners.forms import PreferencesForm
from partners.services import end_share
from proposals.models import Stage
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_submitted
from tests.partners.sharing import come_by_link, share_it, summarized

LIST, PREFERENCES = "/partners/mail/", "/partners/mail/preferences/"


def sent() -> None:
    """Every mail that waits has left."""
    waiting = Message.objects.filter(state__in=Message.WAITING)
    waiting.update(state=Message.State.SENT, sent_at=timezone.now())


def subjects(client) -> list[str]:
    return [mail.subject for mail in client.get(LIST).context["page"]]


def test_decisions_stand_first_then_the_newest(client, cast):
    share = share_it(summarized(make_at(Stage.CONSULTATION)), cast.oxford)
    proposal = share.engagement.proposal
    do_move(proposal, Move.DECLINE, cast.oxford, **given_for(Move.DECLINE))
    do_move(proposal, Move.REOPEN, cast.lead, **given_for(Move.REOPEN))
    do_move(proposal, Move.OPEN_FULL_PROPOSAL, cast.oxford)
    sent()
    come_by_link(client, share.contact)

    kinds = [mail.kind for mail in client.get(LIST).context["page"]]

    assert kinds == ["decision", "decision", "fyi"]


@pytest.fixture
def told(cast):
    """A contact who was mailed that the full proposal is being written."""
    share = share_it(summarized(make_at(Stage.CONSULTATION)), cast.oxford)
    do_move(share.engagement.proposal, Move.OPEN_FULL_PROPOSAL, cast.oxford)
    sent()
    return share


def test_a_mail_reads_as_it_was_sent_without_its_link(client, told):
    come_by_link(client, told.contact)
    [mail] = client.get(LIST).context["page"]

    page = client.get(reverse("partners:mail_detail", args=[mail.uuid])).content.decode()

    assert "[[link:" in mail.body
    assert "[personal link]" in page
    assert "[[link:" not in page
    assert "Designing the program" in page


def test_only_what_is_still_shared_is_there(client, told, cast):
    come_by_link(client, told.contact)
    assert len(subjects(client)) == 1

    end_share(share=told, by=cast.oxford)

    assert subjects(client) == []


def test_another_partners_mail_is_not_there(client, told, cast):
    [theirs] = Message.objects.filter(to=told.contact.email, event="partner_update")
    theirs.to = "other@quarry.example"
    theirs.save()
    come_by_link(client, told.contact)

    assert subjects(client) == []
    assert client.get(reverse("partners:mail_detail", args=[theirs.uuid])).status_code == 404


def test_what_the_same_address_was_mailed_as_a_proposer_is_not_there(client, told, cast):
    Message.objects.filter(event="partner_update").update(user=cast.proposer)
    come_by_link(client, told.contact)

    assert subjects(client) == []


def test_what_waits_is_not_there_and_no_invitation(client, told):
    Message.objects.filter(event="partner_update").update(state=Message.State.QUEUED)
    come_by_link(client, told.contact)

    assert Message.objects.filter(event="partner_invitation").exists()
    assert subjects(client) == []


def test_without_a_link_nothing_is_there(client, told):
    [mail] = Message.objects.filter(event="partner_update")

    for path in (LIST, PREFERENCES):
        assert client.get(path).url == "/partners/"
        assert client.get(path)["Cache-Control"] == "no-store, private"
    for key in (mail.uuid, "nonsense", "%27"):
        assert client.get(f"/partners/mail/{key}/").status_code == 404


def test_a_choice_is_kept_for_the_address(client, told):
    come_by_link(client, told.contact)
    assert client.get(PREFERENCES).status_code == 200

    assert client.post(PREFERENCES, {"progress": "weekly"}).url == LIST

    assert chosen_by(told.contact.email)[Topic.PROGRESS] == Frequency.WEEKLY
    assert 'value="weekly"' in client.get(PREFERENCES).content.decode()


@pytest.mark.parametrize("value", ["hourly", "", "\x00", "x" * 10000, "99" * 50])
def test_what_is_not_offered_is_refused_at_its_field(client, told, value):
    come_by_link(client, told.contact)

    response = client.post(PREFERENCES, {"progress": value})

    assert response.status_code in (400, 422)
    assert chosen_by(told.contact.email)[Topic.PROGRESS] == Frequency.AT_ONCE


def test_the_form_asks_of_every_topic_for_partners_and_no_other():
    assert list(PreferencesForm().fields) == list(PARTNER_TOPICS)


def test_a_decision_is_mailed_at_once_whatever_was_chosen(cast):
    share = share_it(summarized(make_at(Stage.CONSULTATION)), cast.oxford)
    choose(address=share.contact.email, frequencies={"progress": "off"})

    do_move(share.engagement.proposal, Move.DECLINE, cast.oxford, **given_for(Move.DECLINE))

    [mail] = Message.objects.filter(event="partner_update")
    assert (mail.state, mail.kind) == (Message.State.QUEUED, "decision")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_statements(client, cast, count, django_assert_num_queries):
    for _each in range(count):
        share = share_it(summarized(make_at(Stage.CONSULTATION)), cast.oxford)
        do_move(share.engagement.proposal, Move.OPEN_FULL_PROPOSAL, cast.oxford)
    sent()
    come_by_link(client, share.contact)
    client.get(LIST)

    with django_assert_num_queries(5):
        assert len(subjects(client)) == count


def test_the_pages_say_what_we_need_from_them(client, cast):
    proposal = summarized(make_submitted())
    share = share_it(proposal, cast.oxford)
    come_by_link(client, share.contact)
    page = reverse("partners:engagement_detail", args=[proposal.reference])
    assert "We need nothing from you right now." in client.get("/partners/").content.decode()
    assert "What happens next" in client.get(page).content.decode()

    type(proposal).objects.update(asked_of_partner="Name a <teacher>.")

    for path in ("/partners/", page):
        found = client.get(path).content.decode()
        assert "What we need from you" in found
        assert "Name a &lt;teacher&gt;." in found
