"""Whom something may be asked of: what is theirs to edit, to work on, to decide."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q

from microcreds.accounts.models import Role, User
from proposals.models import Invitation, NamedPartner, Participant, Proposal
from reviews.clocks import campus_day
from reviews.models import Absence


@dataclass(frozen=True)
class Reader:
    """Somebody with an account, as far as it decides what is asked of them at that moment.
    ``owners``: whose work is theirs today, where it is known and they themselves are asked, not
    their unit."""

    user: User
    at: datetime
    owners: list[int] | None = None

    @cached_property
    def today(self) -> date:
        return campus_day(self.at)

    def holds(self, *kinds: str) -> bool:
        return self.user.has_role(*kinds)

    @property
    def owns_or_stands_in(self) -> list[Any]:
        """Whose work is theirs today: their own, and that of whoever is away meanwhile."""
        away = Absence.objects.on(self.today).filter(stand_in=self.user).order_by()
        return [self.user.pk, away.values("person")]

    def is_mine(self, person: str) -> Q:
        """``person``, a column, is this reader or somebody they stand in for."""
        if self.owners is not None:
            return Q(**{f"{person}__any_of": self.owners})
        mine, away = self.owns_or_stands_in
        return Q(**{person: mine}) | Q(**{f"{person}__in": away})

    def may_edit(self, proposal: str) -> Q:
        """They own the proposal or edit it with its owner (``Proposal.objects.editable_by``, said
        so that their few proposals are found first)."""
        edited = Participant.objects.filter(user=self.user, capacity=Participant.Capacity.EDITOR)
        owned = Proposal.objects.filter(submitter=self.user).order_by()
        mine = owned.values("pk").union(edited.values("proposal_id"), all=True)
        return Q(**{f"{proposal}pk__in": mine})

    def takes_no_part(self, proposal: str) -> Q:
        """Neither a proposer, nor named in its form, nor recused (``permits.Parties``). Whoever is
        named there as a co-proposer has an invitation that is not ended."""
        capacities = (*Participant.FROM_DRAFT_ON, Participant.Capacity.RECUSED)
        parts = Participant.objects.filter(user=self.user, capacity__in=capacities)
        named = NamedPartner.objects.named().filter(contact_email__iexact=self.user.email)
        asked = Invitation.objects.filter(email=self.user.email.lower())
        asked = asked.exclude(state=Invitation.State.ENDED)
        return ~(
            Q(**{f"{proposal}submitter": self.user})
            | Q(**{f"{proposal}pk__in": parts.values("proposal_id")})
            | Q(**{f"{proposal}pk__in": named.values("proposal_id")})
            | Q(**{f"{proposal}pk__in": asked.values("proposal_id")})
        )

    def in_my_queue(self, unit: str) -> Q | None:
        """It lies in their unit's queue, as ``permits.People.queue_of`` has it: the unit's staff,
        everybody's while it has no unit, the lead's where a unit has nobody. ``None``: they have no
        queue, or their unit is not asked."""
        if self.owners is not None:
            return None
        queue = None
        if units := self.user.unit_ids:
            queue = Q(**{f"{unit}__in": units}) | Q(**{f"{unit}__isnull": True})
        if self.holds(Role.Kind.LEAD):
            staff = Role.objects.current(self.today).filter(
                kind=Role.Kind.ELEARNING, user__is_active=True
            )
            unstaffed = Q(**{f"{unit}__isnull": False}) & ~Q(
                Exists(staff.filter(unit=OuterRef(unit)))
            )
            queue = unstaffed if queue is None else queue | unstaffed
        return queue
