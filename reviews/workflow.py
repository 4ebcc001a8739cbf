"""The table of stages and the table of moves: what happens, who may, who is told.

Pure data with a few functions that read it. A new stage or move is one entry here (and its choice
in ``proposals.models.Stage``); tests, pages, mails and the graph follow from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proposals.models import Stage, Turn
from reviews.models import StageChange

Text = str | Promise


class Way(Enum):
    """Where a move leads that has no stage of its own to lead to."""

    BACK = "back"
    STAY = "stay"


BACK, STAY = Way.BACK, Way.STAY


@dataclass(frozen=True, slots=True)
class PartnerStep:
    number: int
    label: Text
    text: Text


PARTNER_STEPS = (
    PartnerStep(1, _("Idea received"), _("We have the idea and are reading it.")),
    PartnerStep(
        2,
        _("Exploring together"),
        _("Miami staff and faculty are shaping the idea; we may ask you to join a conversation."),
    ),
    PartnerStep(
        3,
        _("Designing the program"),
        _("Outcomes, assessment and schedule are being written."),
    ),
    PartnerStep(
        4,
        _("University review"),
        _("The proposal is with the university's review bodies."),
    ),
    PartnerStep(
        5,
        _("Approved, getting ready"),
        _("The program is approved; materials, people and dates are being put in place."),
    ),
    PartnerStep(6, _("Open for learners"), _("The program is open; learners can take it.")),
)
# The same six steps as a proposer reads them.
PROPOSER_STEPS: tuple[Text, ...] = (
    _("With eLearning"),
    _("Consultation"),
    _("Full proposal"),
    _("University review"),
    _("Approved, getting ready"),
    _("Open for learners"),
)


class Phase(TextChoices):
    """How the timeline draws a stage."""

    CURRENT = "current", _("Under way")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


@dataclass(frozen=True, slots=True)
class StageInfo:
    """One stage: who owns it, whose turn it is, how long it may take, what each reader is told.

    ``target_days`` are business days unless ``is_calendar``. ``partner_step`` 0: partners see
    nothing; ``None``: they keep the step reached before. Empty partner words: the step's own.
    ``{wake_on}`` and ``{month}`` stand for the date on which the proposal is looked at again.
    """

    key: Stage
    owner: Text
    turn: Turn
    proposer_label: Text
    proposer_text: Text
    proposer_next: Text = ""
    partner_step: int | None = None
    partner_label: Text = ""
    partner_text: Text = ""
    partner_next: Text = ""
    target_days: int | None = None
    is_calendar: bool = False
    is_open: bool = False
    phase: Phase = Phase.CURRENT

    @property
    def name(self) -> str:
        return str(self.key.label)


STAGES: dict[Stage, StageInfo] = {
    stage.key: stage
    for stage in (
        StageInfo(
            key=Stage.DRAFT,
            owner=_("Proposer"),
            turn=Turn.SUBMITTER,
            proposer_label=_("Draft"),
            proposer_text=_("Only you and the people you invited can read it."),
            proposer_next=_("Fill in the form and submit it when you are ready."),
            partner_step=0,
        ),
        StageInfo(
            key=Stage.SUBMITTED,
            owner=_("Triage queue"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("With eLearning"),
            proposer_text=_("Your form has arrived and waits to be picked up."),
            proposer_next=_("Somebody at eLearning reads it and gets in touch with you."),
            partner_step=1,
            partner_next=_("Next, we talk with the people who had the idea."),
            target_days=2,
            is_open=True,
        ),
        StageInfo(
            key=Stage.TRIAGE,
            owner=_("Assigned staff"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("With eLearning"),
            proposer_text=_("Somebody at eLearning is reading your form."),
            proposer_next=_("We invite you to a conversation, or ask for what is missing."),
            partner_step=1,
            partner_next=_("Next, we talk with the people who had the idea."),
            target_days=5,
            is_open=True,
        ),
        StageInfo(
            key=Stage.CONSULTATION,
            owner=_("Assigned staff"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("Consultation"),
            proposer_text=_("You and eLearning give the idea its shape together."),
            proposer_next=_("When the shape is clear, we open the full proposal for you."),
            partner_step=2,
            partner_next=_("Next, the program is written down in detail."),
            target_days=10,
            is_open=True,
        ),
        StageInfo(
            key=Stage.FULL_PROPOSAL,
            owner=_("Proposer, with a designer"),
            turn=Turn.SUBMITTER,
            proposer_label=_("Full proposal"),
            proposer_text=_("It is your turn: write the full proposal with your designer."),
            proposer_next=_("Submit it, and eLearning makes the final checks."),
            partner_step=3,
            partner_next=_("Next, the university reviews the finished proposal."),
            is_open=True,
        ),
        StageInfo(
            key=Stage.READINESS,
            owner=_("Assigned staff"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("Final checks"),
            proposer_text=_("eLearning checks that the committee will have all it needs."),
            proposer_next=_("Then it goes to the committee's next meeting."),
            partner_step=3,
            partner_next=_("Next, the university reviews the finished proposal."),
            target_days=10,
            is_open=True,
        ),
        StageInfo(
            key=Stage.APC_REVIEW,
            owner=_("Committee chair"),
            turn=Turn.COMMITTEE,
            proposer_label=_("With the committee"),
            proposer_text=_("The university's committee is reviewing it."),
            proposer_next=_("If the committee recommends it, the deans are asked to consent."),
            partner_step=4,
            partner_next=_("Next, we tell you what the university decided."),
            target_days=20,
            is_open=True,
        ),
        StageInfo(
            key=Stage.CAD_CONSENT,
            owner=_("Deans' office"),
            turn=Turn.DEANS,
            proposer_label=_("With the deans"),
            proposer_text=_("The committee recommends it; it is on the deans' list for consent."),
            proposer_next=_("With their consent it is approved."),
            partner_step=4,
            partner_next=_("Next, we tell you what the university decided."),
            target_days=15,
            is_open=True,
        ),
        StageInfo(
            key=Stage.APPROVED,
            owner=_("eLearning"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("Approved"),
            proposer_text=_("It is approved for five years."),
            proposer_next=_("eLearning plans the work of building it with you."),
            partner_step=5,
            partner_next=_("Next, the program is built and its start is announced."),
            target_days=5,
        ),
        StageInfo(
            key=Stage.DEVELOPMENT,
            owner=_("Designer and faculty"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("Development"),
            proposer_text=_("You and a designer are building it."),
            proposer_next=_("When the launch checklist is done, it opens for learners."),
            partner_step=5,
            partner_next=_("Next, the program is built and its start is announced."),
            target_days=90,
            is_calendar=True,
        ),
        StageInfo(
            key=Stage.ACTIVE,
            owner=_("Issuing unit"),
            turn=Turn.NOBODY,
            proposer_label=_("Active"),
            proposer_text=_("It is open; learners can take it."),
            proposer_next=_("A review comes in the year before its approval ends."),
            partner_step=6,
            partner_next=_("We review the program before its five years are over."),
        ),
        StageInfo(
            key=Stage.RENEWAL_REVIEW,
            owner=_("eLearning and the issuing unit"),
            turn=Turn.UNIVERSITY,
            proposer_label=_("Renewal review"),
            proposer_text=_("It stays open while its five-year review is under way."),
            proposer_next=_("It is proposed anew, or it ends with its approval."),
            partner_step=6,
            partner_text=_("Scheduled five-year review under way."),
            partner_next=_("Next, we tell you whether the program is proposed anew."),
        ),
        StageInfo(
            key=Stage.RETURNED,
            owner=_("Proposer"),
            turn=Turn.SUBMITTER,
            proposer_label=_("Returned for revision"),
            proposer_text=_("It is your turn: we asked for changes before it can go on."),
            proposer_next=_("Change your answers and submit again; it goes back to where it was."),
            partner_text=_("The team is revising details."),
            target_days=20,
            is_open=True,
        ),
        StageInfo(
            key=Stage.ON_HOLD,
            owner=_("Whoever paused it"),
            turn=Turn.NOBODY,
            proposer_label=_("On hold"),
            proposer_text=_("It is paused; we look at it again by {wake_on}."),
            proposer_next=_("Then it goes on from where it was, or we tell you why not."),
            partner_text=_("Paused; we expect to look again by {month}."),
            is_open=True,
            phase=Phase.PAUSED,
        ),
        StageInfo(
            key=Stage.DECLINED,
            owner="",
            turn=Turn.NOBODY,
            proposer_label=_("Not moving forward"),
            proposer_text=_("It is not moving forward at this time."),
            proposer_next=_("Ask eLearning whether and how it could be taken up again."),
            partner_label=_("Not moving forward"),
            partner_text=_("Not moving forward at this time."),
            phase=Phase.ENDED,
        ),
        StageInfo(
            key=Stage.WITHDRAWN,
            owner="",
            turn=Turn.NOBODY,
            proposer_label=_("Withdrawn"),
            proposer_text=_("It was withdrawn."),
            proposer_next=_("Ask eLearning for a copy as a new draft if you want to go on."),
            partner_label=_("Withdrawn"),
            partner_text=_("Withdrawn by the university team."),
            phase=Phase.ENDED,
        ),
        StageInfo(
            key=Stage.REDIRECTED,
            owner="",
            turn=Turn.NOBODY,
            proposer_label=_("Redirected"),
            proposer_text=_("It continues by another route of the university."),
            partner_label=_("Continuing elsewhere"),
            partner_text=_("Continuing under a related effort."),
            phase=Phase.ENDED,
        ),
        StageInfo(
            key=Stage.MERGED,
            owner="",
            turn=Turn.NOBODY,
            proposer_label=_("Merged"),
            proposer_text=_("It continues as part of another proposal."),
            partner_label=_("Continuing elsewhere"),
            partner_text=_("Continuing under a related effort."),
            phase=Phase.ENDED,
        ),
        StageInfo(
            key=Stage.SUSPENDED,
            owner=_("Issuing unit"),
            turn=Turn.NOBODY,
            proposer_label=_("Suspended"),
            proposer_text=_("It takes no new learners; we look at it again by {wake_on}."),
            proposer_next=_("It opens again, or it ends."),
            partner_step=6,
            partner_text=_("Not enrolling at the moment."),
            phase=Phase.PAUSED,
        ),
        StageInfo(
            key=Stage.CANCELLED,
            owner=_("eLearning lead"),
            turn=Turn.NOBODY,
            proposer_label=_("Cancelled before launch"),
            proposer_text=_("It was approved, and then cancelled before it opened."),
            partner_label=_("Cancelled"),
            partner_text=_("The program will not open."),
            phase=Phase.ENDED,
        ),
        StageInfo(
            key=Stage.RETIRED,
            owner=_("Issuing unit"),
            turn=Turn.NOBODY,
            proposer_label=_("Ended"),
            proposer_text=_("It takes no learners any more."),
            partner_step=6,
            partner_label=_("Ended"),
            partner_text=_("Program ended."),
            phase=Phase.ENDED,
        ),
    )
}
# Whoever withdraws after the committee's decision asks for it: these lie after it.
AFTER_THE_COMMITTEE = frozenset({Stage.CAD_CONSENT, Stage.APPROVED, Stage.DEVELOPMENT})


class Who(TextChoices):
    """Who may make a move; what each means is in ``reviews.permits``."""

    OWNER = "owner", _("the person who owns the proposal")
    STAFF = "staff", _("eLearning staff of its unit")
    LEAD = "lead", _("the eLearning lead")
    COMMITTEE_CHAIR = "committee_chair", _("the committee's chair")
    DEANS = "deans", _("the deans' office")
    SYSTEM = "system", _("the system")


class Audience(TextChoices):
    """Who is told; whom each means today is in ``reviews.notifications``."""

    PROPOSERS = "proposers", _("The owner and co-proposers")
    DESK = "desk", _("Whoever it is assigned to, or the unit's queue")
    COMMITTEE = "committee", _("The committee")
    DEANS = "deans", _("The deans' office")
    PARTNER = "partner", _("Partners who follow it")


class Kind(TextChoices):
    """A receipt goes at once, to whoever acted too; an action always goes; an FYI goes only to a
    reader whose label changes."""

    RECEIPT = "receipt", _("Receipt")
    ACTION = "action", _("Asks for something, or tells a decision")
    FYI = "fyi", _("For information")


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail: ``templates/emails/<event>/``, only when the move leaves or enters ``if_stage`` and
    leaves the turn with ``if_turn``. Whoever is reached by two notices of a move gets the first."""

    audience: Audience
    event: str
    kind: Kind = Kind.FYI
    if_stage: Stage | None = None
    if_turn: Turn | None = None


_RECEIPT = Notice(Audience.PROPOSERS, "receipt", Kind.RECEIPT)
_MOVED = Notice(Audience.PROPOSERS, "moved")
_DECISION = Notice(Audience.PROPOSERS, "decision", Kind.ACTION)
_DESK_TURN = Notice(Audience.DESK, "desk_turn", Kind.ACTION, if_turn=Turn.UNIVERSITY)
_DESK_MOVED = Notice(Audience.DESK, "desk_moved")
_REVIEW = Notice(Audience.COMMITTEE, "review_asked", Kind.ACTION)
_CONSENT = Notice(Audience.DEANS, "consent_asked", Kind.ACTION)
_PARTNER = Notice(Audience.PARTNER, "partner_update")
_REVIEWERS_TURN = (
    Notice(Audience.COMMITTEE, "review_asked", Kind.ACTION, Stage.APC_REVIEW),
    Notice(Audience.DEANS, "consent_asked", Kind.ACTION, Stage.CAD_CONSENT),
)
_REVIEWERS_STOP = (
    Notice(Audience.COMMITTEE, "review_stopped", Kind.FYI, Stage.APC_REVIEW),
    Notice(Audience.DEANS, "review_stopped", Kind.FYI, Stage.CAD_CONSENT),
)


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
            notices=(_RECEIPT, Notice(Audience.DESK, "queue_new", Kind.ACTION)),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.TAKE_BACK,
            who=_by(Who.OWNER, Stage.SUBMITTED),
            to=Stage.DRAFT,
            explanation=_("It is a draft again, for you and your co-proposers only."),
            notices=(_MOVED, _DESK_MOVED),
        ),
        MoveInfo(
            key=Move.START_TRIAGE,
            who=_by(Who.STAFF, Stage.SUBMITTED),
            to=Stage.TRIAGE,
            explanation=_("You take it out of the queue and begin to read it."),
            takes=("note",),
            guards=("assignee_or_actor",),
            notices=(_MOVED, Notice(Audience.DESK, "assigned", Kind.ACTION)),
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
                _DESK_MOVED,
                _PARTNER,
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
                _DESK_MOVED,
                _PARTNER,
            ),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.SUBMIT_FULL_PROPOSAL,
            who=_by(Who.OWNER, Stage.FULL_PROPOSAL),
            to=Stage.READINESS,
            explanation=_("eLearning makes the final checks before the committee."),
            guards=("full_proposal",),
            notices=(_RECEIPT, _DESK_TURN),
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
                _DESK_MOVED,
                _REVIEW,
                _PARTNER,
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
            notices=(_MOVED, _DESK_MOVED, _CONSENT),
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
                _REVIEW,
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
                _DESK_TURN,
                _PARTNER,
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
            notices=(_MOVED, _DESK_MOVED, _REVIEW),
        ),
        MoveInfo(
            key=Move.START_DEVELOPMENT,
            who=_by(Who.STAFF, Stage.APPROVED),
            to=Stage.DEVELOPMENT,
            explanation=_("Designer and faculty begin to build it."),
            takes=("message", "note"),
            guards=("mou_signed",),
            notices=(_MOVED, _DESK_MOVED, _PARTNER),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.LAUNCH,
            who=_by(Who.LEAD, Stage.DEVELOPMENT),
            to=Stage.ACTIVE,
            explanation=_("It opens for learners; a credential it renews ends."),
            takes=("message", "note"),
            guards=("launch_checklist",),
            notices=(_MOVED, _DESK_MOVED, _PARTNER),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.CANCEL,
            who=_by(Who.LEAD, Stage.APPROVED, Stage.DEVELOPMENT),
            to=Stage.CANCELLED,
            explanation=_("It is given up before it opens."),
            needs=("reason_code",),
            takes=("message", "partner_message", "note"),
            notices=(_DECISION, _DESK_MOVED, _PARTNER),
        ),
        MoveInfo(
            key=Move.SUSPEND,
            who=_by(Who.STAFF, Stage.ACTIVE),
            to=Stage.SUSPENDED,
            explanation=_("It takes no new learners until it is reactivated."),
            needs=("reason_code", "wake_on"),
            takes=("message", "partner_message", "note"),
            wake_within=(1, 365),
            notices=(_MOVED, _DESK_MOVED, _PARTNER),
        ),
        MoveInfo(
            key=Move.REACTIVATE,
            who=_by(Who.STAFF, Stage.SUSPENDED),
            to=Stage.ACTIVE,
            explanation=_("It is open for learners again."),
            takes=("message", "note"),
            notices=(_MOVED, _DESK_MOVED, _PARTNER),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.OPEN_RENEWAL,
            who={Stage.ACTIVE: (Who.STAFF, Who.SYSTEM)},
            to=Stage.RENEWAL_REVIEW,
            explanation=_("The review before the end of its five years begins."),
            takes=("message", "note"),
            notices=(_MOVED, _DESK_TURN),
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
            notices=(_MOVED, _DESK_MOVED, _PARTNER),
        ),
        MoveInfo(
            key=Move.RETURN,
            who=_REVIEWED,
            to=Stage.RETURNED,
            explanation=_("The proposers change their answers and submit again."),
            needs=("reason_code", "message"),
            takes=("note",),
            notices=(Notice(Audience.PROPOSERS, "returned", Kind.ACTION), _DESK_MOVED),
        ),
        MoveInfo(
            key=Move.RESUBMIT,
            who=_by(Who.OWNER, Stage.RETURNED),
            to=BACK,
            explanation=_("The changed form goes back to whoever asked for changes."),
            notices=(_RECEIPT, _DESK_TURN, _DESK_MOVED, *_REVIEWERS_TURN),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.HOLD,
            who=_by(Who.STAFF, *_OPEN, Stage.APPROVED, Stage.DEVELOPMENT),
            to=Stage.ON_HOLD,
            explanation=_("Clocks stop until the day you name."),
            needs=("reason_code", "wake_on"),
            takes=("message", "partner_message", "note"),
            notices=(_MOVED, _DESK_MOVED, *_REVIEWERS_STOP, _PARTNER),
        ),
        MoveInfo(
            key=Move.RESUME,
            who=_by(Who.STAFF, Stage.ON_HOLD),
            to=BACK,
            explanation=_("It goes on from where it was, with the days that were left."),
            takes=("message", "note"),
            notices=(_MOVED, _DESK_MOVED, *_REVIEWERS_TURN, _PARTNER),
            is_forward=True,
        ),
        MoveInfo(
            key=Move.DECLINE,
            who=_REVIEWED,
            to=Stage.DECLINED,
            explanation=_("It ends here; the proposers read why."),
            needs=("reason_code", "message"),
            takes=("partner_message", "note"),
            notices=(_DECISION, _DESK_MOVED, _PARTNER),
        ),
        MoveInfo(
            key=Move.REDIRECT,
            who=_by(Who.STAFF, Stage.TRIAGE),
            to=Stage.REDIRECTED,
            explanation=_("It continues by another route, such as CIM for a certificate."),
            needs=("target", "message"),
            takes=("partner_message", "note"),
            notices=(_DECISION, _DESK_MOVED, _PARTNER),
        ),
        MoveInfo(
            key=Move.MERGE,
            who=_by(Who.STAFF, Stage.TRIAGE),
            to=Stage.MERGED,
            explanation=_("It continues as part of the proposal whose reference you give."),
            needs=("target",),
            takes=("message", "partner_message", "note"),
            notices=(_DECISION, _DESK_MOVED, _PARTNER),
        ),
        MoveInfo(
            key=Move.WITHDRAW,
            who={
                stage: (Who.OWNER, Who.STAFF)
                for stage in (*_OPEN, Stage.ON_HOLD)
                if stage not in AFTER_THE_COMMITTEE
            },
            to=Stage.WITHDRAWN,
            explanation=_("It ends here. A copy of it can become a new draft later."),
            takes=("message", "partner_message", "note"),
            notices=(_MOVED, _DESK_MOVED, *_REVIEWERS_STOP, _PARTNER),
        ),
        MoveInfo(
            key=Move.REOPEN,
            who=_by(
                Who.LEAD,
                Stage.DECLINED,
                Stage.REDIRECTED,
                Stage.MERGED,
                Stage.CANCELLED,
                Stage.WITHDRAWN,
            ),
            to=BACK,
            copies_from=frozenset({Stage.WITHDRAWN}),
            explanation=_(
                "It goes on from where it ended, within a year of that; what was withdrawn stays "
                "so, and its owner gets a copy as a new draft."
            ),
            needs=("note",),
            takes=("message",),
            notices=(
                Notice(Audience.PROPOSERS, "draft_copied", Kind.ACTION, Stage.WITHDRAWN),
                _MOVED,
                _DESK_TURN,
                _DESK_MOVED,
                *_REVIEWERS_TURN,
                _PARTNER,
            ),
        ),
    )
}


def way_back(stage: Stage | str, changes: Iterable[StageChange]) -> Stage | None:
    """The stage from which a proposal came into ``stage``, read from its history, oldest first.

    Coming back is no entry: a hold inside ``returned`` leaves ``resubmit`` the stage that the
    return left, and ``resume`` the ``returned`` that the hold left.
    """
    entries = [
        change
        for change in changes
        if change.to_stage == stage and change.from_stage != stage and change.move not in COMEBACKS
    ]
    return Stage(entries[-1].from_stage) if entries else None


def standing(stage: Stage | str, changes: Sequence[StageChange]) -> Stage:
    """The last stage of the process proper: where a paused, returned or ended proposal stood."""
    here: Stage | None = Stage(stage)
    seen: set[Stage] = set()
    while here and STAGES[here].partner_step is None and here not in seen:
        seen.add(here)
        here = way_back(here, changes)
    return here or Stage.DRAFT
