"""Who may make which move, who could instead, and who takes part in a proposal (design.md §3.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import JSONObject, Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import Role, User
from microcreds.kept_statements import KeptStatements
from partners.models import Endorsement
from proposals.kept import Annotations, kept_for
from proposals.models import NamedPartner, Participant, Proposal, Stage
from reviews.models import Absence
from reviews.workflow import MOVES, Move, Who

_ROLE_OF = {
    Who.STAFF: Role.Kind.ELEARNING,
    Who.LEAD: Role.Kind.LEAD,
    Who.COMMITTEE_CHAIR: Role.Kind.COMMITTEE_CHAIR,
    Who.DEANS: Role.Kind.DEANS,
}


@dataclass(frozen=True, slots=True)
class Permit:
    """Whether a person meets the button of a move, and whether it works for them."""

    shown: bool
    allowed: bool
    why_not: str = ""


_HIDDEN = Permit(shown=False, allowed=False)
_ALLOWED = Permit(shown=True, allowed=True)


class People:
    """Everyone who holds a role today, read once."""

    @cached_property
    def _roles(self) -> list[Role]:
        return _ROLES_HELD.rows(at=timezone.now())

    def holding(self, *kinds: str, unit_id: int | None = None) -> list[User]:
        """Who holds one of these roles, each once; with ``unit_id``, for that unit."""
        held = (
            role.user
            for role in self._roles
            if role.kind in kinds and (unit_id is None or role.unit_id == unit_id)
        )
        return list({user.pk: user for user in held}.values())

    def chairs_of(self, department_id: int | None) -> list[User]:
        """Who chairs this department today."""
        here = [role for role in self._roles if role.kind == Role.Kind.CHAIR]
        held = (role.user for role in here if role.department_id == department_id)
        return list({user.pk: user for user in held}.values())

    def works_for(self, user: User, unit_id: int | None) -> bool:
        """Whether this person works for that unit today, or leads all of them."""
        return user in [
            *self.holding(Role.Kind.ELEARNING, unit_id=unit_id),
            *self.holding(Role.Kind.LEAD),
        ]

    def stand_in_of(self, user: User) -> User | None:
        """Who does this person's work today, because they are away; none who has no role here."""
        away = {role.user_id: role.stand_in for role in self._roles if role.stand_in}  # type: ignore[attr-defined]
        here = {role.user_id: role.user for role in self._roles}
        return here.get(away.get(user.pk, 0))

    def queue_of(self, proposal: Proposal) -> list[User]:
        """The unit's staff; of every unit while it has none; the lead where a unit has nobody."""
        staff = self.holding(Role.Kind.ELEARNING, unit_id=proposal.unit_id)
        return staff or self.holding(Role.Kind.LEAD)

    def at_work_on(self, proposal: Proposal, parties: "Parties | None" = None) -> list[User]:
        """Whoever it is assigned to, where they are still here, else its queue; with ``parties``,
        nobody who takes part in it."""
        is_owned = proposal.assignee is not None and proposal.assignee.is_active
        found = [proposal.assignee] if proposal.assignee and is_owned else self.queue_of(proposal)
        return [user for user in found if not parties or user.pk not in parties.involved(user)]

    def able_to(self, roles: Iterable[Who], proposal: Proposal) -> list[User]:
        """Who could make a move that is open to these ``roles``."""
        able: dict[int, User] = {}
        for who in roles:
            if who == Who.STAFF:
                found = self.queue_of(proposal)
            elif who in _ROLE_OF:
                found = self.holding(_ROLE_OF[who])
            else:
                found = []
            able |= {user.pk: user for user in found}
        return list(able.values())


def _roles_held(*, at: datetime) -> QuerySet:
    today = timezone.localdate(at)
    away = Absence.objects.on(today).filter(person=OuterRef("user"))
    return (
        Role.objects.current(today)
        .filter(user__is_active=True)
        .exclude(kind=Role.Kind.AUDITOR)
        .select_related("user")
        .annotate(stand_in=Subquery(away.values("stand_in")[:1]))
        .order_by("user__name", "user_id")
    )


_ROLES_HELD = KeptStatements(_roles_held)


@dataclass(frozen=True, slots=True)
class Parties:
    """Who has a part in one proposal: by account, and by address where the form names them."""

    owner_id: int
    proposer_ids: frozenset[int]
    capacities: frozenset[tuple[int, str]]  # who takes part as what; the recused among them
    co_proposers: dict[str, str]  # name by address, as the form has them
    partner_addresses: frozenset[str]
    partner_names: tuple[str, ...]
    endorsed_by: int = 0  # contacts whose endorsement counts

    def involved(self, user: User | None = None) -> set[int]:
        """The accounts of its proposers; ``user``'s too where the form names their address."""
        named = self.partner_addresses.union(self.co_proposers)
        here = {user.pk} if user and user.email.lower() in named else set()
        return {self.owner_id, *self.proposer_ids} | here

    def capacities_of(self, user: User) -> frozenset[str]:
        """As what this person takes part, besides owning it."""
        return frozenset(capacity for user_id, capacity in self.capacities if user_id == user.pk)


def parties_of(proposal_ids: Iterable[int]) -> dict[int, Parties]:
    """The parties of each proposal, in one query."""
    return {row.pk: parties_in(row) for row in _PARTIES.rows(ids=list(proposal_ids))}


def _of_these(*, ids: list[int]) -> QuerySet:
    return with_parties(Proposal.objects.filter(pk__any_of=ids).only("submitter"))


_PARTIES = KeptStatements(_of_these)


def with_parties(proposals: QuerySet) -> QuerySet:
    """Each with what ``parties_in`` reads of it, in the statement that reads the proposal."""
    named = KeyTransform("co_proposers", "interest__answers")
    return _with_parts(proposals.annotate(people_named=named))


@kept_for(Proposal)
def _with_parts() -> Annotations:
    partners = NamedPartner.objects.named().filter(proposal=OuterRef("pk"))
    participants = Participant.objects.filter(proposal=OuterRef("pk")).order_by("pk")
    addresses = partners.exclude(contact_email="").values_list(Lower("contact_email"))
    part = JSONObject(user="user_id", capacity="capacity")
    return {
        "parts": ArraySubquery(participants.values(part=part)),
        "addresses_named": ArraySubquery(addresses),
        "endorsed_by": Subquery(_endorsed_by(), output_field=IntegerField()),
        "names_named": ArraySubquery(partners.exclude(org_name="").values("org_name")),
    }


def _endorsed_by() -> QuerySet:
    """How many contacts of its partners endorsed it; who signed twice is one."""
    counting = Endorsement.objects.counting().order_by()
    of_it = counting.filter(asked__engagement__proposal=OuterRef("pk"))
    by_proposal = of_it.values("asked__engagement__proposal")
    return by_proposal.values(n=Count("asked__contact", distinct=True))


def parties_in(proposal: Any) -> Parties:
    """The parties of a proposal that was loaded ``with_parties``."""
    return Parties(
        owner_id=proposal.submitter_id,
        proposer_ids=frozenset(
            part["user"] for part in proposal.parts if part["capacity"] in Participant.FROM_DRAFT_ON
        ),
        capacities=frozenset((part["user"], part["capacity"]) for part in proposal.parts),
        co_proposers={
            person["email"].lower(): person.get("name") or person["email"]
            for person in proposal.people_named or []
            if person.get("email")
        },
        partner_addresses=frozenset(proposal.addresses_named),
        partner_names=tuple(proposal.names_named),
        endorsed_by=proposal.endorsed_by or 0,
    )


def permit(
    user: User | None,
    move: Move,
    proposal: Proposal,
    *,
    involved: set[int],
    people: People | None = None,
    stage: Stage | None = None,
) -> Permit:
    """Whether ``user`` (``None``: the system) may make this move of this proposal now, or would,
    did it stand at ``stage``.

    Whoever takes part in a proposal neither triages nor decides it, whatever their roles: the
    button is there, says so and names who can.
    """
    people = people or People()
    roles = MOVES[move].who.get(stage or Stage(proposal.stage), ())
    if user is None:
        return _ALLOWED if Who.SYSTEM in roles else _HIDDEN
    if not user.is_active or not roles:
        return _HIDDEN
    if Who.OWNER in roles and user.pk == proposal.submitter_id:
        return _ALLOWED
    if any(_holds(user, who, proposal) for who in roles):
        if user.pk not in involved:
            return _ALLOWED
        why_not = _("You take part in this proposal, so somebody else has to decide: %(who)s.")
    elif user.is_elearning and Who.STAFF in roles:
        why_not = _("Staff of %(unit)s can move this; ask %(who)s.")
    elif user.is_elearning and Who.LEAD in roles:
        why_not = _("Only the eLearning lead can move this; ask %(who)s.")
    elif Who.OWNER in roles and user.pk in involved:
        return Permit(
            True,
            False,
            _("Only %(owner)s, who owns this proposal, can do this.")
            % {"owner": proposal.submitter},
        )
    else:
        return _HIDDEN
    others = [str(able) for able in people.able_to(roles, proposal) if able.pk not in involved]
    if not others:
        lead = [str(able) for able in people.holding(Role.Kind.LEAD) if able.pk != user.pk]
        others = lead or [_("the eLearning lead")]
    return Permit(
        True, False, why_not % {"unit": proposal.unit or "eLearning", "who": ", ".join(others)}
    )


def may_work_on(user: User, proposal: Proposal, *, involved: set[int]) -> bool:
    """Whether this person does triage work on it: their unit's or no unit's yet, and not theirs."""
    return _holds(user, Who.STAFF, proposal) and user.pk not in involved


def _holds(user: User, who: Who, proposal: Proposal) -> bool:
    match who:
        case Who.STAFF:
            return user.is_lead or (
                user.is_elearning
                and (proposal.unit_id is None or proposal.unit_id in user.unit_ids)
            )
        case Who.LEAD:
            return user.is_lead
        case Who.COMMITTEE_CHAIR | Who.DEANS:
            return user.has_role(_ROLE_OF[who])
        case _:
            return False
