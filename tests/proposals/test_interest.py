"""The table of the form, and what submit needs of the answers."""

from datetime import date
from uuid import uuid4

import pytest

from proposals.interest import PAGES, QUESTIONS, Kind, missing, page_states, read_view
from proposals.visibility import LETTERS

TODAY = date(2026, 11, 23)


@pytest.fixture
def whole():
    """Answers of the whole form that lack nothing, without a database."""
    row = {"id": str(uuid4())}
    return {
        "submitter": "fay@miami.example",
        "names": {"campus_home": "Oxford"},
        "campus_home": "1",
        "division": "1",
        "department": "1",
        "chair_informed": "not_yet",
        "working_title": "Sampling for shift leads",
        "origin": "own_idea",
        "need_statement": "x" * 80,
        "need_level": ["region"],
        "audience": ["alumni"],
        "start_by": "asap",
        "job_functions": [row | {"title": "Inspector", "extent": "whole_job"}],
        "qualifies_statement": "x" * 30,
        "outcomes": [row | {"text": text, "kind": "skill"} for text in ("One", "Two")],
        "scope_kind": "slice",
        "scope_in_out": "In and out",
        "stands_alone": "x" * 40,
        "stack_kind": ["not_sure"],
        "credit_kind": "both",
        "formality": "mix",
        "duration_kind": "one_term",
        "duration_reason": "Long enough",
        "delivery_modes": ["lab"],
        "off_campus": "no",
        "partner_status": "none_needed",
        "demand_evidence": ["hunch"],
        "demand_summary": "A hunch",
        "learners_y1": "unknown",
        "help_wanted": ["design"],
    }


def lacking(answers):
    return [item.name for item in missing(answers, on=TODAY)]


def test_the_whole_form_lacks_nothing(whole):
    assert lacking(whole) == []
    assert set(page_states(whole, on=TODAY).values()) == {"complete"} - {"partners"}


def test_an_empty_form_is_empty_on_every_page():
    assert set(page_states({"working_title": "Named at the start"}).values()) == {"empty"}


@pytest.mark.parametrize(
    "key", [q.key for q in QUESTIONS.values() if q.asked is True and not q.condition]
)
def test_each_asked_answer_is_missed(whole, key):
    del whole[key]

    assert [name.split("-")[0] for name in lacking(whole)] == [key]
    assert page_states(whole, on=TODAY)[QUESTIONS[key].page] in ("started", "empty")


@pytest.mark.parametrize(
    "key", [q.key for q in QUESTIONS.values() if q.asked is True and not q.condition]
)
def test_all_but_a_few_may_be_worked_out_together(whole, key):
    del whole[key]
    whole["together"] = [key]
    never = {"working_title", "need_statement", "campus_home", "division", "department"}

    assert (lacking(whole) == []) == (key not in never)


@pytest.mark.parametrize("key", [q.key for q in QUESTIONS.values() if q.min_length])
def test_too_short_an_answer_is_missed(whole, key):
    whole[key] = "x" * (QUESTIONS[key].min_length - 1)
    assert lacking(whole) == [key]

    whole[key] = "x" * (QUESTIONS[key].min_length - 1) + "\u200b"
    assert lacking(whole) == [key]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"chair_informed": "yes"}, ["chair_name", "chair_email"]),
        ({"origin": "other"}, ["origin_other"]),
        ({"start_by": "date"}, ["start_on", "start_reason"]),
        ({"start_by": "date", "start_on": "2026-11-22", "start_reason": "x"}, ["start_on"]),
        ({"start_by": "date", "start_on": "2026-11-23", "start_reason": "x"}, []),
        ({"start_by": "term:1", "term_starts_on": "2026-08-24"}, ["start_by"]),
        ({"start_by": "term:1", "term_starts_on": "2027-01-25"}, []),
        ({"stack_kind": ["minor"]}, ["stack_targets-0-name"]),
        ({"stack_kind": ["minor", "nothing"]}, ["stack_kind", "stack_targets-0-name"]),
        ({"stack_kind": ["minor"], "together": ["stack_kind"]}, []),
        ({"duration_kind": "weeks"}, ["duration_value"]),
        ({"duration_kind": "not_sure", "duration_reason": ""}, []),
        ({"duration_kind": "", "duration_reason": "", "together": ["duration_kind"]}, []),
        ({"delivery_modes": ["other"]}, ["delivery_modes_other"]),
        ({"funding_ideas": ["unknown", "learner"]}, ["funding_ideas"]),
        ({"credits_min": 3.0, "credits_max": 1.5}, ["credits_max"]),
        ({"credit_kind": "noncredit", "credits_min": 3.0, "credits_max": 1.5}, []),
        ({"origin": "partner_asked"}, ["partner_status"]),
        ({"partner_status": "yes"}, ["partners-0-org_name"]),
        ({"partner_status": "talking"}, []),
        ({"partners": [{"id": "1", "org_name": "A"}]}, ["partner_status"]),
    ],
)
def test_rules_between_answers(whole, change, expected):
    assert lacking(whole | change) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, []),
        ({"org_name": ""}, ["partners-0-org_name"]),
        ({"who_approached": ""}, ["partners-0-who_approached"]),
        ({"stage": ""}, ["partners-0-stage"]),
        ({"confidential": "yes"}, ["partners-0-confidential_text"]),
        ({"share_status": "yes"}, ["partners-0-contact_name", "partners-0-contact_email"]),
        ({"first_contact": "2026-12-01"}, ["partners-0-first_contact"]),
    ],
)
def test_rules_of_a_partner(whole, cells, expected):
    partner = {
        "id": "1",
        "org_name": "A",
        "kind": "school",
        "who_approached": "mutual",
        "stage": "idea",
    }
    whole |= {"partner_status": "yes", "partners": [partner | cells]}

    assert lacking(whole) == expected


def test_the_same_outcome_twice_is_told_at_the_second(whole):
    whole["outcomes"][1]["text"] = "  oNE "

    assert lacking(whole) == ["outcomes-1-text"]


def test_colleagues_are_named_once_and_are_somebody_else(whole):
    emails = ["a@miami.example", "A@miami.example", "Fay@miami.example"]
    whole["co_proposers"] = [{"id": email, "name": "A", "email": email} for email in emails]

    assert lacking(whole) == ["co_proposers-1-email", "co_proposers-2-email"]


@pytest.mark.parametrize("key", [q.key for q in QUESTIONS.values() if q.kind is Kind.ROWS])
def test_no_more_rows_than_there_is_room_for(whole, key):
    question = QUESTIONS[key]
    first = question.columns[0].key
    whole[key] = [{"id": str(n), first: f"{n}"} for n in range(question.max_rows + 1)]
    answers = whole | applying(question)

    assert any(name.startswith(f"{key}-{question.max_rows}-") for name in lacking(answers))


def test_every_page_and_question_says_what_it_must():
    for page in PAGES.values():
        assert page.title and page.intro and page.readers and page.number
    for question in QUESTIONS.values():
        for each in (question, *question.columns):
            assert each.label and each.sees and set(each.sees) <= set("SERCP")
            assert "S" in each.sees and "E" in each.sees
            for when in (each.condition, each.asked):
                if hasattr(when, "key"):
                    siblings = (
                        {c.key: c for c in question.columns} if each is not question else QUESTIONS
                    )
                    assert set(when.values) <= {value for value, _ in siblings[when.key].choices}


def test_readers_see_what_is_theirs_and_nothing_else(whole):
    """A canary in every answer: who may not see it, does not."""
    for audience, letter in LETTERS.items():
        for question in QUESTIONS.values():
            if question.kind in (Kind.LINE, Kind.TEXT, Kind.PHONE, Kind.EMAIL):
                answers = whole | {question.key: "canary-text"} | applying(question)
                assert ("canary-text" in str(read_view(answers, audience))) == (
                    letter in question.sees
                )
            for column in question.columns:
                if column.kind in (Kind.LINE, Kind.TEXT, Kind.PHONE, Kind.EMAIL):
                    row = {"id": "1", column.key: "canary-text"} | applying(column)
                    answers = whole | {question.key: [row]} | applying(question)
                    seen = "canary-text" in str(read_view(answers, audience))
                    assert seen == (letter in question.sees and letter in column.sees)
    assert all(not section.answers for section in read_view(whole, "nobody"))


def applying(question):
    if not question.condition or question.condition.negate:
        return {}
    value = question.condition.values[0]
    is_list = question.condition.key in ("stack_kind", "delivery_modes")
    return {question.condition.key: [value] if is_list else value}


def test_answers_are_read_in_words(whole):
    whole |= {
        "start_by": "date",
        "start_on": "2027-01-25",
        "credits_min": 1.5,
        "together": ["off_campus"],
    }
    words = {
        answer.key: answer.text
        for section in read_view(whole, "proposer")
        for answer in section.answers
    }

    assert words["campus_home"] == "Oxford"
    assert words["start_on"] == "Mon, 25 Jan 2027"
    assert words["credits_min"] == "1.5"
    assert words["off_campus"] == "No\nLet's work this out together"
    assert words["need_level"] == "Our region"
    assert "origin_other" not in words
