"""Every write about endorsements: asked of several, written, signed once and for good, declined."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from partners import asks
from partners.models import (
    Contact,
    Endorsement,
    EndorsementDraft,
    Engagement,
    Organization,
    PartnerAsk,
)
from partners.services import shares_of
from proposals.models import Attachment, Proposal, Revision
from proposals.services.files import attach_to_record

State = PartnerAsk.State
MOST_ASKED = 20  # at once


@transaction.atomic
def ask_for(
    *,
    pairs: Sequence[tuple[Engagement, Contact]],
    words: str,
    due_on: date,
    by: User,
    at: datetime | None = None,
) -> list[PartnerAsk]:
    """Each of these contacts is asked for an endorsement by that day, or none is.

    Raises ``ValidationError``, naming whoever it is about.
    """
    if not pairs or len(pairs) > MOST_ASKED:
        raise ValidationError({"contacts": _("Choose whom to ask, at most 20 at once.")})
    return [_ask(engagement, contact, words, due_on, by, at) for engagement, contact in pairs]


def _ask(
    engagement: Engagement,
    contact: Contact,
    words: str,
    due_on: date,
    by: User,
    at: datetime | None,
) -> PartnerAsk:
    try:
        return asks.ask_contact(
            engagement=engagement,
            contact=contact,
            kind=PartnerAsk.Kind.ENDORSEMENT,
            words=words,
            due_on=due_on,
            by=by,
            at=at,
        )
    except ValidationError as refusal:
        if hasattr(refusal, "error_dict") and {"words", "due_on"}.intersection(refusal.error_dict):
            raise
        named = [f"{contact.name}: {words}" for words in refusal.messages]
        raise ValidationError({"contacts": named}) from refusal


@transaction.atomic
def take_back(
    *, asked: PartnerAsk, by: User, words: str = "", at: datetime | None = None
) -> PartnerAsk:
    """It is asked no more; what its contact had written and not signed is gone. Raises
    ``ValidationError`` where it was settled meanwhile."""
    EndorsementDraft.objects.filter(asked=asked).delete()
    return asks.settle(asked=asked, state=State.TAKEN_BACK, words=words, by=by, at=at)


@transaction.atomic
def decline(*, asked: PartnerAsk, words: str, at: datetime | None = None) -> PartnerAsk:
    """Its contact will not sign, and says why. Raises ``ValidationError`` where they do not, or it
    was settled meanwhile."""
    if not words.strip():
        raise ValidationError({"words": _("Say in a few words why not.")})
    EndorsementDraft.objects.filter(asked=asked).delete()
    return asks.settle(asked=asked, state=State.DECLINED, words=words, at=at)


def newest_revision(proposal: Proposal) -> Revision:
    """The interest form as it was sent last: what an endorsement speaks of."""
    return proposal.revisions.filter(form="interest").order_by("-number")[0]


def outcomes_in(answers: Mapping[str, Any]) -> list[dict[str, str]]:
    """The outcomes of a form, each with ``id`` and ``text``."""
    rows = answers.get("outcomes") or ()
    return [{"id": row["id"], "text": row["text"]} for row in rows if row.get("text")]


def changed_since(endorsement: Endorsement, outcomes: Sequence[Mapping[str, str]]) -> bool:
    """Whether the outcomes read otherwise now than when it was signed."""
    then = [(row["id"], row["text"]) for row in endorsement.outcomes]
    return then != [(row["id"], row["text"]) for row in outcomes]


@transaction.atomic
def save_draft(
    *,
    asked: PartnerAsk,
    revision: Revision,
    answers: Mapping[str, Any],
    version: int,
    drops_letter: bool = False,
    at: datetime | None = None,
) -> EndorsementDraft:
    """What its contact wrote is kept, and can be gone on with on any device.

    ``version`` is the one they had before them. Raises ``ValidationError`` where it was saved
    meanwhile from elsewhere, or is settled.
    """
    _lock_open(asked)
    draft = EndorsementDraft.objects.filter(asked=asked).first()
    if draft and draft.version != version:
        raise ValidationError(
            _(
                "This has been saved from another window in the meantime. What you typed is still"
                " here: save it again to put it in place of that."
            ),
            code="stale",
        )
    draft = draft or EndorsementDraft(asked=asked, version=0)
    draft.revision, draft.answers = revision, dict(answers)
    draft.version, draft.saved_at = draft.version + 1, at or timezone.now()
    if drops_letter:
        draft.letter = None
    draft.save()
    return draft


def keep_letter(
    *, asked: PartnerAsk, revision: Revision, upload: File, at: datetime | None = None
) -> Attachment:
    """The letter goes with what they write, in place of one that was there. A row that nobody
    points at is no record: unsigned letters that were replaced go.

    Raises ``ValidationError`` that names the file and says what to do, or where it is settled.
    """
    at = at or timezone.now()
    letter = attach_to_record(
        proposal=asked.engagement.proposal,
        upload=upload,
        record=record_of(asked),
        brought_by=str(asked.contact),
        at=at,
    )
    with transaction.atomic():
        _lock_open(asked)
        draft, _is_new = EndorsementDraft.objects.get_or_create(
            asked=asked, defaults={"revision": revision, "saved_at": at, "version": 0}
        )
        draft.letter, draft.saved_at = letter, at
        draft.save(update_fields=["letter", "saved_at"])
        Attachment.objects.of_record(record_of(asked)).exclude(pk=letter.pk).delete()
    return letter


def record_of(asked: PartnerAsk) -> str:
    """What the files that came with its answer are filed under: the memorandum's with it."""
    is_turn = asked.kind == PartnerAsk.Kind.MOU
    return f"mou:{asked.engagement_id}" if is_turn else f"partner_ask:{asked.pk}"


def signable(draft: EndorsementDraft) -> Endorsement:
    """What would be signed, not saved, under the name, title and address on file now."""
    answers, contact = draft.answers, draft.asked.contact
    given = {row["id"]: row for row in answers.get("outcomes", ())}
    return Endorsement(
        asked=draft.asked,
        revision=draft.revision,
        outcomes=[
            {**row, **_said(given.get(row["id"]))} for row in outcomes_in(draft.revision.answers)
        ],
        recognition=answers.get("recognition", []),
        learners=answers.get("learners"),
        assessed_by=answers.get("assessed_by", ""),
        words=answers.get("words", ""),
        remarks=answers.get("remarks", ""),
        letter=draft.letter,
        signer_name=answers.get("signer_name", ""),
        signer_title=answers.get("signer_title", ""),
        signer_email=contact.email,
    )


def _said(row: Mapping[str, str] | None) -> dict[str, str]:
    return {"verdict": (row or {}).get("verdict", ""), "words": (row or {}).get("words", "")}


def sha256_of(endorsement: Endorsement) -> str:
    """Of everything that is signed, its letter and the form it speaks of included."""
    signed = endorsement
    content = {
        "proposal": signed.revision.proposal_id,
        "revision": signed.revision.number,
        "outcomes": signed.outcomes,
        "recognition": signed.recognition,
        "learners": signed.learners,
        "assessed_by": signed.assessed_by,
        "words": signed.words,
        "remarks": signed.remarks,
        "letter": signed.letter.sha256 if signed.letter else "",
        "signer": [signed.signer_name, signed.signer_title, signed.signer_email],
        "signed_on": signed.signed_on.isoformat() if signed.signed_on else "",
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def why_not_sign(asked: PartnerAsk, shown: str) -> str:
    """What stands in the way of signing what was shown (``sha256_of`` what was ``signable``), in
    words; empty where nothing does. Asked before the code is, which works only once."""
    current = PartnerAsk.objects.only("state").get(pk=asked.pk)
    if not current.is_open:
        return _("This was settled in the meantime: %(state)s.") % {
            "state": current.get_state_display()
        }
    draft = draft_of(asked)
    if draft is None or not is_complete(draft):
        return _("Something is missing. Go back and answer what is left open.")
    if draft.revision_id != newest_revision(asked.engagement.proposal).pk:
        return _(
            "The university has sent the form again in the meantime, and outcomes may have"
            " changed. Go back and look at them once more."
        )
    if sha256_of(signable(draft)) != shown:
        return _(
            "What you are about to sign changed since this page was opened: in another window, or"
            " your address on file has changed. Read it once more."
        )
    return ""


@transaction.atomic
def sign(*, asked: PartnerAsk, shown: str, at: datetime | None = None) -> Endorsement:
    """What was shown is signed: it stands for ever, and the ask is answered. ``partners.codes``
    has confirmed before who it is. Raises ``ValidationError`` as ``why_not_sign`` has it."""
    at = at or timezone.now()
    _lock_open(asked)
    if refusal := why_not_sign(asked, shown):
        raise ValidationError(refusal)
    draft = EndorsementDraft.objects.select_related("revision", "letter").get(asked=asked)
    draft.asked = asked
    signed = signable(draft)
    keep(signed, on=timezone.localdate(at), at=at)
    draft.delete()
    asks.settle(asked=asked, state=State.ANSWERED, at=at)
    return signed


def keep(endorsement: Endorsement, *, on: date, at: datetime) -> None:
    """It is on record as of that day; part of the transaction that settles its ask."""
    endorsement.signed_on, endorsement.signed_at = on, at
    endorsement.sha256 = sha256_of(endorsement)
    endorsement.save()


def draft_of(asked: PartnerAsk) -> EndorsementDraft | None:
    """What its contact has written so far, with its letter and the form it speaks of."""
    found = EndorsementDraft.objects.filter(asked=asked)
    draft = found.select_related("revision", "letter", "asked__contact").first()
    if draft:
        draft.asked = asked
    return draft


def is_complete(draft: EndorsementDraft) -> bool:
    """Whether nothing is left open that a signature needs."""
    answers = signable(draft)
    return bool(
        answers.signer_name
        and answers.recognition
        and answers.assessed_by
        and all(row["verdict"] for row in answers.outcomes)
    )


def asked_of(proposal: Proposal) -> QuerySet[PartnerAsk]:
    """Everybody who was ever asked, the newest first, with what they signed; one statement."""
    found = PartnerAsk.objects.filter(
        engagement__proposal=proposal, kind=PartnerAsk.Kind.ENDORSEMENT
    )
    return found.select_related(*_WITH).order_by("-pk")


_WITH = (
    "contact",
    "asked_by",
    "engagement__organization",
    "endorsement__revision",
    "endorsement__letter",
    "on_behalf__by",
    "on_behalf__evidence",
)


def asked_in(**where: Any) -> QuerySet:
    """Everybody who was asked ``where`` that holds, the newest last, as what rides along with
    another statement; ``AskedRow.of`` reads each."""
    of_it = PartnerAsk.objects.filter(kind=PartnerAsk.Kind.ENDORSEMENT, **where)
    row = JSONObject(
        key="pk",
        name="contact__name",
        organization="engagement__organization__name",
        state="state",
        due_on="due_on",
        settled_at="settled_at",
        on_behalf="on_behalf__channel",
        objected_at="on_behalf__objected_at",
        dropped_at="engagement__named_partner__dropped_at",
    )
    return of_it.order_by("pk").values(row=row)


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One who was asked, as a panel of another page names them."""

    key: int
    name: str
    organization: str
    state: str
    label: str
    is_open: bool
    due_on: date
    settled_on: date | None
    is_recorded: bool
    is_objected: bool
    counts: bool  # it was signed or recorded, by a partner that stands in the form, and stands

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "AskedRow":
        settled, is_objected = row["settled_at"], row["objected_at"] is not None
        is_signed = row["state"] == PartnerAsk.State.ANSWERED
        return cls(
            key=row["key"],
            name=row["name"],
            organization=row["organization"],
            state=row["state"],
            label=str(State(row["state"]).label),
            is_open=row["state"] in PartnerAsk.OPEN,
            due_on=date.fromisoformat(row["due_on"]),
            settled_on=timezone.localdate(datetime.fromisoformat(settled)) if settled else None,
            is_recorded=row["on_behalf"] is not None,
            is_objected=is_objected,
            counts=is_signed and not is_objected and row["dropped_at"] is None,
        )

    @property
    def get_state_display(self) -> str:
        """As ``components/ask_state.html`` asks for it."""
        return self.label


def endorsements_of(organization: Organization) -> QuerySet[Endorsement]:
    """What people of this organization signed, the newest first, each with its proposal, contact
    and how it came; without the private remarks. One statement."""
    return Endorsement.objects.of_organization(organization)


def askable(proposal: Proposal) -> list[tuple[Engagement, Contact]]:
    """Whom the page is shared with, each with the partner they stand for; one statement."""
    return [(share.engagement, share.contact) for share in shares_of([proposal.pk])[proposal.pk]]


def open_pairs(asked: Iterable[PartnerAsk]) -> set[tuple[int, int]]:
    """(engagement, contact) of every ask that still waits."""
    return {(each.engagement_id, each.contact_id) for each in asked if each.is_open}


def _lock_open(asked: PartnerAsk) -> None:
    locked = PartnerAsk.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if not locked.is_open:
        raise ValidationError(
            _("This was settled in the meantime: %(state)s.")
            % {"state": locked.get_state_display()}
        )
