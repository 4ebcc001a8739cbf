"""An outcome of the form comes of what a partner answered, and its source stays with it."""

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
from partners.models import OutcomeSource, PartnerAsk, Question
from proposals.interest import QUESTIONS
from proposals.kept import Annotations, kept_for
from proposals.models import Proposal
from proposals.services import answers_of, save_page
from reviews.clocks import campus_day
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
