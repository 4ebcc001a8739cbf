"""Endorsements as far as others are told of them: each writes through ``partners`` and mails who
waits for it, in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from microcreds.accounts.contacts import mail_of
from microcreds.accounts.models import User
from microcreds.outbox import links
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose, enqueue
from partners import endorsements, on_behalf
from partners.models import Contact, Endorsement, Engagement, OnBehalf, PartnerAsk
from partners.services import issue_links
from proposals.letters import desk_url, letter, page_url
from proposals.models import Proposal
from reviews.mou import moving
from reviews.permits import People, parties_of


@transaction.atomic
def sign(*, asked: PartnerAsk, shown: str, at: datetime | None = None) -> Endorsement:
    """It is signed; whoever signed has a receipt, proposers and staff are told. Raises
    ``ValidationError`` as ``partners.endorsements.sign`` does."""
    at = at or timezone.now()
    signed = endorsements.sign(asked=asked, shown=shown, at=at)
    enqueue([_receipt(signed, at), *_news(asked, "signed", at)])
    return signed


@transaction.atomic
def decline(*, asked: PartnerAsk, words: str, at: datetime | None = None) -> PartnerAsk:
    """It will not be signed; proposers and staff are told. Raises ``ValidationError`` as
    ``partners.endorsements.decline`` does."""
    at = at or timezone.now()
    declined = endorsements.decline(asked=asked, words=words, at=at)
    enqueue(_news(asked, "declined", at))
    return declined


@transaction.atomic
def record(
    *,
    engagement: Engagement,
    contact: Contact,
    answers: Mapping[str, Any],
    source: on_behalf.Source,
    by: User,
    at: datetime | None = None,
) -> Endorsement:
    """Staff recorded it on behalf of the contact; the others who wait for it are told. Raises
    ``ValidationError`` as ``partners.on_behalf.record_endorsement`` does."""
    at = at or timezone.now()
    recorded = on_behalf.record_endorsement(
        engagement=engagement, contact=contact, answers=answers, source=source, by=by, at=at
    )
    enqueue(_news(recorded.asked, "recorded", at, but=by))
    return recorded


@transaction.atomic
def object_to(*, recorded: OnBehalf, words: str, at: datetime | None = None) -> OnBehalf:
    """The contact objects to what was recorded in their name: it counts no more, a memorandum that
    rested on it goes back to be written, and whoever recorded it is asked to put it right. Raises
    ``ValidationError``."""
    at = at or timezone.now()
    objected = on_behalf.object_to(recorded=recorded, words=words, at=at)
    asked = recorded.asked
    proposal, is_turn = asked.engagement.proposal, asked.kind == PartnerAsk.Kind.MOU
    moved = moving.object_to(recorded=recorded, words=words, at=at) if is_turn else None
    cause = f"on_behalf:{recorded.pk}"
    staff = _staff(proposal)
    readers = {recorded.by.pk: recorded.by} | staff
    if moved:  # they have the mail that it is theirs again
        readers = {pk: user for pk, user in readers.items() if pk not in staff}
    enqueue(
        letter(
            "record_objected",
            proposal=proposal,
            to=user,
            cause=cause,
            key=f"{cause}:record_objected",
            at=at,
            url=mou_url(asked) if is_turn else desk_url(proposal, "endorsements"),
        )
        for user in readers.values()
    )
    return objected


def mou_url(asked: PartnerAsk) -> str:
    """Where staff read all about the memorandum that they were asked about."""
    return settings.SITE_URL + reverse("admin:partners_mou_change", args=[asked.engagement_id])


def _receipt(signed: Endorsement, at: datetime) -> Message:
    asked = signed.asked
    proposal = asked.engagement.proposal
    link = issue_links(contacts=[asked.contact], event="endorsement_signed", at=at)[
        asked.contact_id
    ]
    cause = f"partner_ask:{asked.pk}"
    return compose(
        event="endorsement_signed",
        to=asked.contact.email,
        about=proposal.reference,
        cause=cause,
        dedupe_key=f"{cause}:endorsement_signed",
        at=at,
        reply_to=mail_of(proposal.unit_id),
        priority=Message.Priority.AWAITED,
        context={
            "contact": asked.contact.name,
            "title": proposal.working_title,
            "signer": signed.signer_name,
            "signed_on": signed.signed_on,
            "check_number": signed.sha256[:16],
            "link": links.placeholder(link.uuid),
            "link_days": settings.PARTNER_LINK_DAYS,
        },
    )


def _news(asked: PartnerAsk, what: str, at: datetime, but: User | None = None) -> list[Message]:
    """To its owner, whoever asked and whoever works on it, but not ``but``, who knows."""
    proposal = asked.engagement.proposal
    staff = _staff(proposal)
    if asked.asked_by.is_elearning:
        staff[asked.asked_by_id] = asked.asked_by
    faculty = {user.pk: user for user in (proposal.submitter, asked.asked_by)}
    page, desk = page_url(proposal, "proposal_endorsements"), desk_url(proposal, "endorsements")
    readers = {pk: (user, page) for pk, user in faculty.items()} | {
        pk: (user, desk) for pk, user in staff.items() if pk != proposal.submitter_id
    }
    cause = f"partner_ask:{asked.pk}"
    return [
        letter(
            "endorsement_answered",
            proposal=proposal,
            to=user,
            cause=cause,
            key=f"{cause}:endorsement_answered",
            at=at,
            what=what,
            url=url,
        )
        for pk, (user, url) in readers.items()
        if user.is_active and (but is None or pk != but.pk)
    ]


def _staff(proposal: Proposal) -> dict[int, User]:
    parties = parties_of([proposal.pk])[proposal.pk]
    return {user.pk: user for user in People().at_work_on(proposal, parties)}
