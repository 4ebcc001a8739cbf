"""Every write about questions to a contact: put, answered bit by bit; and the ready set of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.accounts.models import User
from partners import asks
from partners.models import Contact, Engagement, PartnerAsk, Question
from partners.models.questions import LONGEST_ANSWER, LONGEST_CHOICE, LONGEST_QUESTION
from proposals.models.attachment import PARTNER_ANSWER
from proposals.services.files import attach_to_record, discard

Kind = Question.Kind
MOST_QUESTIONS = 20
MOST_CHOICES = 10

# What a consultation wants to know of an employer (the working list of issue 6), by key.
CONSULTATION: dict[str, str | Promise] = {
    "jobs": gettext_lazy("Which jobs is this for?"),
    "abilities": gettext_lazy("What must people in these jobs be able to do?"),
    "goes_wrong": gettext_lazy("What goes wrong today because people cannot do it yet?"),
    "how_many": gettext_lazy("How many people would take part, and by when?"),
    "hours_and_places": gettext_lazy("Which hours and places would suit them?"),
    "worked": gettext_lazy("How would you know that it has worked?"),
}


@dataclass(frozen=True, slots=True)
class Put:
    """One question as somebody puts it."""

    words: str
    kind: Question.Kind = Kind.TEXT
    choices: tuple[str, ...] = ()


@transaction.atomic
def put_questions(
    *,
    engagement: Engagement,
    contact: Contact,
    words: str,
    due_on: date,
    questions: Iterable[Put],
    by: User,
    at: datetime | None = None,
) -> PartnerAsk:
    """The contact is asked these questions, in this order, and a mail says so; asked so already by
    the same person, that stands.

    Raises ``ValidationError`` as ``ask_contact`` does, and for ``questions`` where there are none,
    too many, one without words, or a choice without two to choose from.
    """
    questions = list(questions)
    _refuse_unfit(questions)
    put = [(each.kind, each.words.strip(), [*map(str.strip, each.choices)]) for each in questions]
    asked, is_new = asks.ask_once(
        engagement=engagement,
        contact=contact,
        kind=PartnerAsk.Kind.QUESTIONS,
        words=words,
        due_on=due_on,
        by=by,
        is_same=lambda standing: (
            put == [(each.kind, each.words, each.choices) for each in standing.questions.all()]
        ),
        at=at,
    )
    if is_new:
        Question.objects.bulk_create(
            Question(asked=asked, position=position, kind=kind, words=words, choices=choices)
            for position, (kind, words, choices) in enumerate(put)
        )
    return asked


@transaction.atomic
def save_answers(
    *, asked: PartnerAsk, answers: Mapping[int, Any], at: datetime | None = None
) -> None:
    """What its contact has answered so far is kept, by question; ``None`` and empty words take an
    answer back, a file takes the place of the one before. Questions not in ``answers`` stay.

    Raises ``ValidationError`` where the ask ended meanwhile, and for a file that is not taken.
    """
    PartnerAsk.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if not PartnerAsk.objects.open().filter(pk=asked.pk).exists():
        raise ValidationError(_("This was settled in the meantime, so nothing can be added."))
    questions = list(asked.questions.select_related("attachment"))
    changed = []
    for question in questions:
        if question.pk in answers and _answer(asked, question, answers[question.pk], at):
            changed.append(question)
    Question.objects.bulk_update(changed, ["text", "number", "attachment"])


def are_kept(*, asked: PartnerAsk, answers: Mapping[int, Any]) -> bool:
    """Whether just these answers are kept already; of a file by its name and size."""
    return all(
        _is_kept(question, answers[question.pk])
        for question in asked.questions.select_related("attachment")
        if question.pk in answers
    )


def _is_kept(question: Question, given: Any) -> bool:
    match question.kind:
        case Kind.FILE:
            file = question.attachment
            return not isinstance(given, File) or (
                file is not None and (file.name, file.size) == (given.name, given.size)
            )
        case Kind.NUMBER:
            return bool(question.number == given)
        case _:
            return question.text == _tidied(given)


def _tidied(given: Any) -> str:
    return str(given or "").replace("\r\n", "\n").strip()


def _answer(asked: PartnerAsk, question: Question, given: Any, at: datetime | None) -> bool:
    """Whether this changes the answer."""
    match question.kind:
        case Kind.FILE:
            return isinstance(given, File) and _keep_file(asked, question, given, at)
        case Kind.NUMBER:
            question.number = given
        case _:
            text = _tidied(given)
            if len(text) > LONGEST_ANSWER:
                raise ValidationError(_("Write at most %(n)d characters.") % {"n": LONGEST_ANSWER})
            question.text = text
    return True


def _keep_file(asked: PartnerAsk, question: Question, upload: File, at: datetime | None) -> bool:
    before = question.attachment
    question.attachment = attach_to_record(
        proposal=asked.engagement.proposal,
        upload=upload,
        record=f"{PARTNER_ANSWER}{question.pk}",
        brought_by=named(asked.contact, asked.engagement),
        at=at,
    )
    question.save(update_fields=["attachment"])
    if before and before != question.attachment:
        discard(attachment=before)
    return True


def named(contact: Contact, engagement: Engagement) -> str:
    """Who it is, as what they write or add says it for ever."""
    return f"{contact.name}, {engagement.organization.name}"[:300]


def _refuse_unfit(questions: list[Put]) -> None:
    words = ""
    if not questions:
        words = _("Choose or write at least one question.")
    elif len(questions) > MOST_QUESTIONS:
        words = _("Ask at most %(n)d questions at once.") % {"n": MOST_QUESTIONS}
    for each in questions:
        if not 0 < len(each.words.strip()) <= LONGEST_QUESTION:
            words = _("Put each question in at most %(n)d characters.") % {"n": LONGEST_QUESTION}
        choices = {choice.strip() for choice in each.choices} - {""}
        is_choice = each.kind == Kind.CHOICE
        if is_choice and not 2 <= len(choices) == len(each.choices) <= MOST_CHOICES:
            words = _("Give 2 to %(n)d different answers to choose from.") % {"n": MOST_CHOICES}
        if any(len(choice.strip()) > LONGEST_CHOICE for choice in each.choices):
            words = _("Put each answer in at most %(n)d characters.") % {"n": LONGEST_CHOICE}
    if words:
        raise ValidationError({"questions": words})
