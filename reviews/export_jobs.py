"""Workbooks of long lists: asked for, made by the worker, kept for a day. Every write of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from proposals.services.files import storage
from reviews import columns
from reviews.desk import desk_of, sees_desk
from reviews.export import as_xlsx, table_of
from reviews.models import Export
from reviews.models.queues import LONGEST_QUERY
from reviews.questions import Question

# A list up to here is made while its reader waits: about two seconds.
AT_ONCE = 5000
KEPT_FOR = timedelta(days=1)
MOST_UNDER_WAY = 3  # of one person
TOLD_EVERY = 1000  # rows
# A worker that died is given up after this, and so is a file that nobody could make.
GIVEN_UP_AFTER = timedelta(minutes=5)


@transaction.atomic
def ask_for(
    *, by: User, question: Question, keys: Iterable[str], total: int, at: datetime | None = None
) -> Export:
    """The worker makes a workbook of what the list finds; the same one under way is that one.

    Raises ``ValidationError`` when this person has as many under way as one may have.
    """
    at = at or timezone.now()
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    under_way = list(by.exports.filter(state__in=[Export.State.WAITING, Export.State.RUNNING]))
    query = question.query[:LONGEST_QUERY]
    wanted = list(keys)
    same = [each for each in under_way if (each.query, each.columns) == (query, wanted)]
    if same:
        return same[0]
    if len(under_way) >= MOST_UNDER_WAY:
        raise ValidationError(_("Three workbooks are being made for you. Wait for one of them."))
    return Export.objects.create(
        person=by, query=query, columns=wanted, total=total, asked_at=at, touched_at=at
    )


def make_next(*, at: datetime | None = None) -> Export | None:
    """The oldest that waits is made and ready; ``None`` when none waits. Two workers never make the
    same one."""
    export = _claimed(at or timezone.now())
    if export is None:
        return None
    try:
        with TemporaryFile() as file:
            as_xlsx(_counting(export, _table(export)), file)
            name = storage().save(f"export-{export.pk}.xlsx", File(file))
    except BaseException:  # also a killed worker: it is not under way any more
        _write(export, state=Export.State.FAILED)
        raise
    _write(export, state=Export.State.READY, stored_name=name, done=export.total)
    return export


@transaction.atomic
def _claimed(at: datetime) -> Export | None:
    waiting = Export.objects.filter(state=Export.State.WAITING).order_by("asked_at")
    export = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if export:
        export.state, export.touched_at = Export.State.RUNNING, at
        export.save(update_fields=["state", "touched_at"])
    return export


def _table(export: Export) -> Iterator[list[columns.Cell]]:
    """Nothing but its headings for whoever may not see the desk any more."""
    person = User.objects.with_roles().get(pk=export.person_id)
    question = Question.read(export.query)
    found = question.ordered(question.rows(desk_of(person).for_list(), person))
    _write(export, total=found.count())
    return table_of(found, columns.chosen(export.columns, sees_desk=sees_desk(person)))


def _counting(export: Export, table: Iterable[Any]) -> Iterator[Any]:
    for number, row in enumerate(table):
        if number and number % TOLD_EVERY == 0:
            _write(export, done=number)
        yield row


def _write(export: Export, **values: Any) -> None:
    for name, value in values.items():
        setattr(export, name, value)
    export.touched_at = timezone.now()
    export.save(update_fields=[*values, "touched_at"])


def open_file(export: Export) -> IO[bytes]:
    """Its bytes. Raises ``FileNotFoundError`` where they are gone."""
    file: IO[bytes] = storage().open(export.stored_name)
    return file


def sweep(*, at: datetime | None = None) -> int:
    """What is older than a day is gone with its file; what a dead worker left counts as not made.
    Returns how many went."""
    at = at or timezone.now()
    Export.objects.filter(state=Export.State.RUNNING, touched_at__lt=at - GIVEN_UP_AFTER).update(
        state=Export.State.FAILED, touched_at=at
    )
    old: QuerySet[Export] = Export.objects.filter(asked_at__lt=at - KEPT_FOR)
    gone = list(old)
    for export in gone:
        if export.stored_name:
            storage().delete(export.stored_name)
        export.delete()
    return len(gone)
