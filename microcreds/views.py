"""The front page, the way home after sign-in, and the pages for errors."""

import sys
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from microcreds.accounts.models import Unit
from microcreds.accounts.requests import SignedInRequest
from reviews.durations import StepTime, lately


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
        return redirect("admin:reviews_triageitem_changelist")
    return redirect("proposals:proposal_list")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page of ours with a way back; the browser's Back button still holds what was typed."""
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database is away or a lock is held too long, 500 for a fault of ours.

    Rendered without the request, because its user and session may need the database.
    """
    is_database = isinstance(sys.exc_info()[1], OperationalError)
    status = 503 if is_database else 500
    return HttpResponse(loader.get_template(f"{status}.html").render(), status=status)
