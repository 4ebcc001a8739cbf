"""Whom a form names and what that lets them see."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from microcreds.accounts.models import User
from proposals.models import Participant, Proposal


@transaction.atomic
def admit_named_people(*, proposal: Proposal, at: datetime) -> None:
    """Co-proposers with an account may edit, and the chair who is said to know may read.

    Who has no account yet is admitted when they make one (``join_invited``).
    """
    _admit(proposal, _addresses(proposal), Participant.Capacity.EDITOR, at)
    if proposal.chair_informed == "yes":
        chair = proposal.interest.answers.get("chair_email", "").lower()
        _admit(proposal, {chair}, Participant.Capacity.CHAIR, at)


def follow_co_proposers(*, proposal: Proposal, at: datetime) -> None:
    """After the list of co-proposers changed: the named may edit, the others no longer.

    Part of the transaction that changed it.
    """
    addresses = _addresses(proposal)
    editors = Participant.objects.filter(proposal=proposal, capacity=Participant.Capacity.EDITOR)
    editors.exclude(user__email__in=addresses).delete()
    _admit(proposal, addresses, Participant.Capacity.EDITOR, at)


@transaction.atomic
def join_invited(*, user: User, at: datetime | None = None) -> None:
    """This person may edit every proposal whose form names their address as a co-proposer's."""
    at = at or timezone.now()
    named = (
        Proposal.objects.filter(
            interest__answers__co_proposers__contains=[{"email": user.email.lower()}]
        )
        .exclude(submitter=user)
        .exclude(
            pk__in=Participant.objects.filter(
                user=user, capacity=Participant.Capacity.EDITOR
            ).values("proposal_id")
        )
    )
    Participant.objects.bulk_create(
        [
            Participant(
                proposal=proposal, user=user, capacity=Participant.Capacity.EDITOR, since=at
            )
            for proposal in named
        ],
        ignore_conflicts=True,
    )


def _addresses(proposal: Proposal) -> set[str]:
    rows = proposal.interest.answers.get("co_proposers", ())
    return {row["email"].lower() for row in rows if row.get("email")}


def _admit(proposal: Proposal, addresses: set[str], capacity: str, at: datetime) -> None:
    people = User.objects.filter(is_active=True, email__in=addresses - {""})
    Participant.objects.bulk_create(
        [
            Participant(proposal=proposal, user=person, capacity=capacity, since=at)
            for person in people
            if person.pk != proposal.submitter_id
        ],
        ignore_conflicts=True,
    )
