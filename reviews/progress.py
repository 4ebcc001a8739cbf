"""What a reader is told of where a proposal stands: pure functions over its history, no query."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from proposals.models import Proposal, Stage, Turn
from reviews.models import StageChange
from reviews.workflow import (
    PARTNER_STEPS,
    PROPOSER_STEPS,
    STAGES,
    STANDS_STILL,
    Phase,
    Text,
    in_force,
    standing,
)

State = Literal["current", "paused", "ended", "done"]
_STATES: dict[Phase, State] = {
    Phase.CURRENT: "current",
    Phase.PAUSED: "paused",
    Phase.ENDED: "ended",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One of the six steps, as ``templates/components/timeline.html`` draws it."""

    label: str
    state: Literal["done", "current", "paused", "ended", "next"]
    since: datetime | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a proposal stands, in the words of each reader, and the history that says so, oldest
    first. ``step`` 0: not submitted."""

    step: int
    state: State
    since: datetime
    whose_turn: Turn
    due_on: date | None
    proposer_label: str
    proposer_text: str
    proposer_next: str
    others_text: str
    partner_label: str
    partner_text: str
    partner_next: str
    partner_message: str
    history: list[StageChange]

    @property
    def partner_headline(self) -> str:
        """Where it stands, in a word that is true of what is paused, too: alone, as in the subject
        of a mail, the step that it keeps would tell the contrary."""
        if self.state == "paused":
            return _("%(step)s (paused)") % {"step": self.partner_label}
        return self.partner_label

    @property
    def steps_for_proposer(self) -> list[Step]:
        return self._steps(PROPOSER_STEPS, self.proposer_label)

    @property
    def steps_for_partner(self) -> list[Step]:
        return self._steps([step.label for step in PARTNER_STEPS], self.partner_label)

    def _steps(self, labels: Iterable[Text], here: str) -> list[Step]:
        since = _reached(self.history)
        steps = []
        for number, label in enumerate(labels, start=1):
            if number == self.step:
                note = here if here != str(label) else ""
                state = "current" if self.state == "done" else self.state
                steps.append(Step(str(label), state, since.get(number), note))
            elif number < self.step:
                steps.append(Step(str(label), "done", since.get(number)))
            else:
                steps.append(Step(str(label), "next", None))
        return steps


def oldest_first(changes: Iterable[StageChange]) -> list[StageChange]:
    """Those in force, in the order of their ids; one only planned has none and comes last."""
    return sorted(in_force(changes), key=lambda change: (change.pk is None, change.pk or 0))


def progress_of(proposal: Proposal, changes: Iterable[StageChange]) -> Progress:
    """Where ``proposal`` stands, told to proposers and partners, from its stage changes."""
    history = oldest_first(changes)
    info = STAGES[Stage(proposal.stage)]
    step = STAGES[standing(info.key, history)].partner_step or 0
    state: State = "done" if info.key == Stage.ACTIVE else _STATES[info.phase]
    proposer_label = str(info.proposer_label)
    partner_step = PARTNER_STEPS[step - 1] if step else None
    partner_label = str(info.partner_label or (partner_step.label if partner_step else ""))
    partner_text = _dated(
        info.partner_text or (partner_step.text if partner_step else ""), proposal
    )
    partner_message = _told_to_partners(proposal, history)
    is_over = info.phase == Phase.ENDED
    # What staff wrote down belongs to the stage that a hold keeps waiting.
    is_named = not (is_over or info.key in STANDS_STILL)
    return Progress(
        step=step,
        state=state,
        since=proposal.stage_since,
        whose_turn=Turn(proposal.whose_turn),
        due_on=proposal.due_on,
        proposer_label=proposer_label,
        proposer_text=_dated(info.proposer_text, proposal),
        proposer_next=(is_named and proposal.next_step_submitter) or str(info.proposer_next),
        others_text=_dated(info.others_text or info.proposer_text, proposal),
        partner_label=partner_label,
        partner_text=f"{partner_text} {partner_message}".strip(),
        partner_next=(
            "" if is_over else (is_named and proposal.next_step_partner) or str(info.partner_next)
        ),
        partner_message=partner_message,
        history=history,
    )


def _reached(history: list[StageChange]) -> dict[int, datetime]:
    """When each step was reached; going back forgets the steps behind."""
    since: dict[int, datetime] = {}
    for change in history:
        step = STAGES[Stage(change.to_stage)].partner_step
        if step is None:
            continue
        since = {number: at for number, at in since.items() if number <= step}
        if step:
            since.setdefault(step, change.at)
    return since


def _dated(text: Text, proposal: Proposal) -> str:
    """``text`` with the date on which the proposal is looked at again, if it names one."""
    words = str(text)
    if "{" not in words:
        return words  # most of them; a bulk plan asks six times a proposal
    return words.format(**_dates(proposal.wake_on, get_language()))


@lru_cache(maxsize=8)  # a bulk plan asks for one day three hundred times
def _dates(on: date | None, language: str | None) -> dict[str, str]:
    """The date as texts name it, in the language that is active."""
    return {
        "wake_on": formats.date_format(on, "j F Y") if on else _("a day still to be named"),
        "month": formats.date_format(on, "F Y") if on else _("a month still to be named"),
    }


def _told_to_partners(proposal: Proposal, history: list[StageChange]) -> str:
    """What the move that brought it here said to partners, approved by whoever made it."""
    newest = next((c for c in reversed(history) if c.from_stage != c.to_stage), None)
    return newest.partner_message if newest and newest.to_stage == proposal.stage else ""
