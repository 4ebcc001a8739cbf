"""One proposal on one page: who reads what, and what is saved on it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from partners.models import Engagement
from partners.services import share
from proposals.models import Comment, NamedPartner, Proposal, Stage
from proposals.services import add_note
from reviews.left_owners import hand_over_for_who_left
from reviews.models import StageChange
from reviews.services import save_triage
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_submitted, send, take_part

pytestmark = pytest.mark.django_db


def at(name, proposal, *args):
    return reverse(f"admin:reviews_triageitem_{name}", args=[proposal.pk, *args])


TYPED = {
    "credential_type": "techcred",
    "is_duplicate_checked": "on",
    "duplicate_of": "",
    "priority": "1",
    "fit_tags": "quality",
    "partner_summary": "Charts for people who lead a shift.",
    "next_step_submitter": "",
    "next_step_partner": "",
}


def test_page_carries_the_hooks_and_every_answer(client, oxford):
    proposal = make_at(Stage.TRIAGE, demand_summary="<script>alert(1)</script>")
    client.force_login(oxford)

    page = client.get(at("change", proposal)).content.decode()

    assert f'data-ref="{proposal.reference}" data-stage="triage"' in page
    assert 'data-move="consult"' in page
    assert "Draw a sample by plan" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("who", "stage", "status"),
    [
        ("proposer", Stage.TRIAGE, 404),
        ("committee", Stage.APC_REVIEW, 404),
        ("committee_chair", Stage.TRIAGE, 404),
        ("committee_chair", Stage.APC_REVIEW, 200),
        ("deans", Stage.APC_REVIEW, 404),
        ("deans", Stage.CAD_CONSENT, 200),
        ("regionals", Stage.TRIAGE, 200),
        ("auditor", Stage.TRIAGE, 200),
        ("lead", Stage.DRAFT, 404),
        ("admin_user", Stage.DRAFT, 404),
    ],
)
def test_who_may_open_it(client, cast, who, stage, status):
    proposal = make_at(stage)
    client.force_login(getattr(cast, who))

    assert client.get(at("change", proposal)).status_code == status


def canaries(proposal, oxford):
    """Something nobody but eLearning may read, in every place that holds it."""
    NamedPartner.objects.filter(proposal=proposal).update(confidential_text="canary-confidential")
    Proposal.objects.filter(pk=proposal.pk).update(
        fit_tags="canary-tags", partner_summary="canary-summary"
    )
    add_note(proposal=proposal, author=oxford, body="canary-note")
    return "canary-confidential", "canary-tags", "canary-summary", "canary-note", "canary-hold"


@pytest.mark.parametrize("who", ["committee_chair", "deans"])
def test_reviewers_neither_read_nor_load_what_is_for_staff(client, cast, oxford, who):
    proposal = make_at(Stage.APC_REVIEW)
    given = {**given_for(Move.HOLD), "note": "canary-hold"}
    do_move(proposal, Move.HOLD, oxford, **given)
    do_move(proposal, Move.RESUME, oxford)
    do_move(proposal, Move.RECOMMEND, cast.committee_chair)
    hidden = canaries(proposal, oxford)
    client.force_login(getattr(cast, who))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get(at("change", proposal)).content.decode()

    assert [word for word in hidden if word in page] == []
    sql = " ".join(query["sql"] for query in queries)
    columns = (
        "confidential_text",
        "fit_tags",
        "priority",
        "outbox_message",
        "proposals_comment",
        '"note"',
    )
    assert [column for column in columns if column in sql] == []
    assert client.get(at("sharing", proposal)).status_code == 404
    for form in ("triage", "note", "assign"):
        assert client.post(at(form, proposal), TYPED).status_code == 404


def test_elearning_reads_what_is_for_staff(client, oxford):
    proposal = make_at(Stage.TRIAGE)
    NamedPartner.objects.update(confidential="yes")
    hidden = canaries(proposal, oxford)
    client.force_login(oxford)

    page = client.get(at("change", proposal)).content.decode()

    assert [word for word in hidden[:-1] if word not in page] == []


def test_auditor_reads_everything_and_changes_nothing(client, auditor, oxford):
    proposal = make_at(Stage.TRIAGE)
    hidden = canaries(proposal, oxford)
    client.force_login(auditor)

    response = client.get(at("change", proposal))

    page = response.content.decode()
    assert (response.context["moves"], response.context["closed_moves"]) == ([], {})
    assert "canary-note" in page
    assert hidden[0] not in page
    assert client.post(at("note", proposal), {"body": "x"}).status_code == 404
    assert client.post(at("triage", proposal), TYPED).status_code == 422
    proposal.refresh_from_db()
    assert proposal.fit_tags == "canary-tags"


def test_mails_hide_personal_links(client, oxford):
    proposal = make_at(Stage.TRIAGE)
    save_triage(proposal=proposal, by=oxford, values={"partner_summary": "A course."})
    engagement = Engagement.objects.get(proposal=proposal)
    share(engagement=engagement, contact=engagement.contact, by=oxford)
    client.force_login(oxford)

    page = client.get(at("change", proposal)).content.decode()

    assert "[personal link]" in page
    assert "[[link:" not in page
    assert "Open to Pat Doe (<a" in page


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_statements_however_much_happened(
    client, oxford, proposer, count, django_assert_num_queries
):
    proposal = make_at(Stage.TRIAGE)
    for number in range(count):
        add_note(proposal=proposal, author=oxford, body=f"Note {number}")
        do_move(proposal, Move.RETURN, oxford, **given_for(Move.RETURN))
        send(proposal)
        proposal.refresh_from_db()
    client.force_login(oxford)

    with django_assert_num_queries(13):
        response = client.get(at("change", proposal))

    assert [len(shown.entries) for shown in response.context["conversations"]] == [0, count]


def test_triage_is_saved_and_nothing_else(client, oxford):
    proposal = make_at(Stage.TRIAGE)
    other = make_submitted()
    client.force_login(oxford)

    response = client.post(
        at("triage", proposal),
        {
            **TYPED,
            "route_unit": proposal.unit_id,
            "duplicate_of": other.reference.lower(),
            "stage": "approved",
            "submitter": oxford.pk,
        },
    )

    saved = Proposal.objects.get(pk=proposal.pk)
    assert response.status_code == 302
    assert (saved.credential_type, saved.priority, saved.duplicate_of) == ("techcred", 1, other)
    assert (saved.stage, saved.submitter) == (Stage.TRIAGE, proposal.submitter)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("route_unit", "999999"),
        ("route_unit", "x"),
        ("credential_type", "doctorate"),
        ("priority", "9"),
        ("duplicate_of", "MC-1999-0001"),
        ("duplicate_of", "own"),
        ("partner_summary", "x" * 601),
        ("partner_summary", "nul\x00"),
        ("fit_tags", "x" * 201),
    ],
)
def test_bad_triage_is_shown_again_with_what_was_typed(client, oxford, field, value):
    proposal = make_at(Stage.TRIAGE)
    value = proposal.reference if value == "own" else value
    client.force_login(oxford)

    response = client.post(
        at("triage", proposal), {**TYPED, "next_step_partner": "kept typing", field: value}
    )

    assert response.status_code == 422
    assert "kept typing" in response.content.decode()
    assert Proposal.objects.get(pk=proposal.pk).credential_type == ""


def test_triage_of_another_unit_is_refused_in_words(client, regionals):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(regionals)

    response = client.post(at("triage", proposal), TYPED)

    assert response.status_code == 422
    assert "Staff of Oxford can work on it" in response.content.decode()
    assert Proposal.objects.get(pk=proposal.pk).fit_tags == ""


def test_second_save_of_the_panel_shows_what_the_first_wrote(client, oxford, lead):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(oxford)
    read = client.get(at("change", proposal)).context["triage_form"].digest
    save_triage(proposal=proposal, by=lead, values={"fit_tags": "by the lead"})

    refused = client.post(at("triage", proposal), {**TYPED, "fit_tags": "by Ola", "read": read})

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "It says now: by the lead" in page
    assert 'value="by Ola"' in page
    assert Proposal.objects.get(pk=proposal.pk).fit_tags == "by the lead"

    again = refused.context["triage_form"].digest
    client.post(at("triage", proposal), {**TYPED, "fit_tags": "by Ola", "read": again})

    assert Proposal.objects.get(pk=proposal.pk).fit_tags == "by Ola"


def test_note_is_added_by_elearning(client, oxford):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(oxford)

    client.post(at("note", proposal), {"body": "Rang the owner."})

    assert [(note.author, note.body, note.thread.kind) for note in Comment.objects.all()] == [
        (oxford, "Rang the owner.", "internal")
    ]


@pytest.mark.parametrize("body", ["", "   ", "x" * 5001, "nul\x00"])
def test_bad_note_is_shown_again(client, oxford, body):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(oxford)

    assert client.post(at("note", proposal), {"body": body}).status_code == 422
    assert not Comment.objects.exists()


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30, "x", "-1"])
def test_nonsense_in_the_address_is_404(client, oxford, pk):
    client.force_login(oxford)
    desk = reverse("admin:reviews_triageitem_changelist")

    for page in ("change", "move/consult", "sharing", "assign"):
        assert client.get(f"{desk}{pk}/{page}/").status_code == 404


@pytest.mark.parametrize("page", ["triage", "note"])
def test_who_lost_the_sign_in_while_saving_comes_back_to_the_proposal(client, oxford, page):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(oxford)

    assert client.get(at(page, proposal))["Location"] == at("change", proposal)
    assert client.put(at(page, proposal)).status_code == 405


def test_history_and_mails_are_there_newest_first(client, oxford):
    proposal = make_at(Stage.CONSULTATION)
    client.force_login(oxford)

    response = client.get(at("change", proposal))

    assert [change.move for change in response.context["changes"]] == [
        "consult",
        "start_triage",
        "submit",
    ]
    assert len(response.context["mails"]) == Message.objects.count()
    assert StageChange.objects.count() == 3


@pytest.fixture
def peopled(cast) -> Proposal:
    """Handed over by staff for an owner who left, with a co-proposer and one who was only asked."""
    rows = [
        {"name": "Gus", "email": cast.other_proposer.email, "access": "view"},
        {"name": "New Comer", "email": "new@miami.example", "access": "edit"},
    ]
    proposal = make_at(Stage.APC_REVIEW, co_proposers=rows)
    take_part(proposal, cast.other_proposer)
    User.objects.filter(pk=cast.proposer.pk).update(is_active=False)
    hand_over_for_who_left(
        proposal=proposal, to=cast.chair, by=cast.oxford, reason="Moved to another university."
    )
    return proposal


def test_page_names_the_people_and_who_handed_it_over_why(client, cast, peopled):
    client.force_login(cast.oxford)

    page = client.get(at("change", peopled)).content.decode()
    people = page[page.index('id="people"') :].split("</section>")[0]

    assert "Chris Head" in people and f"mailto:{cast.chair.email}" in people
    assert "Gus Proposer, reads" in people
    assert "New Comer, to edit" in people
    assert "From Fay Proposer to Chris Head, by Ola Oxford" in people
    assert "Moved to another university." in people
    assert "Hand it over" not in people


def test_reviewers_learn_neither_who_was_asked_nor_why_it_changed_hands(client, cast, peopled):
    client.force_login(cast.committee_chair)

    page = client.get(at("change", peopled)).content.decode()

    assert "Gus Proposer, reads" in page
    assert "New Comer" not in page[page.index('id="people"') :].split("</section>")[0]
    assert "Moved to another university." not in page


@pytest.mark.parametrize(("who", "is_led"), [("oxford", True), ("regionals", False)])
def test_what_an_owner_left_behind_is_handed_over_from_its_page(client, cast, who, is_led):
    proposal = make_at(Stage.TRIAGE)
    User.objects.filter(pk=cast.proposer.pk).update(is_active=False)
    client.force_login(getattr(cast, who))

    page = client.get(at("change", proposal)).content.decode()

    address = reverse("proposals:proposal_hand_over", args=[proposal.reference])
    assert (address in page) is is_led
    assert "account closed" in page


def test_signing_out_on_the_desk_erases_what_the_browser_kept(client, oxford):
    client.force_login(oxford)

    page = client.get(reverse("admin:reviews_triageitem_changelist")).content.decode()

    assert f'data-signs-out="{oxford.pk}"' in page
    assert page.count("js/kept.js") == 1
