"""Engagements that continue in another proposal, and come back."""

from collections.abc import Collection

from partners.models import Engagement
from proposals.models import Proposal


def continue_in(*, engagement_ids: Collection[int], proposal: Proposal) -> None:
    """These engagements are part of ``proposal`` now: whoever outside follows them reads its page.

    What was shared stays shared, and stays on record as it was. Part of the transaction of the
    merge that moves them, or of its undoing.
    """
    Engagement.objects.filter(pk__in=engagement_ids).update(proposal=proposal)
