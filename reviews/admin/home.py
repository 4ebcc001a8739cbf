"""The home of everybody who works on the desk: what waits on them, then the figures in pictures."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from microcreds.accounts.models import Role, User
from microcreds.accounts.requests import SignedInRequest
from proposals.models import ProposalQuerySet
from reviews import dimensions, watch
from reviews.admin import panels, pictures, undoing_together
from reviews.admin.narrowing import Narrowed, narrowed_by
from reviews.asks import asks_of, number
from reviews.desk import desk_of, taken_back_of
from reviews.figures import figures_of
from reviews.models import Holiday
from reviews.questions import past_target
from reviews.queue_list import NumberOf, always_there, counted
from reviews.spans import Span
from reviews.todos import due_for

SHOWN, ASKS_SHOWN, LANES, LATELY = 6, 8, 5, timedelta(days=7)
# All that a line of a list says; what only staff may know is not among it.
_SAID = (
    "reference",
    "working_title",
    "stage",
    "whose_turn",
    "due_on",
    "submitted_at",
    "reached_committee_at",
    "reached_deans_at",
    "assignee__name",
    "assignee__email",
    "submitter__name",
    "submitter__email",
    "unit__name",
)


@dataclass(frozen=True)
class Late:
    """A proposal past its target, and by how much."""

    proposal: Any
    due: panels.Due | None


@dataclass(frozen=True)
class Arrivals:
    """What counts as new to a reader: the column of its moment and its term in the search."""

    column: str
    term: str
    words: str

    @classmethod
    def of(cls, user: User) -> "Arrivals":
        if not panels.Reader(user).sees_desk:
            if user.has_role(Role.Kind.COMMITTEE_CHAIR):
                return cls("reached_committee_at", "committee", _("Reached the committee"))
            return cls("reached_deans_at", "deans", _("Reached the deans"))
        return cls("submitted_at", "received", _("Came in"))


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """What waits on its reader, what is late, what came in, the figures; then Django's own list."""
    user, today = request.user, timezone.localdate()
    narrowed = narrowed_by(request.GET.dict(), user)
    whole = desk_of(user)
    desk = whole.filter(narrowed.rows)
    reader = None if panels.Reader(user).sees_desk else user.pk
    figures = figures_of(desk, narrowed.span, kept_as=(reader, narrowed.unit))
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "title": admin.site.index_title,
        "app_list": admin.site.get_app_list(request),
        "today": today,
        "offers": undoing_together.offers_to(request),
        "narrowed": narrowed,
        "lanes": counted(always_there(user)[:LANES], user),
        **waiting(user, whole, desk, narrowed, today),
        "figures": figures,
        "flow": pictures.flow(figures, narrowed),
        "months": pictures.months(figures, narrowed, today),
        "intake": pictures.intake(figures, narrowed),
        "decided": pictures.decided(figures, narrowed),
        "sees_report": panels.Reader(user).sees_desk,
        "warnings": watch.warnings() if panels.Reader(user).sees_desk else [],
        "received_url": pictures.url_of(narrowed, pictures.on_days("received", narrowed)),
    }
    return render(request, "admin/index.html", context)


def waiting(
    user: User, whole: ProposalQuerySet, desk: ProposalQuerySet, narrowed: Narrowed, today: date
) -> dict[str, Any]:
    """The short lists above the pictures, each with how many there are in all and where."""
    is_elearning = user.is_elearning
    arrivals = Arrivals.of(user)
    lately = Span(since=today - LATELY)
    late = desk.filter(past_target())
    came = desk.filter(lately.of(arrivals.column))
    unread = whole.filter(assignee=user).filter(dimensions.unread(user))
    due = whole.filter(pk__in=due_for(user, today).order_by().values("proposal"))
    asks = asks_of(user)
    number.remember(user, asks)
    numbers = _numbers(
        user, late=late, late_mine=late.filter(assignee=user), came=came, unread=unread, due=due
    )
    anywhere = Narrowed(narrowed.span)
    return {
        "numbers": numbers,
        "arrivals": arrivals,
        "is_elearning": is_elearning,
        "asks": asks[:ASKS_SHOWN],
        "asks_in_all": len(asks),
        "taken_back": taken_back_of(user) if is_elearning else [],
        "unread": _lines(unread).order_by("-last_activity_at", "-pk")[:SHOWN]
        if is_elearning
        else [],
        "late": _late(late),
        "came": _lines(came).order_by(f"-{arrivals.column}", "-pk")[:SHOWN],
        "urls": {
            "due": pictures.url_of(anywhere, "todo:due"),
            "unread": pictures.url_of(anywhere, "unread:yes", owner="me"),
            "late": pictures.url_of(narrowed, due="late"),
            "late_mine": pictures.url_of(narrowed, due="late", owner="me"),
            "came": pictures.url_of(narrowed, f"{arrivals.term}:{lately.as_written}"),
        },
    }


def _numbers(user: User, **rows: QuerySet) -> dict[str, int]:
    """How many rows each has, in one statement."""
    counted = {name: NumberOf(found) for name, found in rows.items()}
    found = User.objects.filter(pk=user.pk).values_list(*counted.values()).get()
    return dict(zip(counted, found, strict=True))


def _lines(rows: QuerySet) -> QuerySet:
    return rows.select_related("assignee", "submitter", "unit").only(*_SAID)


def _late(rows: QuerySet) -> list[Late]:
    """Those past their target the longest."""
    days_off = ArraySubquery(Holiday.objects.order_by().values("on"))
    worst = _lines(rows).annotate(holidays=days_off).order_by("due_on", "pk")[:SHOWN]
    return [
        Late(proposal, panels.Due.of(proposal.due_on, frozenset(proposal.holidays)))
        for proposal in worst
    ]
