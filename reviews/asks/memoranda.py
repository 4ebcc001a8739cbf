"""What memoranda ask of eLearning: the step that is the university's, until it is with somebody
else."""

from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy

from partners.models import Mou
from reviews.asks.desk import HAVE_ENDED, of_the_desk
from reviews.asks.reader import Reader
from reviews.asks.source import Row, Source, rows_of
from reviews.mou.table import Status
from reviews.workflow import Text

# One that runs out within a year asks nothing that could be done and be gone: its marks tell of it.
TURNS: dict[str, Text] = {
    Status.TEMPLATE_REQUESTED: gettext_lazy("Get the template for the memorandum with %(who)s"),
    Status.DRAFTING: gettext_lazy("Write the memorandum with %(who)s and send it on"),
    Status.WITH_UNIVERSITY: gettext_lazy(
        "Hear what the university's offices say about the memorandum with %(who)s"
    ),
    Status.AGREED_TEXT: gettext_lazy("Have the memorandum with %(who)s signed"),
}
_COLUMNS: dict[str, Any] = {
    "since": "status_since",
    "by_day": "due_on",
    "said": Concat("status", Value(":"), "engagement__organization__name"),
}


def open_turns() -> QuerySet[Mou]:
    """Those that are the university's, with partners that still take part in what has not ended."""
    here = Mou.objects.standing().filter(status__in=TURNS, engagement__ended_at__isnull=True)
    return here.exclude(engagement__proposal__stage__in=HAVE_ENDED)


def turn_rows() -> QuerySet:
    """As rows, whoever is asked."""
    return rows_of(open_turns(), "mou", proposal="engagement__proposal__", **_COLUMNS)


def turns(reader: Reader) -> QuerySet | None:
    return of_the_desk(reader, open_turns(), "mou", proposal="engagement__proposal__", **_COLUMNS)


def _words(row: Row) -> str:
    status, _colon, organization = row.said.partition(":")
    return str(TURNS[status]) % {"who": organization}


def _page(row: Row) -> str:
    return reverse("admin:partners_mou_change", args=[row.record])


SOURCES = (Source("mou", turns, _words, _page),)
