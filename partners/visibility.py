"""What a partner may see: this is the whole list, and the default is no."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Unit, User
from microcreds.outbox.wording.source import Text
from partners.models import Inquiry, InquiryEntry
from proposals.interest import QUESTIONS, Kind, display
from proposals.models import Proposal
from proposals.visibility import is_grantable


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


@dataclass(frozen=True)
class NamedContact:
    """Whom to write to or ring at the university."""

    name: str
    unit: str
    email: str
    phone: str


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


# The outcomes block: these questions of the interest form, in partner wording, for an engagement
# for which staff have switched it on.
OUTCOMES: dict[str, Text] = {
    "qualifies_statement": _("Someone who holds it can be trusted to"),
    "outcomes": _("What they will know, be able to do, or have experienced"),
    "job_functions": _("The jobs it is for"),
    "credit_kind": _("Academic credit"),
    "formality": _("How formal it is"),
    "effort_hours": _("Hours of work for a learner"),
    "duration_kind": _("How long it takes"),
    "duration_value": _("How many that makes"),
    "delivery_modes": _("How it is taught"),
    "delivery_fit": _("How that fits into working life"),
}

# What people outside can read, field by field, and where; whoever comes by a link reads it of what
# is shared with them alone. A field that is in neither table fails tests/partners/test_canaries.py.
OUTSIDE: dict[str, dict[str, Text]] = {
    "partners.Contact": {
        "name": _("in their own mails"),
        "email": _("as the address of their own mails, and masked beside a code"),
    },
    "partners.Engagement": {"outcomes_since": _("as whether the outcomes are on their page")},
    "partners.Link": {"uuid": _("as the link in their own mails")},
    "partners.Code": {"keyed_hash": _("as the code in their own mail, never by its hash")},
    "partners.Inquiry": {
        "state": _("on the page of their own inquiry"),
        "state_since": _("on the page of their own inquiry"),
        "abilities": _("on the page of their own inquiry, and of the proposal that came of it"),
        "jobs": _("on the page of their own inquiry, and of the proposal that came of it"),
        "how_many": _("on the page of their own inquiry, and of the proposal that came of it"),
        "by_when": _("on the page of their own inquiry, and of the proposal that came of it"),
        "by_day": _("on the page of their own inquiry, and of the proposal that came of it"),
        "place": _("on the page of their own inquiry, and of the proposal that came of it"),
        "org_name": _("on the page of their own inquiry"),
        "contact_name": _("in their own mails"),
        "contact_email": _("as the address of their own mails"),
        "sent_at": _("on the page of their own inquiry"),
        "heard_on": _("in the mail that answers their own inquiry"),
        "confirmed_at": _("on the page of their own inquiry"),
        "unit": _("on the page of their own inquiry"),
        "owner": _("by name, as whom to call about their own inquiry"),
        "answer_by": _("on the page of their own inquiry"),
        "first_answered_at": _("as whether an answer is still due"),
        "closing_words": _("on the page of their own inquiry, and in its mail"),
        "closed_from": _("as the step at which their own inquiry ended"),
        "proposal": _("as the page that goes on in its place"),
    },
    "partners.InquiryEntry": {
        "at": _("of an answer that was mailed, on the page of their own inquiry"),
        "words": _("of an answer that was mailed, on the page of their own inquiry"),
    },
}
INSIDE: dict[str, str] = {
    "partners.Organization": "id name place kind website is_fictional created_at",
    "partners.Alias": "id organization name since",
    "partners.Contact": "id title phone created_at",
    "partners.Code": "id contact purpose sent_at expires_at used_at tries",
    "partners.Engagement": "id proposal organization named_partner contact opened_at outcomes_by",
    "partners.Share": "id engagement contact since by until ended_by",
    "partners.FileShare": "id engagement attachment since by until ended_by",
    "partners.Link": (
        "id contact token_sha256 created_at expires_at revoked_at revoked_by last_used_at event"
    ),
    "partners.Access": (
        "id link engagement attachment at network after_bounce from_many_networks after_end"
    ),
    "partners.Inquiry": (
        "id uuid token_sha256 form_key website contact_title contact_phone channel typed_by "
        "mailed_at contact organization reason words"
    ),
    "partners.InquiryEntry": "id inquiry kind by",
    "partners.FacultyAsk": (
        "id key inquiry email name working_title need words asked_by asked_at state state_since "
        "user answer reference"
    ),
}

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
