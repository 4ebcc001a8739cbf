"""Why something is returned, declined, put on hold, suspended or cancelled: codes and words."""

from django.utils.translation import gettext_lazy as _

from reviews.workflow.move import Move
from reviews.workflow.stages import Text
from reviews.workflow.tuned import Tuned

# The reasons offered, by move; the codes are data and never renamed.
REASONS: Tuned[Move, dict[str, Text]] = Tuned(
    {
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
            "out_of_scope": _("It is not a microcredential"),
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
)
# Those that are offered no more, for what was done with them before.
RETIRED_REASONS: Tuned[Move, dict[str, Text]] = Tuned({move: {} for move in REASONS})
