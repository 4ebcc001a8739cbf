"""What staff record for a contact who answered by mail, letter or call, and how the contact can
object. It is said for ever wherever the record is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.contacts import mail_of
from microcreds.accounts.models import User
from microcreds.outbox import links
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose, enqueue
from partners import asks
from partners.endorsements import keep, newest_revision, record_of, signable
from partners.models import (
    Contact,
    Endorsement,
    EndorsementDraft,
    Engagement,
    OnBehalf,
    PartnerAsk,
    Share,
)
from partners.models.on_behalf import LONGEST_OBJECTION
from partners.services import issue_links
from proposals.models import Attachment, Proposal
from proposals.services.files import attach_to_record

LONGEST_WHY = 300


@dataclass(frozen=True, slots=True)
class Source:
    """Where it comes from: when they said it, how, in which words, and the file that shows it.
    ``untold_because``: why the contact is not told; empty: they are."""

    said_on: date
    channel: OnBehalf.Channel
    words: str = ""
    evidence: File | None = None
    untold_because: str = ""


@transaction.atomic
def record_endorsement(
    *,
    engagement: Engagement,
    contact: Contact,
    answers: Mapping[str, Any],
    source: Source,
    by: User,
    at: datetime | None = None,
) -> Endorsement:
    """The contact's endorsement is on record as staff heard it; if they were asked, that is
    answered. Raises ``ValidationError``, by field where one is wrong."""
    at = at or timezone.now()
    asked = _ask_of(engagement, contact, PartnerAsk.Kind.ENDORSEMENT, source, by, at)
    recorded = _record(asked, source, by, at)
    draft = EndorsementDraft(
        asked=asked, revision=newest_revision(engagement.proposal), answers=dict(answers)
    )
    endorsement = signable(draft)
    endorsement.letter = recorded.evidence if source.channel == OnBehalf.Channel.LETTER else None
    EndorsementDraft.objects.filter(asked=asked).delete()
    keep(endorsement, on=source.said_on, at=at)
    return endorsement


@transaction.atomic
def record_answer(
    *, asked: PartnerAsk, source: Source, by: User, at: datetime | None = None
) -> OnBehalf:
    """What the contact said to anything else that was asked is on record and the ask is answered.
    Raises ``ValidationError``, by field where one is wrong, and of the turn of a memorandum, which
    only its move answers (``reviews.mou.moving``)."""
    if asked.kind == PartnerAsk.Kind.MOU:
        raise ValidationError(_("Their answer moves the memorandum. Record it as that move."))
    if not source.words.strip():
        raise ValidationError({"words": _("Write down what they said.")})
    return _record(asked, source, by, at or timezone.now())


@transaction.atomic
def record_turn(
    *, engagement: Engagement, contact: Contact, source: Source, by: User, at: datetime
) -> OnBehalf:
    """What the contact said of the memorandum is on record; part of the move that it makes. If they
    were asked, that is answered. Raises ``ValidationError``, by field where one is wrong."""
    asked = _ask_of(engagement, contact, PartnerAsk.Kind.MOU, source, by, at)
    return _record(asked, source, by, at)


@transaction.atomic
def object_to(*, recorded: OnBehalf, words: str, at: datetime | None = None) -> OnBehalf:
    """Its contact says that it is not what they said; it counts no more. Raises
    ``ValidationError`` where they do not say what is wrong, or did already."""
    words = words.strip()
    if not words or len(words) > LONGEST_OBJECTION:
        raise ValidationError({"words": _("Say in up to 1000 characters what is not right.")})
    locked = OnBehalf.objects.select_for_update(of=("self",)).get(pk=recorded.pk)
    if locked.objected_at:
        raise ValidationError(_("You have told us already; we have your words."))
    locked.objected_at, locked.objection = at or timezone.now(), words
    locked.save(update_fields=["objected_at", "objection"])
    return locked


def _ask_of(
    engagement: Engagement,
    contact: Contact,
    kind: PartnerAsk.Kind,
    source: Source,
    by: User,
    at: datetime,
) -> PartnerAsk:
    """What they were asked and is open; where they said it without being asked here, that, and no
    mail goes out that asks. Raises ``ValidationError`` where this is on record: a record stays for
    ever, so the same form posted again must not make a second one."""
    Engagement.objects.only("pk").lock(engagement)
    of_them = PartnerAsk.objects.filter(engagement=engagement, contact=contact, kind=kind)
    asked = of_them.open().select_for_update(of=("self",)).first()
    if asked is None:
        same = OnBehalf.objects.filter(
            asked__in=of_them,
            by=by,
            said_on=source.said_on,
            channel=source.channel,
            words=source.words.strip(),
            objected_at=None,
        )
        if same.exists():
            raise ValidationError(_("You have recorded this already."))
        asked = PartnerAsk(
            engagement=engagement,
            contact=contact,
            kind=kind,
            words=_("Recorded by eLearning without being asked here."),
            due_on=source.said_on,
            asked_at=at,
            asked_by=by,
        )
        asked.save()
    asked.engagement, asked.contact = engagement, contact
    return asked


def _record(asked: PartnerAsk, source: Source, by: User, at: datetime) -> OnBehalf:
    told = not source.untold_because.strip()
    _refuse_unfit(asked, source, told, timezone.localdate(at))
    recorded = OnBehalf.objects.create(
        asked=asked,
        by=by,
        recorded_at=at,
        said_on=source.said_on,
        channel=source.channel,
        words=source.words.strip(),
        evidence=_evidence(asked, source, by, at),
        untold_because=source.untold_because.strip(),
    )
    asks.settle(asked=asked, state=PartnerAsk.State.ANSWERED, by=by, at=at)
    asked.refresh_from_db(fields=["state", "settled_at", "settled_by"])
    if told:
        enqueue([_telling(recorded, at)])
    return recorded


def _refuse_unfit(asked: PartnerAsk, source: Source, told: bool, today: date) -> None:
    refused: dict[str, str] = {}
    if source.said_on > today:
        refused["said_on"] = _("This day is in the future. When did they say it?")
    if source.channel in OnBehalf.IN_WRITING and source.evidence is None:
        refused["evidence"] = _("Add the mail or the letter as a file.")
    if source.channel not in OnBehalf.IN_WRITING and not source.words.strip():
        refused["words"] = _("Write down what they said.")
    if len(source.untold_because) > LONGEST_WHY:
        refused["untold_because"] = _("Say it in at most %(n)d characters.") % {"n": LONGEST_WHY}
    current = Share.objects.current().filter(engagement=asked.engagement, contact=asked.contact)
    if told and not current.exists():
        refused["untold_because"] = _(
            "The page is not shared with %(contact)s, so no mail can lead there. Share it first, or"
            " say why they are not told."
        ) % {"contact": asked.contact.name}
    if refused:
        raise ValidationError(refused)


def _evidence(asked: PartnerAsk, source: Source, by: User, at: datetime) -> Attachment | None:
    if source.evidence is None:
        return None
    try:
        return attach_to_record(
            proposal=asked.engagement.proposal,
            upload=source.evidence,
            record=record_of(asked),
            by=by,
            at=at,
        )
    except ValidationError as refusal:
        raise ValidationError({"evidence": refusal.messages}) from refusal


def _telling(recorded: OnBehalf, at: datetime) -> Message:
    """Tells the contact what was recorded in their name, and where to object."""
    asked = recorded.asked
    link = issue_links(contacts=[asked.contact], event="recorded_on_behalf", at=at)[
        asked.contact_id
    ]
    cause = f"on_behalf:{recorded.pk}"
    proposal = asked.engagement.proposal
    return compose(
        event="recorded_on_behalf",
        to=asked.contact.email,
        about=proposal.reference,
        cause=cause,
        dedupe_key=f"{cause}:recorded_on_behalf",
        at=at,
        reply_to=mail_of(proposal.unit_id),
        context={
            "contact": asked.contact.name,
            "title": proposal.working_title,
            "actor": recorded.by,
            "kind": asked.get_kind_display(),
            "channel": recorded.get_channel_display(),
            "said_on": recorded.said_on,
            "link": links.placeholder(link.uuid),
            "link_days": settings.PARTNER_LINK_DAYS,
        },
    )


def people_of(proposal: Proposal) -> list[tuple[Engagement, Contact]]:
    """Everybody for whom something may be recorded: the contacts of each partner that stands in the
    form, whoever the proposer named first."""
    standing = Engagement.objects.filter(proposal=proposal, named_partner__dropped_at__isnull=True)
    loaded = standing.select_related("organization", "contact").prefetch_related(
        "organization__contacts"
    )
    pairs = []
    for engagement in loaded:
        people = {contact.pk: contact for contact in [engagement.contact] if contact}
        people |= {contact.pk: contact for contact in engagement.organization.contacts.all()}
        pairs += [(engagement, contact) for contact in people.values()]
    return pairs
