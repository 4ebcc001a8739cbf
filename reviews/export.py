"""The desk's rows as tables to take away: typed values, then CSV or an Excel workbook."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

from django.utils.module_loading import import_string

from reviews.columns import Cell, Column, with_related

CHUNK = 500
WIDTH = 20  # of a workbook's columns, in characters
# What a spreadsheet would take for a formula or a command (OWASP, CSV injection:
# https://owasp.org/www-community/attacks/CSV_Injection).
_DANGEROUS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four: as wide as a Chinese sign


def table_of(queryset: Any, columns: Sequence[Column]) -> Iterator[list[Cell]]:
    """Headings, then a row for each, read in chunks; ``queryset`` is ``TriageItem…for_list()``."""
    yield [column.in_file for column in columns]
    for row in with_related(queryset, columns).iterator(chunk_size=CHUNK):
        yield [column.value(row) for column in columns]


def as_csv(table: Iterable[list[Cell]]) -> Iterator[str]:
    """The table line by line; nothing in it is a formula to a spreadsheet."""
    writer = csv.writer(_Echo())
    yield "\ufeff"  # by which spreadsheets know that it is UTF-8
    for row in table:
        yield writer.writerow([_harmless(cell) for cell in row])


def as_xlsx(table: Iterable[list[Cell]], file: IO[bytes]) -> IO[bytes]:
    """``file`` is the table as a workbook, ready to be read: numbers and dates as such, every
    text as text."""
    # Here, because few processes make a workbook, and its writer takes 3 MB of each.
    workbook = import_string("xlsxwriter.Workbook")
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    with workbook(file, options) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.freeze_panes(1, 1)
        for number, row in enumerate(table):
            for place, cell in enumerate(row):
                if not number:
                    sheet.set_column(place, place, WIDTH)
                if isinstance(cell, int):
                    sheet.write_number(number, place, cell)
                elif isinstance(cell, str):
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
    return f"'{words}" if words.lstrip(" \u00a0\u3000\ufeff").startswith(_DANGEROUS) else words
