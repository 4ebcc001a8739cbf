"""Every write of the desk's queues, and of how each person has the list."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import Unit, User
from reviews import columns
from reviews.desk import sees_desk
from reviews.models import DeskPreference, Queue, QueueWatch
from reviews.models.queues import LONGEST_NAME, LONGEST_QUERY
from reviews.questions import Question
from reviews.queue_list import (
    MOST_QUEUES,
    Listed,
    audiences_for,
    desk_set_up,
    inside,
    may_change,
    may_keep,
    units_for,
)


@transaction.atomic
def save_queue(
    *,
    by: User,
    name: str,
    query: str,
    audience: str = Queue.Audience.PRIVATE,
    unit: Unit | None = None,
    keys: Iterable[str] = (),
    at: datetime | None = None,
) -> Queue:
    """The list as it is now is a queue of ``by``, the last of theirs; of ``query`` and ``keys``
    (its columns) stays what is known.

    Raises ``ValidationError``, by input where one is wrong.
    """
    at = at or timezone.now()
    if not may_keep(by):
        raise ValidationError(_("You have no desk to save a view of."))
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # so that two at once are two
    places = list(by.queues.values_list("place", flat=True))
    if len(places) >= MOST_QUEUES:
        raise ValidationError(_("You have 30 views. Delete one that you no longer use first."))
    queue = Queue(owner=by, query=_fit(query), columns=_known(keys, by))
    queue.place = max(places, default=0) + 1
    queue.made_at = queue.changed_at = at
    _set(queue, by, name, audience, unit)
    queue.save(force_insert=True)
    return queue


@transaction.atomic
def change_queue(
    *,
    queue: Queue,
    by: User,
    name: str,
    audience: str,
    unit: Unit | None = None,
    at: datetime | None = None,
) -> Queue:
    """It has this name and these readers. Raises ``ValidationError``, by input where one is
    wrong."""
    queue = _locked(queue, by)
    _set(queue, by, name, audience, unit)
    queue.changed_at = at or timezone.now()
    queue.save()
    return queue


@transaction.atomic
def take_over(
    *, queue: Queue, by: User, query: str, keys: Iterable[str], at: datetime | None = None
) -> Queue:
    """It asks what the list asks now, in the same columns. Whoever watches it is told nothing of
    what comes in by that. Raises ``ValidationError`` where it is not theirs to change."""
    queue = _locked(queue, by)
    queue.query, queue.columns = _fit(query), _known(keys, by)
    queue.changed_at = at or timezone.now()
    queue.save()
    queue.watches.update(seen=None)
    return queue


@transaction.atomic
def delete_queue(*, queue: Queue, by: User) -> None:
    """It is gone, for everybody who had it, with what they were told of it. Raises
    ``ValidationError`` where it is not theirs to delete."""
    queue = _locked(queue, by)
    DeskPreference.objects.filter(start=str(queue.pk)).update(start="")
    queue.delete()


@transaction.atomic
def move_queue(*, queue: Queue, by: User, up: bool) -> None:
    """It stands one place further up, or down, among its owner's; at the end it stays."""
    queue = _locked(queue, by)
    others = list(Queue.objects.select_for_update().filter(owner=queue.owner_id))
    at = others.index(queue)
    to = at - 1 if up else at + 1
    if 0 <= to < len(others):
        others[at], others[to] = others[to], others[at]
    for place, other in enumerate(others, start=1):
        other.place = place
    Queue.objects.bulk_update(others, ["place"])


@transaction.atomic
def choose_columns(*, by: User, keys: Iterable[str], queue: Queue | None = None) -> None:
    """``by`` has the list in these columns; with ``queue`` everybody has that one in them. None at
    all: the usual ones."""
    known = _known(keys, by)
    if queue is None:
        DeskPreference.objects.update_or_create(person=by, defaults={"columns": known})
        return
    queue = _locked(queue, by)
    queue.columns = known
    queue.save(update_fields=["columns"])


@transaction.atomic
def set_up(
    *,
    by: User,
    start: str | None = None,
    watches: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> None:
    """The desk opens with the queue ``start`` for ``by`` (empty: all proposals; ``None``: as it
    did), who is mailed what enters each of ``watches`` from now on (how, by key; empty: no more).
    What is in it by now is no news.

    Raises ``ValidationError`` where there is no such queue.
    """
    desk = desk_set_up(by)
    asked = dict(watches or {})
    unknown = [key for key in [*asked, start] if key and desk.queue(key) is None]
    if unknown or not set(asked.values()) <= {"", *QueueWatch.How.values}:
        raise ValidationError(_("That view no longer exists."))
    if start is not None:
        DeskPreference.objects.update_or_create(person=by, defaults={"start": start})
    known = {row.key: row for row in by.queue_watches.select_for_update()}
    ended = [key for key, how in asked.items() if not how and key in known]
    if ended:
        by.queue_watches.filter(key__in=ended).delete()
    for key, how in asked.items():
        if how and (key not in known or known[key].how != how):
            _watch(by, desk.queue(key), how, known.get(key), at or timezone.now())


def _watch(
    by: User, queue: Listed | None, how: str, known: QueueWatch | None, at: datetime
) -> None:
    if queue is None:
        return
    if known is None:
        pk = int(queue.key) if queue.key.isdigit() else None
        known = QueueWatch(person=by, key=queue.key, queue_id=pk)
        known.seen, known.looked_at = inside(queue.query, by), at
    known.how = how
    known.save()


def _locked(queue: Queue, by: User) -> Queue:
    row = Queue.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=queue.pk).first()
    if row is None or not may_change(row, by):
        raise ValidationError(_("Only whoever made this view, or a lead, can change it."))
    return row


def _set(queue: Queue, by: User, name: str, audience: str, unit: Unit | None) -> None:
    name, errors = " ".join(name.split()), {}
    if not name or len(name) > LONGEST_NAME:
        errors["name"] = _("Give the view a name of up to 60 characters.")
    elif Queue.objects.filter(owner=queue.owner_id, name=name).exclude(pk=queue.pk).exists():
        errors["name"] = _("There is a view of this name. Choose another one.")
    unit = unit if audience == Queue.Audience.UNIT else None
    if audience not in dict(audiences_for(by)):
        errors["audience"] = _("Choose who sees it.")
    elif audience == Queue.Audience.UNIT and unit is None:
        errors["unit"] = _("Choose the unit that sees it.")
    elif unit and unit != queue.unit and not units_for(by).filter(pk=unit.pk).exists():
        errors["unit"] = _("Choose a unit of yours.")
    if errors:
        raise ValidationError(errors)
    queue.name, queue.audience, queue.unit = name, audience, unit


def _fit(query: str) -> str:
    known = Question.read(query).query
    if len(known) > LONGEST_QUERY:
        raise ValidationError(_("That is too much for one view. Search for fewer words."))
    return known


def _known(keys: Iterable[str], by: User) -> list[str]:
    """Columns as they are kept: none where they are the usual ones."""
    known = [column.key for column in columns.chosen(keys, sees_desk=sees_desk(by))]
    usual = [column.key for column in columns.chosen((), sees_desk=sees_desk(by))]
    return [] if known == usual else known
