"""``.env.example`` lists every variable that is read, and no other."""

import re

from microcreds.local.places import ROOT

READ = re.compile(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"|environ(?:\.get\(|\[)"([A-Z_]+)"')
# Set by make, Python's or Django's own tools, never by people in a file.
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "MAKELEVEL"}


def test_every_variable_is_listed():
    listed = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    read = {"DATABASE_URL"}  # by dj_database_url
    for folder in ("settings", "local"):
        for file in (ROOT / "microcreds" / folder).glob("*.py"):
            read |= {one or other for one, other in READ.findall(file.read_text())}

    assert listed == read - NOT_OURS
