"""The page that shows the process: drawn with what stands where now, and as two tables."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from proposals.models import Stage
from reviews.admin.pages import show
from reviews.desk import desk_of
from reviews.diagram import Standing, draw
from reviews.forms.moves import MoveForm
from reviews.guards import ASKS
from reviews.questions import past_target
from reviews.workflow import (
    BACK,
    MOVES,
    PARTNER_STEPS,
    STAGES,
    STAY,
    MoveInfo,
    Notice,
    StageInfo,
    Text,
    Who,
)

_STEPS = {step.number: step for step in PARTNER_STEPS}


@require_safe
def process(request: SignedInRequest) -> HttpResponse:
    """Read by everybody whom the desk lets in; the numbers are of what each meets there."""
    if not request.user.has_perm("reviews.view_triageitem"):
        raise PermissionDenied
    standing = standing_of(request.user)
    context = {
        "title": _("The process"),
        "diagram": draw(standing),
        "sees_settings": request.user.has_perm("reviews.view_policy"),
        "stages": [stage_row(stage, standing.get(key)) for key, stage in STAGES.items()],
        "moves": [move_row(move) for move in MOVES.values()],
    }
    return show(request, "process", context)


def standing_of(user: User) -> dict[str, Standing]:
    """How many of this person's desk stand at each stage where any does; one statement."""
    counted = desk_of(user).order_by().values("stage")
    numbers = counted.annotate(number=Count("pk"), late=Count("pk", filter=past_target()))
    return {row["stage"]: Standing(row["number"], row["late"]) for row in numbers}


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage as the table has it; ``standing`` ``None``: no list of the desk shows it."""

    stage: StageInfo
    standing: Standing | None
    target: str
    proposer_text: str
    proposer_next: str
    partner_label: Text
    partner_text: str
    partner_next: str


def stage_row(stage: StageInfo, standing: Standing | None) -> StageRow:
    """One stage as the page of the process shows it, and how many proposals are there."""
    step = _STEPS.get(stage.partner_step or 0)
    return StageRow(
        stage=stage,
        standing=None if stage.key == Stage.DRAFT else standing or Standing(0, 0),
        target=target_of(stage),
        proposer_text=_without_day(stage.proposer_text),
        proposer_next=_without_day(stage.proposer_next),
        partner_label=stage.partner_label or (step.label if step else ""),
        partner_text=_without_day(stage.partner_text or (step.text if step else "")),
        partner_next=_without_day(stage.partner_next),
    )


def _without_day(words: Text) -> str:
    """The words of a page where no proposal, and so no day, is meant."""
    return str(words).format(wake_on=_("the day set"), month=_("the month set"))


def target_of(stage: StageInfo) -> str:
    """How long it may take there, in words; empty: as long as it takes."""
    days = stage.target_days
    if days is None:
        return ""
    if stage.is_calendar:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move as the table has it. ``starts`` are the stages it begins at, by who may make it."""

    move: MoveInfo
    starts: list[tuple[str, str]]
    to: str
    asks: list[Text]
    needs: list[str]
    takes: list[str]
    told: list[str]


def move_row(move: MoveInfo) -> MoveRow:
    """One move as the page of the process shows it, in words."""
    stages_by_who: dict[tuple[Who, ...], list[str]] = {}
    for stage, who in move.who.items():
        stages_by_who.setdefault(who, []).append(STAGES[stage].name)
    return MoveRow(
        move=move,
        starts=[
            (_joined(str(who.label) for who in roles), ", ".join(stages))
            for roles, stages in stages_by_who.items()
        ],
        to=_where_to(move),
        asks=[ASKS[guard] for guard in move.guards],
        needs=[input_label(name) for name in move.needs],
        takes=[input_label(name) for name in move.takes],
        told=[_told(notice) for notice in move.notices],
    )


def _where_to(move: MoveInfo) -> str:
    if move.to is STAY:
        return _("stays where it is")
    if move.to is BACK:
        return _("back to where it came from")
    return STAGES[move.to].name if isinstance(move.to, Stage) else ""


def input_label(name: str) -> str:
    """What the form of a move calls this input."""
    if name == "reason_code":
        return _("Reason")
    field = MoveForm.base_fields.get(name)
    return str(field.label) if field else _("Points, each pinned to a question")


def _told(notice: Notice) -> str:
    """Who gets a mail, and when not always."""
    words = str(notice.audience.label)
    if notice.if_stage:
        words = _("%(who)s, where it leaves or enters %(stage)s") % {
            "who": words,
            "stage": STAGES[notice.if_stage].name,
        }
    if notice.if_turn:
        words = _("%(who)s, where it is then the turn of: %(turn)s") % {
            "who": words,
            "turn": notice.if_turn.label,
        }
    return words


def _joined(names: Iterable[str]) -> str:
    return _(" or ").join(names)
