"""What a partner may see: this is the whole list, and the default is no."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Unit, User
from partners.models import Engagement, Inquiry, InquiryEntry, NamedColleague, PartnerAsk
from proposals.interest import QUESTIONS, display
from proposals.models import Comment, Proposal

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
class NamedContact:
    """Whom to write to or ring at the university."""

    name: str
    unit: str
    email: str
    phone: str


@dataclass(frozen=True)
class StatusPage:
    """Everything the page of one engagement shows. A field that is not here cannot be seen."""

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
    named: "WhoNamed | None" = None


@dataclass(frozen=True)
class WhoNamed:
    """Who at the university named this organisation, when, and what they hope for from it."""

    who: str
    on: datetime
    why: Sequence[str]


@dataclass(frozen=True)
class Said:
    """One message between a partner and eLearning; ``is_theirs``: of the partner's people."""

    who: str
    at: datetime
    words: str
    is_theirs: bool


@dataclass(frozen=True)
class AskPage:
    """Everything the page of one ask shows: what is asked, by whom, by when, how it ended."""

    reference: str
    title: str
    words: str
    asker: str
    due_on: date
    is_open: bool
    is_answered: bool
    state: str
    settled_at: datetime | None
    settled_words: str
    contact: NamedContact | None
    answers: Sequence[tuple[str, str]] = ()
    picked: str = ""


@dataclass(frozen=True)
class ColleagueShown:
    """Somebody whom a contact named in their place, as that contact reads what became of it."""

    name: str
    on: datetime
    state: str
    words: str


@dataclass(frozen=True)
class HistoryLine:
    """One thing of their own history: what they sent, or what was sent to them."""

    at: datetime
    words: str
    is_theirs: bool
    url: str = ""


@dataclass(frozen=True)
class InquiryStep:
    """One of the four steps of an inquiry, as ``templates/components/timeline.html`` draws it."""

    label: str
    state: str
    since: datetime | None = None


@dataclass(frozen=True)
class InquiryPage:
    """Everything the page of one inquiry shows to whoever sent it; ``answers`` are those that were
    mailed to them. Notes, owner's history and whoever of the faculty was asked are not here."""

    reference: str
    organization: str
    state: str
    label: str
    text: str
    since: datetime
    answer_by: date | None
    steps: Sequence[InquiryStep]
    said: Sequence[tuple[str, str]]
    answers: Sequence[tuple[datetime, str]]
    contact: NamedContact | None


State = Inquiry.State
INQUIRY_STEPS: dict[str, tuple[Promise, Promise]] = {
    State.RECEIVED: (
        _("Received"),
        _("What you told us is here. Somebody of eLearning reads it next."),
    ),
    State.READING: (_("Being read"), _("Somebody of eLearning is reading what you told us.")),
    State.SEEKING: (
        _("Looking for a faculty team"),
        _("We are asking faculty who could teach what your people need."),
    ),
    State.PROPOSAL: (
        _("Became a proposal"),
        _(
            "A faculty member has taken it up and is writing the proposal. Once it is sent, this"
            " page shows the six steps that it takes."
        ),
    ),
}


def inquiry_page(inquiry: Inquiry, answers: Iterable[InquiryEntry]) -> InquiryPage:
    """The page as its sender reads it; staff see the same. ``answers`` are the entries of mailed
    answers. Expects ``unit`` and ``owner`` to be loaded."""
    is_closed = inquiry.state == State.CLOSED
    here = inquiry.closed_from if is_closed else inquiry.state
    label, text = INQUIRY_STEPS[here]
    return InquiryPage(
        reference=inquiry.reference,
        organization=inquiry.org_name,
        state=inquiry.state,
        label=str(State.CLOSED.label if is_closed else label),
        text=inquiry.closing_words if is_closed else str(text),
        since=inquiry.state_since,
        answer_by=inquiry.answer_by if inquiry.is_open and not inquiry.first_answered_at else None,
        steps=_inquiry_steps(inquiry, here, is_closed),
        said=inquiry.said(),
        answers=[(entry.at, entry.words) for entry in answers],
        contact=_contact_at(inquiry.unit, inquiry.owner),
    )


def _inquiry_steps(inquiry: Inquiry, here: str, is_closed: bool) -> list[InquiryStep]:
    order = list(INQUIRY_STEPS)
    steps = []
    for number, key in enumerate(order):
        since = inquiry.state_since if key == here else None
        if number == 0:
            since = inquiry.confirmed_at or inquiry.sent_at
        if number < order.index(here):
            state = "done"
        elif key == here:
            state = "ended" if is_closed else "current"
        else:
            state = "next"
        steps.append(InquiryStep(str(INQUIRY_STEPS[key][0]), state, since))
    return steps


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
        contact=_named_contact(proposal),
        usual=usual if progress.state == "current" else "",
        said=said,
        needed=[ask for ask in asked if ask.reference == proposal.reference],
        named=named,
    )


def ask_page(
    asked: PartnerAsk, answers: Sequence[tuple[str, str]] = (), picked: str = ""
) -> AskPage:
    """The page of one ask as its contact reads it. ``answers``: their own words, by question;
    ``picked``: the time they picked, in words.

    Expects the proposal with ``unit`` and ``assignee``, and ``asked_by`` to be loaded.
    """
    proposal = asked.engagement.proposal
    is_answered = asked.state == PartnerAsk.State.ANSWERED
    return AskPage(
        reference=proposal.reference,
        title=proposal.working_title,
        words=asked.words,
        asker=str(asked.asked_by),
        due_on=asked.due_on,
        is_open=asked.is_open,
        is_answered=is_answered,
        state=str(asked.get_state_display()),
        settled_at=asked.settled_at,
        settled_words=asked.settled_words,
        contact=_named_contact(proposal),
        answers=answers if is_answered else (),
        picked=picked,
    )


def colleagues_shown(named: Iterable[NamedColleague]) -> list[ColleagueShown]:
    """Whom this contact named; who of eLearning decided is not told."""
    return [
        ColleagueShown(name=each.name, on=each.at, state=each.state, words=each.settled_words)
        for each in named
    ]


def who_named(engagement: Engagement) -> WhoNamed:
    """Who proposes it, and what their form says this organisation may do. Expects the named
    partner and the submitter to be loaded."""
    row = engagement.named_partner
    hopes = [display(_WILL_DO, [each]) for each in row.will_do if isinstance(each, str)]
    return WhoNamed(who=str(engagement.proposal.submitter), on=engagement.opened_at, why=hopes)


def talk_of(comments: Iterable[Comment]) -> list[Said]:
    """A partner's thread as its people read it."""
    return [
        Said(
            who=str(each.author or each.from_outside),
            at=each.at,
            words=each.body,
            is_theirs=each.author_id is None,
        )
        for each in comments
    ]


def _since(progress: PartnerProgress) -> datetime:
    """When a partner saw the page change: not each move inside a step."""
    if progress.state in ("paused", "ended"):
        return progress.since
    return progress.steps_for_partner[progress.step - 1].since or progress.since


def _named_contact(proposal: Proposal) -> NamedContact | None:
    """The person who works on it at their unit's address, else the unit's own contact.

    Nobody while no unit has it: then the units at the foot of every page are whom to ask.
    """
    return _contact_at(proposal.unit, proposal.assignee)


def _contact_at(unit: Unit | None, person: User | None) -> NamedContact | None:
    if unit is None:
        return None
    name = person.name if person else ""
    return NamedContact(
        name=name or unit.contact_name or unit.name,
        unit=unit.name,
        email=unit.email,
        phone=unit.phone,
    )
