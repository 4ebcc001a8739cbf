"""What a line of the table of moves can say."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from proposals.models import Stage
from reviews.workflow.limits import LIMITS
from reviews.workflow.move import Move
from reviews.workflow.notices import Notice
from reviews.workflow.reasons import REASONS, RETIRED_REASONS
from reviews.workflow.stages import Text


class Way(Enum):
    """Where a move leads that has no stage of its own to lead to."""

    BACK = "back"
    STAY = "stay"


BACK, STAY = Way.BACK, Way.STAY


class Who(TextChoices):
    """Who may make a move; what each means is in ``reviews.permits``."""

    OWNER = "owner", _("the person who owns the proposal")
    STAFF = "staff", _("eLearning staff of its unit")
    LEAD = "lead", _("the eLearning lead")
    COMMITTEE_CHAIR = "committee_chair", _("the committee's chair")
    DEANS = "deans", _("the deans' office")
    SYSTEM = "system", _("the system")


# What lets a proposal come back to a stage is no new entry into it.
COMEBACKS = frozenset({Move.RESUME, Move.RESUBMIT, Move.REOPEN, Move.PUT_BACK})


@dataclass(frozen=True, slots=True)
class MoveInfo:
    """One move: from where and by whom, to where, what must and may be given, who is told.

    ``guards`` name entries of ``reviews.guards.GUARDS``. ``wake_within`` and ``meeting_within`` are
    the days from today, first and last (a number, or the name of one of ``LIMITS``), in which that
    date may lie. From a stage of ``copies_from`` the proposal stays, and its owner gets a copy of
    it as a new draft. ``is_forward``: the step the process expects next, offered as the primary
    button. ``tells_nobody_because``: why this move has no notices; ``manage.py check`` asks for it.
    """

    key: Move
    who: Mapping[Stage, tuple[Who, ...]]
    to: Stage | Way
    explanation: Text
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    wake_within: tuple[int, int | str] = (1, "hold_days")
    meeting_within: tuple[int, int] = (0, 365)
    copies_from: frozenset[Stage] = frozenset()
    is_forward: bool = False
    tells_nobody_because: Text = ""

    @property
    def label(self) -> str:
        return str(self.key.label)

    @property
    def from_stages(self) -> tuple[Stage, ...]:
        return tuple(self.who)

    @property
    def inputs(self) -> tuple[str, ...]:
        return self.needs + self.takes

    @property
    def wake_days(self) -> tuple[int, int]:
        """The first and the last day from today on which it may be looked at again."""
        first, last = self.wake_within
        return first, LIMITS[last] if isinstance(last, str) else last

    @property
    def reasons(self) -> Mapping[str, Text]:
        """The reasons offered, words by code."""
        return REASONS.get(self.key, {})

    def reason_words(self, code: str) -> str:
        """The words of a reason, also of one that is offered no more; a code nobody knows as it
        is."""
        known = {**RETIRED_REASONS.get(self.key, {}), **self.reasons}
        return str(known.get(code, code))
