"""The status page of one engagement, and the page of one that ended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from partners.models import (
    Engagement,
)
from partners.visibility.contact import NamedContact, contact_of
from partners.visibility.fields import OUTCOMES
from partners.visibility.mou import MouPage
from proposals.interest import QUESTIONS, Kind, display
from proposals.models import Proposal
from proposals.visibility import is_grantable

_WILL_DO = next(each for each in QUESTIONS["partners"].columns if each.key == "will_do")


class Step(Protocol):
    """One of the six steps, for the timeline."""

    @property
    def label(self) -> str: ...
    @property
    def since(self) -> datetime | None: ...


class PartnerProgress(Protocol):
    """The part of ``reviews.progress.Progress`` that is worded for partners."""

    @property
    def step(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def since(self) -> datetime: ...
    @property
    def partner_label(self) -> str: ...
    @property
    def partner_text(self) -> str: ...
    @property
    def partner_next(self) -> str: ...
    @property
    def steps_for_partner(self) -> Sequence[Step]: ...


class Needed(Protocol):
    """The part of ``reviews.asks.Ask`` that its partner reads."""

    @property
    def words(self) -> str: ...
    @property
    def by_day(self) -> date | None: ...
    @property
    def due(self) -> str: ...
    @property
    def is_late(self) -> bool: ...
    @property
    def reference(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def action(self) -> str: ...


@dataclass(frozen=True)
class OutcomeLine:
    """One answer of the outcomes block; ``rows``: where it is a list, the words of each entry, what
    matters first."""

    label: str
    text: str = ""
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class StatusPage:
    """Everything the page of one engagement shows. A field that is not here cannot be seen.
    ``outcomes`` are put in where staff have switched them on (``partners.outcomes``)."""

    reference: str
    title: str
    summary: str
    step: int
    state: str
    label: str
    text: str
    since: datetime
    next_step: str
    steps: Sequence[Step]
    contact: NamedContact | None
    usual: str = ""
    said: Sequence[tuple[str, str]] = ()
    needed: Sequence[Needed] = ()
    outcomes: Sequence[OutcomeLine] = ()
    mou: MouPage | None = None
    named: "WhoNamed | None" = None


@dataclass(frozen=True)
class EndedPage:
    """All that a page shows whose organization takes part no more: why is not here."""

    reference: str
    title: str
    since: datetime
    words: str
    contact: NamedContact | None


@dataclass(frozen=True)
class WhoNamed:
    """Who at the university named this organization, when, and what they hope for from it."""

    who: str
    on: datetime
    why: Sequence[str]


def status_page(
    *,
    proposal: Proposal,
    progress: PartnerProgress,
    usual: str = "",
    said: Sequence[tuple[str, str]] = (),
    asked: Iterable[Needed] = (),
    named: WhoNamed | None = None,
) -> StatusPage:
    """The page as its partner reads it; staff see the same before they share it. ``usual`` says
    how long this step takes, of all proposals; ``said`` is what this partner told the university
    themselves, when they asked for it; ``asked`` what is asked of this partner anywhere.
    Their outcomes block and their memorandum are put beside it.

    Expects ``unit`` and ``assignee`` to be loaded.
    """
    return StatusPage(
        reference=proposal.reference,
        title=proposal.working_title,
        summary=proposal.partner_summary,
        step=progress.step,
        state=progress.state,
        label=progress.partner_label,
        text=progress.partner_text,
        since=_since(progress),
        next_step=progress.partner_next,
        steps=progress.steps_for_partner,
        contact=contact_of(proposal),
        usual=usual if progress.state == "current" else "",
        said=said,
        needed=[ask for ask in asked if ask.reference == proposal.reference],
        named=named,
    )


def ended_page(engagement: Engagement) -> EndedPage | None:
    """What contacts read of an engagement that ended, in the words written for them; ``None`` of
    one that goes on. Expects the proposal's ``unit`` and ``assignee`` to be loaded."""
    if engagement.ended_at is None:
        return None
    return EndedPage(
        reference=engagement.proposal.reference,
        title=engagement.proposal.working_title,
        since=engagement.ended_at,
        words=engagement.end_words,
        contact=contact_of(engagement.proposal),
    )


def outcome_lines(answers: Mapping[str, Any]) -> list[OutcomeLine]:
    """The outcomes block: the questions of ``OUTCOMES`` that have an answer, of each row the cells
    that a partner may be granted; codes of occupations say nothing to them."""
    lines = []
    for key, label in OUTCOMES.items():
        question, given = QUESTIONS[key], answers.get(key)
        if not given or not question.applies(answers) or not is_grantable(question.sees):
            continue
        if question.kind is not Kind.ROWS:
            lines.append(OutcomeLine(str(label), display(question, given)))
            continue
        cells = [
            column
            for column in question.columns
            if is_grantable(column.sees) and column.kind is not Kind.OCCUPATION
        ]
        rows = [
            [words for cell in cells if (words := display(cell, row.get(cell.key)))]
            for row in given
        ]
        lines.append(OutcomeLine(str(label), rows=[row for row in rows if row]))
    return lines


def who_named(engagement: Engagement) -> WhoNamed:
    """Who proposes it, and what their form says this organization may do. Expects the named
    partner and the submitter to be loaded."""
    row = engagement.named_partner
    hopes = [display(_WILL_DO, [each]) for each in row.will_do if isinstance(each, str)]
    return WhoNamed(who=str(engagement.proposal.submitter), on=engagement.opened_at, why=hopes)


def _since(progress: PartnerProgress) -> datetime:
    """When a partner saw the page change: not each move inside a step."""
    if progress.state in ("paused", "ended"):
        return progress.since
    return progress.steps_for_partner[progress.step - 1].since or progress.since
