"""The narrow session of whoever came by a personal link, and what every page of theirs carries.

A partner has no account. The link's token is exchanged by POST for a narrow session: the id of the
link and the moment it ends, nothing else. It opens these pages and no other.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from partners.forms import FreshLinkForm
from partners.models import Contact, Engagement, Inquiry, Link

LARGEST_KEY = 2**63 - 1
PRIVATE_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow",
}


def partner_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open without an account; kept by no cache, named to no other site, in no search engine."""

    @login_not_required
    @wraps(view)
    def page(request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        response = view(request, **kwargs)
        for header, value in PRIVATE_HEADERS.items():
            response[header] = value
        return response

    return page


def begin_session(request: HttpRequest, personal: Link) -> None:
    """From now on this browser is that link's contact, and no other contact any more."""
    request.session["partner_link"] = personal.pk
    request.session["partner_until"] = int(time.time()) + settings.SESSION_COOKIE_AGE
    request.session.cycle_key()


def session_link(request: HttpRequest) -> Any:
    """The link this browser came by, as long as it is usable and the session has not run out, with
    whether its contact ever sent an inquiry (``has_inquiries``); else ``None``."""
    if request.session.get("partner_until", 0) < time.time():
        return None
    sent = Inquiry.objects.filter(contact=OuterRef("contact")).order_by()
    usable = Link.objects.usable().select_related("contact").annotate(has_inquiries=Exists(sent))
    return usable.filter(pk=request.session["partner_link"]).first()


def shared_with(contact: Contact) -> list[Engagement]:
    """One engagement a proposal, newest first; a contact may stand for two of its partners."""
    engagements = Engagement.objects.shared_with(contact).for_status()
    return list({one.proposal_id: one for one in engagements}.values())


def shared_as(contact: Contact | None, ref: str) -> Engagement | None:
    """The engagement under this reference, if it is shared with this contact."""
    shared = shared_with(contact) if contact else []
    return next((one for one in shared if one.proposal.reference == ref), None)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """The same page for a wrong, expired or revoked link and for a page that is not shared."""
    return render(request, "partners/nothing_here.html", {"form": FreshLinkForm()}, status=404)
