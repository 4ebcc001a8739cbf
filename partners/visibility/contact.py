"""Whom to write to or ring at the university."""

from dataclasses import dataclass

from microcreds.accounts.models import Unit, User
from proposals.models import Proposal


@dataclass(frozen=True)
class NamedContact:
    """Whom to write to or ring at the university."""

    name: str
    unit: str
    email: str
    phone: str


def contact_of(proposal: Proposal) -> NamedContact | None:
    """The person who works on it at their unit's address, else the unit's own contact.

    Nobody while no unit has it: then the units at the foot of every page are whom to ask.
    """
    return contact_at(proposal.unit, proposal.assignee)


def contact_at(unit: Unit | None, person: User | None) -> NamedContact | None:
    """Whom a partner may call: the unit, in the name of whoever works on it; no unit: nobody."""
    if unit is None:
        return None
    name = person.name if person else ""
    return NamedContact(
        name=name or unit.contact_name or unit.name,
        unit=unit.name,
        email=unit.email,
        phone=unit.phone,
    )
