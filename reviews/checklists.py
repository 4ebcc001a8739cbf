"""What is to be done at each stage: the lists to begin with, and laying them out as to-dos."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from microcreds.accounts.models import User
from microcreds.kept_statements import KeptStatements
from proposals.kept import Annotations, kept_for
from proposals.models import Proposal, Stage
from reviews.clocks import add_business_days
from reviews.models import ChecklistItem, StageChange, ToDo
from reviews.permits import People
from reviews.workflow import STAGES, STAY, Move, MoveInfo, Phase

# Stages at which somebody works: neither the owner's draft, nor a pause, nor an end.
WITH_CHECKLIST = [
    stage for stage, info in STAGES.items() if info.phase == Phase.CURRENT and stage != Stage.DRAFT
]
# Where neither the item nor the stage says by when.
USUAL_DAYS = 10
# A fresh database begins with these; staff edit them. The number: working days after the stage
# began, none where it is due with the stage.
DEFAULTS: dict[Stage, tuple[tuple[str, int | None], ...]] = {
    Stage.TRIAGE: (
        ("Read the form, and note what is unclear", 2),
        ("Look for proposals and courses it resembles", 3),
        ("Choose the type of credential and the unit", 3),
        ("Write two sentences for the partner's page", None),
    ),
    Stage.CONSULTATION: (
        ("Offer the proposers three times to talk", 2),
        ("Ask the partner what they can give, and until when", 5),
        ("Note who was there and what was decided", None),
        ("Name the designer who helps with the full proposal", None),
    ),
    Stage.READINESS: (
        ("Compare outcomes, assessment and hours", 3),
        ("Ask the chair for the endorsement", 3),
        ("Check price, costs and how many learners it takes", 5),
        ("Check that the agreement with the partner is agreed", None),
        ("Book a place on the committee's agenda", None),
    ),
    Stage.APPROVED: (
        ("Tell the partner's contact in person", 2),
        ("Agree on a start date with the proposers", None),
        ("Name who builds it, and who signs off", None),
    ),
    Stage.DEVELOPMENT: (
        ("Hold the kick-off with faculty and designer", 10),
        ("Set up the course shell and the badge", 30),
        ("Check accessibility of every page and file", 50),
        ("Open registration, and check the price shown", 55),
        ("Let somebody who did not build it try it out", None),
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One item as a move lays it out: for whom and by when."""

    item: ChecklistItem
    owner: User
    by_day: date

    @property
    def words(self) -> str:
        return self.item.words


def load_checklists() -> None:
    """Each stage has the list it begins with; once there is a single item, staff keep them all."""
    if ChecklistItem.objects.exists():
        return
    ChecklistItem.objects.bulk_create(
        ChecklistItem(stage=stage, words=words, position=10 * place, days=days)
        for stage, items in DEFAULTS.items()
        for place, (words, days) in enumerate(items, start=1)
    )


@kept_for(Proposal)
def with_open_items() -> Annotations:
    """Each with what is open of its checklists (``checklist_open``), in the same statement."""
    standing = ToDo.objects.open().filter(proposal=OuterRef("pk"), item__isnull=False)
    row = JSONObject(item="item_id", words="words", stage="laid_by__to_stage")
    return {"checklist_open": ArraySubquery(standing.order_by("pk").values(row=row))}


def checklists_for(info: MoveInfo) -> dict[str, list[ChecklistItem]]:
    """What this move may lay out, by stage; asked of the database only where it can be any.

    Going on after a hold begins nothing, nor does a move that stays.
    """
    is_elsewhere = isinstance(info.to, Stage) and info.to not in WITH_CHECKLIST
    if info.to is STAY or info.key == Move.RESUME or is_elsewhere:
        return {}
    found: dict[str, list[ChecklistItem]] = {}
    for item in _ITEMS.rows(info.to if isinstance(info.to, Stage) else None):
        found.setdefault(item.stage, []).append(item)
    return found


def _items(stage: Stage | None) -> QuerySet:
    items = ChecklistItem.objects.filter(is_active=True)
    return items.filter(stage=stage) if stage else items


_ITEMS = KeptStatements(_items)


def lines_of(
    row: Any,
    after: Proposal,
    checklists: Mapping[str, list[ChecklistItem]],
    *,
    actor: User | None,
    people: People,
    today: date,
    holidays: Set[date],
) -> list[Line]:
    """What the move from ``row`` (loaded ``with_open_items``) to ``after`` lays out: what stands on
    the list of the stage it comes to, without what is open of it already."""
    items = checklists.get(after.stage, ())
    if after.stage == row.stage or not items:
        return []
    standing = {each["item"] for each in row.checklist_open}
    owner = _owner(after, actor, people)
    return [
        Line(item, owner, _by_day(item, after, today, holidays))
        for item in items
        if owner and item.pk not in standing
    ]


def unfinished_of(row: Any) -> list[str]:
    """What is open of the checklist of the stage at which it stands, in words."""
    return [each["words"] for each in row.checklist_open if each["stage"] == row.stage]


def lay_out(
    *, laid: Iterable[tuple[StageChange, list[Line]]], by: User | None, at: datetime
) -> None:
    """Each line is a to-do of its proposal now; one INSERT whatever their number. Part of the move
    that lays them out."""
    ToDo.objects.bulk_create(
        ToDo(
            proposal_id=change.proposal_id,
            words=line.words,
            owner=line.owner,
            by_day=line.by_day,
            made_by=by,
            made_at=at,
            item=line.item,
            laid_by=change,
        )
        for change, lines in laid
        for line in lines
    )


def untouched(changes: Iterable[StageChange]) -> Q:
    """What these moves laid out and nobody has ticked off."""
    return Q(laid_by__in=list(changes), done_at__isnull=True, hidden_at__isnull=True)


def take_in(*, changes: Iterable[StageChange], at: datetime) -> int:
    """What these moves laid out and nobody has touched is hidden. Part of undoing them; returns how
    many."""
    return ToDo.objects.filter(untouched(changes)).update(hidden_at=at)


def _owner(after: Proposal, actor: User | None, people: People) -> User | None:
    """Whoever works on it, else who moves it, else the first of those in whose queue it lies."""
    if after.assignee and after.assignee.is_active:
        return after.assignee
    if actor and actor.is_elearning:
        return actor
    return next(iter(people.queue_of(after)), None)


def _by_day(item: ChecklistItem, after: Proposal, today: date, holidays: Set[date]) -> date:
    if item.days is None and after.due_on and after.due_on >= today:
        return after.due_on
    days = USUAL_DAYS if item.days is None else item.days
    return add_business_days(today, days, holidays)
