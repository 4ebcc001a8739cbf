"""The points of a return: what each asks, of which question, why and until when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from proposals.interest import QUESTIONS, Kind
from reviews.workflow import Text

MOST_POINTS = 30
LONGEST_POINT = 2000
# A day within which an answer may be wanted, counted from the day of the return.
DUE_WITHIN = (1, 365)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing the proposers are asked to answer. An empty ``key`` is the proposal as a whole."""

    key: str = ""
    text: str = ""
    reason_code: str = ""
    due_on: date | None = None

    @property
    def label(self) -> str:
        return QUESTIONS[self.key].label if self.key in QUESTIONS else ""


def may_be_asked(key: str) -> bool:
    """Whether a point can be pinned to this question: one that the proposers answer."""
    return key in QUESTIONS and QUESTIONS[key].kind is not Kind.PERSON


def complete(points: tuple[Point, ...], reason_code: str, due_on: date) -> tuple[Point, ...]:
    return tuple(
        replace(
            point,
            reason_code=point.reason_code or reason_code,
            due_on=point.due_on or due_on,
        )
        for point in points
    )


def point_errors(
    points: tuple[Point, ...], reasons: Mapping[str, Text], today: date
) -> dict[str, list[str]]:
    """What is wrong with the points, by input (``requests-<place>-<field>``)."""
    errors: dict[str, list[str]] = {}
    first, last = (today + timedelta(days=days) for days in DUE_WITHIN)
    if len(points) > MOST_POINTS:
        errors["requests"] = [_("Ask at most %(n)d points at once.") % {"n": MOST_POINTS}]
    for place, point in enumerate(points):
        if point.key and not may_be_asked(point.key):
            errors[f"requests-{place}-field"] = [_("Choose one of the questions of the form.")]
        if not point.text:
            errors[f"requests-{place}-text"] = [_("Say what to change or to explain.")]
        if len(point.text) > LONGEST_POINT:
            words = _("At most %(n)s characters.") % {"n": LONGEST_POINT}
            errors[f"requests-{place}-text"] = [words]
        if point.reason_code and point.reason_code not in reasons:
            errors[f"requests-{place}-reason_code"] = [_("Choose one of the reasons offered.")]
        if point.due_on and not first <= point.due_on <= last:
            errors[f"requests-{place}-due_on"] = [
                _("Choose a day from %(first)s to %(last)s.")
                % {"first": date_format(first, "j F Y"), "last": date_format(last, "j F Y")}
            ]
    return errors
