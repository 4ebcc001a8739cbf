"""The pages of an MoU on the desk, what proposers see of it, and how it is found."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from partners.models import Mou, MouClause, MouEntry, MouSignatory
from partners.mou import CLAUSES
from proposals.models import Proposal, Stage
from reviews.mou.table import MouMove, Status
from tests.factories import Cast, make_at, make_person, make_submitted
from tests.partners.memoranda import day, mou_at, moved, versioned, with_text
from tests.partners.sharing import share_it, summarized
from tests.proposals.filing import PDF, upload

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}'; DROP TABLE x; --"
NONSENSE = ("x" * 10_000, "\x00", "9" * 400, "-1", "[]")
LIST = "/admin/partners/mou/"


@pytest.fixture
def engagement(cast: Cast):
    return share_it(summarized(make_submitted()), cast.oxford).engagement


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    client.force_login(cast.oxford)
    return client


def page_of(engagement) -> str:
    return reverse("admin:partners_mou_change", args=[engagement.pk])


def move_url(engagement, move: str) -> str:
    return reverse("admin:partners_mou_move", args=[engagement.pk, move])


def status() -> str:
    return Mou.objects.get().status


def test_before_it_is_begun_its_page_says_so_and_offers_to_begin(desk, engagement):
    page = desk.get(page_of(engagement)).content.decode()

    assert 'data-mou="not_begun"' in page
    for move in ("request_template", "draft", "not_needed"):
        assert f'data-move="{move}"' in page


def test_a_move_shows_whom_it_tells_and_is_made(desk, engagement, cast):
    with_text(engagement)
    shown = desk.get(move_url(engagement, "send_to_partner"))
    page = shown.content.decode()
    assert "pat@tallgrass.example" in page and cast.proposer.email in page

    posted = {"words": "Read it.", "due_on": day(9), "seen": MouEntry.objects.first().pk}
    response = desk.post(move_url(engagement, "send_to_partner"), posted)

    assert (response.status_code, status()) == (302, Status.WITH_PARTNER)


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(desk, engagement):
    with_text(engagement)
    posted = {"words": "Kept words", "due_on": "soon"}
    response = desk.post(move_url(engagement, "send_to_partner"), posted)

    page = response.content.decode()
    assert (response.status_code, status()) == (422, Status.DRAFTING)
    assert 'id="id_due_on_error"' in page and "Kept words" in page


def test_what_happened_meanwhile_is_said(desk, engagement):
    with_text(engagement)
    response = desk.post(move_url(engagement, "send_to_university"), {"seen": "0"})

    assert (response.status_code, status()) == (422, Status.DRAFTING)
    assert "in the meantime" in response.content.decode()


def test_staff_record_the_answer_of_a_contact_with_its_evidence(desk, engagement):
    mou_at(engagement, Status.WITH_PARTNER)
    posted = {
        "contact": engagement.contact_id,
        "channel": "letter",
        "heard_on": day(0),
        "words": "Agreed.",
        "evidence": upload("letter.pdf", PDF),
    }
    assert desk.post(move_url(engagement, "agree"), posted).status_code == 302

    entry = MouEntry.objects.first()
    assert (entry.contact, entry.channel, entry.evidence.name) == (
        engagement.contact,
        "letter",
        "letter.pdf",
    )
    page = desk.get(page_of(engagement)).content.decode()
    assert "for Pat Doe (Letter" in page
    file = reverse("admin:partners_mou_file", args=[engagement.pk, entry.evidence_id])
    assert desk.get(file)["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("field", ["contact", "channel", "heard_on", "words", "seen"])
def test_nonsense_is_refused_in_words(field, desk, engagement):
    mou_at(engagement, Status.WITH_PARTNER)
    good = {"contact": engagement.contact_id, "channel": "call", "heard_on": day(0), "words": "x"}
    fit = {"words": ("-1", "[]", "9" * 400), "seen": NONSENSE}.get(field, ())
    answers = {}

    for typed in NONSENSE:
        with transaction.atomic():
            asked = good | {field: typed}
            answers[typed] = desk.post(move_url(engagement, "ask_changes"), asked).status_code
            transaction.set_rollback(True)

    assert answers == {typed: 302 if typed in fit else 422 for typed in NONSENSE}


def test_the_record_is_written_on_its_page(desk, engagement):
    with_text(engagement)
    url = page_of(engagement)
    posts = [
        {"action": "facts", "facts-start_on": day(0), "facts-end_on": day(99)},
        {"action": "version", "version-changed": "§ 2", "version-upload": upload("b.pdf", PDF)},
        {"action": "signatories", "signatories-0_side": "partner", "signatories-0_name": "Pat Doe"}
        | {"signatories-1_side": "university"},
        {"action": "clauses"}
        | {f"clauses-{head}_state": "agreed" for head in CLAUSES}
        | {"clauses-money": HOSTILE},
        {"action": "grant", "version": "1", "open_to": ["partner"]},
    ]
    for posted in posts:
        assert desk.post(url, posted).status_code == 302, posted["action"]

    mou = Mou.objects.get()
    assert (mou.end_on, mou.version.number, MouSignatory.objects.count()) == (day(99), 2, 1)
    assert MouClause.objects.filter(state="agreed").count() == 12
    assert mou.versions.get(number=1).is_for_partner
    assert HOSTILE not in desk.get(url).content.decode()


@pytest.mark.parametrize(
    "posted",
    [
        {"action": "facts", "facts-end_on": "2026-02-30"},
        {"action": "facts", "facts-minimum_learners": "9" * 30},
        {"action": "facts", "facts-buyway_number": "\x00"},
        {"action": "facts", "facts-start_on": "2026-01-01", "facts-end_on": "2036-01-01"},
        {"action": "version", "version-changed": "x"},
        {"action": "clauses", "clauses-money_state": "nonsense"},
        {"action": "signatories", "signatories-0_name": "x" * 121},
        {"action": "nonsense"},
        {},
    ],
)
def test_what_is_wrong_on_the_record_is_said_and_not_saved(posted, desk, engagement):
    with_text(engagement)
    before = MouEntry.objects.count()

    assert desk.post(page_of(engagement), posted).status_code == 422
    assert MouEntry.objects.count() == before


def test_the_last_move_is_taken_back_on_its_page(desk, engagement):
    with_text(engagement)
    entry = moved(engagement, MouMove.SEND_TO_UNIVERSITY)
    assert 'value="undo"' in desk.get(page_of(engagement)).content.decode()

    desk.post(page_of(engagement), {"action": "undo", "entry": entry.pk})

    assert status() == Status.DRAFTING


@pytest.mark.parametrize("who", ["proposer", "committee", "committee_chair", "deans", "chair"])
def test_for_whoever_does_not_read_the_desk_it_does_not_exist(who, client, engagement, cast):
    with_text(engagement)
    client.force_login(getattr(cast, who))
    file = Mou.objects.get().version.file_id
    urls = [LIST, page_of(engagement), move_url(engagement, "not_needed")]
    urls.append(reverse("admin:partners_mou_file", args=[engagement.pk, file]))

    assert {client.get(url).status_code for url in urls} <= {302, 403, 404}
    assert client.post(page_of(engagement), {"action": "grant"}).status_code in (302, 403, 404)


@pytest.mark.parametrize("who", ["auditor", "regionals"])
def test_others_of_the_desk_read_it_and_press_nothing(who, client, engagement, cast):
    with_text(engagement)
    client.force_login(getattr(cast, who))

    page = client.get(page_of(engagement))
    assert (page.status_code, b'data-move="' in page.content) == (200, False)
    assert client.get(move_url(engagement, "redraft")).status_code == 404
    assert client.post(page_of(engagement), {"action": "facts"}).status_code == 404
    assert client.post(move_url(engagement, "not_needed"), {"words": "x"}).status_code == 422
    assert status() == Status.DRAFTING


def test_a_move_or_a_memorandum_that_is_none_is_not_found(desk, engagement):
    for url in (
        move_url(engagement, "fly"),
        move_url(engagement, "start"),
        "/admin/partners/mou/999999/change/",
        "/admin/partners/mou/99999999999999999999999/change/",
        reverse("admin:partners_mou_file", args=[engagement.pk, "x"]),
    ):
        assert desk.get(url).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_statements(desk, cast, count, django_assert_num_queries):
    for _ in range(count):
        mou_at(make_submitted().engagements.get(), Status.DRAFTING)
    desk.get(LIST)

    with django_assert_num_queries(4):
        page = desk.get(LIST, {"status": "drafting", "turn": "university"})

    assert page.content.decode().count("Being drafted") >= count


@pytest.mark.parametrize("versions", [1, 3])
def test_its_page_takes_the_same_statements(desk, engagement, versions, django_assert_num_queries):
    with_text(engagement)
    for _ in range(versions - 1):
        versioned(engagement)
    desk.get(page_of(engagement))

    with django_assert_num_queries(13):
        desk.get(page_of(engagement))


def test_it_is_found_by_where_it_stands(desk, engagement, cast):
    other = make_submitted()
    mou_at(engagement, Status.WITH_PARTNER)
    found = "/admin/reviews/triageitem/"

    page = desk.get(found, {"q": "mou:with_partner"}).content.decode()
    assert (engagement.proposal.reference in page, other.reference in page) == (True, False)
    page = desk.get(found, {"q": "mou:nonsense"}).content.decode()
    assert "does not take" in page


def test_what_runs_out_stands_in_its_queue(desk, engagement):
    mou_at(engagement, Status.EXPIRING)

    page = desk.get("/admin/reviews/triageitem/", {"queue": "mou-ends", "q": "mou:expiring"})

    assert engagement.proposal.reference in page.content.decode()
    assert "MoU expiring" in page.content.decode()


def test_one_that_staff_let_end_is_nobodys_turn(desk, engagement):
    mou_at(engagement, Status.EXPIRING)
    asked = desk.get(page_of(engagement)).content.decode()
    assert ('data-move="let_end"' in asked, "Talk with the partner" in asked) == (True, True)

    moved(engagement, MouMove.LET_END)

    page = desk.get(page_of(engagement)).content.decode()
    assert ('data-move="let_end"' in page, "Talk with the partner" in page) == (False, False)
    listed = {
        turn: len(desk.get(LIST, {"turn": turn}).context["cl"].result_list)
        for turn in ("university", "partner", "nobody")
    }
    assert listed == {"university": 0, "partner": 0, "nobody": 1}


def test_the_page_of_its_proposal_leads_there(desk, engagement):
    mou_at(engagement, Status.WITH_PARTNER)

    page = desk.get(reverse("admin:reviews_triageitem_change", args=[engagement.proposal_id]))

    assert f'href="{page_of(engagement)}">Memorandum with Tallgrass' in page.content.decode()


def test_proposers_see_where_it_stands_and_the_files_opened_to_them(client, engagement, cast):
    mou_at(engagement, Status.WITH_PARTNER)
    client.force_login(cast.proposer)
    page = client.get(reverse("proposals:proposal_detail", args=[engagement.proposal.reference]))
    file = reverse(
        "proposals:mou_file",
        args=[engagement.proposal.reference, Mou.objects.get().version.file_id],
    )

    text = page.content.decode()
    assert 'data-mou="with_partner"' in text and file in text
    assert "Please read the text" not in text
    assert client.get(file)["Content-Disposition"].startswith("attachment")


def test_a_file_closed_to_proposers_or_asked_for_by_others_is_not_found(client, engagement, cast):
    with_text(engagement, is_for_proposers=False)
    version = Mou.objects.get().version
    url = reverse("proposals:mou_file", args=[engagement.proposal.reference, version.file_id])
    client.force_login(cast.proposer)
    assert client.get(url).status_code == 404

    version.is_for_proposers = True
    version.save()
    stranger = make_person("stranger@miami.example")
    for who in (cast.other_proposer, cast.committee, stranger):
        client.force_login(who)
        assert client.get(url).status_code == 404


def test_the_committee_reads_nothing_of_it_on_the_proposals_page(client, cast):
    proposal = Proposal.objects.get(pk=make_at(Stage.APC_REVIEW).pk)
    client.force_login(cast.committee)

    page = client.get(reverse("proposals:proposal_detail", args=[proposal.reference]))

    assert "data-mou" not in page.content.decode()
