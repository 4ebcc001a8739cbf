"""What a partner may see: this is the whole list, and the default is no."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Unit, User
from partners.models import Endorsement, Inquiry, InquiryEntry, PartnerAsk
from partners.models.endorsements import AssessedBy, Recognition, Verdict
from proposals.models import Proposal


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


@dataclass(frozen=True)
class Recorded:
    """What staff recorded on somebody's behalf says of itself for ever."""

    by: str
    channel: str
    said_on: date
    words: str
    untold_because: str
    objected_at: datetime | None
    objection: str


@dataclass(frozen=True)
class Signed:
    """An endorsement as it is read; ``remarks`` are empty for everybody but staff and its signer.

    ``outcomes``: text, verdict in words, verdict, and what was said of it. ``is_behind``: the
    outcomes of the form read otherwise now.
    """

    outcomes: Sequence[tuple[str, str, str, str]]
    said: Sequence[tuple[str, str]]
    signer: str
    signer_title: str
    organization: str
    signed_on: date | None
    revision: int
    check_number: str
    letter: str
    recorded: Recorded | None
    remarks: str = ""
    is_behind: bool = False


@dataclass(frozen=True)
class EndorsementPage:
    """Everything the page of one asked endorsement shows to its contact."""

    reference: str
    title: str
    summary: str
    asked: str
    asked_by: str
    organization: str
    due_on: date
    state: str
    label: str
    settled_at: datetime | None
    settled_words: str
    contact: NamedContact | None
    signed: Signed | None = None


def endorsement_page(asked: PartnerAsk, signed: Signed | None) -> EndorsementPage:
    """The page as the contact who was asked reads it."""
    proposal = asked.engagement.proposal
    return EndorsementPage(
        reference=proposal.reference,
        title=proposal.working_title,
        summary=proposal.partner_summary,
        asked=asked.words,
        asked_by=str(asked.asked_by),
        organization=str(asked.engagement.organization),
        due_on=asked.due_on,
        state=asked.state,
        label=asked.get_state_display(),
        settled_at=asked.settled_at,
        settled_words=asked.settled_words,
        contact=_named_contact(proposal),
        signed=signed,
    )


def signed_as_read(
    endorsement: Endorsement, *, with_remarks: bool, to_signer: bool, is_behind: bool = False
) -> Signed:
    """What its signer, the faculty and staff read; the private remarks only ``with_remarks``, and
    why its contact was not told of a record is not for them (``to_signer``)."""
    unsaid = _("Not said")
    verdicts = dict(Verdict.choices) | {"": unsaid}
    recognized = [str(Recognition(each).label) for each in endorsement.recognition]
    learners = endorsement.learners
    asked = endorsement.asked
    return Signed(
        outcomes=[
            (row["text"], str(verdicts[row["verdict"]]), row["verdict"], row["words"])
            for row in endorsement.outcomes
        ],
        said=[
            (str(_("Would recognize it")), "; ".join(recognized) or str(unsaid)),
            (
                str(_("People a year")),
                f"{learners:,}" if learners is not None else str(_("Not sure")),
            ),
            (
                str(_("Who checks that people can do it")),
                str(AssessedBy(endorsement.assessed_by).label)
                if endorsement.assessed_by
                else str(unsaid),
            ),
            *([(str(_("In their words")), endorsement.words)] if endorsement.words else []),
        ],
        signer=endorsement.signer_name,
        signer_title=endorsement.signer_title,
        organization=str(asked.engagement.organization),
        signed_on=endorsement.signed_on,
        revision=endorsement.revision.number,
        check_number=endorsement.sha256,
        letter=endorsement.letter.name if endorsement.letter else "",
        recorded=recorded_as_read(asked, to_contact=to_signer),
        remarks=endorsement.remarks if with_remarks else "",
        is_behind=is_behind,
    )


def recorded_as_read(asked: PartnerAsk, *, to_contact: bool) -> Recorded | None:
    """That staff recorded it, how, and what its contact says to that; ``None`` where they did not.
    Expects ``on_behalf`` to be loaded."""
    recorded = getattr(asked, "on_behalf", None)
    if recorded is None:
        return None
    return Recorded(
        by=str(recorded.by),
        channel=recorded.get_channel_display(),
        said_on=recorded.said_on,
        words=recorded.words,
        untold_because="" if to_contact else recorded.untold_because,
        objected_at=recorded.objected_at,
        objection=recorded.objection,
    )
