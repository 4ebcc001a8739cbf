"""What a move would do, before it does it: the one object that is shown and then carried out."""

from reviews.plans.along import Along
from reviews.plans.building import Option, build_plan, moves_for
from reviews.plans.effects import WRITTEN
from reviews.plans.given import LONGEST, Given
from reviews.plans.plan import ItemPlan, Plan, refuse_unless_ready

__all__ = [
    "LONGEST",
    "WRITTEN",
    "Along",
    "Given",
    "ItemPlan",
    "Option",
    "Plan",
    "build_plan",
    "moves_for",
    "refuse_unless_ready",
]
