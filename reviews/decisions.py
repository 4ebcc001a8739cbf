"""What was decided of a proposal and why: its newest deciding move in force, if none reopened it.

A proposal has one decision or none, so that decisions add up; one that was opened again after a
refusal and approved later counts as approved.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from proposals.models import Stage
from reviews.models import StageChange
from reviews.models.process import DECIDING, StageChangeQuerySet
from reviews.workflow import REASONS, Move, Text


@dataclass(frozen=True, slots=True)
class Decision:
    """A way to decide: its word in the search language, its move, how the desk calls it."""

    key: str
    move: Move
    name: Text


DECISIONS = {
    decision.key: decision
    for decision in (
        Decision("approved", Move.CONSENT, _("Approved")),
        Decision("conditions", Move.RECOMMEND_WITH_CONDITIONS, _("Recommended, with conditions")),
        Decision("declined", Move.DECLINE, _("Not moving forward")),
        Decision("redirected", Move.REDIRECT, _("Redirected")),
        Decision("merged", Move.MERGE, _("Merged")),
        Decision("withdrawn", Move.WITHDRAW, _("Withdrawn")),
        Decision("cancelled", Move.CANCEL, _("Cancelled before launch")),
    )
}
# Every reason that a decision may give, by its code.
REASONS_TO_DECIDE = REASONS[Move.DECLINE] | REASONS[Move.CANCEL]


def standing() -> StageChangeQuerySet:
    """The decisions that stand, at most one a proposal."""
    # Opening what was withdrawn makes a copy of it: withdrawn it stays.
    counts = Q(move__in=DECIDING) & ~Q(move=Move.REOPEN, from_stage=Stage.WITHDRAWN)
    deciding = StageChange.objects.in_force().filter(counts)
    later = deciding.filter(proposal=OuterRef("proposal"), pk__gt=OuterRef("pk"))
    return deciding.exclude(move=Move.REOPEN).filter(~Exists(later.order_by()))
