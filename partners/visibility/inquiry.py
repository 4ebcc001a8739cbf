"""The page of one inquiry, as its sender reads it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.models import (
    Inquiry,
    InquiryEntry,
)
from partners.visibility.contact import NamedContact, contact_at


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
        _("What you told us is here. Somebody at eLearning reads it next."),
    ),
    State.READING: (_("Being read"), _("Somebody at eLearning is reading what you told us.")),
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
        contact=contact_at(inquiry.unit, inquiry.owner),
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
