"""The table of moves: from where, by whom, to where, what is given, who is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from proposals.models import Stage
from reviews.workflow.limits import LIMITS
from reviews.workflow.move import Move
from reviews.workflow.notices import (
    CHAIR,
    CHAIR_RECORD,
    COMMITTEE_RECORD,
    CONSENT,
    DEANS_RECORD,
    DECISION,
    DESK_MOVED,
    DESK_TURN,
    MOVED,
    PARTNER,
    RECEIPT,
    REVIEW,
    REVIEWERS_RECORD,
    REVIEWERS_STOP,
    REVIEWERS_TURN,
    Audience,
    Kind,
    Notice,
)
from reviews.workflow.reasons import REASONS, RETIRED_REASONS
from reviews.workflow.stages import AFTER_THE_COMMITTEE, STAGES, Text


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
COMEBACKS = frozenset({Move.RESUME, Move.RESUBMIT, Move.REOPEN})


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


def _by(who: Who, *stages: Stage) -> dict[Stage, tuple[Who, ...]]:
    return dict.fromkeys(stages, (who,))


_OPEN = [stage for stage, info in STAGES.items() if info.is_open and stage != Stage.ON_HOLD]
_REVIEWED = {
    **_by(Who.STAFF, Stage.TRIAGE, Stage.CONSULTATION, Stage.READINESS),
    **_by(Who.COMMITTEE_CHAIR, Stage.APC_REVIEW),
    **_by(Who.DEANS, Stage.CAD_CONSENT),
}

MOVES: dict[Move, MoveInfo] = {
    move.key: move
    for move in (
        MoveInfo(
            key=Move.SUBMIT,
            who=_by(Who.OWNER, Stage.DRAFT),
            to=Stage.SUBMITTED,
            explanation=_("The form goes to eLearning as it stands now."),
            notices=(RECEIPT, Notice(Audience.DESK, "queue_new", Kind.ACTION)),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.TAKE_BACK,
            who=_by(Who.OWNER, Stage.SUBMITTED),
            to=Stage.DRAFT,
            explanation=_("It is a draft again, for you and your co-proposers only."),
            notices=(MOVED, DESK_MOVED),
        ),
        MoveInfo(
            key=Move.START_TRIAGE,
            who=_by(Who.STAFF, Stage.SUBMITTED),
            to=Stage.TRIAGE,
            explanation=_("You take it out of the queue and begin to read it."),
            takes=("note",),
            guards=("assignee_or_actor",),
            notices=(MOVED, Notice(Audience.DESK, "assigned", Kind.ACTION)),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.CONSULT,
            who=_by(Who.STAFF, Stage.TRIAGE),
            to=Stage.CONSULTATION,
            explanation=_("The proposers are asked to find a time to talk."),
            takes=("message", "note"),
            guards=("assignee", "unit", "credential_type", "duplicate_check"),
            notices=(
                Notice(Audience.PROPOSERS, "consultation", Kind.ACTION),
                DESK_MOVED,
                CHAIR,
                PARTNER,
            ),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.OPEN_FULL_PROPOSAL,
            who=_by(Who.STAFF, Stage.CONSULTATION),
            to=Stage.FULL_PROPOSAL,
            explanation=_("The proposers are asked for the full proposal."),
            takes=("message", "note"),
            guards=("consultation_record",),
            notices=(
                Notice(Audience.PROPOSERS, "full_proposal", Kind.ACTION),
                DESK_MOVED,
                CHAIR,
                PARTNER,
            ),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.SUBMIT_FULL_PROPOSAL,
            who=_by(Who.OWNER, Stage.FULL_PROPOSAL),
            to=Stage.READINESS,
            explanation=_("eLearning makes the final checks before the committee."),
            guards=("full_proposal",),
            notices=(RECEIPT, DESK_TURN),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.SEND_TO_COMMITTEE,
            who=_by(Who.STAFF, Stage.READINESS),
            to=Stage.APC_REVIEW,
            explanation=_("The committee is asked to review it for the meeting you name."),
            needs=("meeting_on",),
            takes=("message", "note"),
            guards=("endorsement", "partner_endorsements", "feasibility", "mou_agreed", "cim"),
            notices=(
                Notice(Audience.PROPOSERS, "committee_date", Kind.ACTION),
                DESK_MOVED,
                REVIEW,
                PARTNER,
            ),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.RECOMMEND,
            who=_by(Who.COMMITTEE_CHAIR, Stage.APC_REVIEW),
            to=Stage.CAD_CONSENT,
            explanation=_("It goes on the deans' list for consent."),
            takes=("message", "note"),
            guards=("scores", "conditions"),
            notices=(MOVED, DESK_MOVED, CONSENT, COMMITTEE_RECORD),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.RECOMMEND_WITH_CONDITIONS,
            who=_by(Who.COMMITTEE_CHAIR, Stage.APC_REVIEW),
            to=STAY,
            explanation=_("It stays with the committee until the conditions are met."),
            needs=("message",),
            takes=("note",),
            notices=(
                Notice(Audience.PROPOSERS, "conditions", Kind.ACTION),
                Notice(Audience.DESK, "desk_moved", Kind.ACTION),
                COMMITTEE_RECORD,
                CHAIR_RECORD,
            ),
        ),
        MoveInfo(
            key=Move.DEFER,
            who=_by(Who.COMMITTEE_CHAIR, Stage.APC_REVIEW),
            to=STAY,
            explanation=_("The committee takes it up at a later meeting."),
            needs=("meeting_on",),
            takes=("message", "note"),
            notices=(
                Notice(Audience.PROPOSERS, "committee_date", Kind.ACTION),
                Notice(Audience.DESK, "desk_moved", Kind.ACTION),
                REVIEW,
            ),
        ),
        MoveInfo(
            key=Move.CONSENT,
            who=_by(Who.DEANS, Stage.CAD_CONSENT),
            to=Stage.APPROVED,
            explanation=_("It is approved for five years from today."),
            takes=("message", "note"),
            notices=(
                Notice(Audience.PROPOSERS, "approved", Kind.ACTION),
                DESK_TURN,
                COMMITTEE_RECORD,
                DEANS_RECORD,
                CHAIR_RECORD,
                PARTNER,
            ),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.PULL,
            who=_by(Who.DEANS, Stage.CAD_CONSENT),
            to=Stage.APC_REVIEW,
            explanation=_("It goes back to the committee to be discussed."),
            needs=("message",),
            takes=("note",),
            notices=(MOVED, DESK_MOVED, REVIEW),
        ),
        MoveInfo(
            key=Move.START_DEVELOPMENT,
            who=_by(Who.STAFF, Stage.APPROVED),
            to=Stage.DEVELOPMENT,
            explanation=_("Designer and faculty begin to build it."),
            takes=("message", "note"),
            guards=("mou_signed",),
            notices=(MOVED, DESK_MOVED, PARTNER),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.LAUNCH,
            who=_by(Who.LEAD, Stage.DEVELOPMENT),
            to=Stage.ACTIVE,
            explanation=_("It opens for learners; a credential it renews ends."),
            takes=("message", "note"),
            guards=("launch_checklist",),
            notices=(MOVED, DESK_MOVED, PARTNER),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.CANCEL,
            who=_by(Who.LEAD, Stage.APPROVED, Stage.DEVELOPMENT),
            to=Stage.CANCELLED,
            explanation=_("It is given up before it opens."),
            needs=("reason_code",),
            takes=("message", "partner_message", "note"),
            notices=(DECISION, DESK_MOVED, PARTNER),
        ),
        MoveInfo(
            key=Move.SUSPEND,
            who=_by(Who.STAFF, Stage.ACTIVE),
            to=Stage.SUSPENDED,
            explanation=_("It takes no new learners until it is reactivated."),
            needs=("reason_code", "wake_on"),
            takes=("message", "partner_message", "note"),
            wake_within=(1, 365),
            notices=(MOVED, DESK_MOVED, PARTNER),
        ),
        MoveInfo(
            key=Move.REACTIVATE,
            who=_by(Who.STAFF, Stage.SUSPENDED),
            to=Stage.ACTIVE,
            explanation=_("It is open for learners again."),
            takes=("message", "note"),
            notices=(MOVED, DESK_MOVED, PARTNER),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.OPEN_RENEWAL,
            who={Stage.ACTIVE: (Who.STAFF, Who.SYSTEM)},
            to=Stage.RENEWAL_REVIEW,
            explanation=_("The review before the end of its five years begins."),
            takes=("message", "note"),
            notices=(MOVED, DESK_TURN),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.RENEW,
            who=_by(Who.STAFF, Stage.RENEWAL_REVIEW),
            to=STAY,
            copies_from=frozenset({Stage.RENEWAL_REVIEW}),
            explanation=_("Its owner gets a draft with these answers, to be proposed anew."),
            takes=("message", "note"),
            notices=(Notice(Audience.PROPOSERS, "draft_copied", Kind.ACTION),),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.RETIRE,
            who=_by(Who.STAFF, Stage.ACTIVE, Stage.SUSPENDED, Stage.RENEWAL_REVIEW),
            to=Stage.RETIRED,
            explanation=_("It ends; name the day until which learners may finish, if any."),
            takes=("wake_on", "message", "partner_message", "note"),
            wake_within=(0, 1826),
            notices=(MOVED, DESK_MOVED, PARTNER),
        ),
        MoveInfo(
            key=Move.RETURN,
            who=_REVIEWED,
            to=Stage.RETURNED,
            explanation=_("The proposers change their answers and submit again."),
            needs=("reason_code", "message"),
            takes=("note", "points", "only_these"),
            notices=(Notice(Audience.PROPOSERS, "returned", Kind.ACTION), DESK_MOVED),
        ),
        MoveInfo(
            key=Move.RESUBMIT,
            who=_by(Who.OWNER, Stage.RETURNED),
            to=BACK,
            explanation=_("The changed form goes back to whoever asked for changes."),
            notices=(RECEIPT, DESK_TURN, DESK_MOVED, *REVIEWERS_TURN),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.HOLD,
            who={
                **_by(Who.STAFF, *_OPEN, Stage.APPROVED, Stage.DEVELOPMENT),
                # What nobody saves for half a year (reviews.ladder.table).
                Stage.FULL_PROPOSAL: (Who.STAFF, Who.SYSTEM),
            },
            to=Stage.ON_HOLD,
            explanation=_("Clocks stop until the day you name."),
            needs=("reason_code", "wake_on"),
            takes=("message", "partner_message", "note"),
            notices=(MOVED, DESK_MOVED, *REVIEWERS_STOP, PARTNER),
        ),
        MoveInfo(
            key=Move.RESUME,
            who={Stage.ON_HOLD: (Who.STAFF, Who.SYSTEM)},
            to=BACK,
            explanation=_("It goes on from where it was, with the days that were left."),
            takes=("message", "note"),
            notices=(MOVED, DESK_MOVED, *REVIEWERS_TURN, PARTNER),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.DECLINE,
            who=_REVIEWED,
            to=Stage.DECLINED,
            explanation=_("It ends here; the proposers read why."),
            needs=("reason_code", "message"),
            takes=("partner_message", "note"),
            notices=(DECISION, DESK_MOVED, *REVIEWERS_RECORD, CHAIR_RECORD, PARTNER),
        ),
        MoveInfo(
            key=Move.REDIRECT,
            who=_by(Who.STAFF, Stage.TRIAGE),
            to=Stage.REDIRECTED,
            explanation=_("It continues by another route, such as CIM for a certificate."),
            needs=("target", "message"),
            takes=("partner_message", "note"),
            notices=(DECISION, DESK_MOVED, PARTNER),
        ),
        MoveInfo(
            key=Move.MERGE,
            who=_by(Who.STAFF, Stage.TRIAGE),
            to=Stage.MERGED,
            explanation=_("It continues as part of the proposal whose reference you give."),
            needs=("target",),
            takes=("carry_partners", "message", "partner_message", "note"),
            notices=(
                DECISION,
                Notice(Audience.INTO, "merged_into", Kind.ACTION),
                DESK_MOVED,
                PARTNER,
            ),
        ),
        MoveInfo(
            key=Move.WITHDRAW,
            # After the committee's decision the owner asks, and staff do it (reviews.asking).
            who={
                stage: (Who.STAFF,) if stage in AFTER_THE_COMMITTEE else (Who.OWNER, Who.STAFF)
                for stage in (*_OPEN, Stage.ON_HOLD, Stage.APPROVED, Stage.DEVELOPMENT)
            },
            to=Stage.WITHDRAWN,
            explanation=_("It ends here. A copy of it can become a new draft later."),
            takes=("message", "partner_message", "note"),
            notices=(MOVED, DESK_MOVED, *REVIEWERS_STOP, PARTNER),
        ),
        MoveInfo(
            key=Move.REOPEN,
            who={
                **_by(
                    Who.LEAD,
                    Stage.DECLINED,
                    Stage.REDIRECTED,
                    Stage.CANCELLED,
                    Stage.WITHDRAWN,
                    Stage.APPROVED,
                ),
                # To undo a merge is no second decision: whoever may merge may.
                **_by(Who.STAFF, Stage.MERGED),
            },
            to=BACK,
            copies_from=frozenset({Stage.WITHDRAWN}),
            explanation=_(
                "It goes on from where it ended, within a year of that; what was withdrawn stays "
                "so, and its owner gets a copy as a new draft. A merge is undone with all that "
                "went along."
            ),
            needs=("note",),
            takes=("message",),
            notices=(
                Notice(Audience.PROPOSERS, "draft_copied", Kind.ACTION, Stage.WITHDRAWN),
                MOVED,
                Notice(Audience.INTO, "merge_undone", Kind.ACTION, Stage.MERGED),
                DESK_TURN,
                DESK_MOVED,
                *REVIEWERS_TURN,
                PARTNER,
            ),
        ),
    )
}
