"""What each request is answered with: the process as staff have set it."""

from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_only_middleware

from reviews import policies


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
