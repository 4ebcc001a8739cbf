"""How much of its time a proposal has used at its stage; pure, given history and the days off."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from proposals.models import Proposal, Stage, Turn
from reviews.clocks import business_days_between, campus_day
from reviews.models import StageChange
from reviews.workflow import LIMITS, STAGES, Move

UNIVERSITY_OWES = frozenset({Turn.UNIVERSITY, Turn.COMMITTEE, Turn.DEANS})


class Mark(IntEnum):
    """How far a clock has run, named after the percent of its time at which domain.md §4.1 has
    it; staff may set the first and the last otherwise (``LIMITS``). ``OVER`` begins on the working
    day after the one it was due: until that ends nothing is late."""

    EARLY = 0
    CLOSE = 80
    DUE = 100
    OVER = 101
    LATE = 150


@dataclass(frozen=True, slots=True)
class StageClock:
    """Working days used at this stage and left until it is due; ``left`` is negative when past.

    Runs only while the university owes the next move. Without a date there is no ``total``.
    """

    used: int
    left: int | None
    is_running: bool

    @property
    def total(self) -> int | None:
        return None if self.left is None else max(self.used + self.left, 1)

    @property
    def mark(self) -> Mark:
        """The last mark it has passed."""
        if self.left is None or self.total is None or not self.is_running:
            return Mark.EARLY
        percent = 100 * self.used / self.total
        begins = {
            Mark.CLOSE: LIMITS["close_percent"],
            Mark.DUE: 100,
            Mark.LATE: LIMITS["late_percent"],
        }
        passed = max((mark for mark, at in begins.items() if percent >= at), default=Mark.EARLY)
        return Mark.OVER if passed == Mark.DUE and self.left < 0 else passed

    @property
    def words(self) -> str:
        """For the desk: what is used and what is left."""
        if not self.is_running:
            return _("The clock is stopped: the university owes no step.")
        if self.left is None or self.total is None:
            return ngettext(
                "%(used)d working day used", "%(used)d working days used", self.used
            ) % {"used": self.used}
        used = ngettext(
            "%(used)d of %(total)d working day used",
            "%(used)d of %(total)d working days used",
            self.total,
        ) % {"used": self.used, "total": self.total}
        if self.left < 0:
            return _("%(used)s, %(days)d over") % {"used": used, "days": -self.left}
        return _("%(used)s, %(days)d left") % {"used": used, "days": self.left}


def clock_of(
    proposal: Proposal, history: Sequence[StageChange], holidays: Set[date], today: date
) -> StageClock:
    """The clock of the stage it stands at; ``history`` is in force and oldest first.

    What was used before a hold counts on when it resumes; entering the stage anew, or sending the
    form again, begins a new clock (docs/decisions.md).
    """
    used, since = 0, campus_day(proposal.stage_since)
    for change in history:
        if change.from_stage == change.to_stage:
            continue
        day = campus_day(change.at)
        if change.to_stage == proposal.stage:
            used = used if change.move == Move.RESUME else 0
            since = day
        elif change.from_stage == proposal.stage:
            used += business_days_between(since, day, holidays)
    used += business_days_between(since, max(today, since), holidays)
    due_on = proposal.due_on
    return StageClock(
        used=used,
        left=None if due_on is None else business_days_between(today, due_on, holidays),
        is_running=proposal.whose_turn in UNIVERSITY_OWES
        and not STAGES[Stage(proposal.stage)].is_calendar,
    )
