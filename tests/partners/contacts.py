"""What tests of asks do again and again: put questions, offer times, name dates."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from microcreds.accounts.models import User
from partners.models import PartnerAsk, Question, Share
from partners.questions import Put
from reviews.outside import asking
from tests.factories import make_cast

Kind = Question.Kind
ASKED = (
    Put("Which jobs?"),
    Put("How many?", Kind.NUMBER),
    Put("Which shift?", Kind.CHOICE, ("Day", "Night")),
    Put("A job description?", Kind.FILE),
)


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def put(share: Share, *, by: User | None = None, **changed: Any) -> PartnerAsk:
    """One question of each kind."""
    given = {"words": "Tell us about the shift.", "due_on": in_days(9), "put": ASKED} | changed
    return asking.put_questions(share=share, by=by or make_cast().oxford, **given)


def offer(share: Share, *, by: User | None = None, **changed: Any) -> PartnerAsk:
    """Two times next week."""
    given = {
        "words": "Let us talk.",
        "due_on": in_days(3),
        "times": tuple(timezone.now() + timedelta(days=n) for n in (7, 8)),
        "minutes": 30,
        "place": "By telephone",
    }
    return asking.offer_times(share=share, by=by or make_cast().oxford, **(given | changed))


def fields_of(asked: PartnerAsk) -> list[str]:
    """The names of its questions' inputs, in their order."""
    return [f"q{pk}" for pk in asked.questions.values_list("pk", flat=True)]


def later(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)
