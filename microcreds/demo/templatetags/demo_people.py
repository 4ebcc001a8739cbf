"""The demo's people as the cards of the sign-in page, and what waits on each of them."""

from dataclasses import dataclass

from django import template
from django.db.models import Count

from microcreds.accounts.models import Role
from microcreds.demo.people import DOMAIN, PARTNER_EMAIL, PEOPLE, Person
from partners.models import Share
from proposals.models import Proposal, Stage, Turn

register = template.Library()


@dataclass(frozen=True)
class Card:
    """One person and what waits on them, in words."""

    person: Person
    waits: str


@dataclass(frozen=True)
class Pile:
    """Proposals that are alike in all that says whom they concern."""

    owner: str
    stage: str
    turn: str
    unit: int | None
    department: int | None
    chair_informed: str
    count: int


@register.simple_tag
def demo_cards() -> list[Card]:
    """Who there is to be, each with what waits on them; empty before ``manage.py demo`` ran."""
    roles = {
        role.user.email: role
        for role in Role.objects.current()
        .filter(user__email__endswith=f"@{DOMAIN}")
        .select_related("user")
    }
    if not roles:
        return []
    alike = ("submitter__email", "stage", "whose_turn", "unit", "department", "chair_informed")
    counted = Proposal.objects.order_by().values_list(*alike).annotate(Count("pk"))
    piles = [Pile(*pile) for pile in counted]
    return [_card(person, roles.get(person.email), piles) for person in PEOPLE]


@register.simple_tag
def demo_partner() -> str:
    """What the demo's partner follows; empty where nothing is shared with them."""
    count = Share.objects.current().filter(contact__email=PARTNER_EMAIL).count()
    return f"Follows {_proposals(count)}" if count else ""


def _card(person: Person, role: Role | None, piles: list[Pile]) -> Card:
    count = sum(pile.count for pile in piles if _concerns(pile, person, role))
    if not count:
        return Card(person, "Nothing waits")
    if person.role in (Role.Kind.CHAIR, Role.Kind.AUDITOR):
        return Card(person, f"Can read {_proposals(count)}")
    return Card(person, f"{_proposals(count)} {'waits' if count == 1 else 'wait'}")


def _concerns(pile: Pile, person: Person, role: Role | None) -> bool:
    match person.role:
        case Role.Kind.ELEARNING:
            unit = role.unit_id if role else None
            return pile.turn == Turn.UNIVERSITY and pile.unit in (unit, None)
        case Role.Kind.COMMITTEE | Role.Kind.COMMITTEE_CHAIR:
            return pile.turn == Turn.COMMITTEE
        case Role.Kind.DEANS:
            return pile.turn == Turn.DEANS
        case Role.Kind.AUDITOR:
            return pile.stage != Stage.DRAFT
        case Role.Kind.CHAIR:
            department = role.department_id if role else None
            is_known = pile.chair_informed in ("yes", "i_am_the_chair")
            return pile.stage != Stage.DRAFT and pile.department == department and is_known
    if person.is_superuser or person.role == Role.Kind.LEAD:
        return pile.turn == Turn.UNIVERSITY
    return pile.turn == Turn.SUBMITTER and pile.owner == person.email


def _proposals(count: int) -> str:
    return f"{count} proposal{'' if count == 1 else 's'}"
