"""A page read as somebody else reads it: who may, and that it is kept who did."""

from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from microcreds.accounts.models import Role, User
from proposals.models import Participant, Proposal
from reviews.models import TriageItem
from reviews.permits import Parties


def may_imitate(user: User, proposal: Proposal, parties: Parties) -> bool:
    """eLearning, the auditor and the superuser, of what is on the desk; nobody who takes part in
    it or is recused."""
    if proposal.is_draft or not (user.is_elearning or user.has_role(Role.Kind.AUDITOR)):
        return False
    is_recused = Participant.Capacity.RECUSED in parties.capacities_of(user)
    return not is_recused and user.pk not in parties.involved(user)


@transaction.atomic(savepoint=False)
def note_imitation(
    *, proposal: Proposal, by: User, as_whom: str, at: datetime | None = None
) -> LogEntry:
    """It stands in the log that ``by`` has read this proposal's page as ``as_whom`` reads it."""
    return LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(TriageItem, for_concrete_model=False),
        object_id=str(proposal.pk),
        object_repr=str(proposal)[:200],
        action_flag=CHANGE,
        action_time=at or timezone.now(),
        change_message=f"Read the page as {as_whom} reads it; changed nothing.",
    )
