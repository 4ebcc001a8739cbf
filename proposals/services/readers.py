"""Who may read a proposal because another was merged into it."""

from collections.abc import Collection
from datetime import datetime

from proposals.models import Participant, Proposal


def let_in(*, proposal: Proposal, user_ids: Collection[int], at: datetime) -> None:
    """These people may read it; who could already may still. Part of the merge's transaction."""
    Participant.objects.bulk_create(
        [
            Participant(
                proposal=proposal, user_id=pk, capacity=Participant.Capacity.VIEWER, since=at
            )
            for pk in user_ids
        ],
        ignore_conflicts=True,
    )


def let_out(*, proposal: Proposal, user_ids: Collection[int]) -> None:
    """These people may read it no longer, unless they may write. Part of the undoing."""
    readers = Participant.objects.filter(proposal=proposal, user_id__in=user_ids)
    readers.filter(capacity=Participant.Capacity.VIEWER).delete()
