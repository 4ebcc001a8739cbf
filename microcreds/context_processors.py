"""What every page shows: the site's name and the eLearning units to talk to."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from microcreds.accounts.contacts import active_units


def site(request: HttpRequest) -> dict[str, Any]:
    """``site_units`` is read from the database only where a template asks for it."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "demo": settings.DEMO,
        "site_units": SimpleLazyObject(active_units),
    }
