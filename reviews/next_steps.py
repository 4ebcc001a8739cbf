"""The next step of a proposal while it is moved: kept, done or replaced, and given back by undo."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from proposals.models import Proposal
from reviews.models import StageChange, ToDo
from reviews.workflow import name_of


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next for a proposal: its words, for whom, by when."""

    words: str
    who: str
    on: date


def step_of(row: Any) -> Step | None:
    """The next step that stands, of a proposal loaded ``with_next_step``."""
    if row.next_todo is None:
        return None
    on = date.fromisoformat(row.next_todo["on"])
    return Step(row.next_todo["words"], row.next_todo["who"], on)


@dataclass(frozen=True, slots=True)
class StepBack:
    """What undoing a move does to the next step: ``begun``, which the move set, goes, and
    ``ended``, which counted as done by it, stands again."""

    begun: ToDo | None
    ended: ToDo | None


def end_steps(*, proposals: Iterable[Proposal], change: StageChange, by: User) -> None:
    """The next steps that stand are done with this move. Part of it; one UPDATE."""
    about = [row.pk for row in proposals]
    standing = ToDo.objects.open().filter(proposal__in=about, is_next=True)
    note = _("Done with the move “%(move)s”.") % {"move": name_of(change.move)}
    standing.update(done_at=change.at, done_by=by, done_note=note[:300])


def steps_around(undone: list[StageChange]) -> Q:
    """The next steps that stand, and those that these moves set or ended."""
    moments = {change.at for change in undone}
    said = Q(done_at__isnull=True) | Q(done_at__in=moments) | Q(made_at__in=moments)
    return said & Q(proposal__in=[change.proposal_id for change in undone], is_next=True)


def step_back_of(change: StageChange, todos: Iterable[ToDo]) -> StepBack | None:
    """What undoing ``change`` does, out of what ``steps_around`` found; nothing where somebody has
    ticked off or replaced the step since."""
    steps = [todo for todo in todos if todo.proposal_id == change.proposal_id and todo.is_next]
    begun = [todo for todo in steps if (todo.made_at, todo.made_by_id) == _moment(change)]
    ended = [todo for todo in steps if (todo.done_at, todo.done_by_id) == _moment(change)]
    is_touched = any(todo.done_at for todo in begun)
    stands_else = any(todo.done_at is None and todo not in begun for todo in steps)
    if is_touched or stands_else or not (begun or ended):
        return None
    return StepBack(next(iter(begun), None), next(iter(ended), None))


def give_back(steps: Iterable[StepBack | None]) -> None:
    """What these undo plans say of next steps is so. Part of the undoing; no statement where there
    is none."""
    back = [step for step in steps if step]
    if begun := [step.begun.pk for step in back if step.begun]:
        _these(begun).delete()
    if ended := [step.ended.pk for step in back if step.ended]:
        _these(ended).update(done_at=None, done_by=None, done_note="")


def _these(keys: list[int]) -> QuerySet[ToDo]:
    return ToDo.objects.filter(pk__in=keys)


def _moment(change: StageChange) -> tuple[datetime, int | None]:
    return change.at, change.actor_id
