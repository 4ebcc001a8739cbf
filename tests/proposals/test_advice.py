"""Advice, not walls: each rule of the table speaks where it should, is silent elsewhere, blocks
nothing, and stands where something can be done about it."""

import pytest
from django.urls import reverse

from microcreds.accounts.models import Campus
from proposals.interest import QUESTIONS, Kind, advice_on, missing
from proposals.interest.advice import RULES
from proposals.services import answers_of
from tests.factories import make_campus, make_draft, make_submitted
from tests.proposals.posting import address, as_post

FUNDED = {"names": {"campus_home": "Oxford"}, "campus_home": "1"}


def given(answers):
    return [each.key for each in advice_on(answers)]


@pytest.mark.parametrize(
    ("answers", "keys"),
    [
        ({}, []),
        ({"working_title": "Certificate in Applied Data Ethics"}, ["title_words"]),
        ({"working_title": "A DEGREE of care; diplomas"}, ["title_words", "title_words"]),
        ({"working_title": "Certification of gauges"}, []),
        (
            {
                "working_title": "Python at Tallgrass Fasteners",
                "partners": [{"org_name": "Tallgrass Fasteners, Inc."}],
            },
            ["partner_in_title"],
        ),
        (
            {"working_title": "Community Care", "partners": [{"org_name": "Community Health"}]},
            [],
        ),
        ({"outcomes": [{"text": "Understand charts"}, {"text": "Draw"}]}, ["unseen_verbs"]),
        ({"outcomes": [{"text": "to learn  about noise"}]}, ["unseen_verbs"]),
        ({"outcomes": [{"text": "Misunderstandings solved"}, {"text": "Learn to draw"}]}, []),
        ({"credits_max": 17.0, "effort_hours": 600}, []),
        ({"credits_max": 17.5, "effort_hours": 650}, ["credits_over_17"]),
        ({"credits_min": 18.0, "effort_hours": 675}, ["credits_over_17"]),
        ({"credit_kind": "noncredit", "credits_max": 18.0}, []),
        ({"credit_kind": "credit", "formality": "informal"}, ["credit_informal"]),
        ({"credit_kind": "both", "formality": "informal"}, ["credit_informal"]),
        ({"credit_kind": "noncredit", "formality": "informal"}, []),
        ({"credits_max": 3.0, "effort_hours": 112}, []),
        ({"credits_max": 3.0, "effort_hours": 40}, ["hours_and_credits"]),
        ({"credits_max": 3.0}, ["hours_and_credits"]),
        ({"credits_max": 0.0}, []),
        ({"credit_kind": "noncredit", "effort_hours": 24}, ["ceu"]),
        ({"off_campus": "yes"}, ["off_campus"]),
        ({"off_campus": "no", "delivery_modes": ["workplace"]}, ["off_campus"]),
        ({"off_campus": "no", "delivery_modes": ["lab"]}, []),
        ({"delivery_modes": ["online_any_time", "self_paced"]}, ["no_contact"]),
        ({"delivery_modes": ["online_any_time", "meetings"]}, []),
        ({"term_fit": "no"}, ["outside_a_term"]),
        ({"funding_ideas": ["techcred"]}, ["techcred"]),
        (
            {"funding_ideas": ["techcred"], "credits_max": 24.5, "effort_hours": 900},
            ["credits_over_17", "techcred", "techcred_limits"],
        ),
        (
            {"funding_ideas": ["techcred"], "duration_kind": "weeks", "duration_value": 53},
            ["techcred", "techcred_limits"],
        ),
        (
            {"funding_ideas": ["techcred"], "duration_kind": "weeks", "duration_value": 52},
            ["techcred"],
        ),
        (
            {"funding_ideas": ["techcred"], "duration_kind": "several_terms", "duration_value": 4},
            ["techcred", "techcred_limits"],
        ),
        ({"funding_ideas": ["ohio_work_ready"]} | FUNDED, ["work_ready"]),
        ({"funding_ideas": ["ohio_work_ready"]}, []),
        (
            {"duration_kind": "weeks", "duration_value": 8, "effort_hours": 150},
            ["workforce_pell"],
        ),
        ({"duration_kind": "weeks", "duration_value": 15, "effort_hours": 150}, []),
        ({"duration_kind": "weeks", "duration_value": 8, "effort_hours": 149}, []),
        ({"funding_ideas": ["workforce_pell"]}, ["workforce_pell"]),
    ],
)
def test_each_rule_speaks_where_it_should(answers, keys):
    assert given(answers) == keys


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"duration_value": 8, "effort_hours": 160}, "fits the band"),
        ({"duration_value": 20, "effort_hours": 160}, "outside that band"),
        ({"duration_value": 8, "effort_hours": 600}, "outside that band"),
        ({"duration_value": 8}, "whether the length fits"),
    ],
)
def test_workforce_pell_is_told_by_its_length_alone(answers, words):
    pell = {"funding_ideas": ["workforce_pell"], "duration_kind": "weeks"}

    [said] = [each for each in advice_on(pell | answers) if each.key == "workforce_pell"]

    assert words in said.text


def test_the_work_ready_grant_is_for_branch_campuses():
    asked = {"funding_ideas": ["ohio_work_ready"]} | FUNDED

    [elsewhere] = advice_on(asked)
    [branch] = advice_on(asked | {"campus_is_branch": True})

    assert "not for Oxford" in elsewhere.text
    assert "is a branch campus" in branch.text


def test_figures_are_worked_out_for_the_reader():
    [hours] = advice_on({"credits_min": 1.0, "credits_max": 3.0, "effort_hours": 200})
    [units] = advice_on({"credit_kind": "noncredit", "effort_hours": 24})

    assert "1 to 3 credit hours usually mean about 37.5 to 112.5 hours" in hours.text
    assert "2.4 continuing education units" in units.text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
def test_no_rule_promises_money_or_stands_at_no_question(rule):
    assert rule.question in QUESTIONS
    said = " ".join(filter(None, [rule.words.__doc__])).lower()
    assert "you are eligible" not in said and "you will receive" not in said


@pytest.mark.parametrize("key", [q.key for q in QUESTIONS.values() if q.kind is Kind.TEXT])
def test_every_long_question_has_a_model_answer_within_its_own_limits(key):
    question = QUESTIONS[key]

    assert question.min_length <= len(question.example) <= (question.max_length or 0)
    assert question.example


pytestmark = pytest.mark.django_db
LOOKS = {"formality": "informal", "credit_kind": "credit", "off_campus": "yes"}


@pytest.fixture
def draft(proposer):
    shape = {
        "credit_kind": "credit",
        "formality": "informal",
        "credits_max": 18.0,
        "duration_kind": "one_term",
        "duration_reason": "A term.",
        "delivery_modes": ["lab"],
        "off_campus": "yes",
        "together": [],
    }
    return make_draft(proposer, answers={"shape": shape})


def test_advice_stands_at_its_field_after_saving_and_on_the_check_page(client, draft, proposer):
    client.force_login(proposer)

    page = client.get(address(draft, "shape")).content.decode()
    check = client.get(reverse("proposals:proposal_check", args=[draft.reference]))

    place = page[page.index('id="advice_formality"') :]
    assert "needs curriculum approval (CIM)" in place[: place.index("</div>")].replace("\n", " ")
    assert "certificate" in page[page.index('id="advice_credits_max"') :][:900]
    html = check.content.decode()
    assert "Worth a look" in html
    assert f"/proposals/{draft.reference}/edit/shape/#id_formality_0" in html


def test_advice_keeps_nobody_from_submitting(draft):
    answers = answers_of(draft, confidential=True)

    assert given(answers)
    assert missing(answers) == []
    assert make_submitted(draft.submitter, **LOOKS).submitted_at


def test_advice_while_typing_is_read_from_the_page_and_saves_nothing(client, draft, proposer):
    client.force_login(proposer)
    url = reverse("proposals:proposal_advice", args=[draft.reference, "shape"])
    before = answers_of(draft, confidential=True)

    typed = {"credit_kind": "noncredit", "effort_hours": 24, "delivery_modes": ["self_paced"]}
    html = client.post(url, as_post("shape", typed)).content.decode()

    assert "2.4 continuing education units" in html
    assert "no correspondence programs" in html
    assert 'id="advice_formality" aria-live="polite"></div>' in html
    draft.refresh_from_db()
    assert answers_of(draft, confidential=True) == before


@pytest.mark.parametrize("text", ["bad\x00title", "x" * 200, "\ud800"])
def test_bad_text_gets_the_advice_on_what_is_stored(client, draft, proposer, text):
    client.force_login(proposer)
    url = reverse("proposals:proposal_advice", args=[draft.reference, "need"])
    body = f"working_title={text}".encode("utf-8", "surrogatepass")

    response = client.post(url, body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 200


def test_advice_is_for_who_may_edit(client, draft, other_proposer, oxford):
    url = reverse("proposals:proposal_advice", args=[draft.reference, "shape"])
    for person in (other_proposer, oxford):
        client.force_login(person)
        assert client.post(url).status_code == 404
    client.force_login(draft.submitter)
    assert client.post(url.replace("shape", "nonsense")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_advice_while_typing_costs_the_same_for_any_number_of_rows(
    client, proposer, count, django_assert_num_queries
):
    outcomes = [{"text": f"Understand {n}", "kind": "skill"} for n in range(count)]
    draft = make_draft(proposer)
    client.force_login(proposer)
    url = reverse("proposals:proposal_advice", args=[draft.reference, "skills"])

    with django_assert_num_queries(4):
        html = client.post(url, as_post("skills", {"outcomes": outcomes})).content.decode()

    assert html.count("which nobody can observe") == count


def test_staff_read_the_same_advice_on_the_desk_and_the_committee_does_not(
    client, oxford, committee_chair, proposer
):
    sent = make_submitted(proposer, **LOOKS)
    url = reverse("admin:reviews_triageitem_change", args=[sent.pk])
    client.force_login(oxford)

    assert "Worth a look (" in client.get(url).content.decode()
    client.force_login(committee_chair)
    assert "Worth a look (" not in client.get(url).content.decode()


def test_the_answers_know_whether_their_campus_is_a_branch(proposer):
    draft = make_draft(proposer)
    assert answers_of(draft)["campus_is_branch"] is False

    Campus.objects.filter(pk=make_campus().pk).update(is_branch=True)
    draft.campus.refresh_from_db()

    assert answers_of(draft)["campus_is_branch"] is True
