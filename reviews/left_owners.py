"""What eLearning does for a proposal whose owner has left."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from proposals.models import HandOver, Proposal
from proposals.services import hand_over_left
from reviews.permits import may_work_on, parties_of
from reviews.routing import as_routed


@transaction.atomic
def hand_over_for_who_left(
    *, proposal: Proposal, to: User, by: User, reason: str, at: datetime | None = None
) -> HandOver:
    """``to`` owns a proposal or draft whose owner's account is closed; everyone concerned is told.

    Raises ``ValidationError`` when ``by`` is not eLearning of its unit or takes part in it, its
    owner is still here, or no reason is given.
    """
    if not may_hand_over(proposal, by):
        raise ValidationError(_("Staff of its unit who take no part in it can hand it over."))
    return hand_over_left(proposal=proposal, to=to, by=by, reason=reason, at=at)


def may_hand_over(proposal: Proposal, by: User) -> bool:
    """Whether this person may hand over what its owner left behind."""
    involved = parties_of([proposal.pk])[proposal.pk].involved(by)
    return may_work_on(by, as_routed(proposal), involved=involved)
