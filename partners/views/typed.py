"""A form of a partner's page, of which nothing typed is lost when its session has ended."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from partners import typed
from partners.forms import FreshLinkForm
from partners.models import Link, Typed
from partners.models.typed import KEPT_DAYS
from partners.views.session import partner_page, session_link


def partner_form(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A ``partner_page`` with a form. What is posted once the session has ended, or from the page
    of another contact, is kept for whom the form was handed to and not acted on.

    ``keep`` in what is posted keeps it and does nothing else; ``leave_out`` forgets what is kept.
    """

    @partner_page
    @wraps(view)
    def page(request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        if request.method != "POST":
            response = view(request, **kwargs)
            return _left_behind(request) or response if response.status_code == 404 else response
        personal = session_link(request)
        if personal is None or _is_of_another(request, personal):
            return _did_not_come_through(request, personal)
        contact = personal.contact
        if "keep" in request.POST:
            fields = typed.fields_in(request.POST)
            is_kept = typed.keep(contact=contact, path=request.path, fields=fields)
            return HttpResponse(status=204 if is_kept else 422)
        if "leave_out" in request.POST:
            typed.forget(contact=contact, path=request.path)
            is_gone = request.POST["leave_out"] == "gone"
            return redirect("partners:engagement_list" if is_gone else request.path)
        # A page that was settled meanwhile has no form to show it in.
        vars(request)["typed_words"] = typed.words_in(request.POST)
        response = view(request, **kwargs)
        if response.status_code == 404:
            return _did_not_come_through(request, personal)
        if response.status_code == 302 and personal.has_typed:
            typed.forget(contact=contact, path=request.path)
        return response

    return page


def bring_back(request: HttpRequest, *forms: Any, path: str = "") -> None:
    """What this contact left in the form at ``path`` (this address, where it is not said) stands
    in ``forms`` again, and the page says so."""
    left = _left_in(request, path or request.path)
    if left and request.method != "POST":
        typed.fill_in(left, forms)
        request.brought_back = left  # type: ignore[attr-defined]


def _left_in(request: HttpRequest, path: str) -> Typed | None:
    personal = session_link(request)
    if personal is None or not personal.has_typed:
        return None
    found: Typed | None = personal.contact.typed.fresh().filter(path=path).first()
    return found


def _left_behind(request: HttpRequest) -> HttpResponse | None:
    """What they left in the form of a page that is not open to them any more; ``None``: nothing."""
    left = _left_in(request, request.path)
    if left is None:
        return None
    context = {"is_gone": True, "words": left.words, "left": left}
    return render(request, "partners/not_through.html", context, status=404)


def _is_of_another(request: HttpRequest, personal: Link) -> bool:
    named = typed.contact_named_in(request.POST.get("whose", ""))
    return named is not None and named[1] != personal.contact_id


def _did_not_come_through(request: HttpRequest, personal: Link | None) -> HttpResponse:
    """To whoever posted it, all they typed; and how they come back. What is not open to them any
    more is kept for nobody."""
    is_of_another = personal is not None and _is_of_another(request, personal)
    is_kept = False
    if personal is None or is_of_another:
        is_kept = typed.keep_unsent(
            mark=request.POST.get("whose", ""),
            path=request.path,
            fields=typed.fields_in(request.POST),
        )
    context = {
        "is_gone": personal is not None and not is_of_another,
        "is_of_another": is_of_another,
        "is_kept": is_kept,
        "words": typed.words_in(request.POST),
        "had_files": any(request.FILES.values()),
        "kept_days": KEPT_DAYS,
        "idle_minutes": settings.PARTNER_IDLE_SECONDS // 60,
        "form": FreshLinkForm(),
    }
    return render(request, "partners/not_through.html", context, status=404)
