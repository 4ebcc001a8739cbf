"""The page as its owner, or a contact of a partner, sees it: the same, not pressed, logged."""

import re

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox.links import token_for
from partners.models import Access, Contact, Engagement
from partners.services import end_share, issue_links, share
from proposals.models import NamedPartner, Participant, Proposal, Stage
from proposals.read_only import nothing_pressed
from proposals.services import add_note, save_page
from reviews.models import Look, Reading
from reviews.services import save_triage
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_draft

pytestmark = pytest.mark.django_db
MAY = ("oxford", "regionals", "lead", "auditor", "admin_user")
MAY_NOT = ("proposer", "other_proposer", "committee", "committee_chair", "deans", "chair")


def as_proposer(proposal):
    return reverse("proposals:proposal_as_proposer", args=[proposal.reference])


def as_partner(proposal, contact=None):
    contact = contact or Contact.objects.get()
    return reverse("partners:engagement_as", args=[proposal.reference, contact.pk])


def article(page):
    return re.search(r"<article.*</article>", page, re.DOTALL)[0]


@pytest.fixture
def shared(cast):
    proposal = make_at(Stage.APC_REVIEW)
    save_triage(proposal=proposal, by=cast.oxford, values={"partner_summary": "A course."})
    engagement = Engagement.objects.get()
    share(engagement=engagement, contact=engagement.contact, by=cast.oxford)
    return proposal


@pytest.mark.parametrize("page", [as_proposer, as_partner])
def test_these_may_look_and_it_is_logged(client, cast, shared, page):
    whom = "Fay Proposer" if page is as_proposer else "Pat Doe"
    for who in MAY:
        client.force_login(getattr(cast, who))

        response = client.get(page(shared))

        assert response.status_code == 200, who
        assert f"You see this as {whom} sees it." in response.content.decode(), who
        entry = LogEntry.objects.latest("pk")
        assert (entry.user, entry.object_id) == (getattr(cast, who), str(shared.pk))
        assert f"Read the page as {whom} <" in entry.change_message, who
    assert LogEntry.objects.count() == len(MAY)


@pytest.mark.parametrize("page", [as_proposer, as_partner])
def test_nobody_else_may(client, cast, shared, page):
    answers = {"nobody": client.get(page(shared)).status_code}
    for who in MAY_NOT:
        client.force_login(getattr(cast, who))
        answers[who] = client.get(page(shared)).status_code

    assert answers == {"nobody": 302} | dict.fromkeys(MAY_NOT, 404)
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("capacity", [Participant.Capacity.RECUSED, Participant.Capacity.VIEWER])
@pytest.mark.parametrize("page", [as_proposer, as_partner])
def test_who_takes_part_or_is_recused_may_not(client, cast, shared, capacity, page):
    Participant.objects.create(
        proposal=shared, user=cast.oxford, capacity=capacity, since=timezone.now()
    )
    client.force_login(cast.oxford)
    assert client.get(page(shared)).status_code == 404


@pytest.mark.parametrize("page", [as_proposer, as_partner])
def test_nothing_is_posted_to_it(client, cast, shared, page):
    client.force_login(cast.oxford)
    assert client.post(page(shared)).status_code == 405
    assert client.put(page(shared)).status_code == 405


@pytest.mark.parametrize("stage", [Stage.SUBMITTED, Stage.FULL_PROPOSAL, Stage.CONSULTATION])
def test_it_is_the_owners_page_word_for_word(client, cast, stage):
    proposal = make_at(stage)
    detail = reverse("proposals:proposal_detail", args=[proposal.reference])
    with time_machine.travel(timezone.now(), tick=False):
        client.force_login(cast.proposer)
        real = client.get(detail).content.decode()
        client.force_login(cast.lead)
        seen = client.get(as_proposer(proposal)).content.decode()

    assert article(seen) == article(nothing_pressed(real))
    assert "<script" not in seen.replace("js/kept.js", "").split("</main>")[0]


def test_it_is_the_partners_page_word_for_word_and_no_access_is_noted(client, cast, shared):
    contact = Contact.objects.get()
    token = token_for(issue_links(contacts=[contact])[contact.pk].uuid)
    client.post(reverse("partners:link", args=[token]))
    detail = reverse("partners:engagement_detail", args=[shared.reference])
    real = client.get(detail).content.decode()
    noted = Access.objects.count()
    client.force_login(cast.lead)

    seen = client.get(as_partner(shared)).content.decode()

    assert article(seen) == article(nothing_pressed(real))
    assert Access.objects.count() == noted


@pytest.mark.parametrize("page", [as_proposer, as_partner])
def test_nothing_in_it_can_be_pressed(client, cast, shared, page):
    client.force_login(cast.lead)

    html = article(client.get(page(shared)).content.decode())

    assert [word for word in (" href=", " action=", "csrfmiddlewaretoken") if word in html] == []
    controls = re.findall(r"<(?:button|input|select|textarea)[^>]*>", html)
    assert [control for control in controls if " disabled" not in control] == []


@pytest.mark.parametrize("page", [as_proposer, as_partner])
def test_nothing_of_the_desks_own_is_in_it(client, cast, shared, page):
    Proposal.objects.filter(pk=shared.pk).update(fit_tags="canary-tags")
    add_note(proposal=shared, author=cast.oxford, body="canary-note")
    given = {**given_for(Move.HOLD), "note": "canary-hold"}
    do_move(shared, Move.HOLD, cast.oxford, **given)
    client.force_login(cast.lead)

    html = client.get(page(shared)).content.decode()

    assert [word for word in ("canary-tags", "canary-note", "canary-hold") if word in html] == []


@pytest.mark.parametrize("page", [as_proposer, as_partner])
def test_a_decision_that_nobody_is_told_yet_is_not_in_it(client, cast, shared, page):
    client.force_login(cast.lead)
    before = article(client.get(page(shared)).content.decode())
    do_move(shared, Move.RECOMMEND, cast.committee_chair)

    assert article(client.get(page(shared)).content.decode()) == before


def test_looking_leaves_no_trace_of_the_owner(client, cast, shared):
    do_move(shared, Move.HOLD, cast.oxford, **given_for(Move.HOLD))
    client.force_login(cast.lead)
    client.get(as_proposer(shared))
    assert not Reading.objects.exists()
    assert not Look.objects.exists()


def test_what_the_proposers_have_not_sent_stays_theirs(client, cast):
    proposal = make_at(Stage.RETURNED)
    answers = {"need_statement": "canary-unsent: nobody but its proposers has read this yet."}
    save_page(
        proposal=proposal,
        page="need",
        answers=answers,
        form_version=proposal.interest.version,
        by=cast.proposer,
    )
    client.force_login(cast.lead)

    html = client.get(as_proposer(proposal)).content.decode()

    assert "canary-unsent" not in html
    assert "as they were sent last" in html


def test_confidential_text_is_not_for_the_auditor(client, cast, shared):
    NamedPartner.objects.update(confidential="yes", confidential_text="canary-confidential")
    client.force_login(cast.auditor)
    assert "canary-confidential" not in client.get(as_proposer(shared)).content.decode()
    client.force_login(cast.oxford)
    assert "canary-confidential" in client.get(as_proposer(shared)).content.decode()


def test_a_draft_and_a_page_that_is_not_shared_do_not_exist(client, cast, shared):
    client.force_login(cast.admin_user)
    assert client.get(as_proposer(make_draft())).status_code == 404
    end_share(share=Engagement.objects.get().shares.get(), by=cast.oxford)
    assert client.get(as_partner(shared)).status_code == 404
    for nonsense in ("0", "9" * 30):
        address = f"/partners/{shared.reference}/as/{nonsense}/"
        assert client.get(address).status_code == 404


def test_the_desk_leads_there_for_those_who_may(client, cast, shared):
    desk = reverse("admin:reviews_triageitem_change", args=[shared.pk])
    for who, leads in (("lead", True), ("auditor", True), ("committee_chair", False)):
        client.force_login(getattr(cast, who))
        html = client.get(desk).content.decode()
        assert (as_proposer(shared) in html, as_partner(shared) in html) == (leads, leads)


def test_words_stay_and_hidden_fields_go():
    page = (
        '<p><a href="/x">out</a></p><article><form method="post" action="/y"><input type="hidden"'
        ' name="t"><input type="text" value="a &quot;b&quot; &lt;c&gt;"><br/>&amp; &#39;</form>'
        '<a class="button" href="/z">Go</a></article>'
    )
    assert nothing_pressed(page) == (
        '<p><a href="/x">out</a></p><article><form><input type="text"'
        ' value="a &quot;b&quot; &lt;c&gt;" disabled><br>&amp; &#39;</form>'
        '<a class="button" aria-disabled="true">Go</a></article>'
    )
    with pytest.raises(ValueError, match="no article"):
        nothing_pressed("<p>None</p>")
