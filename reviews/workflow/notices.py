"""Who is told of a move, with which mail; each of ``templates/emails/<event>/``."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from proposals.models import Stage, Turn


class Audience(TextChoices):
    """Who is told; whom each means today is in ``reviews.notifications``."""

    PROPOSERS = "proposers", _("The owner and co-proposers")
    DESK = "desk", _("Whoever it is assigned to, or the unit's queue")
    COMMITTEE = "committee", _("The committee")
    DEANS = "deans", _("The deans' office")
    CHAIR = "chair", _("The department's chair, once the proposers say that they know of it")
    PARTNER = "partner", _("Partners who follow it")
    INTO = "into", _("The proposers of what it is merged into, and who works on that")


class Kind(TextChoices):
    """A receipt goes at once, to whoever acted too; an action and a record always go; an FYI goes
    only to a reader whose label changes."""

    RECEIPT = "receipt", _("Receipt")
    ACTION = "action", _("Asks for something, or tells a decision")
    FYI = "fyi", _("For information")
    RECORD = "record", _("Tells a decision to whoever need not act on it")


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail: ``templates/emails/<event>/``, only when the move leaves or enters ``if_stage`` and
    leaves the turn with ``if_turn``. Whoever is reached by two notices of a move gets the first."""

    audience: Audience
    event: str
    kind: Kind = Kind.FYI
    if_stage: Stage | None = None
    if_turn: Turn | None = None


RECEIPT = Notice(Audience.PROPOSERS, "receipt", Kind.RECEIPT)
MOVED = Notice(Audience.PROPOSERS, "moved")
DECISION = Notice(Audience.PROPOSERS, "decision", Kind.ACTION)
DESK_TURN = Notice(Audience.DESK, "desk_turn", Kind.ACTION, if_turn=Turn.UNIVERSITY)
DESK_MOVED = Notice(Audience.DESK, "desk_moved")
REVIEW = Notice(Audience.COMMITTEE, "review_asked", Kind.ACTION)
CONSENT = Notice(Audience.DEANS, "consent_asked", Kind.ACTION)
CHAIR = Notice(Audience.CHAIR, "chair_told")
CHAIR_RECORD = Notice(Audience.CHAIR, "chair_told", Kind.RECORD)
COMMITTEE_RECORD = Notice(Audience.COMMITTEE, "review_record", Kind.RECORD)
DEANS_RECORD = Notice(Audience.DEANS, "review_record", Kind.RECORD)
# What was told does not hold any more: nobody waits for a digest to read that.
CORRECTED = Notice(Audience.PROPOSERS, "moved", Kind.ACTION)
PARTNER = Notice(Audience.PARTNER, "partner_update")
REVIEWERS_TURN = (
    Notice(Audience.COMMITTEE, "review_asked", Kind.ACTION, Stage.APC_REVIEW),
    Notice(Audience.DEANS, "consent_asked", Kind.ACTION, Stage.CAD_CONSENT),
)
# Of a stage put back: whose turn it is again, and only theirs.
REVIEWERS_AGAIN = (
    Notice(Audience.COMMITTEE, "review_asked", Kind.ACTION, Stage.APC_REVIEW, Turn.COMMITTEE),
    Notice(Audience.DEANS, "consent_asked", Kind.ACTION, Stage.CAD_CONSENT, Turn.DEANS),
)
# Of a decline: who had it before them reads what became of it.
REVIEWERS_RECORD = (
    Notice(Audience.COMMITTEE, "review_record", Kind.RECORD, Stage.APC_REVIEW),
    Notice(Audience.COMMITTEE, "review_record", Kind.RECORD, Stage.CAD_CONSENT),
    Notice(Audience.DEANS, "review_record", Kind.RECORD, Stage.CAD_CONSENT),
)
REVIEWERS_STOP = (
    Notice(Audience.COMMITTEE, "review_stopped", Kind.FYI, Stage.APC_REVIEW),
    Notice(Audience.DEANS, "review_stopped", Kind.FYI, Stage.CAD_CONSENT),
)
