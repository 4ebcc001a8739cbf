"""The columns of the desk's list and of what is taken away from it: one table for both."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proposals.models import CredentialType

Cell = str | int | date | datetime | None
ORDER = "o"  # in the address of the list, as Django's lists name it


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``value`` is its cell in a file. ``order``: the fields it is ordered by, each
    such order being an index; empty: the list is not ordered by it. ``is_desk``: eLearning's own,
    for nobody else. ``related``: what it reads beside what every row of the list has."""

    key: str
    heading: str | Promise
    value: Callable[[Any], Cell]
    order: tuple[str, ...] = ()
    is_desk: bool = False
    file_heading: str | Promise = ""  # where a file says more exactly what it is
    related: str = ""

    @property
    def in_file(self) -> str:
        return str(self.file_heading or self.heading)


def _local(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment).replace(tzinfo=None) if moment else None


def _partners(row: Any) -> str:
    return ", ".join(_partner(**partner) for partner in row.partners)


def _partner(name: str, left: str | None) -> str:
    return str(_("%(name)s (left)")) % {"name": name} if left else name


def _credential(row: Any) -> str:
    return str(CredentialType(row.credential_type).label) if row.credential_type else ""


def _step(row: Any) -> str:
    return str(row.next_todo["words"]) if row.next_todo else ""


def _step_by(row: Any) -> date | None:
    return date.fromisoformat(row.next_todo["on"]) if row.next_todo else None


COLUMNS = {
    column.key: column
    for column in (
        Column("reference", _("Reference"), lambda row: row.reference, ("reference",)),
        Column("title", _("Title"), lambda row: row.working_title),
        Column("by", _("Proposed by"), lambda row: str(row.submitter)),
        Column("stage", _("Stage"), lambda row: row.get_stage_display(), ("stage", "-pk")),
        Column(
            "turn", _("Whose turn"), lambda row: row.get_whose_turn_display(), ("whose_turn", "-pk")
        ),
        Column(
            "age",
            _("In this stage"),
            lambda row: _local(row.stage_since),
            ("stage_since", "pk"),
            file_heading=_("In this stage since"),
        ),
        Column("due", _("Due"), lambda row: row.due_on, ("due_on", "-pk")),
        Column("unit", _("Unit"), lambda row: str(row.unit or ""), ("unit_id", "-pk")),
        Column("owner", _("Owner"), lambda row: str(row.assignee or ""), ("assignee_id", "-pk")),
        Column("campus", _("Campus"), lambda row: str(row.campus or ""), related="campus"),
        Column(
            "department",
            _("Department"),
            lambda row: str(row.department or ""),
            related="department",
        ),
        Column("partners", _("Partners"), _partners),
        Column(
            "submitted",
            _("Submitted"),
            lambda row: _local(row.submitted_at),
            ("submitted_at", "pk"),
        ),
        Column(
            "active",
            _("Last activity"),
            lambda row: _local(row.last_activity_at),
            ("last_activity_at", "pk"),
        ),
        Column("credential", _("Type of credential"), _credential, is_desk=True),
        Column("priority", _("Priority"), lambda row: row.get_priority_display(), is_desk=True),
        Column("step", _("Next step"), _step, is_desk=True),
        Column("step_by", _("Next step by"), _step_by, is_desk=True),
    )
}
# What leads to the proposal stands first in every list.
FIRST = "reference"
DEFAULT = ("reference", "title", "stage", "turn", "age", "owner", "partners", "step")
# As the list was once, when addresses counted its columns.
NUMBERED = ("", *DEFAULT[:5], "unit", "owner", "partners", "step", "active")
FIRST_ORDER = ("-last_activity_at", "-pk")


def offered(*, sees_desk: bool) -> list[Column]:
    """All that this reader may have."""
    return [column for column in COLUMNS.values() if sees_desk or not column.is_desk]


def chosen(keys: Iterable[str], *, sees_desk: bool) -> list[Column]:
    """These, each once, as far as there are such and this reader may have them; the usual ones
    where none is left. The first is always what leads to the proposal."""
    may = {column.key: column for column in offered(sees_desk=sees_desk)}
    known = [key for key in dict.fromkeys(keys) if key in may and key != FIRST]
    if not known:
        known = [key for key in DEFAULT if key in may and key != FIRST]
    return [may[key] for key in (FIRST, *known)]


def with_related(rows: QuerySet, shown: Iterable[Column]) -> QuerySet:
    """The same rows, with what these columns read in the same statement."""
    related = [column.related for column in shown if column.related]
    return rows.select_related(*related) if related else rows


def order_in(asked: str) -> str:
    """The order that ``asked`` names as the list names it: a column's key, with a minus for the
    other way round; empty where there is no such. A number, as older addresses have it, counts."""
    minus, key = ("-", asked[1:]) if asked.startswith("-") else ("", asked)
    if key.isascii() and key.isdigit() and len(key) < 3 and int(key) < len(NUMBERED):
        key = NUMBERED[int(key)]
    return minus + key if key in COLUMNS and COLUMNS[key].order else ""


def fields_of(order: str) -> tuple[str, ...]:
    """The fields to order by; without an order, what moved last comes first."""
    if not order:
        return FIRST_ORDER
    fields = COLUMNS[order.removeprefix("-")].order
    if not order.startswith("-"):
        return fields
    return tuple(field[1:] if field[0] == "-" else f"-{field}" for field in fields)
