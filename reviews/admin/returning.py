"""The points of a return on its plan page."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from microcreds.accounts.requests import SignedInRequest
from proposals.models import Stage, WithdrawalRequest
from reviews.admin.withdrawal_panel import wish_to_withdraw
from reviews.clocks import add_business_days
from reviews.forms.moves import MoveForm
from reviews.forms.points import Points, points_formset
from reviews.models import AskToChange
from reviews.outside.taking_over import waiting_for
from reviews.plans import LONGEST
from reviews.points import Point
from reviews.workflow import MOVES, STAGES, Move


def form_for(request: SignedInRequest, item: Any, move: Move) -> MoveForm:
    """What the actor of this move gives; a return has its rows: with ``?ask`` those that the
    proposers asked for, and what partners said that waits for the form."""
    data = request.POST if request.method == "POST" else None
    ask = None
    if move == Move.RETURN and data is None and "ask" in request.GET:
        ask = AskToChange.objects.open().filter(proposal=item).first()
    initial = _opening(ask) if ask else {"target": request.GET.get("target", "")}
    if move == Move.WITHDRAW and data is None and (wish := wish_to_withdraw(item)):
        initial["note"] = _words_of(wish)
    form = MoveForm(data, move=MOVES[move], initial=initial)
    if move == Move.RETURN:
        asked = [*_asked(ask), *_said_by_partners(item)] if data is None else []
        form.points = points_formset(data, due_on=_usual_day(item), asked=asked)
    return form


def _words_of(wish: WithdrawalRequest) -> str:
    """Why its owner asked, as the note of the move; whoever does it may say more."""
    words = _("%(who)s asked for it on %(day)s: %(reason)s") % {
        "who": wish.asked_by,
        "day": date_format(timezone.localtime(wish.asked_at), "j F Y"),
        "reason": wish.reason,
    }
    return words[: LONGEST["note"]]


def points_in(form: MoveForm) -> tuple[Point, ...]:
    """The points as typed; empty rows are left out, and a form without points has none."""
    if form.points is None or not form.points.is_bound:
        return ()
    form.points.is_valid()
    return form.points.given()


def with_one_more(points: Points | None) -> Points | None:
    """The rows as typed, and an empty one after them."""
    if points is None or points.total_form_count() >= points.max_num:
        return points
    data = points.data.copy()
    data["requests-TOTAL_FORMS"] = str(points.total_form_count() + 1)
    return points_formset(data, due_on=None)


def _opening(ask: AskToChange) -> dict[str, object]:
    return {
        "reason_code": "other",
        "message": _("You asked to change this, and it is open for you now."),
        "only_these": True,
    }


def _asked(ask: AskToChange | None) -> list[Point]:
    if ask is None:
        return []
    words = _("You asked to change this: “%(reason)s”. Change it, and say here what is new.")
    text = words % {"reason": ask.reason[:1800]}
    return [Point(key=key, text=text, reason_code="other") for key in ask.keys]


def _said_by_partners(item: Any) -> list[Point]:
    """A point for each outcome that waits for the form to be open; staff may take it out."""
    words = _("%(who)s, %(of)s, said what should be an outcome: “%(text)s”. Add it on the page")
    words += " " + _("“Partners” of this proposal, or say here why not.")
    return [
        Point(
            key="outcomes",
            text=words
            % {
                "who": waits.question.asked.contact.name,
                "of": waits.question.asked.engagement.organization,
                "text": waits.text,
            },
        )
        for waits in waiting_for(item)
    ]


def _usual_day(item: Any) -> date:
    """The day that a point is wanted by when nobody says otherwise."""
    days = STAGES[Stage.RETURNED].target_days or 0
    return add_business_days(timezone.localdate(), days, frozenset(item.holidays))
