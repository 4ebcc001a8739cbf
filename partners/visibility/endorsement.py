"""An endorsement as its contact, proposers and staff read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from partners.models import (
    Endorsement,
    PartnerAsk,
)
from partners.models.endorsements import AssessedBy, Recognition, Verdict
from partners.visibility.contact import NamedContact, contact_of


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
        contact=contact_of(proposal),
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
