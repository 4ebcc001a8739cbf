"""Rows of the form in the browser: added, kept, counted, removed, and what they cost."""

from uuid import uuid4

import pytest

from proposals.interest import Kind, questions_of
from proposals.models import InterestForm, NamedPartner
from proposals.services import save_page
from tests.factories import make_draft
from tests.proposals.posting import address, as_post, inputs_of, stored

pytestmark = pytest.mark.django_db


def test_a_wrong_cell_keeps_its_row(me, draft):
    rows = [{"id": str(uuid4()), "org_name": "Tallgrass"}, {"id": str(uuid4()), "place": "Ohio"}]
    typed = as_post("partners", {"partners": rows})
    typed |= {"partners-0-learners": "lots", "partners-1-website": "javascript:alert(1)"}

    response = me.post(address(draft, "partners"), typed)

    assert response.status_code == 422
    first, second = response.context["form"].rows["partners"].forms
    assert (first["org_name"].value(), first["learners"].value()) == ("Tallgrass", "lots")
    assert second["website"].value() == "javascript:alert(1)"
    assert [row["org_name"] for row in stored(draft)["partners"] if "org_name" in row] == [
        "Tallgrass"
    ]


def test_a_new_row_with_nothing_valid_in_it_is_shown_again_but_not_saved(me, draft):
    typed = as_post("partners", {"partners": [{"id": str(uuid4())}]}) | {
        "partners-0-learners": "lots"
    }

    response = me.post(address(draft, "partners"), typed)

    assert response.status_code == 422
    assert response.context["form"].rows["partners"].forms[0]["learners"].value() == "lots"
    assert not NamedPartner.objects.exists()


@pytest.mark.parametrize("count", ["", "x", "-1", "NaN", "1000000", "9" * 400])
def test_a_count_of_rows_that_makes_no_sense_does_no_harm(me, draft, count):
    save_page(
        proposal=draft,
        page="skills",
        answers={"outcomes": [{"text": "Stays"}]},
        form_version=1,
        by=draft.submitter,
    )
    row = stored(draft)["outcomes"][0]
    typed = as_post("skills", {"outcomes": [row]}) | {"outcomes-TOTAL_FORMS": count}

    response = me.post(address(draft, "skills"), typed)

    assert response.status_code in (302, 422)
    assert [each["text"] for each in stored(draft)["outcomes"]] == ["Stays"]


def test_more_rows_than_there_is_room_for_are_told(me, draft):
    rows = [{"id": str(uuid4()), "title": f"Job {n}"} for n in range(6)]

    response = me.post(address(draft, "skills"), as_post("skills", {"job_functions": rows}))

    assert response.status_code == 422
    assert b"Keep at most 5" in response.content


def test_one_more_row_without_scripts_keeps_what_was_typed(me, draft):
    typed = as_post("skills", {"outcomes": [{"id": str(uuid4()), "text": "Measure"}]})

    response = me.post(
        address(draft, "skills"), typed | {"add": "outcomes", "qualifies_statement": "run a cell"}
    )

    assert response.status_code == 200
    form = response.context["form"]
    assert [row["text"].value() for row in form.rows["outcomes"].forms] == ["Measure", None]
    assert form["qualifies_statement"].value() == "run a cell"
    assert form.rows["outcomes"].forms[1]["id"].value()


@pytest.mark.parametrize("add", ["nothing", "credit_kind", "\x00", "partners"])
def test_a_row_of_nothing_is_added_to_nothing(me, draft, add):
    response = me.post(address(draft, "skills"), as_post("skills", {}) | {"add": add})

    assert response.status_code == 200


def test_the_first_partner_row_knows_who_spoke_first(me, draft):
    me.post(
        address(draft, "need"),
        as_post("need", {"working_title": "Sampling", "origin": "we_approached"}),
    )

    page = me.get(address(draft, "partners"))

    assert page.context["form"].rows["partners"].forms[0]["who_approached"].value() == "we_did"
    me.post(address(draft, "partners"), inputs_of(page.context["form"]))
    assert not NamedPartner.objects.exists()


def test_a_removed_row_goes(me, draft):
    rows = [{"id": str(uuid4()), "text": text} for text in ("One", "Two")]
    me.post(address(draft, "skills"), as_post("skills", {"outcomes": rows}))

    me.post(
        address(draft, "skills"),
        as_post("skills", {"outcomes": rows}) | {"outcomes-0-DELETE": "on"},
    )

    assert [row["text"] for row in stored(draft)["outcomes"]] == ["Two"]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("key", "statements"),
    [("about", 7), ("need", 8), ("skills", 7), ("shape", 6), ("partners", 6), ("finish", 7)],
)
def test_a_page_takes_the_same_statements_for_any_rows(
    me, proposer, key, statements, count, django_assert_num_queries
):
    draft = with_rows(proposer, count)

    with django_assert_num_queries(statements):
        assert me.get(address(draft, key)).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("key", "statements"),
    [("about", 9), ("need", 8), ("skills", 8), ("shape", 8), ("partners", 10), ("finish", 8)],
)
def test_saving_a_page_takes_the_same_statements_for_any_rows(
    me, proposer, key, statements, count, django_assert_num_queries
):
    draft = with_rows(proposer, count)
    answers = stored(draft)
    for question in questions_of(key):
        if question.kind is Kind.TEXT:
            answers[question.key] = "changed " * 12
        for row in answers.get(question.key, ()) if question.kind is Kind.ROWS else ():
            row[question.columns[0].key] += " changed"
    typed = as_post(key, answers, InterestForm.objects.get(proposal=draft).version)

    with django_assert_num_queries(statements):
        assert me.post(address(draft, key), typed).status_code == 302


def with_rows(proposer, count):
    def numbered(**cells):
        return [{key: f"{value} {n}" for key, value in cells.items()} for n in range(count)]

    colleagues = [{"name": f"C {n}", "email": f"c{n}@miami.example"} for n in range(count)]
    return make_draft(
        proposer,
        co_proposers=colleagues,
        outcomes=numbered(text="Outcome"),
        job_functions=numbered(title="Job"),
        partners=numbered(org_name="Partner"),
    )
