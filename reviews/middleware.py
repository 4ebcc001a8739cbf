"""What each request is answered with: the process as staff have set it; a note of who acted."""

import time
from collections.abc import Callable

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_only_middleware

from reviews import policies
from reviews.kept_numbers import KEPT

ACTED = "acted"  # the cookie that says when its reader last did something


@sync_only_middleware
def follow_policies(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Targets, wordings and reasons are read at most a minute late. Whoever asks after our health
    asks for none, and where the database is away the page itself says so."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info not in ("/healthz", "/readyz"):
            try:
                policies.refresh_if_old()
            except Error:
                return get_response(request)
        return get_response(request)

    return middleware


@sync_only_middleware
def note_acting(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever did something finds what is asked of them counted anew on their next page, whichever
    process answers that; the note goes with their browser for as long as a number is kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "POST" and request.user.is_authenticated:
            response.set_cookie(
                ACTED,
                f"{time.time():.3f}",
                max_age=KEPT,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    return middleware


def acted_at(request: HttpRequest) -> float:
    """When this reader last did something, as far as a number can be older than that."""
    try:
        return min(float(request.COOKIES.get(ACTED, 0)), time.time())
    except ValueError:
        return 0.0
