"""Who meets which proposals on the desk, what has left it, and who sees what staff add there."""

from collections.abc import Hashable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from microcreds.accounts.models import Role, User
from microcreds.kept_statements import KeptStatements
from proposals.models import ProposalQuerySet, Stage
from reviews.models import StageChange, TriageItem
from reviews.workflow import Move

# For how long the desk says of a proposal that it was taken back.
TAKEN_BACK_SHOWN = timedelta(days=14)
SHOWN = 10


def sees_desk(user: User) -> bool:
    """Staff-only fields, notes, mails: eLearning, and the auditor who changes nothing."""
    return user.is_elearning or user.has_role(Role.Kind.AUDITOR)


def desk_of(user: User) -> ProposalQuerySet:
    """The proposals this person meets on the desk: visible to them, and no draft."""
    if not user.is_staff:
        return TriageItem.objects.none()
    if user.is_superuser or sees_desk(user):
        # All that was ever submitted. Said without the people named in each, which the database
        # would look up for every row, it is a question the index on the stage answers.
        return TriageItem.objects.exclude(stage=Stage.DRAFT)
    return TriageItem.objects.visible_to(user).exclude(stage=Stage.DRAFT)


def taken_back_of(user: User, at: datetime | None = None) -> list[StageChange]:
    """By what proposals of this person's unit have left its queue lately, the newest first, of each
    the newest; one statement."""
    newest: dict[int, StageChange] = {}
    for change in _TAKEN_BACK.rows(user.rights, user=user, at=at or timezone.now()):
        newest.setdefault(change.proposal_id, change)
    return list(newest.values())


def _taken_back(_rights: Hashable, *, user: User, at: datetime) -> QuerySet:
    found = StageChange.objects.in_force().filter(
        move=Move.TAKE_BACK, at__gte=at - TAKEN_BACK_SHOWN, proposal__stage=Stage.DRAFT
    )
    if not user.is_lead:
        found = found.filter(Q(proposal__unit__in=user.unit_ids) | Q(proposal__unit=None))
    return found.select_related("proposal", "actor")[:SHOWN]


_TAKEN_BACK = KeptStatements(_taken_back)
