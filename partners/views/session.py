"""The narrow session of whoever came by a personal link, and what every page of theirs carries.

A partner has no account. The link's token is exchanged by POST for a narrow session: the id of the
link and the moment it ends, nothing else. It opens these pages and no other.
"""

import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from microcreds.kept_statements import KeptStatements
from partners import typed
from partners.access import network_of
from partners.forms import FreshLinkForm
from partners.models import Contact, Engagement, Inquiry, Link, Typed

# That somebody is still there is written down again after this part of the idle limit, not at each
# request: a session costs a write.
SEEN_AGAIN_AFTER = 0.1
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
    personal.network = network_of(get_adapter().get_client_ip(request))
    request.session["partner_link"] = personal.pk
    request.session["partner_seen"] = int(time.time())
    request.session["partner_until"] = int(time.time()) + settings.PARTNER_SESSION_SECONDS
    request.session.cycle_key()


def session_link(request: HttpRequest) -> Any:
    """The link this browser came by, as long as it is usable and the session has not run out, with
    whether its contact ever sent an inquiry (``has_inquiries``), whether anything they could
    follow ended (``has_left``) and whether anything they typed is kept (``has_typed``); else
    ``None``.

    Asked of the database at each request, once: what is withdrawn ends here. The session runs out
    after ``PARTNER_IDLE_SECONDS`` without a request, and ``PARTNER_SESSION_SECONDS`` after it
    began.
    """
    if "came_by" not in vars(request):
        vars(request)["came_by"] = personal = _session_link(request)
        vars(request)["whose"] = typed.mark_of(personal) if personal else ""
    return vars(request)["came_by"]


def _session_link(request: HttpRequest) -> Any:
    now, seen = int(time.time()), request.session.get("partner_seen", 0)
    idle = settings.PARTNER_IDLE_SECONDS
    if min(request.session.get("partner_until", 0), seen + idle) < now:
        return None
    found = _LINKS.rows(pk=request.session["partner_link"], at=timezone.now())
    personal: Link | None = next(iter(found), None)
    if personal:
        personal.network = network_of(get_adapter().get_client_ip(request))
        if now - seen > idle * SEEN_AGAIN_AFTER:
            request.session["partner_seen"] = now
    return personal


def _links(*, pk: int, at: datetime) -> QuerySet:
    sent = Inquiry.objects.filter(contact=OuterRef("contact")).order_by()
    left = Engagement.objects.left_by(OuterRef("contact")).order_by()
    unsent = Typed.objects.fresh(at).filter(contact=OuterRef("contact")).order_by()
    usable = Link.objects.usable(at).filter(pk=pk).select_related("contact")
    return usable.annotate(
        has_inquiries=Exists(sent), has_left=Exists(left), has_typed=Exists(unsent)
    )


_LINKS = KeptStatements(_links)


def shared_with(contact: Contact) -> list[Engagement]:
    """One engagement a proposal, newest first; a contact may stand for two of its partners."""
    engagements = _SHARED.rows(contact=contact)
    return list({one.proposal_id: one for one in engagements}.values())


_SHARED = KeptStatements(lambda contact: Engagement.objects.shared_with(contact).for_status())


def shared_as(contact: Contact | None, ref: str) -> Engagement | None:
    """The engagement under this reference, if it is shared with this contact."""
    found = _SHARED_AS.rows(contact=contact, ref=ref) if contact else []
    return next(iter(found), None)


_SHARED_AS = KeptStatements(
    lambda contact, ref: (
        Engagement.objects.shared_with(contact).for_status().filter(proposal__reference=ref)
    )
)


def left_by(contact: Contact | None) -> list[Engagement]:
    """One engagement a proposal of those that ended while this contact could follow them, without
    the proposals they still follow."""
    if contact is None:
        return []
    followed = Engagement.objects.shared_with(contact).order_by().values("proposal")
    ended = Engagement.objects.left_by(contact).exclude(proposal__in=followed).for_status()
    return list({one.proposal_id: one for one in ended}.values())


def nothing_here(request: HttpRequest, *, is_link: bool = False) -> HttpResponse:
    """The same page for a wrong, expired or revoked link and for a page that is not shared. Of a
    link, a fresh one can be asked for without an address."""
    context = {"form": FreshLinkForm(), "is_link": is_link}
    return render(request, "partners/nothing_here.html", context, status=404)
