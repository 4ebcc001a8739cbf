"""The figures of a period and of the one before it, by unit: pure counting over the history."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.accounts.models import Unit
from proposals.models import Stage
from reviews.clocks import CountedDays, campus_day
from reviews.models import Holiday
from reviews.report.periods import Period
from reviews.report.reading import Step, begin_of, histories, origins
from reviews.stage_clock import UNIVERSITY_OWES
from reviews.workflow import STAGES, Move

ALL = "all"
NO_UNIT = ""
PAUSES = frozenset({Stage.RETURNED, Stage.ON_HOLD})
# On its way to a decision; a pause leaves it on the way, or not, as it was.
DECIDING = frozenset(stage for stage, info in STAGES.items() if info.is_open) - PAUSES
# The answers of the university; with each a proposal is on its way no more.
DECISIONS = (Move.CONSENT, Move.DECLINE, Move.REDIRECT, Move.MERGE)
COMMITTEES = (Move.RECOMMEND, Move.RECOMMEND_WITH_CONDITIONS)


class Count(TextChoices):
    """What is counted besides the moves of ``DECISIONS`` and ``COMMITTEES``."""

    OPEN_AT_START = "open_at_start", gettext_lazy("Open at the start")
    RECEIVED = "received", gettext_lazy("Received")
    REOPENED = "reopened", gettext_lazy("Reopened")
    DECIDED = "decided", gettext_lazy("Decided")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn while open")
    TAKEN_BACK = "taken_back", gettext_lazy("Taken back to a draft")
    OPEN_AT_END = "open_at_end", gettext_lazy("Open at the end")
    PAST_TARGET = "past_target", gettext_lazy("Past their target at the end")
    ON_HOLD = "on_hold", gettext_lazy("On hold at the end")
    WITHDRAWN_LATE = "withdrawn_late", gettext_lazy("Withdrawn after approval")
    FORCED = "forced", gettext_lazy("Moves forced by a lead")


class Wait(TextChoices):
    """With whom a proposal lay on its way to a decision; the values are those of ``Turn``."""

    WHOLE = "whole", gettext_lazy("From submission to decision")
    PROPOSER = "submitter", gettext_lazy("with the proposer")
    ELEARNING = "university", gettext_lazy("with eLearning")
    COMMITTEE = "committee", gettext_lazy("with the committee")
    DEANS = "deans", gettext_lazy("with the deans' office")
    PARTNER = "partner", gettext_lazy("with the partner")
    HOLD = "hold", gettext_lazy("on hold")


@dataclass(slots=True)
class Figures:
    """What a period came to: how many of each ``Count`` and move, ideas by origin, refusals by
    reason, and for each decision the working days that it took, by ``Wait``."""

    counts: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    waits: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def take_in(self, other: "Figures") -> None:
        """These are the figures of both."""
        self.counts += other.counts
        self.origins += other.origins
        self.reasons += other.reasons
        for wait, days in other.waits.items():
            self.waits[wait] += days


ByUnit = Mapping[str, Figures]


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of ``period`` up to ``until``, its end or today, and of the period before it.

    They are final from ``final_from`` on, when no move of the period can be undone any more.
    ``units`` are those with any figure, by the key that ``now`` and ``before`` have them under, in
    the order of their names; ``ALL`` is there too. ``days_off`` were left out of working days.
    """

    period: Period
    until: date
    units: dict[str, str]
    now: ByUnit
    before: ByUnit
    days_off: int
    final_from: datetime
    is_final: bool
    is_running: bool


def report_on(period: Period, *, since: date, at: datetime) -> Report:
    """What the history, which begins on the day ``since``, says at this moment of ``period`` and of
    the one before it, in four statements whatever the number of proposals.

    Later moves change none of it; days off entered later change how many working days it took.
    """
    today = campus_day(at)
    earlier, until = period.before or period, period.until(today)
    holidays = frozenset(Holiday.objects.values_list("on", flat=True))
    calendar = CountedDays(min(since, earlier.first), until, holidays)
    sent = origins(earlier.first, until)
    now = Counting(period.first, until, calendar, sent)
    before = Counting(earlier.first, earlier.last, calendar, sent)
    for history in histories(earlier.first, until):
        now.take(history)
        before.take(history)
    # The newest move of the period can be undone so long after its end.
    final_from = begin_of(period.last + timedelta(days=1)) + timedelta(
        seconds=settings.NOTIFICATION_GRACE_SECONDS
    )
    units = _names({*now.units, *before.units})
    return Report(
        period=period,
        until=until,
        units=units,
        now=now.with_all(units),
        before=before.with_all(units),
        days_off=sum(earlier.first <= day <= until for day in holidays),
        final_from=final_from,
        is_final=at >= final_from,
        is_running=today <= period.last,
    )


class Counting:
    """Counts the histories of proposals, one after another, over the days from ``first`` to
    ``last``; ``sent`` has the origins by submission."""

    def __init__(
        self, first: date, last: date, calendar: CountedDays, sent: Mapping[int, str]
    ) -> None:
        self.first, self.last, self.calendar, self.sent = first, last, calendar, sent
        self.by_unit: dict[str, Figures] = defaultdict(Figures)

    @property
    def units(self) -> set[str]:
        """Those of which there is anything to say."""
        return {unit for unit, figures in self.by_unit.items() if any(figures.counts.values())}

    def take(self, history: Sequence[Step]) -> None:
        """The moves of one proposal, oldest first; those after ``last`` say nothing."""
        newest: Step | None = None
        came: Step | None = None
        is_open = has_begun = False
        for place, step in enumerate(history):
            if step.day > self.last:
                break
            if step.day >= self.first:
                if not has_begun:
                    has_begun = True
                    self._start(newest, is_open)
                came = self._count(step, is_open, came)
                if step.move in DECISIONS:
                    self._measure(history[: place + 1])
            newest, is_open = step, stays_open(is_open, step)
        if not has_begun:
            self._start(newest, is_open)
        self._end(newest, is_open)

    def with_all(self, units: Iterable[str]) -> ByUnit:
        """Each of these units, and all together."""
        found = {unit: self.by_unit[unit] for unit in units} | {ALL: Figures()}
        for figures in self.by_unit.values():
            found[ALL].take_in(figures)
        return found

    def _start(self, newest: Step | None, is_open: bool) -> None:
        if newest and is_open:
            self._of(newest).counts[Count.OPEN_AT_START] += 1

    def _count(self, step: Step, was_open: bool, came: Step | None) -> Step | None:
        """One move within the days; returns the submission that stands, where it lies in them."""
        here = self._of(step)
        here.counts[Count.FORCED] += step.is_forced
        if step.move == Move.SUBMIT:
            self._receive(step, 1)
            return step
        if step.move == Move.TAKE_BACK and came:
            self._receive(came, -1)
            return None
        if step.move == Move.TAKE_BACK:
            here.counts[Count.TAKEN_BACK] += 1
        elif step.move == Move.WITHDRAW:
            here.counts[Count.WITHDRAWN if was_open else Count.WITHDRAWN_LATE] += 1
        elif step.move in DECISIONS or step.move in COMMITTEES:
            here.counts[step.move] += 1
            here.counts[Count.DECIDED] += step.move in DECISIONS
            if step.move == Move.DECLINE:
                here.reasons[step.reason] += 1
        elif not was_open and stays_open(was_open, step):
            here.counts[Count.REOPENED] += 1
        return came

    def _receive(self, step: Step, number: int) -> None:
        here = self._of(step)
        here.counts[Count.RECEIVED] += number
        here.origins[self.sent.get(step.pk) or ""] += number

    def _measure(self, history: Sequence[Step]) -> None:
        """The working days from the submission that stands to the decision, the last of these
        steps; those between an end and a reopening do not count."""
        waited: Counter[str] = Counter()
        is_open = False
        for step, following in zip(history, history[1:], strict=False):
            if step.move == Move.SUBMIT:
                waited.clear()
            is_open = stays_open(is_open, step)
            if is_open:
                days = self.calendar.between(step.day, following.day)
                waited[Wait.HOLD if step.to_stage == Stage.ON_HOLD else step.turn] += days
        waited[Wait.WHOLE] = waited.total()
        for wait in Wait:
            self._of(history[-1]).waits[wait].append(waited[wait])

    def _end(self, newest: Step | None, is_open: bool) -> None:
        if newest is None:
            return
        counts = self._of(newest).counts
        counts[Count.OPEN_AT_END] += is_open
        counts[Count.ON_HOLD] += newest.to_stage == Stage.ON_HOLD
        is_late = newest.due is not None and newest.due < self.last.isoformat()
        counts[Count.PAST_TARGET] += is_late and newest.turn in UNIVERSITY_OWES

    def _of(self, step: Step) -> Figures:
        return self.by_unit[step.unit or NO_UNIT]


def stays_open(was_open: bool, step: Step) -> bool:
    """Whether a proposal is on its way to a decision after this move."""
    return was_open if step.to_stage in PAUSES else step.to_stage in DECIDING


def _names(keys: Collection[str]) -> dict[str, str]:
    """Units in the order that pages list them, then any that is gone, then those without one."""
    names = {str(pk): name for pk, name in Unit.objects.values_list("pk", "name")}
    gone = {key: _("A unit that is gone") for key in sorted({*keys} - {*names, NO_UNIT})}
    named = names | gone | {NO_UNIT: _("No unit yet")}
    return {key: name for key, name in named.items() if key in keys}
