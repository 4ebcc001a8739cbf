"""Whom it concerns that a partner did something, and the mails that tell them, not saved."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose
from partners.models import Engagement, PartnerAsk
from proposals.models import Proposal
from reviews.permits import Parties, People, parties_of


def of_settled(asked: PartnerAsk, *, at: datetime) -> list[Message]:
    """Tells whoever asked, and whoever works on it, how an ask ended. What was answered is read on
    the page."""
    proposal = asked.engagement.proposal
    parties = parties_of([proposal.pk])[proposal.pk]
    asker = [asked.asked_by] if _is_still_concerned(asked.asked_by, parties) else []
    people = dict.fromkeys([*asker, *People().at_work_on(proposal, parties)])
    context = {"contact": asked.contact.name, "what": asked.get_kind_display()}
    return [
        _letter(
            "partner_ask_settled",
            proposal,
            user,
            parties,
            cause=f"partner_ask:{asked.pk}:settled",
            key=asked.state,
            context=context | {"state": asked.state},
            at=at,
        )
        for user in people
    ]


def of_writing(
    engagement: Engagement, *, contact: str, key: str, names_somebody: bool, at: datetime
) -> list[Message]:
    """Tells whoever works on it that somebody of a partner has written, or names a colleague."""
    proposal = engagement.proposal
    parties = parties_of([proposal.pk])[proposal.pk]
    context = {
        "contact": contact,
        "organization": engagement.organization.name,
        "names_somebody": names_somebody,
    }
    return [
        _letter(
            "partner_wrote",
            proposal,
            user,
            parties,
            cause=f"engagement:{engagement.pk}",
            key=key,
            context=context,
            at=at,
        )
        for user in People().at_work_on(proposal, parties)
    ]


def page_for(user: User, proposal: Proposal, parties: Parties) -> str:
    """Where this person reads what partners say of it: the proposers' page or the desk's."""
    if user.pk in parties.involved() or not user.is_elearning:
        return reverse("proposals:proposal_partners", args=[proposal.reference])
    return reverse("admin:reviews_triageitem_partners", args=[proposal.pk])


def _is_still_concerned(user: User, parties: Parties) -> bool:
    return user.is_active and (user.is_elearning or user.pk in parties.involved())


def _letter(
    event: str,
    proposal: Proposal,
    to: User,
    parties: Parties,
    *,
    cause: str,
    key: str,
    context: dict[str, Any],
    at: datetime,
) -> Message:
    return compose(
        event=event,
        to=to.email,
        user=to,
        about=proposal.reference,
        cause=cause,
        dedupe_key=f"{cause}:{event}:{key}:{to.pk}",
        at=at,
        due_at=at,
        context={
            "name": to,
            "title": proposal.working_title,
            "reference": proposal.reference,
            "url": f"{settings.SITE_URL}{page_for(to, proposal, parties)}",
            **context,
        },
    )
