"""Which ways the table has, and what a history says of the way a proposal went."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from proposals.models import Stage
from reviews.models import StageChange
from reviews.workflow.move import Move
from reviews.workflow.move_info import BACK, COMEBACKS, STAY, MoveInfo
from reviews.workflow.moves import MOVES
from reviews.workflow.stages import STAGES

# What a stage change is called that takes another back; no move of the table leads to it.
UNDO = "undo"


def ends_of(
    move: MoveInfo, start: Stage, moves: Mapping[Move, MoveInfo] = MOVES
) -> tuple[Stage, ...]:
    """Where ``move`` can lead from ``start``; "back" leads wherever one can have come from."""
    if move.to is STAY or start in move.copies_from:
        return (start,)
    if move.to is BACK:
        ways = (
            other.from_stages
            for other in moves.values()
            if other.to == start and other.key not in COMEBACKS
        )
        return tuple(dict.fromkeys(stage for stages in ways for stage in stages))
    return (move.to,) if isinstance(move.to, Stage) else ()


def in_force(changes: Iterable[StageChange]) -> list[StageChange]:
    """What still counts of a history: without moves that were taken back, and their undoing."""
    changes = list(changes)
    gone = {change.undoes_id for change in changes if change.undoes_id}
    if not gone:
        return changes
    return [change for change in changes if not change.undoes_id and change.pk not in gone]


def name_of(move: str) -> str:
    """A stage change by name, as the desk's history has it."""
    return str(_("Undo")) if move == UNDO else MOVES[Move(move)].label


def is_entry(change: StageChange, stage: Stage | str) -> bool:
    """Whether this brought a proposal into ``stage``; coming back to it did not."""
    return change.to_stage == stage != change.from_stage and change.move not in COMEBACKS


def way_back(stage: Stage | str, changes: Iterable[StageChange]) -> Stage | None:
    """The stage from which a proposal came into ``stage``, read from its history, oldest first.

    Coming back is no entry: a hold inside ``returned`` leaves ``resubmit`` the stage that the
    return left, and ``resume`` the ``returned`` that the hold left.
    """
    newest_first = reversed(list(changes))
    entry = next((change for change in newest_first if is_entry(change, stage)), None)
    return Stage(entry.from_stage) if entry else None


def standing(stage: Stage | str, changes: Sequence[StageChange]) -> Stage:
    """The last stage of the process proper: where a paused, returned or ended proposal stood."""
    here: Stage | None = Stage(stage)
    seen: set[Stage] = set()
    while here and STAGES[here].partner_step is None and here not in seen:
        seen.add(here)
        here = way_back(here, changes)
    return here or Stage.DRAFT
