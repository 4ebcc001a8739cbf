"""What a move would do, before it does it: the one object that is shown and then carried out."""

from reviews.grace import WRITTEN
from reviews.plans.along import Along
from reviews.plans.building import Option, build_plan, moves_for
from reviews.plans.given import EXCEPTIONS, LONGEST, Given
from reviews.plans.plan import ItemPlan, Plan, refuse_unless_ready
from reviews.plans.undoing import UndoItem, UndoPlan, build_undo, build_undos

__all__ = [
    "EXCEPTIONS",
    "LONGEST",
    "WRITTEN",
    "Along",
    "Given",
    "ItemPlan",
    "Option",
    "Plan",
    "UndoItem",
    "UndoPlan",
    "build_plan",
    "build_undo",
    "build_undos",
    "moves_for",
    "refuse_unless_ready",
]
