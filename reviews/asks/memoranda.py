"""What memoranda ask of eLearning: the step that is the university's, until it is with somebody
else, and to see to one that runs out, until another goes on from it or staff let it end."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Engagement, Mou
from reviews.asks.desk import HAVE_ENDED, of_the_desk
from reviews.asks.reader import Reader
from reviews.asks.source import Row, Source, rows_of
from reviews.mou.table import Status
from reviews.workflow import Text

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
    return _going_on().filter(status__in=TURNS)


def running_out() -> QuerySet[Mou]:
    """Those that end within a year, until the same organisation stands in the proposal that goes on
    from theirs (to go on takes a new proposal and a new memorandum: domain.md §1.1)."""
    goes_on = Engagement.objects.filter(
        proposal__renews=OuterRef("engagement__proposal"),
        organization=OuterRef("engagement__organization"),
        named_partner__dropped_at__isnull=True,
        ended_at__isnull=True,
    )
    return _going_on().filter(~Exists(goes_on), status=Status.EXPIRING)


def _going_on() -> QuerySet[Mou]:
    here = Mou.objects.standing().filter(engagement__ended_at__isnull=True)
    return here.exclude(engagement__proposal__stage__in=HAVE_ENDED)


def turn_rows() -> QuerySet:
    """As rows, whoever is asked."""
    return rows_of(open_turns(), "mou", proposal="engagement__proposal__", **_COLUMNS)


def turns(reader: Reader) -> QuerySet | None:
    return of_the_desk(reader, open_turns(), "mou", proposal="engagement__proposal__", **_COLUMNS)


def ends(reader: Reader) -> QuerySet | None:
    return of_the_desk(
        reader,
        running_out().filter(let_end_at=None),
        "mou_ends",
        proposal="engagement__proposal__",
        since="status_since",
        by_day="end_on",
        said="engagement__organization__name",
    )


def _words(row: Row) -> str:
    status, _colon, organization = row.said.partition(":")
    return str(TURNS[status]) % {"who": organization}


def _page(row: Row) -> str:
    return reverse("admin:partners_mou_change", args=[row.record])


SOURCES = (
    Source("mou", turns, _words, _page),
    Source(
        "mou_ends",
        ends,
        lambda row: _("Renew the memorandum with %(who)s, or let it end") % {"who": row.said},
        _page,
    ),
)
