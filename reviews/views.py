"""The page of what is asked of its reader."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from microcreds.accounts.requests import SignedInRequest
from reviews.asks import MOST, asks_of, number


@require_safe
def ask_list(request: SignedInRequest) -> HttpResponse:
    """Everything that is asked of them, the most pressing first; then what is asked of their
    unit."""
    asks = asks_of(request.user)
    number.remember(request.user, asks)
    context = {
        "own": [ask for ask in asks if not ask.is_shared],
        "shared": [ask for ask in asks if ask.is_shared],
        "most": MOST if len(asks) == MOST else 0,
    }
    return render(request, "reviews/ask_list.html", context)
