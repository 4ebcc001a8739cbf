"""What a history says of the way a proposal went."""

from collections.abc import Iterable, Sequence

from proposals.models import Stage
from reviews.models import StageChange
from reviews.workflow.moves import COMEBACKS
from reviews.workflow.stages import STAGES


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
