"""The people of the demo: who they are and what they may do. All are invented."""

from dataclasses import dataclass

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

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


PEOPLE = [
    Person("faculty", "Nadia Castellan", "Faculty: has ideas and brings them in"),
    Person("faculty2", "Owen Brightman", "Faculty: has ideas and brings them in"),
    Person(
        "chair",
        "Ruth Amadi",
        "Chair of Engineering Technology: reads what concerns the department",
        Role.Kind.CHAIR,
        department="Engineering Technology",
    ),
    Person(
        "oxford",
        "Maya Lindqvist",
        "eLearning staff, Oxford: triages and moves proposals",
        Role.Kind.ELEARNING,
        campus="Oxford",
    ),
    Person(
        "regionals",
        "Terrence Boone",
        "eLearning staff, Regionals: triages and moves proposals",
        Role.Kind.ELEARNING,
        campus="Hamilton",
    ),
    Person("lead", "Priya Raman", "eLearning lead: acts for every unit", Role.Kind.LEAD),
    Person("committee", "Helen Zhou", "Committee member: reviews", Role.Kind.COMMITTEE),
    Person("committee2", "Andre Whitlock", "Committee member: reviews", Role.Kind.COMMITTEE),
    Person(
        "committee-chair",
        "Samira Haddad",
        "Committee chair: records what the committee decides",
        Role.Kind.COMMITTEE_CHAIR,
    ),
    Person("deans", "Colleen Avery", "Deans' office: records the deans' consent", Role.Kind.DEANS),
    Person(
        "auditor", "Gordon Pike", "Auditor: reads everything, changes nothing", Role.Kind.AUDITOR
    ),
    Person("admin", "Alex Morgan", "Administrator: people and reference data", is_superuser=True),
]
BY_EMAIL = {person.email: person for person in PEOPLE}
