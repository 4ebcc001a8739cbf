"""Where a submitted proposal goes, and to whom: rules that staff keep, the campus otherwise."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass

from microcreds.accounts.models import Unit, User
from microcreds.kept_statements import KeptStatements
from proposals.models import Proposal, Stage
from reviews.models import RoutingRule
from reviews.permits import Parties, People


@dataclass(frozen=True, slots=True)
class Route:
    """``unit`` ``None``: every unit's queue. ``assignee`` ``None``: whoever takes it."""

    unit: Unit | None
    assignee: User | None


def active_rules() -> list[RoutingRule]:
    """The rules that hold, in the order in which they are tried; one statement."""
    return _ACTIVE.rows()


_ACTIVE = KeptStatements(
    lambda: RoutingRule.objects.filter(is_active=True, unit__is_active=True).select_related(
        "unit", "assignee"
    )
)


def route_of(
    proposal: Proposal, rules: Iterable[RoutingRule], parties: Parties, people: People
) -> Route:
    """By the first rule that fits; without one, the unit of the campus.

    An owner who is away is stood in for; one who left, takes part in the proposal or does not work
    for the unit is passed over, and it waits in the unit's queue.
    """
    rule = next((rule for rule in rules if rule.fits(proposal)), None)
    if rule is None:
        return Route(proposal.campus.unit if proposal.campus else None, None)
    wanted = people.stand_in_of(rule.assignee) or rule.assignee if rule.assignee else None
    if wanted and not people.works_for(wanted, rule.unit_id):
        wanted = None
    if wanted and wanted.pk in parties.involved(wanted):
        wanted = None
    return Route(rule.unit, wanted)


def rerouted_by(rules: Iterable[RoutingRule]) -> list[Proposal]:
    """What waits unread in another queue than these rules would send it to: it stays there."""
    waiting = Proposal.objects.filter(stage=Stage.SUBMITTED).select_related("campus__unit", "unit")
    ordered = list(rules)
    moved = []
    for row in waiting.order_by("pk"):
        rule = next((rule for rule in ordered if rule.fits(row)), None)
        unit_id = rule.unit_id if rule else (row.campus.unit_id if row.campus else None)
        if unit_id != row.unit_id:
            moved.append(row)
    return moved


def as_routed(proposal: Proposal) -> Proposal:
    """A draft has no unit yet: it counts as that of the unit to which its campus leads."""
    if not proposal.is_draft:
        return proposal
    routed = copy.copy(proposal)
    routed.unit = proposal.campus.unit if proposal.campus else None
    return routed
