"""An outcome of the form comes of what a partner answered, now or once the form is open; its source
stays with it."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from partners.models import OutcomeSource, PartnerAsk, Question, WaitingOutcome
from proposals.interest import QUESTIONS
from proposals.kept import Annotations, kept_for
from proposals.models import Proposal
from proposals.services import answers_of, save_page
from proposals.services.files import has_ended
from reviews.clocks import campus_day
from reviews.outside.asking import is_its_proposer
from reviews.permits import Parties, may_work_on, parties_of

_OUTCOMES = QUESTIONS["outcomes"]


@transaction.atomic
def take_over(
    *, question: Question, text: str, by: User, at: datetime | None = None
) -> OutcomeSource:
    """``text``, made of this answer, is an outcome of the form, and who said it stays beside it.

    Raises ``ValidationError`` where ``by`` may not write in the form now, the answer was not sent,
    the form has no room for another outcome, or has this one.
    """
    at = at or timezone.now()
    proposal = _of(question)
    if not is_its_proposer(by, parties_of([proposal.pk])[proposal.pk]):
        raise ValidationError(_("Only those who write the form can take answers over."))
    _refuse_unanswered(question)
    rows: list[dict[str, Any]] = list(answers_of(proposal).get("outcomes") or [])
    text = " ".join(text.split())
    _refuse_unfit(rows, text)
    new = {"id": str(uuid.uuid4()), "text": text}
    save_page(
        proposal=proposal,
        page="skills",
        answers={"outcomes": [*rows, new]},
        form_version=proposal.interest.version,
        by=by,
        at=at,
    )
    kept = answers_of(Proposal.objects.get(pk=proposal.pk)).get("outcomes") or []
    outcome = next(row["id"] for row in kept if row["text"] == text)
    WaitingOutcome.objects.filter(question=question).delete()
    return OutcomeSource.objects.create(
        proposal=proposal, outcome=outcome, question=question, by=by, at=at
    )


@transaction.atomic
def keep_waiting(
    *, question: Question, text: str, by: User, at: datetime | None = None
) -> WaitingOutcome:
    """``text``, made of this answer, waits for the form to be open: it is offered there, and to
    eLearning as a point of the next return. Said again, the newer words hold.

    Raises ``ValidationError`` where ``by`` neither writes the form nor works on the proposal, the
    answer was not sent, or the words do not fit.
    """
    proposal = _of(question)
    _refuse_unless_may_wait(proposal, by)
    _refuse_unanswered(question)
    text = " ".join(text.split())
    _refuse_unfit([], text)
    given = {"proposal": proposal, "text": text, "by": by, "at": at or timezone.now()}
    return WaitingOutcome.objects.update_or_create(question=question, defaults=given)[0]


@transaction.atomic
def drop_waiting(*, question: Question, by: User) -> None:
    """It is no longer waiting. Raises ``ValidationError`` where ``by`` may not say so."""
    _refuse_unless_may_wait(_of(question), by)
    WaitingOutcome.objects.filter(question=question).delete()


def waiting_for(proposal: Proposal) -> list[WaitingOutcome]:
    """What waits for its form, oldest first, each with who said it."""
    rows = WaitingOutcome.objects.filter(proposal=proposal).order_by("pk")
    return list(
        rows.select_related("question__asked__contact", "question__asked__engagement__organization")
    )


def may_wait(user: User, proposal: Proposal, parties: Parties) -> bool:
    """Whether this person keeps what partners say for the form: who writes it, and who works on the
    proposal, as long as that goes on."""
    works = may_work_on(user, proposal, involved=parties.involved(user))
    return not has_ended(proposal) and (works or is_its_proposer(user, parties))


@kept_for(Proposal)
def with_sources() -> Annotations:
    """Each with the outcomes that came of what a partner answered, read along with it."""
    source = JSONObject(
        outcome="outcome",
        who="question__asked__contact__name",
        of="question__asked__engagement__organization__name",
        at="question__asked__settled_at",
    )
    found = OutcomeSource.objects.filter(proposal=OuterRef("pk")).order_by("pk")
    return {"outcome_sources_kept": ArraySubquery(found.values(source=source))}


def said_by(proposal: Any) -> dict[str, str]:
    """Who said it and when, by the id of the outcome; of a proposal loaded ``with_sources``."""
    return {
        each["outcome"]: _("%(who)s, %(of)s, %(day)s")
        % {
            "who": each["who"],
            "of": each["of"],
            "day": date_format(campus_day(datetime.fromisoformat(each["at"])), "j M Y"),
        }
        for each in proposal.outcome_sources_kept
    }


def _of(question: Question) -> Proposal:
    return Proposal.objects.select_for_update(no_key=True).get(
        pk=question.asked.engagement.proposal_id
    )


def _refuse_unless_may_wait(proposal: Proposal, by: User) -> None:
    if has_ended(proposal):
        raise ValidationError(_("This proposal has ended, so its form is not open again."))
    if not may_wait(by, proposal, parties_of([proposal.pk])[proposal.pk]):
        raise ValidationError(
            _("Only those who write the form, or eLearning, can keep answers for it.")
        )


def _refuse_unanswered(question: Question) -> None:
    if question.asked.state != PartnerAsk.State.ANSWERED or not question.is_answered:
        raise ValidationError(_("This was not answered."))


def _refuse_unfit(rows: list[dict[str, Any]], text: str) -> None:
    longest = next(each.max_length for each in _OUTCOMES.columns if each.key == "text")
    if not 0 < len(text) <= (longest or 0):
        raise ValidationError(
            {"text": _("Put the outcome in 1 to %(n)d characters.") % {"n": longest}}
        )
    if len(rows) >= (_OUTCOMES.max_rows or len(rows) + 1):
        raise ValidationError({"text": _("The form has no room for another outcome.")})
    if any(str(row.get("text", "")).lower() == text.lower() for row in rows):
        raise ValidationError({"text": _("This outcome is there already.")})
