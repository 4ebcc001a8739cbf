"""An outcome of the form comes of what a partner answered, and its source stays with it."""

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from partners.models import OutcomeSource, PartnerAsk, Question
from proposals.interest import QUESTIONS
from proposals.models import Proposal
from proposals.services import answers_of, save_page
from reviews.outside.asking import is_its_proposer
from reviews.permits import parties_of

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
    asked = question.asked
    proposal = Proposal.objects.select_for_update(no_key=True).get(pk=asked.engagement.proposal_id)
    if not is_its_proposer(by, parties_of([proposal.pk])[proposal.pk]):
        raise ValidationError(_("Those who write the form take answers over."))
    if asked.state != PartnerAsk.State.ANSWERED or not question.is_answered:
        raise ValidationError(_("This was not answered."))
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
    return OutcomeSource.objects.create(
        proposal=proposal, outcome=outcome, question=question, by=by, at=at
    )


def sources_of(proposal: Proposal) -> list[OutcomeSource]:
    """Which outcomes came of what a partner answered, and who said it when; one statement."""
    found = OutcomeSource.objects.filter(proposal=proposal).select_related(
        "question__asked__contact", "question__asked__engagement__organization"
    )
    return list(found)


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
