"""What the actor gives with a move, and what is wrong with it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from proposals.models import Stage
from reviews.clocks import add_business_days, campus_day
from reviews.plans.reading import Reading
from reviews.points import Point, complete, point_errors
from reviews.workflow import STAGES, Move, MoveInfo, Phase

LONGEST = {
    "message": 3000,
    "partner_message": 1000,
    "note": 3000,
    "target": 200,
    "silent_because": 400,
    "next_step": 300,
}
# What can be given with any move, besides what the table says of it.
EXCEPTIONS = ("silent_because", "force", "step_is_done", "next_step", "next_step_on")


@dataclass(frozen=True, slots=True)
class Given:
    """What the actor gives with a move; which of it, ``MoveInfo.needs`` and ``takes`` say.

    ``silent_because``: no mail leaves, and why. ``force``: a lead moves it although a guard is
    not met; then ``note`` says why. ``next_step``: what is to be done next, by ``next_step_on``; it
    takes the place of the one that stands, which stays otherwise unless ``step_is_done``.
    """

    reason_code: str = ""
    message: str = ""
    partner_message: str = ""
    note: str = ""
    wake_on: date | None = None
    meeting_on: date | None = None
    target: str = ""
    carry_partners: bool = False
    points: tuple[Point, ...] = ()
    only_these: bool = False
    silent_because: str = ""
    force: bool = False
    step_is_done: bool = False
    next_step: str = ""
    next_step_on: date | None = None

    def for_move(self, info: MoveInfo) -> "Given":
        """Only what this move takes, texts trimmed and with plain line ends."""
        kept: dict[str, Any] = {name: getattr(self, name) for name in (*info.inputs, *EXCEPTIONS)}
        for name, value in kept.items():
            if isinstance(value, str):
                kept[name] = value.replace("\r\n", "\n").strip()
        return Given(**kept)


def with_points_complete(
    given: Given, info: MoveInfo, at: datetime, holidays: frozenset[date]
) -> Given:
    """Each point has its day and its reason: the usual ones where the actor gave none."""
    if not given.points:
        return given
    today = campus_day(at)
    due_on = add_business_days(today, STAGES[Stage.RETURNED].target_days or 0, holidays)
    return replace(given, points=complete(given.points, given.reason_code, due_on))


def given_errors(
    reading: Reading, info: MoveInfo, actor: User | None, given: Given, at: datetime
) -> dict[str, list[str]]:
    """What is missing or wrong in what the actor gave, by input."""
    errors: dict[str, list[str]] = defaultdict(list)
    today = campus_day(at)
    for name, words in (
        *_missing_or_too_long(given, info),
        *_days_out_of_reach(given, info, today),
        *_unfit_targets(reading, info, given),
        *_missing_grounds(reading, info, actor, given),
    ):
        errors[name].append(words)
    if given.next_step and not (given.next_step_on and given.next_step_on >= today):
        errors["next_step_on"].append(_("Choose today or a later day."))
    errors |= point_errors(given.points, info.reasons, today)
    if given.only_these and not any(point.key for point in given.points):
        errors["only_these"].append(_("Pin at least one point below to a question."))
    return dict(errors)


def _missing_or_too_long(given: Given, info: MoveInfo) -> Iterator[tuple[str, str]]:
    for name in info.needs:
        if not getattr(given, name):
            yield name, _("This is needed.")
    for name, longest in LONGEST.items():
        if len(getattr(given, name)) > longest:
            yield name, _("At most %(n)s characters.") % {"n": longest}
    if given.reason_code and given.reason_code not in info.reasons:
        yield "reason_code", _("Choose one of the reasons offered.")


def _days_out_of_reach(given: Given, info: MoveInfo, today: date) -> Iterator[tuple[str, str]]:
    for name, (first, last) in {
        "wake_on": info.wake_days,
        "meeting_on": info.meeting_within,
    }.items():
        day = getattr(given, name)
        earliest, latest = today + timedelta(days=first), today + timedelta(days=last)
        if day and not earliest <= day <= latest:
            yield (
                name,
                _("Choose a day from %(first)s to %(last)s.")
                % {"first": date_format(earliest, "j F Y"), "last": date_format(latest, "j F Y")},
            )


def _unfit_targets(reading: Reading, info: MoveInfo, given: Given) -> Iterator[tuple[str, str]]:
    """Why nothing can be merged into the proposal that was named, or not with its partners."""
    if info.key != Move.MERGE or not given.target:
        return
    if reading.merge_into is None:
        yield "target", _("There is no submitted proposal with this reference.")
    elif reading.merge_into.pk in reading.changes:
        yield "target", _("A proposal cannot be merged into itself.")
    elif STAGES[Stage(reading.merge_into.stage)].phase == Phase.ENDED:
        yield "target", _("It has ended, so nothing can continue in it.")
    elif given.carry_partners and (why_not := _why_partners_stay(reading)):
        yield "carry_partners", why_not


def _missing_grounds(
    reading: Reading, info: MoveInfo, actor: User | None, given: Given
) -> Iterator[tuple[str, str]]:
    """What has to be written down where somebody withdraws for the owner, or forces the move."""
    is_owner = all(actor and row.submitter_id == actor.pk for row in reading.rows)
    if info.key == Move.WITHDRAW and not given.note and not is_owner:
        yield "note", _("Write down who asked for it in writing, and when.")
    if given.force and not (actor and actor.is_lead):
        yield "force", _("Only the eLearning lead can force a move.")
    if given.force and not given.note:
        yield "note", _("Say why it is moved although not everything is met.")


def _why_partners_stay(reading: Reading) -> str:
    """What a contact would read there that is not meant for them, or nothing at all."""
    into = reading.merge_into
    if into is None or not any(reading.shares[row.pk] for row in reading.rows):
        return ""
    if into.pk in reading.confidential:
        return _("%(into)s holds something confidential of another partner.") % {
            "into": into.reference
        }
    if not into.partner_summary:
        return _("Write a summary for partners on %(into)s first; it is what they read.") % {
            "into": into.reference
        }
    return ""
