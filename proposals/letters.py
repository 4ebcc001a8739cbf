"""A mail about one proposal to somebody who knows it, and the addresses that such mails carry."""

from datetime import datetime
from typing import Any

from django.conf import settings

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose
from proposals.addresses import desk_path, page_path
from proposals.models import Proposal


def page_url(proposal: Proposal, page: str = "proposal_detail") -> str:
    """A page of its proposers; their first, unless another ``page`` is named."""
    return settings.SITE_URL + page_path(proposal, page)


def desk_url(proposal: Proposal, page: str = "change") -> str:
    """A page of it on the desk; its first, unless another ``page`` is named."""
    return settings.SITE_URL + desk_path(proposal, page)


def letter(
    event: str,
    *,
    proposal: Proposal,
    to: User,
    key: str,
    at: datetime,
    cause: str = "",
    **context: Any,
) -> Message:
    """A mail, not saved, that says the proposal's title, its reference and, unless another ``url``
    is given, the address of its proposers' page. ``to`` gets one for each ``key``."""
    return compose(
        event=event,
        to=to.email,
        user=to,
        about=proposal.reference,
        cause=cause,
        dedupe_key=f"{key}:{to.email}",
        at=at,
        context={
            "name": to,
            "title": proposal.working_title,
            "reference": proposal.reference,
            "url": page_url(proposal),
            **context,
        },
    )
