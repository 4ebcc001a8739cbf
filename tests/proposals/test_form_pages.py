"""The form in the browser: pages, rows, two editors, who may not."""

from uuid import uuid4

import pytest
from django.urls import reverse

from proposals.interest import PAGES, QUESTIONS, Kind, questions_of
from proposals.models import InterestForm, Participant, Proposal
from proposals.services import create_draft, save_page
from tests.factories import make_department, make_draft, make_submitted, whole_answers
from tests.proposals.posting import address, as_post, inputs_of, stored

pytestmark = pytest.mark.django_db
JUNK = "<script>alert('canary')</script>"


def test_a_new_proposal_asks_for_a_title_and_leads_to_its_first_page(me, proposer):
    assert me.get(reverse("proposals:proposal_new")).status_code == 200

    response = me.post(reverse("proposals:proposal_new"), {"working_title": "  Reading charts "})

    proposal = Proposal.objects.get()
    assert (proposal.working_title, proposal.submitter) == ("Reading charts", proposer)
    assert response["Location"] == address(proposal, "about")


def test_the_same_page_posted_twice_makes_one_draft(me):
    page = me.get(reverse("proposals:proposal_new"))
    post = {"working_title": "Reading charts", "form_key": page.context["form"]["form_key"].value()}

    answers = [me.post(reverse("proposals:proposal_new"), post) for _ in range(2)]

    assert Proposal.objects.count() == 1
    assert answers[0]["Location"] == answers[1]["Location"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_new_one_may_begin_as_a_copy_of_ones_own(
    me, proposer, other_proposer, count, django_assert_num_queries
):
    own = [create_draft(owner=proposer, working_title=f"Idea {n}") for n in range(count)]
    theirs = create_draft(owner=other_proposer, working_title="Not mine")
    Participant.objects.create(
        proposal=theirs, user=proposer, capacity="editor", since=theirs.created_at
    )

    with django_assert_num_queries(4):
        page = me.get(reverse("proposals:proposal_new"))

    assert page.context["own"] == own[::-1]
    for proposal in own:
        copy = reverse("proposals:proposal_copy", args=[proposal.reference])
        assert f'href="{copy}"' in page.content.decode()
    assert "Not mine" not in page.content.decode()


def test_at_most_ten_copies_are_offered_with_a_way_to_all(me, proposer):
    assert "data-copies" not in me.get(reverse("proposals:proposal_new")).content.decode()
    for number in range(11):
        create_draft(owner=proposer, working_title=f"Idea {number}")

    page = me.get(reverse("proposals:proposal_new"))

    assert [each.working_title for each in page.context["own"]] == [
        f"Idea {number}" for number in range(10, 0, -1)
    ]
    assert page.context["has_more"]


@pytest.mark.parametrize("page", ["proposal_new", "proposal_copy"])
def test_a_damaged_key_that_nobody_sees_keeps_nobody_from_a_draft(me, draft, page):
    url = reverse(f"proposals:{page}", args=[draft.reference] if page == "proposal_copy" else [])
    sent = {"working_title": "Reading charts", "form_key": "nonsense"}
    assert me.post(url, sent).status_code == 302
    assert draft.submitter.proposals.count() == 2


@pytest.mark.parametrize("title", ["", "abc", "x" * 121, "bad\x00title", "turned \u202etitle"])
def test_a_bad_title_is_refused_and_kept(me, title):
    response = me.post(
        reverse("proposals:proposal_new"), {"working_title": title, "form_key": "nonsense"}
    )

    assert response.status_code == 422
    assert response.context["form"]["working_title"].value() == title
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("key", PAGES)
def test_each_page_shows_its_questions_who_reads_it_and_where_one_stands(me, draft, key):
    whole_answers()  # a campus to choose
    response = me.get(address(draft, key))

    assert response.status_code == 200
    html = response.content.decode()
    for question in questions_of(key):
        if question.kind is Kind.ROWS:
            assert f'name="{question.key}-TOTAL_FORMS"' in html
            assert f'name="{question.key}-0-{question.columns[0].key}"' in html
        elif question.is_input:
            assert f'name="{question.key}"' in html
        if question.can_be_together:
            assert f'name="together" value="{question.key}"' in html
    assert 'aria-current="page"' in html
    assert "Who will read this" in html


@pytest.mark.parametrize("key", PAGES)
def test_a_page_posted_whole_is_saved_and_leads_on(me, draft, key):
    whole = whole_answers()[key]

    response = me.post(address(draft, key), as_post(key, whole) | {"then": "next"})

    order = [*PAGES, "check"]
    assert response.status_code == 302
    assert order[order.index(key) + 1] in response["Location"]
    given = {name: value for name, value in whole.items() if value and name != "together"}
    kept = stored(draft)
    for name, value in given.items():
        if QUESTIONS[name].kind is Kind.ROWS:
            kept[name] = [{k: v for k, v in row.items() if k != "id"} for row in kept[name]]
        assert kept[name] == value
    draft.interest.refresh_from_db()
    assert draft.interest.last_page == key


@pytest.mark.parametrize("key", PAGES)
def test_a_saved_page_shows_what_was_saved_and_saving_it_unchanged_changes_nothing(
    me, proposer, key
):
    draft = make_draft(proposer)
    version = InterestForm.objects.get().version
    page = me.get(address(draft, key))

    me.post(address(draft, key), inputs_of(page.context["form"]))

    assert InterestForm.objects.get().version == version


def test_resume_leads_to_the_page_saved_last(me, draft):
    me.post(address(draft, "shape"), as_post("shape", {"credit_kind": "both"}))

    response = me.get(reverse("proposals:proposal_resume", args=[draft.reference]))

    assert response["Location"] == address(draft, "shape")


def test_what_is_valid_is_saved_and_what_is_not_is_kept_and_marked(me, draft):
    typed = as_post("shape", {"credit_kind": "credit", "formality": "mix"})

    response = me.post(
        address(draft, "shape"), typed | {"effort_hours": "many", "credits_min": "NaN"}
    )

    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {"effort_hours", "credits_min"}
    assert form["effort_hours"].value() == "many"
    assert b"Saved, except" in response.content
    assert stored(draft)["credit_kind"] == "credit"
    assert form["form_version"].value() == str(InterestForm.objects.get().version)


@pytest.mark.parametrize(
    ("key", "name"),
    [(page, q.key) for page in PAGES for q in questions_of(page) if q.choices or q.source],
)
@pytest.mark.parametrize("value", ["999999999999", "nonsense", JUNK, "\x00"])
def test_a_choice_that_is_not_offered_is_refused(me, draft, key, name, value):
    response = me.post(address(draft, key), as_post(key, {}) | {name: value})

    assert response.status_code == 422
    assert name in response.context["form"].errors
    assert name not in stored(draft)


@pytest.mark.parametrize("key", PAGES)
@pytest.mark.parametrize("value", [JUNK, "a\x00b", "x" * 20_000, "turned \u202e round"])
def test_bad_text_in_every_input_never_breaks_a_page(me, draft, key, value):
    blank = {q.key: [{"id": str(uuid4())}] for q in questions_of(key) if q.kind is Kind.ROWS}
    typed = dict.fromkeys(as_post(key, blank), value) | as_post(key, blank) | {"together": value}
    bad = {n: value for n in typed if not n.endswith(("-TOTAL_FORMS", "-INITIAL_FORMS", "-id"))}

    response = me.post(address(draft, key), {**typed, **bad})

    assert response.status_code == 422
    assert JUNK not in response.content.decode()
    assert me.get(address(draft, key)).status_code == 200


@pytest.mark.parametrize("version", ["", "x", "-5", "9" * 30])
def test_a_version_that_makes_no_sense_does_no_harm(me, draft, version):
    typed = as_post("shape", {"credit_kind": "both"}) | {"form_version": version}

    assert me.post(address(draft, "shape"), typed).status_code in (302, 422)
    assert stored(draft)["credit_kind"] == "both"


def test_extra_inputs_are_ignored(me, draft, other_proposer):
    extra = {"stage": "approved", "submitter": other_proposer.pk, "is_staff": "1", "reference": "X"}
    extra |= {"partner_summary": "mine", "unit": "1", "need_statement": "of another page"}

    me.post(address(draft, "shape"), as_post("shape", {"credit_kind": "both"}) | extra)

    changed = Proposal.objects.get()
    assert (changed.stage, changed.submitter, changed.reference) == (
        "draft",
        draft.submitter,
        draft.reference,
    )
    assert (changed.partner_summary, changed.unit) == ("", None)
    assert "need_statement" not in stored(draft)


def test_a_department_of_another_college_is_refused(me, draft, proposer):
    whole = whole_answers()["about"]
    elsewhere = make_department("Nursing", "Health")

    response = me.post(
        address(draft, "about"), as_post("about", whole | {"division": str(elsewhere.division_id)})
    )

    assert response.status_code == 422
    assert [*response.context["form"].errors] == ["department"]


def test_two_editors_are_told_and_nothing_is_overwritten_unknowingly(me, draft, other_proposer):
    Participant.objects.create(
        proposal=draft, user=other_proposer, capacity="editor", since=draft.created_at
    )
    read = as_post("need", {"working_title": draft.working_title}, version=1)
    save_page(
        proposal=draft,
        page="need",
        answers={"need_statement": "theirs", "audience_note": "their note"},
        form_version=1,
        by=other_proposer,
    )

    response = me.post(
        address(draft, "need"), read | {"need_statement": "mine", "origin": "own_idea"}
    )

    form = response.context["form"]
    assert response.status_code == 409
    shown = form.conflicts["need_statement"]
    assert (str(shown.conflict.by), shown.conflict.theirs) == ("Gus Proposer", "theirs")
    assert b"Gus Proposer changed this too" in response.content
    assert form["need_statement"].value() == "mine"
    assert form["audience_note"].value() == "their note"
    assert stored(draft)["origin"] == "own_idea"

    again = me.post(address(draft, "need"), inputs_of(form))

    assert again.status_code == 302
    assert stored(draft)["need_statement"] == "mine"
    assert stored(draft)["audience_note"] == "their note"


def test_a_conflict_in_a_row_stands_beside_the_cell(me, draft, other_proposer):
    row = {"id": str(uuid4()), "text": "One"}
    me.post(address(draft, "skills"), as_post("skills", {"outcomes": [row]}))
    version = InterestForm.objects.get().version
    save_page(
        proposal=draft,
        page="skills",
        answers={"outcomes": [row | {"text": "Theirs"}, {"text": "Added"}]},
        form_version=version,
        by=other_proposer,
    )

    response = me.post(
        address(draft, "skills"), as_post("skills", {"outcomes": [row | {"text": "Mine"}]}, version)
    )

    assert response.status_code == 409
    first, second = response.context["form"].rows["outcomes"].forms
    assert (first["text"].value(), second["text"].value()) == ("Mine", "Added")
    assert first.conflicts["text"].conflict.theirs == "Theirs"


@pytest.mark.parametrize("key", PAGES)
def test_once_sent_a_page_leads_away_and_a_post_is_refused_with_what_was_typed(me, proposer, key):
    sent = make_submitted(proposer)
    before = stored(sent)

    assert me.get(address(sent, key))["Location"] == reverse(
        "proposals:proposal_detail", args=[sent.reference]
    )
    response = me.post(
        address(sent, key), as_post(key, {"need_statement": "late", "working_title": "Later"})
    )

    assert response.status_code == 409
    assert b"Nothing was saved" in response.content
    assert stored(sent) == before


@pytest.mark.parametrize(
    "who", ["other_proposer", "oxford", "lead", "committee", "deans", "chair", "auditor"]
)
@pytest.mark.parametrize("name", ["edit", "resume", "check", "delete"])
def test_nobody_else_reaches_the_form(client, proposer, request, who, name):
    draft = make_draft(proposer)
    client.force_login(request.getfixturevalue(who))
    args = [draft.reference, "about"] if name == "edit" else [draft.reference]
    url = reverse(f"proposals:proposal_{name}", args=args)

    assert client.get(url).status_code == 404
    assert client.post(url, as_post("about", {})).status_code in (404, 405)


@pytest.mark.parametrize("ref", ["MC-2026-9999", "nonsense", "MC-2026-0001%27", "..%2f"])
def test_a_reference_that_is_none_is_not_found(me, draft, ref):
    assert me.get(f"/proposals/{ref}/edit/about/").status_code == 404


@pytest.mark.parametrize("page", ["2A", "aboutx", "ABOUT", "check"])
def test_a_page_that_is_none_is_not_found(me, draft, page):
    assert me.get(f"/proposals/{draft.reference}/edit/{page}/").status_code == 404
