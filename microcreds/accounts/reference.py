"""The parts of the university that a fresh database starts with; staff edit them in the admin.

Names are public ones of Miami University. Contacts are placeholders until staff put in their own.
"""

from django.db import transaction

from microcreds.accounts.models import Campus, Department, Division, Unit

ELEARNING = "eLearning Miami"
REGIONALS = "Regionals E-Campus"

# Unit: what stands before the @ of its address.
UNITS = {ELEARNING: "elearning", REGIONALS: "ecampus"}

# Campus: the unit that takes its proposals in, in the order in which the form offers them.
CAMPUSES = {
    "Oxford": ELEARNING,
    "Hamilton": REGIONALS,
    "Middletown": REGIONALS,
    "Other Regionals site": REGIONALS,
    "Online / E-Campus": REGIONALS,
    "Luxembourg": ELEARNING,
    "Not sure yet": None,
}

# Where the Ohio Work Ready Grant can be used.
BRANCHES = ("Hamilton", "Middletown", "Other Regionals site")

DIVISIONS = {
    "College of Arts and Science": (
        "Biology",
        "Chemistry and Biochemistry",
        "Economics",
        "English",
        "Geography & Sustainability",
        "Global and Intercultural Studies",
        "History",
        "Mathematics",
        "Media, Journalism & Film",
        "Physics",
        "Political Science",
        "Psychology",
        "Sociology and Gerontology",
        "Speech Pathology and Audiology",
        "Statistics",
    ),
    "Farmer School of Business": (
        "Accountancy",
        "Entrepreneurship",
        "Finance",
        "Information Systems & Analytics",
        "Management",
        "Marketing",
    ),
    "College of Education, Health, and Society": (
        "Educational Leadership",
        "Educational Psychology",
        "Family Science and Social Work",
        "Kinesiology, Nutrition, and Health",
        "Teaching, Curriculum & Inquiry",
    ),
    "College of Engineering and Computing": (
        "Chemical, Paper and Biomedical Engineering",
        "Computer Science & Software Engineering",
        "Electrical and Computer Engineering",
        "Mechanical and Manufacturing Engineering",
    ),
    "College of Creative Arts": (
        "Architecture + Interior Design",
        "Art",
        "Emerging Technology in Business + Design",
        "Music",
        "Theatre",
    ),
    "College of Liberal Arts and Applied Science": (
        "Biological Sciences",
        "Commerce",
        "Computer & Information Technology",
        "Education and Society",
        "Engineering Technology",
        "Justice and Community Studies",
        "Languages, Literatures & Writing",
        "Nursing",
    ),
    "Other parts of the university": (
        "Global Initiatives",
        "University Libraries",
        "Another office",
    ),
}


@transaction.atomic
def load_reference(*, email_domain: str) -> None:
    """Units with their campuses, divisions with their departments stand in the database.

    A table that holds a row is the staff's by now and is left as it is.
    """
    if not Unit.objects.exists():
        Unit.objects.bulk_create(
            Unit(name=name, email=f"{local}@{email_domain}") for name, local in UNITS.items()
        )
    if not Campus.objects.exists():
        units = {unit.name: unit for unit in Unit.objects.all()}
        Campus.objects.bulk_create(
            Campus(
                name=name,
                unit=units.get(unit or ""),
                is_branch=name in BRANCHES,
                position=position,
            )
            for position, (name, unit) in enumerate(CAMPUSES.items())
        )
    if not Division.objects.exists():
        for name, departments in DIVISIONS.items():
            division = Division.objects.create(name=name)
            Department.objects.bulk_create(
                Department(division=division, name=department) for department in departments
            )
