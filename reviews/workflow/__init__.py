"""The process as two tables that a person from eLearning can read: ``stages`` and ``moves``.

A new stage or move is one entry there (and its choice in ``proposals.models.Stage``); tests, pages,
mails and the graph follow from it.
"""

from reviews.workflow.limits import LIMITS
from reviews.workflow.move import Move
from reviews.workflow.move_info import BACK, COMEBACKS, STAY, MoveInfo, Way, Who
from reviews.workflow.moves import MOVES
from reviews.workflow.notices import (
    Audience,
    Kind,
    Notice,
)
from reviews.workflow.reasons import REASONS, RETIRED_REASONS
from reviews.workflow.stages import (
    AFTER_THE_COMMITTEE,
    PARTNER_STEPS,
    PROPOSER_STEPS,
    STAGES,
    STANDS_STILL,
    PartnerStep,
    Phase,
    StageInfo,
    Text,
)
from reviews.workflow.ways import (
    UNDO,
    ends_of,
    in_force,
    is_entry,
    name_of,
    standing,
    way_back,
)

__all__ = [
    "BACK",
    "COMEBACKS",
    "LIMITS",
    "MOVES",
    "REASONS",
    "RETIRED_REASONS",
    "STAY",
    "Move",
    "MoveInfo",
    "Way",
    "Who",
    "Audience",
    "Kind",
    "Notice",
    "AFTER_THE_COMMITTEE",
    "PARTNER_STEPS",
    "PROPOSER_STEPS",
    "STAGES",
    "STANDS_STILL",
    "PartnerStep",
    "Phase",
    "StageInfo",
    "Text",
    "UNDO",
    "ends_of",
    "in_force",
    "is_entry",
    "name_of",
    "standing",
    "way_back",
]
