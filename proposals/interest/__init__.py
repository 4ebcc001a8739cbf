"""The Initial Interest Form as one table: words, limits, conditions, readers, what submit needs.

A new question is one entry in the module of its page. Forms, "check your answers", the guard of
submit and every read view follow.
"""

from proposals.interest.advice import Advice, advice_by_question, advice_on
from proposals.interest.opening import closed_keys
from proposals.interest.questions import (
    ATTESTATION_EDITION,
    ATTESTATIONS,
    EDITION,
    PAGES,
    QUESTIONS,
    questions_of,
)
from proposals.interest.reading import TOGETHER, ReadAnswer, Section, display, read_view
from proposals.interest.rules import Missing, can_wait, date_problem, missing, page_states
from proposals.interest.table import Kind, Page, Question, When, alike, length, visible_length

__all__ = [
    "ATTESTATIONS",
    "ATTESTATION_EDITION",
    "EDITION",
    "PAGES",
    "QUESTIONS",
    "TOGETHER",
    "Advice",
    "Kind",
    "Missing",
    "Page",
    "Question",
    "ReadAnswer",
    "Section",
    "When",
    "advice_on",
    "advice_by_question",
    "alike",
    "closed_keys",
    "date_problem",
    "display",
    "length",
    "can_wait",
    "missing",
    "page_states",
    "questions_of",
    "read_view",
    "visible_length",
]
