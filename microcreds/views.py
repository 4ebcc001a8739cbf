"""The front page, the way home after sign-in, and the pages for errors."""

import sys
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from microcreds.accounts.models import Unit
from microcreds.accounts.requests import SignedInRequest
from microcreds.typed_again import shown_again
from reviews.durations import StepTime, lately

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What a microcredential is, how the process runs, one button."""
    context = {"steps": _with_their_time(lately()), "units": Unit.objects.filter(is_active=True)}
    return render(request, "front/home.html", context)


def _with_their_time(steps: list[StepTime]) -> list[dict[str, Any]]:
    """The steps as the timeline draws them, with what each took lately where that is known."""
    words = _("lately about %(days)s working days")
    return [
        {
            "label": step.label,
            "text": step.text,
            "since": words % {"days": step.days} if step.days is not None else "",
        }
        for step in steps
    ]


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """After sign-in everyone lands on what waits on them."""
    if request.user.is_staff:
        return redirect("admin:index")
    return redirect("proposals:proposal_list")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """413 where more was sent than one page can hold, 400 for what cannot be read."""
    status = 413 if isinstance(exception, TOO_MUCH) else 400
    if request.accepts("text/html"):
        return HttpResponse(loader.get_template(f"{status}.html").render(), status=status)
    words = _("This is more than one page can hold. Shorten it or remove some rows.")
    unread = _("This could not be read.")
    return JsonResponse({"refusal": words if status == 413 else unread}, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page of ours with a way back; the browser's Back button still holds what was typed."""
    if not request.accepts("text/html"):
        return JsonResponse({"refusal": _("Reload this page, then try again.")}, status=403)
    return shown_again(request) or render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database is away or a lock is held too long, 500 for a fault of ours.

    Rendered without the request, because its user and session may need the database.
    """
    is_database = isinstance(sys.exc_info()[1], OperationalError)
    status = 503 if is_database else 500
    return HttpResponse(loader.get_template(f"{status}.html").render(), status=status)
