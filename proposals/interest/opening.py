"""Which answers are open while only some are: those asked for, and what hangs on them."""

from collections.abc import Iterable, Iterator

from proposals.interest.questions import QUESTIONS
from proposals.interest.rules import missing
from proposals.interest.table import Answers, Kind, Question, When

# Answers of which one bounds or brings along the other.
_OPEN_TOGETHER = (
    {"credits_min", "credits_max"},
    {"division", "department"},
    {"partner_status", "partners"},
)


def closed_keys(answers: Answers, open_keys: Iterable[str]) -> frozenset[str]:
    """The questions that stay as they were sent when just ``open_keys`` are opened.

    With a question opens whatever it decides, and whatever keeps the form from being sent is open
    in any case, so that nobody is asked for an answer they cannot give. ``answers`` is the whole
    form, confidential text included.
    """
    opened = set(open_keys) | {gap.key for gap in missing(answers)}
    before: set[str] = set()
    while opened != before:
        before = set(opened)
        for pair in _OPEN_TOGETHER:
            if opened & pair:
                opened |= pair
        opened |= {
            question.key
            for question in QUESTIONS.values()
            if any(when.key in opened for when in _hangs_on(question))
        }
    return frozenset(
        question.key
        for question in QUESTIONS.values()
        if question.key not in opened and question.kind is not Kind.PERSON
    )


def _hangs_on(question: Question) -> Iterator[When]:
    for condition in (question.condition, question.asked):
        if isinstance(condition, When):
            yield condition
