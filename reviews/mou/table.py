"""The table of an MoU: what each status means, and which move may follow, by whom, with what.

A parallel track, no stage (domain.md §3.2). Written to be read by somebody of eLearning.
"""

from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.models import Mou
from proposals.models import Turn

Status = Mou.Status
Text = str | Promise
# Before its first move there is no record.
NOT_BEGUN = ""
# Days before its end at which staff are told, and months before it at which the partner is.
MARKS = (365, 180, 90, 30)
PARTNER_TOLD_MONTHS = 6


class Who(TextChoices):
    STAFF = "staff", _("Staff of its unit")
    PARTNER = "partner", _("A contact of the partner, or staff for them")
    CONTACT = "contact", _("Only a contact of the partner, on their own page")
    SYSTEM = "system", _("Microcreds, by date")


class MouMove(TextChoices):
    """The moves, as their buttons say them."""

    NOT_NEEDED = "not_needed", _("None is needed")
    REQUEST_TEMPLATE = "request_template", _("Ask for the template")
    DRAFT = "draft", _("Begin the draft")
    SEND_TO_PARTNER = "send_to_partner", _("Send it to the partner")
    SEND_TO_UNIVERSITY = "send_to_university", _("Send it to the university's offices")
    PASS_TO_PARTNER = "pass_to_partner", _("The university agrees: send it to the partner")
    AGREE = "agree", _("The partner agrees")
    ASK_CHANGES = "ask_changes", _("The partner asks for changes")
    OBJECT = "object", _("The partner did not say what was recorded for them")
    REDRAFT = "redraft", _("Take it back to the draft")
    CLEAR = "clear", _("The university agrees")
    SIGN = "sign", _("It is signed")
    START = "start", _("It comes into force")
    NEAR_END = "near_end", _("It runs out within a year")
    EXPIRE = "expire", _("It has run out")
    LET_END = "let_end", _("Let it end with its time")
    TERMINATE = "terminate", _("It is terminated")


class AnyMou(Protocol):
    """An MoU, or what was read of one."""

    @property
    def status(self) -> str: ...

    @property
    def is_let_end(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class StatusInfo:
    """``turn``: who has it; ``asks``: what they are to do; ``tells``: how proposers read it."""

    turn: Turn
    asks: Text
    tells: Text
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class MoveInfo:
    """``to``: where it leads; the second only where the university had agreed to this text before.
    ``needs`` and ``takes`` name what is given with it."""

    starts: tuple[str, ...]
    to: tuple[Status, ...]
    who: tuple[Who, ...]
    does: Text
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


STATUSES: dict[str, StatusInfo] = {
    NOT_BEGUN: StatusInfo(
        Turn.UNIVERSITY,
        _("Say whether one is needed, and ask for the template."),
        _("eLearning has not begun it yet."),
        "circle-dashed",
        "neutral",
    ),
    Status.NOT_NEEDED: StatusInfo(
        Turn.NOBODY, "", _("For this partner none is needed."), "circle-slash", "neutral"
    ),
    Status.TEMPLATE_REQUESTED: StatusInfo(
        Turn.UNIVERSITY,
        _("Get the template from the Associate Provost's office, then begin the draft."),
        _("eLearning has asked for the university's template."),
        "file-search",
        "info",
    ),
    Status.DRAFTING: StatusInfo(
        Turn.UNIVERSITY,
        _("Write the text, add it as a version, and send it on."),
        _("eLearning is writing the text."),
        "pencil",
        "info",
    ),
    Status.WITH_PARTNER: StatusInfo(
        Turn.PARTNER,
        _("Read the text, then agree or say what should change."),
        _("The partner is reading the text."),
        "building-2",
        "accent",
    ),
    Status.WITH_UNIVERSITY: StatusInfo(
        Turn.UNIVERSITY,
        _("Hear what the Associate Provost's office and the lawyers say about it."),
        _("The Associate Provost's office and the university's lawyers are reading the text."),
        "landmark",
        "info",
    ),
    Status.AGREED_TEXT: StatusInfo(
        Turn.UNIVERSITY,
        _("Have it signed: name who signs, its dates, and when they signed."),
        _("Both sides agree to the text. It is being signed."),
        "check",
        "success",
    ),
    Status.SIGNED: StatusInfo(
        Turn.NOBODY,
        _("File it in Buyway. It comes into force on its first day."),
        _("Both sides have signed it."),
        "signature",
        "success",
    ),
    Status.ACTIVE: StatusInfo(Turn.NOBODY, "", _("It is in force."), "circle-check", "success"),
    Status.EXPIRING: StatusInfo(
        Turn.UNIVERSITY,
        _("Talk with the partner: a new proposal and a new memorandum, or let it end."),
        _("It runs out within a year. Continuing needs a new one."),
        "hourglass",
        "warning",
    ),
    Status.EXPIRED: StatusInfo(Turn.NOBODY, "", _("It has run out."), "circle-x", "neutral"),
    Status.TERMINATED: StatusInfo(
        Turn.NOBODY, "", _("It was ended before its time."), "circle-x", "danger"
    ),
}
# Of one that runs out, once staff said that nobody renews it.
_LET_END = StatusInfo(
    Turn.NOBODY,
    "",
    _("It runs out within a year, and will not be renewed."),
    "hourglass",
    "neutral",
)
_BEFORE_SIGNING = (
    Status.TEMPLATE_REQUESTED,
    Status.DRAFTING,
    Status.WITH_PARTNER,
    Status.WITH_UNIVERSITY,
    Status.AGREED_TEXT,
)
_STAFF, _SYSTEM = (Who.STAFF,), (Who.SYSTEM,)
MOVES: dict[MouMove, MoveInfo] = {
    MouMove.REQUEST_TEMPLATE: MoveInfo(
        starts=(NOT_BEGUN, Status.NOT_NEEDED),
        to=(Status.TEMPLATE_REQUESTED,),
        who=_STAFF,
        does=_("On record that the Associate Provost's office was asked for the template."),
        takes=("words",),
    ),
    MouMove.DRAFT: MoveInfo(
        starts=(NOT_BEGUN, Status.NOT_NEEDED, Status.TEMPLATE_REQUESTED),
        to=(Status.DRAFTING,),
        who=_STAFF,
        does=_("eLearning writes the text and adds it as a version."),
        takes=("words",),
    ),
    MouMove.SEND_TO_PARTNER: MoveInfo(
        starts=(Status.DRAFTING,),
        to=(Status.WITH_PARTNER,),
        who=_STAFF,
        does=_("The contacts who follow the proposal may read the newest version and are asked."),
        needs=("words", "due_on"),
    ),
    MouMove.SEND_TO_UNIVERSITY: MoveInfo(
        starts=(Status.DRAFTING,),
        to=(Status.WITH_UNIVERSITY,),
        who=_STAFF,
        does=_("The Associate Provost's office and the lawyers read the newest version."),
        takes=("words", "due_on"),
    ),
    MouMove.AGREE: MoveInfo(
        starts=(Status.WITH_PARTNER,),
        to=(Status.WITH_UNIVERSITY, Status.AGREED_TEXT),
        who=(Who.PARTNER,),
        does=_("The partner agrees to the version they read; the university reads it next."),
        takes=("words",),
    ),
    MouMove.ASK_CHANGES: MoveInfo(
        starts=(Status.WITH_PARTNER,),
        to=(Status.DRAFTING,),
        who=(Who.PARTNER,),
        does=_("The partner says what should change; a file of theirs is the next version."),
        needs=("words",),
        takes=("upload",),
    ),
    MouMove.OBJECT: MoveInfo(
        starts=(Status.WITH_UNIVERSITY, Status.AGREED_TEXT),
        to=(Status.DRAFTING,),
        who=(Who.CONTACT,),
        does=_("What staff recorded as their agreement no longer counts; eLearning calls them."),
        needs=("words",),
    ),
    MouMove.CLEAR: MoveInfo(
        starts=(Status.WITH_UNIVERSITY,),
        to=(Status.AGREED_TEXT,),
        who=_STAFF,
        does=_("The university agrees to the version that the partner agreed to."),
        takes=("words",),
    ),
    MouMove.PASS_TO_PARTNER: MoveInfo(
        starts=(Status.WITH_UNIVERSITY,),
        to=(Status.WITH_PARTNER,),
        who=_STAFF,
        does=_("The university agrees to the newest version; the partner is asked."),
        needs=("words", "due_on"),
    ),
    MouMove.SIGN: MoveInfo(
        starts=(Status.AGREED_TEXT,),
        to=(Status.SIGNED,),
        who=_STAFF,
        does=_("Both sides have signed. From now on its dates and signatories cannot change."),
        takes=("words",),
    ),
    MouMove.START: MoveInfo(
        starts=(Status.SIGNED,),
        to=(Status.ACTIVE,),
        who=_SYSTEM,
        does=_("On its first day."),
    ),
    MouMove.NEAR_END: MoveInfo(
        starts=(Status.ACTIVE,),
        to=(Status.EXPIRING,),
        who=_SYSTEM,
        does=_("A year before its last day."),
    ),
    MouMove.EXPIRE: MoveInfo(
        starts=(Status.EXPIRING,),
        to=(Status.EXPIRED,),
        who=_SYSTEM,
        does=_("The day after its last."),
    ),
    MouMove.REDRAFT: MoveInfo(
        starts=(Status.WITH_PARTNER, Status.WITH_UNIVERSITY, Status.AGREED_TEXT),
        to=(Status.DRAFTING,),
        who=_STAFF,
        does=_("It goes back to be rewritten; what the partner was asked is taken back."),
        needs=("words",),
    ),
    MouMove.NOT_NEEDED: MoveInfo(
        starts=(NOT_BEGUN, *_BEFORE_SIGNING),
        to=(Status.NOT_NEEDED,),
        who=_STAFF,
        does=_("There will be none with this partner, for the reason you give."),
        needs=("words",),
    ),
    MouMove.LET_END: MoveInfo(
        starts=(Status.EXPIRING,),
        to=(Status.EXPIRING,),
        who=_STAFF,
        does=_("It stays in force to its last day. You are no longer asked to renew it."),
        needs=("words",),
    ),
    MouMove.TERMINATE: MoveInfo(
        starts=(Status.SIGNED, Status.ACTIVE, Status.EXPIRING),
        to=(Status.TERMINATED,),
        who=_STAFF,
        does=_("It ends before its last day."),
        needs=("words", "ended_on"),
    ),
}
# What a proposal that names a partner needs at its gates (domain.md §4).
FIT_FOR_COMMITTEE = frozenset(
    {Status.NOT_NEEDED, Status.AGREED_TEXT, Status.SIGNED, Status.ACTIVE, Status.EXPIRING}
)
FIT_FOR_DEVELOPMENT = FIT_FOR_COMMITTEE - {Status.AGREED_TEXT}


def info_of(mou: AnyMou) -> StatusInfo:
    """What its status means; of one that runs out, whether staff said that it may."""
    return _info(mou.status, mou.is_let_end)


def label_of(mou: AnyMou) -> str:
    """Its status by name, also before there is one."""
    return str(Status(mou.status).label if mou.status else _("Not begun"))


def info_after(move: MouMove, to: Status) -> StatusInfo:
    """What the status means that this move leads to."""
    return _info(to, move == MouMove.LET_END)


def has_turn(turn: Turn) -> Q:
    """The same asked of the database: those that this turn's side has."""
    let_end = Q(status=Status.EXPIRING, let_end_at__isnull=False)
    theirs = ~let_end & Q(status__in=[each for each, info in STATUSES.items() if info.turn == turn])
    return theirs | let_end if _LET_END.turn == turn else theirs


def _info(status: str, is_let_end: bool) -> StatusInfo:
    return _LET_END if is_let_end and status == Status.EXPIRING else STATUSES[status]


def end_of(move: MouMove, mou: Mou) -> Status:
    """Where this move of this MoU leads."""
    ends = MOVES[move].to
    is_agreed_here = mou.version_id is not None and mou.agreed_by_university_id == mou.version_id
    return ends[-1] if is_agreed_here else ends[0]


def moves_from(status: str) -> list[MouMove]:
    """What may follow, in the order of the table."""
    return [move for move, info in MOVES.items() if status in info.starts]
