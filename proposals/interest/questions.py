"""The table: every page and every question of the form, in the order people meet them."""

from dataclasses import replace

from proposals.interest import about, finish, need, partners, shape, skills
from proposals.interest.table import Page, Question

# Which wording of the form a revision answers; raise it when a question changes its meaning.
EDITION = "2026-11"

_MODULES = (about, need, skills, shape, partners, finish)
PAGES: dict[str, Page] = {module.PAGE.key: module.PAGE for module in _MODULES}
QUESTIONS: dict[str, Question] = {
    question.key: replace(question, page=module.PAGE.key)
    for module in _MODULES
    for question in module.QUESTIONS
}

# What the submitter confirms on the last page. A revision keeps the words and their edition.
ATTESTATIONS: dict[str, str] = {
    "ack_record": (
        "I understand that this form is a university record, and that someone may ask to see it"
        " under public records law."
    ),
    "ack_process": (
        "I understand that every microcredential goes through the one process of the university,"
        " with eLearning at my side."
    ),
}
ATTESTATION_EDITION = "2026-11"


def questions_of(page: str) -> list[Question]:
    """The questions of one page of the form, in their order."""
    return [question for question in QUESTIONS.values() if question.page == page]
