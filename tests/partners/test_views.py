"""The partner's pages: links that scanners cannot burn, a narrow session, an allow-list."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from microcreds.logs import Formatter
from microcreds.outbox.models import Message
from partners import services
from partners.models import Access, Contact, Link
from proposals.models import NamedPartner, Proposal, Stage
from proposals.services import add_note
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_submitted
from tests.partners.sharing import answers_naming, come_by_link, share_it, summarized, token_of

LIST = "/partners/"


def page_of(proposal: Proposal) -> str:
    return reverse("partners:engagement_detail", args=[proposal.reference])


def link_url(contact: Contact) -> str:
    return reverse("partners:link", args=[token_of(contact)])


def test_a_scanner_burns_nothing(client, share):
    url = link_url(share.contact)

    for _ in range(5):
        assert client.get(url).status_code == 200
        assert client.head(url).status_code == 200

    assert Access.objects.count() == 0
    assert "partner_link" not in client.session
    assert client.post(url).status_code == 302


def test_the_page_before_the_button_tells_nothing(client, share):
    page = client.get(link_url(share.contact)).content.decode()

    assert "Pat" not in page
    assert share.engagement.proposal.working_title not in page


def test_the_button_leads_straight_to_the_only_page(client, share):
    url = link_url(share.contact)

    response = client.post(url)
    client.post(url)

    assert response["Location"] == page_of(share.engagement.proposal)
    assert "/link/" not in response["Location"]
    assert client.get(page_of(share.engagement.proposal)).status_code == 200


def test_the_page_shows_where_it_stands(client, share, oxford):
    proposal = share.engagement.proposal
    do_move(proposal, Move.START_TRIAGE, oxford)
    come_by_link(client, share.contact)

    page = client.get(page_of(proposal)).content.decode()

    assert 'data-step="1"' in page
    assert "data-stage" not in page
    assert "Sampling for shift leads" in page
    assert "Charts shift leads can read." in page
    assert "Idea received" in page
    assert "Open for learners" in page
    assert "Ola Oxford" in page
    assert "oxford@miami.example" in page


def test_the_words_of_staff_for_the_next_step_win(client, share):
    Proposal.objects.update(next_step_partner="We ring you on Friday.")
    come_by_link(client, share.contact)

    page = client.get(page_of(share.engagement.proposal)).content.decode()

    assert "We ring you on Friday." in page


@pytest.mark.parametrize("stage", [s for s in Stage if s != Stage.DRAFT])
def test_every_stage_has_a_page(client, cast, stage):
    proposal = summarized(make_at(stage))
    share = share_it(proposal, cast.oxford)
    come_by_link(client, share.contact)

    assert client.get(page_of(proposal)).status_code == 200
    assert client.get(LIST).status_code == 200


def test_a_proposal_taken_back_shows_nothing(client, share, proposer):
    come_by_link(client, share.contact)
    do_move(share.engagement.proposal, Move.TAKE_BACK, proposer)

    assert client.get(page_of(share.engagement.proposal)).status_code == 404
    assert "Nothing is shared with you today" in client.get(LIST).content.decode()


CANARY = "canary-{}"
GRANTED = {"working_title", "partner_summary", "next_step_partner", "asked_of_partner"}


def fill_with_canaries(proposal: Proposal, by) -> None:
    """A word of its own in every text a partner was not granted."""
    texts = {
        "next_step_submitter": CANARY.format("next-step"),
        "fit_tags": CANARY.format("fit-tags"),
    }
    Proposal.objects.filter(pk=proposal.pk).update(**texts)
    form = proposal.interest
    form.answers = {key: CANARY.format(key) for key in form.answers}
    form.save()
    NamedPartner.objects.filter(proposal=proposal).update(
        kind=CANARY.format("kind"),
        place=CANARY.format("place"),
        contact_phone=CANARY.format("phone"),
        confidential_text=CANARY.format("confidential"),
        wrote=CANARY.format("wrote"),
    )
    add_note(proposal=proposal, author=by, body=CANARY.format("note"))


def test_the_page_holds_no_field_it_was_not_granted(client, share, oxford):
    proposal = share.engagement.proposal
    other = make_submitted(
        answers=answers_naming(org_name=CANARY.format("org"), contact_email="b@b.example")
    )
    NamedPartner.objects.filter(proposal=other).update(proposal=proposal)
    other.engagements.update(proposal=proposal)
    do_move(proposal, Move.START_TRIAGE, oxford, note=CANARY.format("why"))
    given = given_for(Move.RETURN) | {"message": CANARY.format("message"), "note": "canary-n"}
    do_move(proposal, Move.RETURN, oxford, **given)
    fill_with_canaries(proposal, oxford)
    come_by_link(client, share.contact)

    pages = client.get(page_of(proposal)).content + client.get(LIST).content

    assert b"Sampling for shift leads" in pages
    assert b"canary" not in pages
    assert proposal.submitter.email.encode() not in pages
    assert b"returned" not in pages


def test_what_one_partner_follows_another_cannot_open(client, share, oxford):
    other = summarized(
        make_submitted(answers=answers_naming(org_name="Rival", contact_email="b@rival.example"))
    )
    share_it(other, oxford)
    come_by_link(client, share.contact)

    assert client.get(page_of(other)).status_code == 404
    assert "Rival" not in client.get(LIST).content.decode()
    assert client.get(page_of(share.engagement.proposal)).status_code == 200


def test_two_contacts_in_one_browser_never_mix(client, share, oxford):
    other = summarized(
        make_submitted(answers=answers_naming(org_name="Rival", contact_email="b@rival.example"))
    )
    come_by_link(client, share.contact)
    come_by_link(client, share_it(other, oxford).contact)

    assert client.get(page_of(other)).status_code == 200
    assert client.get(page_of(share.engagement.proposal)).status_code == 404


@pytest.mark.parametrize("what", ["changed", "expired", "revoked"])
def test_a_link_that_does_not_work_says_the_same_whatever_the_reason(client, share, what):
    url = link_url(share.contact)
    if what == "changed":
        url = url[:-2] + ("A" if url[-2] != "A" else "B") + "/"
    elif what == "expired":
        Link.objects.update(expires_at=timezone.now())
    else:
        services.revoke_links(contact=share.contact)
    never = client.get("/partners/link/nonsense/")

    for response in (client.get(url), client.post(url)):
        assert response.status_code == 404
        assert words_of(response) == words_of(never)
    assert "partner_link" not in client.session


def words_of(response) -> str:
    """The page without the token that each form carries."""
    page = response.content.decode()
    token = response.context["csrf_token"]
    return page.replace(str(token), "")


@pytest.mark.parametrize("how", ["revoked", "expired", "run out", "ended"])
def test_the_session_ends_with_its_link(client, share, oxford, how):
    come_by_link(client, share.contact)
    if how == "revoked":
        services.revoke_links(contact=share.contact)
    elif how == "expired":
        Link.objects.update(expires_at=timezone.now())
    elif how == "ended":
        services.end_share(share=share, by=oxford)
    else:
        session = client.session
        session["partner_until"] = int(time.time()) - 1
        session.save()

    assert client.get(page_of(share.engagement.proposal)).status_code == 404


def test_the_session_opens_nothing_else(client, share):
    come_by_link(client, share.contact)

    assert "_auth_user_id" not in client.session
    for url in ("/proposals/", f"/proposals/{share.engagement.proposal.reference}/", "/admin/"):
        assert client.get(url).status_code == 302


@pytest.mark.parametrize("gaps,status", [([29] * 3, 200), ([31], 404), ([25] * 29, 404)])
def test_the_session_ends_when_nobody_clicks_and_after_twelve_hours(client, share, gaps, status):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        come_by_link(client, share.contact)
        for minutes in gaps:
            clock.shift(timedelta(minutes=minutes))
            response = client.get(page_of(share.engagement.proposal))

    assert response.status_code == status


def test_coming_by_a_link_changes_the_session_key(client, share):
    client.get(link_url(share.contact))
    session = client.session
    session["x"] = 1
    session.save()
    before = client.session.session_key

    come_by_link(client, share.contact)

    assert client.session.session_key != before


def test_leaving_ends_it_and_needs_a_post(client, share):
    come_by_link(client, share.contact)

    assert client.get("/partners/leave/").status_code == 405
    assert client.post("/partners/leave/")["Location"] == LIST
    assert client.get(page_of(share.engagement.proposal)).status_code == 404


def test_whoever_is_signed_in_beside_it_stays_so(client, share, oxford):
    client.force_login(oxford)
    assert client.get(page_of(share.engagement.proposal)).status_code == 404
    come_by_link(client, share.contact)
    assert client.get(page_of(share.engagement.proposal)).status_code == 200

    client.post("/partners/leave/")

    assert client.session["_auth_user_id"] == str(oxford.pk)
    assert client.get(page_of(share.engagement.proposal)).status_code == 404


def test_a_dropped_partner_is_shown_nothing(client, share):
    come_by_link(client, share.contact)
    NamedPartner.objects.update(dropped_at=timezone.now())

    assert client.get(page_of(share.engagement.proposal)).status_code == 404


def test_asking_for_a_fresh_link_answers_the_same_known_or_not(client, share):
    Message.objects.all().delete()
    cache.clear()

    answers = [
        client.post(LIST, {"email": email}, follow=True)
        for email in ("PAT@tallgrass.example", "nobody@else.example")
    ]

    assert words_of(answers[0]) == words_of(answers[1])
    [mail] = Message.objects.all()
    assert (mail.to, mail.priority) == ("pat@tallgrass.example", Message.Priority.AWAITED)


def test_asking_again_and_again_is_slowed_down(client, share):
    cache.clear()
    statuses = [client.post(LIST, {"email": "pat@tallgrass.example"}).status_code for _ in range(6)]

    assert statuses == [302] * 5 + [429]
    other = client.post(LIST, {"email": "kim@tallgrass.example"})
    assert other.status_code == 302


@pytest.mark.parametrize("email", ["", "x", "a" * 300 + "@b.example", "<script>@x", "a\x00@b.c"])
def test_an_address_that_is_none_is_said_beside_the_field(client, db, email):
    response = client.post(LIST, {"email": email})

    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


def test_partner_pages_are_kept_by_nobody_and_named_to_nobody(client, share):
    come_by_link(client, share.contact)
    urls = (link_url(share.contact), LIST, page_of(share.engagement.proposal), "/partners/x/")

    for url in urls:
        response = client.get(url)
        assert response["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response["Cache-Control"]
        assert "noindex" in response["X-Robots-Tag"]


def test_a_visit_is_noted_once_an_hour_and_page(client, share):
    come_by_link(client, share.contact)
    for _ in range(3):
        client.get(page_of(share.engagement.proposal))

    assert [access.engagement for access in Access.objects.order_by("id")] == [
        None,
        share.engagement,
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_partner_list_query_count(client, cast, count, django_assert_num_queries):
    for _ in range(count):
        share = share_it(summarized(make_submitted()), cast.oxford)
    come_by_link(client, share.contact)

    with django_assert_num_queries(6):
        response = client.get(LIST)

    assert len(response.context["pages"]) == count


def test_status_page_query_count(client, share, django_assert_max_num_queries):
    come_by_link(client, share.contact)
    client.get(page_of(share.engagement.proposal))

    with django_assert_max_num_queries(9):
        client.get(page_of(share.engagement.proposal))


def test_a_token_is_never_logged(share, caplog, settings):
    token = token_of(share.contact)
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(f"/partners/link/{token}/").status_code == 403

    assert token in caplog.text  # what Django says itself …
    [line] = [Formatter().format(record) for record in caplog.records]
    assert line.endswith(": [personal link]/")  # … is cut by the formatter of each handler
    assert settings.LOGGING["formatters"]["without_links"]["()"] == "microcreds.logs.Formatter"
    used = {handler["formatter"] for handler in settings.LOGGING["handlers"].values()}
    assert used == {"without_links"}


def test_markup_is_shown_as_text(client, share):
    Proposal.objects.update(
        working_title="<script>alert(1)</script>",
        partner_summary='"><img src=x onerror=alert(1)>',
        next_step_partner="<b>{{ settings.SECRET_KEY }}</b>",
    )
    come_by_link(client, share.contact)

    page = client.get(page_of(share.engagement.proposal)).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;b&gt;{{ settings.SECRET_KEY }}&lt;/b&gt;" in page
