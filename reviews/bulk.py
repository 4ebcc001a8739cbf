"""One move of many proposals: which moves, and the part of a plan that can be carried out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from microcreds.accounts.models import User
from reviews.models import StageChange
from reviews.permits import People, parties_in, permit
from reviews.plans import ItemPlan, Plan, UndoPlan, build_undos
from reviews.workflow import MOVES, Move, MoveInfo

# More are neither read before they are moved nor shown on one page.
MOST = 200
# The mails of so many are shown in their words at once; of more, those of the proposal asked for.
MOST_READ = 10
# Nothing that approves or declines: decisions are taken one by one (domain.md §4.3). Nor what its
# owner does, what needs a target of its own, or what makes a draft.
IN_BULK = (
    Move.START_TRIAGE,
    Move.CONSULT,
    Move.OPEN_FULL_PROPOSAL,
    Move.SEND_TO_COMMITTEE,
    Move.DEFER,
    Move.START_DEVELOPMENT,
    Move.OPEN_RENEWAL,
    Move.SUSPEND,
    Move.REACTIVATE,
    Move.HOLD,
    Move.RESUME,
)
# These name a meeting: they are how proposals are added to one.
ADDS_TO_A_MEETING = (Move.SEND_TO_COMMITTEE, Move.DEFER)


@dataclass(frozen=True, slots=True)
class Choice:
    """A move that could be made of ``number`` of the proposals chosen."""

    move: MoveInfo
    number: int

    @property
    def adds_to_a_meeting(self) -> bool:
        return self.move.key in ADDS_TO_A_MEETING


def choices_for(user: User, proposals: Iterable[Any]) -> list[Choice]:
    """The moves this person could make of some of these, loaded ``with_parties``; by the order of
    the table."""
    rows, people = list(proposals), People()
    involved = {row.pk: parties_in(row).involved(user) for row in rows}
    counted = [
        Choice(
            MOVES[move],
            sum(
                row.stage in MOVES[move].from_stages
                and permit(user, move, row, involved=involved[row.pk], people=people).allowed
                for row in rows
            ),
        )
        for move in IN_BULK
    ]
    return [choice for choice in counted if choice.number]


def moved_together(key: int) -> list[StageChange]:
    """Every move that somebody made at the moment of this one, which is how a bulk move is written;
    none where there is no such move of many. By the order in which they were written."""
    one = StageChange.objects.filter(pk=key, move__in=IN_BULK, actor__isnull=False)[:1]
    found = StageChange.objects.filter(
        at=one.values("at"), move=one.values("move"), actor=one.values("actor")
    )
    return list(found.select_related("proposal", "actor").order_by("pk"))


@dataclass(frozen=True, slots=True)
class Undoing:
    """One move of a bulk move, and what taking it back would do."""

    change: StageChange
    plan: UndoPlan


def undoing_of(changes: Iterable[StageChange], by: User) -> list[Undoing]:
    """A row for each, what stays first; as many statements for a hundred as for one."""
    meant = {change.proposal_id: change for change in changes}
    found = build_undos(proposals=meant, actor=by, meant=meant)
    rows = [Undoing(change, plan) for change, plan in zip(meant.values(), found, strict=True)]
    return sorted(rows, key=lambda row: row.plan.is_ready)


def ready_part(plan: Plan) -> Plan:
    """The plan of those that are ready; it can be carried out as it stands."""
    return part_of(plan, {item.proposal.pk for item in plan.items if item.is_ready})


def part_of(plan: Plan, ids: Iterable[int]) -> Plan:
    """The plan of these proposals among those it was built for."""
    wanted = set(ids)
    items: list[ItemPlan] = [item for item in plan.items if item.proposal.pk in wanted]
    newest = {pk: change for pk, change in plan.newest.items() if pk in wanted}
    return replace(plan, items=items, newest=newest)
