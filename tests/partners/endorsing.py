"""What tests of endorsements do again and again: ask, answer, sign, record."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from partners import asks, endorsements
from partners.models import Contact, Endorsement, Engagement, OnBehalf, PartnerAsk, Share
from partners.on_behalf import Source
from reviews import endorsements as telling
from tests.factories import make_cast, make_submitted
from tests.partners.sharing import share_it, summarized

PDF = b"%PDF-1.7\nA letter in good faith.\n%%EOF\n"


def letter(name: str = "letter.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def shared() -> Share:
    """A proposal in the queue that its one contact follows."""
    return share_it(summarized(make_submitted()), make_cast().oxford)


def other_contact(share: Share, email: str = "jo@tallgrass.example") -> Contact:
    """Somebody else at the same organization, who follows it, too."""
    contact = Contact.objects.create(name="Jo Other", email=email)
    contact.organizations.add(share.engagement.organization)
    Share.objects.create(
        engagement=share.engagement, contact=contact, since=timezone.now(), by=share.by
    )
    return contact


def asked_of(share: Share, contact: Contact | None = None, **changed: Any) -> PartnerAsk:
    given = {
        "kind": PartnerAsk.Kind.ENDORSEMENT,
        "words": "Would you hire on it?",
        "due_on": timezone.localdate() + timedelta(days=9),
        "by": make_cast().proposer,
    }
    return asks.ask_contact(
        engagement=share.engagement, contact=contact or share.contact, **(given | changed)
    )


def said(asked: PartnerAsk, **changed: Any) -> dict[str, Any]:
    """Answers that leave nothing open."""
    revision = endorsements.newest_revision(asked.engagement.proposal)
    return {
        "outcomes": [
            {**row, "verdict": "relevant", "words": "Every week."}
            for row in endorsements.outcomes_in(revision.answers)
        ],
        "recognition": ["hiring", "pay"],
        "learners": 12,
        "assessed_by": "together",
        "words": "We need it.",
        "remarks": "Between us: the budget is not through.",
        "signer_name": "Pat Doe",
        "signer_title": "Plant manager",
    } | changed


def drafted(asked: PartnerAsk, **changed: Any) -> str:
    """Written whole and saved; returns what is shown before it is signed, as its SHA-256."""
    draft = endorsements.draft_of(asked)
    endorsements.save_draft(
        asked=asked,
        revision=endorsements.newest_revision(asked.engagement.proposal),
        answers=said(asked, **changed),
        version=draft.version if draft else 0,
    )
    found = endorsements.draft_of(asked)
    assert found
    return endorsements.sha256_of(endorsements.signable(found))


def signed(asked: PartnerAsk, **changed: Any) -> Endorsement:
    return telling.sign(asked=asked, shown=drafted(asked, **changed))


def by_call(**changed: Any) -> Source:
    given: dict[str, Any] = {
        "said_on": timezone.localdate(),
        "channel": OnBehalf.Channel.CALL,
        "words": "Yes, we would hire on it.",
    }
    return Source(**(given | changed))


def recorded(engagement: Engagement, contact: Contact, **changed: Any) -> Endorsement:
    return telling.record(
        engagement=engagement,
        contact=contact,
        answers={"recognition": ["hiring"], "signer_name": contact.name},
        source=by_call(**changed),
        by=make_cast().oxford,
    )
