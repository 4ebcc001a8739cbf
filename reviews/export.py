"""The desk's rows as tables to take away: typed values, then CSV or an Excel workbook."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proposals.models import CredentialType

Cell = str | int | date | datetime | None
CHUNK = 500
# What a spreadsheet would take for a formula or a command (OWASP, CSV injection:
# https://owasp.org/www-community/attacks/CSV_Injection).
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``is_desk``: eLearning's own, for nobody else."""

    heading: str | Promise
    value: Callable[[Any], Cell]
    is_desk: bool = False


COLUMNS = (
    Column(_("Reference"), lambda row: row.reference),
    Column(_("Title"), lambda row: row.working_title),
    Column(_("Proposed by"), lambda row: str(row.submitter)),
    Column(_("Stage"), lambda row: row.get_stage_display()),
    Column(_("Whose turn"), lambda row: row.get_whose_turn_display()),
    Column(_("In this stage since"), lambda row: _local(row.stage_since)),
    Column(_("Due"), lambda row: row.due_on),
    Column(_("Unit"), lambda row: str(row.unit or "")),
    Column(_("Owner"), lambda row: str(row.assignee or "")),
    Column(_("Campus"), lambda row: str(row.campus or "")),
    Column(_("Department"), lambda row: str(row.department or "")),
    Column(_("Partners"), lambda row: _partners(row)),
    Column(_("Submitted"), lambda row: _local(row.submitted_at)),
    Column(_("Last activity"), lambda row: _local(row.last_activity_at)),
    Column(
        _("Type of credential"),
        lambda row: str(CredentialType(row.credential_type).label) if row.credential_type else "",
        is_desk=True,
    ),
    Column(_("Priority"), lambda row: row.get_priority_display(), is_desk=True),
    Column(
        _("Next step"), lambda row: row.next_todo["words"] if row.next_todo else "", is_desk=True
    ),
    Column(
        _("Next step by"),
        lambda row: date.fromisoformat(row.next_todo["on"]) if row.next_todo else None,
        is_desk=True,
    ),
)


def table_of(queryset: Any, *, sees_desk: bool) -> Iterator[list[Cell]]:
    """Headings, then a row for each, read in chunks; ``queryset`` is ``TriageItem…for_list()``."""
    columns = [column for column in COLUMNS if sees_desk or not column.is_desk]
    yield [str(column.heading) for column in columns]
    for row in queryset.select_related("department").iterator(chunk_size=CHUNK):
        yield [column.value(row) for column in columns]


def as_csv(table: Iterable[list[Cell]]) -> Iterator[str]:
    """The table line by line; nothing in it is a formula to a spreadsheet."""
    writer = csv.writer(_Echo())
    yield "\ufeff"  # by which spreadsheets know that it is UTF-8
    for row in table:
        yield writer.writerow([_harmless(cell) for cell in row])


def as_xlsx(table: Iterable[list[Cell]], file: IO[bytes]) -> IO[bytes]:
    """``file`` is the table as a workbook, ready to be read: dates as dates, every text as text."""
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(file, options) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.freeze_panes(1, 1)
        for number, row in enumerate(table):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, place, cell, None if number else bold)
                elif isinstance(cell, date):
                    sheet.write_datetime(number, place, cell)
    file.seek(0)
    return file


class _Echo:
    """A file for the csv module that keeps nothing and gives each line back."""

    def write(self, line: str) -> str:
        return line


def _harmless(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    words = "" if cell is None else str(cell)
    return f"'{words}" if words.lstrip(" ").startswith(_DANGEROUS) else words


def _local(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment).replace(tzinfo=None) if moment else None


def _partners(row: Any) -> str:
    return ", ".join(str(engagement.organization) for engagement in row.engagements.all())
