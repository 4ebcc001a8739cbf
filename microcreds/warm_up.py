"""A web process is ready before its first request: it has read what it needs and keeps it."""

import gc

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver

# Objects made since the last look at which Python looks for garbage. A page makes some ten
# thousand; the default of 700 looks in the middle of each of them several times.
OBJECTS_UNTIL_GARBAGE = 10_000


def warm_up() -> None:
    """Views and forms are imported and templates compiled, so that nobody waits for it; and the
    search for garbage leaves alone what stays for good."""
    _ = get_resolver().url_patterns
    ours = settings.BASE_DIR / "templates"
    for path in sorted(ours.rglob("*.html")):
        get_template(str(path.relative_to(ours)))
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_UNTIL_GARBAGE, 10, 10)
