"""Who nudged whom, and mails that tell of a proposal among others, as the desk's page has them."""

from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from microcreds.accounts.models import User
from proposals.kept import Annotations, kept_for
from proposals.models import Proposal, Turn
from reviews.admin.todo_panel import name_of
from reviews.clocks import campus_day
from reviews.models import LadderStep, Nudge

NUDGES_SHOWN = 5


@kept_for(Proposal)
def with_reminders() -> Annotations:
    """Each with the rows that ``reminder_panel`` reads: they ride along, as each statement
    counts."""
    nudges = Nudge.objects.filter(proposal=OuterRef("pk")).order_by("-pk")
    row = JSONObject(by=name_of("by"), at="at", told="told", words="words")
    steps = LadderStep.objects.filter(proposal=OuterRef("pk"), together__len__gt=0).order_by("-pk")
    return {
        "nudges_given": ArraySubquery(nudges.values(row=row)[:NUDGES_SHOWN]),
        "told_together": ArraySubquery(steps.values(row=JSONObject(causes="together"))),
    }


def reminder_panel(proposal: Any) -> dict[str, Any]:
    """The newest nudges of a proposal loaded ``with_reminders``."""
    return {"nudges": [each | {"on": _day(each["at"])} for each in proposal.nudges_given]}


def together_of(proposal: Any) -> list[str]:
    """The causes of mails that tell of this proposal among others."""
    return [cause for step in proposal.told_together for cause in step["causes"]]


def may_be_nudged(proposal: Any, user: User) -> bool:
    """Whether somebody else than this person owes its next step."""
    is_own = proposal.whose_turn == Turn.UNIVERSITY and proposal.assignee in (None, user)
    return proposal.whose_turn not in (Turn.NOBODY, Turn.PARTNER) and not is_own


def _day(at: str) -> date:
    return campus_day(datetime.fromisoformat(at))
