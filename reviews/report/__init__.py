"""What came in, what was decided and how long it took in a period, read from the history."""

from reviews.report.figures import Figures, Report, Wait, report_on
from reviews.report.periods import Kind, Period, days_between, offered
from reviews.report.reading import first_day
from reviews.report.tables import Cell, Row, Table, tables_of
from reviews.report.words import before_words, definitions, summary

__all__ = [
    "Figures",
    "Report",
    "Wait",
    "report_on",
    "Kind",
    "Period",
    "days_between",
    "offered",
    "first_day",
    "Cell",
    "Row",
    "Table",
    "tables_of",
    "before_words",
    "definitions",
    "summary",
]
