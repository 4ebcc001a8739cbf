"""A proposer's own look at a proposal by the committee's rubric; for nobody else's eyes."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from proposals.models import Proposal
from reviews.models import SelfCheck
from reviews.rubric import CURRENT, TOP


def self_check_of(proposal: Proposal, by: User) -> SelfCheck | None:
    """What this person noted of this proposal; nobody else's can be had."""
    return SelfCheck.objects.filter(proposal=proposal, by=by).first()


@transaction.atomic
def save_self_check(
    *, proposal: Proposal, by: User, levels: Mapping[str, int], at: datetime | None = None
) -> SelfCheck:
    """The person's levels on the rubric of today replace what they noted before.

    Criteria may be left out. The last of two saves at once wins. Moves nothing, tells nobody.
    Raises ``ValidationError`` for a criterion or level that the rubric does not have.
    """
    known = {criterion.key for criterion in CURRENT.criteria}
    if set(levels) - known or any(not 0 <= level <= TOP for level in levels.values()):
        raise ValidationError(_("The rubric has changed. Open the self-check again."))
    check, _created = SelfCheck.objects.update_or_create(
        proposal=proposal,
        by=by,
        defaults={
            "edition": CURRENT.edition,
            "levels": dict(levels),
            "saved_at": at or timezone.now(),
        },
    )
    return check
