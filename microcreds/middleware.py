"""What every response carries and what no request may bring."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.decorators import sync_only_middleware
from psycopg2.errors import DeadlockDetected

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)


@sync_only_middleware
def security_headers(get_response: GetResponse) -> GetResponse:
    """Every response has one strict policy: nothing inline, nothing from elsewhere."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response

    return middleware


class CompressText(GZipMiddleware):
    """Pages and tables go compressed, with Django's random bytes against BREACH
    (https://docs.djangoproject.com/en/5.2/ref/middleware/#module-django.middleware.gzip); files go
    as they are, with their length."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(("text/", "application/json")):
            return response
        return super().process_response(request, response)


@sync_only_middleware
def refuse_bad_text(get_response: GetResponse) -> GetResponse:
    """NUL in the address is refused here: Postgres cannot store it and would answer with a 500."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return render(request, "400.html", status=400)
        return get_response(request)

    return middleware


@sync_only_middleware
def refuse_too_much(get_response: GetResponse) -> GetResponse:
    """A request larger than any of ours is refused by what it says of itself, before it is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or "0"
        if not said.isascii() or not said.isdigit() or len(said) > 18:
            return render(request, "400.html", status=400)
        if int(said) > settings.REQUEST_MAX_BYTES:
            return render(request, "413.html", status=413)
        return get_response(request)

    return middleware


@sync_only_middleware
def no_store_when_signed_in(get_response: GetResponse) -> GetResponse:
    """Pages of somebody signed in are kept by no cache, the browser's Back button included."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            response.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware


class TryAgainAfterAnother:
    """A post that lost to another of the same moment is answered a second time.

    Somebody wrote the same row between its check and its write, took away what it is about, or
    waited for it while it waited for them: the database refused, and nothing of it stands. Looked
    at again, the form finds what stands there now and says so in words, instead of a 500.

    A constraint that we did not guard, or a row that never was, looks the same from here and is
    tried again, too: it fails again, as the 500 that it is.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match = request.resolver_match
        if request.method != "POST" or match is None or not _lost_to_another(error):
            return None
        logger.warning("%s is tried again after %s", match.view_name, type(error).__name__)
        for upload in (each for name in request.FILES for each in request.FILES.getlist(name)):
            upload.seek(0)
        return match.func(request, *match.args, **match.kwargs)


def _lost_to_another(error: Exception) -> bool:
    if isinstance(error, OperationalError):
        return isinstance(error.__cause__, DeadlockDetected)
    return isinstance(error, IntegrityError | ObjectDoesNotExist)
