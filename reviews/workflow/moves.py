"""The table of moves: from where, by whom, to where, what is given, who is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from proposals.models import Stage
from reviews.workflow.notices import (
    CONSENT,
    DECISION,
    DESK_MOVED,
    DESK_TURN,
    MOVED,
    PARTNER,
    RECEIPT,
    REVIEW,
    REVIEWERS_STOP,
    REVIEWERS_TURN,
    Audience,
    Kind,
    Notice,
)
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


class Move(TextChoices):
    """Every move; the values are data and never renamed."""

    SUBMIT = "submit", _("Submit")
    TAKE_BACK = "take_back", _("Take back")
    START_TRIAGE = "start_triage", _("Start triage")
    CONSULT = "consult", _("Invite to a consultation")
    OPEN_FULL_PROPOSAL = "open_full_proposal", _("Open the full proposal")
    SUBMIT_FULL_PROPOSAL = "submit_full_proposal", _("Submit the full proposal")
    SEND_TO_COMMITTEE = "send_to_committee", _("Send to the committee")
    RECOMMEND = "recommend", _("Recommend to the deans")
    RECOMMEND_WITH_CONDITIONS = "recommend_with_conditions", _("Recommend with conditions")
    DEFER = "defer", _("Defer to another meeting")
    CONSENT = "consent", _("Record the deans' consent")
    PULL = "pull", _("Pull from the consent list")
    START_DEVELOPMENT = "start_development", _("Start development")
    LAUNCH = "launch", _("Launch")
    CANCEL = "cancel", _("Cancel before launch")
    SUSPEND = "suspend", _("Suspend")
    REACTIVATE = "reactivate", _("Reactivate")
    OPEN_RENEWAL = "open_renewal", _("Open the renewal review")
    RENEW = "renew", _("Renew as a new proposal")
    RETIRE = "retire", _("Retire")
    RETURN = "return", _("Return for revision")
    RESUBMIT = "resubmit", _("Submit again")
    HOLD = "hold", _("Put on hold")
    RESUME = "resume", _("Resume")
    DECLINE = "decline", _("Decline")
    REDIRECT = "redirect", _("Redirect")
    MERGE = "merge", _("Merge into another proposal")
    WITHDRAW = "withdraw", _("Withdraw")
    REOPEN = "reopen", _("Reopen")


# What lets a proposal come back to a stage is no new entry into it.
COMEBACKS = frozenset({Move.RESUME, Move.RESUBMIT, Move.REOPEN})

REASONS: dict[Move, dict[str, Text]] = {
    Move.RETURN: {
        "outcomes_unclear": _("Outcomes are unclear"),
        "assessment_missing": _("Assessment is missing"),
        "partner_evidence": _("Evidence from the partner is missing"),
        "duplication": _("It overlaps with something that exists"),
        "arithmetic": _("Hours, credits or numbers do not add up"),
        "budget": _("Money is not settled"),
        "accessibility": _("Accessibility is not settled"),
        "other": _("Something else"),
    },
    Move.DECLINE: {
        "no_demonstrated_need": _("No need is shown"),
        "duplicate": _("It exists already"),
        "out_of_scope": _("It is no microcredential"),
        "no_capacity": _("There are no people or money for it"),
        "partner_left": _("The partner left"),
        "not_viable": _("It would not pay for itself"),
        "wrong_route": _("It needs another route"),
    },
    Move.HOLD: {
        "awaiting_partner": _("Waiting for the partner"),
        "awaiting_cim": _("Waiting for course approval (CIM)"),
        "awaiting_funds": _("Waiting for money"),
        "timing": _("The time is not right"),
        "staffing": _("Waiting for people"),
    },
    Move.SUSPEND: {
        "low_enrollment": _("Too few learners"),
        "staffing": _("Nobody to teach it"),
        "partner_left": _("The partner left"),
        "out_of_date": _("Content needs renewal"),
        "other": _("Something else"),
    },
    Move.CANCEL: {
        "partner_left": _("The partner left"),
        "no_funds": _("There is no money for it"),
        "no_capacity": _("There are no people for it"),
        "no_demand": _("Too few learners want it"),
        "other": _("Something else"),
    },
}


@dataclass(frozen=True, slots=True)
class MoveInfo:
    """One move: from where and by whom, to where, what must and may be given, who is told.

    ``guards`` name entries of ``reviews.guards.GUARDS``. ``wake_within`` and ``meeting_within`` are
    the days from today, first and last, in which that date may lie. From a stage of ``copies_from``
    the proposal stays, and its owner gets a copy of it as a new draft. ``is_forward``: the step the
    process expects next, offered as the primary button.
    """

    key: Move
    who: Mapping[Stage, tuple[Who, ...]]
    to: Stage | Way
    explanation: Text
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    wake_within: tuple[int, int] = (1, 180)
    meeting_within: tuple[int, int] = (0, 365)
    copies_from: frozenset[Stage] = frozenset()
    is_forward: bool = False

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
    def reasons(self) -> Mapping[str, Text]:
        return REASONS.get(self.key, {})


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
            guards=("endorsement", "feasibility", "mou_agreed", "cim"),
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
            notices=(MOVED, DESK_MOVED, CONSENT),
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
            notices=(DECISION, DESK_MOVED, PARTNER),
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
