"""The people of the demo: who they are and what they may do. All are invented."""

from dataclasses import dataclass
from typing import ClassVar

from microcreds.accounts.models import Role

DOMAIN = "miami.example"
SIGN_IN_WORD = "microcreds"  # everyone's password; the demo is never a public server
PARTNER_EMAIL = "pat@tallgrass.example"


@dataclass(frozen=True)
class Person:
    """Somebody of the demo; ``key`` is what stands before the @ of their address."""

    key: str
    name: str
    part: str
    role: str = ""
    campus: str = ""  # whose unit they work for
    department: str = ""
    is_superuser: bool = False
    domain: ClassVar[str] = DOMAIN

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


PEOPLE = [
    Person("faculty", "Nadia Castellan", "Faculty"),
    Person("faculty2", "Owen Brightman", "Faculty"),
    Person(
        "chair",
        "Ruth Amadi",
        "Chair, Engineering Technology",
        Role.Kind.CHAIR,
        department="Engineering Technology",
    ),
    Person(
        "oxford",
        "Maya Lindqvist",
        "eLearning staff, Oxford",
        Role.Kind.ELEARNING,
        campus="Oxford",
    ),
    Person(
        "regionals",
        "Terrence Boone",
        "eLearning staff, Regionals",
        Role.Kind.ELEARNING,
        campus="Hamilton",
    ),
    Person("lead", "Priya Raman", "eLearning lead", Role.Kind.LEAD),
    Person("committee", "Helen Zhou", "Committee member", Role.Kind.COMMITTEE),
    Person("committee2", "Andre Whitlock", "Committee member", Role.Kind.COMMITTEE),
    Person(
        "committee-chair",
        "Samira Haddad",
        "Committee chair",
        Role.Kind.COMMITTEE_CHAIR,
    ),
    Person("deans", "Colleen Avery", "Deans' office", Role.Kind.DEANS),
    Person("auditor", "Gordon Pike", "Auditor", Role.Kind.AUDITOR),
    Person("admin", "Alex Morgan", "Administrator", is_superuser=True),
]
BY_EMAIL = {person.email: person for person in PEOPLE}
