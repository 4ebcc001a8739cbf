"""What every page shows: the site's name, the eLearning units to talk to, how much is asked."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from microcreds.accounts.contacts import active_units
from reviews.asks.number import number_for
from reviews.middleware import acted_at


def site(request: HttpRequest) -> dict[str, Any]:
    """``site_units`` and ``asked_number`` are read from the database only where a template asks for
    them."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "demo": settings.DEMO,
        "site_units": SimpleLazyObject(active_units),
        "asked_number": lambda: _asked_number(request),
    }


def _asked_number(request: HttpRequest) -> str:
    """How much is asked of whoever is signed in; empty: nothing."""
    user = request.user
    return "" if user.is_anonymous else number_for(user, acted_at=acted_at(request))
