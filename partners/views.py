"""Pages for partners: their personal link, what is shared with them, one status page.

A partner has no account. The link's token is exchanged by POST for a narrow session: the id of the
link and the moment it ends, nothing else. It opens these pages and no other.
"""

import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from microcreds.accounts.requests import SignedInRequest
from microcreds.outbox import links, preferences
from microcreds.outbox.models import Message
from microcreds.outbox.reading import as_uuid, mails_of
from partners import files, services
from partners.forms import FreshLinkForm, PreferencesForm
from partners.models import Contact, Engagement, Link
from partners.visibility import StatusPage, status_page
from proposals.downloads import download_of
from proposals.models import Proposal
from proposals.read_only import nothing_pressed
from reviews.asks import Ask, asks_of_contact
from reviews.durations import usual_words_of_step
from reviews.grace import as_told
from reviews.imitating import may_imitate, note_imitation
from reviews.models import StageChange
from reviews.permits import parties_in, with_parties
from reviews.progress import Progress, progress_of
from reviews.workflow import PARTNER_STEPS

LARGEST_KEY = 2**63 - 1
MAILS_SHOWN = 30
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


@partner_page
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing, so mail scanners may follow the link; POST opens."""
    personal = services.open_link(token=token)
    if personal is None:
        return _nothing_here(request)
    if request.method == "POST":
        services.note_access(link=personal)
        _begin_session(request, personal)
        shared = _shared_with(personal.contact)
        if len(shared) == 1:
            return redirect("partners:engagement_detail", ref=shared[0].proposal.reference)
        return redirect("partners:engagement_list")
    return render(request, "partners/link.html")


@partner_page
@require_http_methods(["GET", "HEAD", "POST"])
def engagement_list(request: HttpRequest) -> HttpResponse:
    """What is shared with whoever came by a link; for anybody else, how to get a fresh one."""
    personal = _session_link(request)
    if personal and request.method != "POST":
        asks = asks_of_contact(personal.contact)
        pages = _status_pages(_shared_with(personal.contact))
        return render(request, "partners/engagement_list.html", {"pages": pages, "asks": asks})
    return _ask_for_fresh_link(request)


@partner_page
@require_safe
def engagement_detail(request: HttpRequest, ref: str) -> HttpResponse:
    """The status page of one engagement, built from the allow-list and nothing else."""
    personal = _session_link(request)
    engagement = _shared_as(personal.contact if personal else None, ref)
    if personal is None or engagement is None:
        return _nothing_here(request)
    services.note_access(link=personal, engagement=engagement)
    context = _page_of(engagement, personal.contact)
    return render(request, "partners/engagement_detail.html", context)


@require_safe
def engagement_as(request: SignedInRequest, ref: str, contact: int) -> HttpResponse:
    """The same page as this contact reads it now, for eLearning and the auditor: nothing in it can
    be pressed, no access is noted, and it is kept who looked."""
    visible = with_parties(Proposal.objects.visible_to(request.user))
    proposal = get_object_or_404(visible, reference=ref)
    if not may_imitate(request.user, proposal, parties_in(proposal)):
        raise Http404
    person = get_object_or_404(Contact, pk=min(contact, LARGEST_KEY))
    engagement = _shared_as(person, ref)
    if engagement is None:
        raise Http404
    if request.method == "GET":
        note_imitation(proposal=proposal, by=request.user, as_whom=str(person))
    context = _page_of(engagement, person) | {"as_whom": person.name, "proposal": proposal}
    html = render_to_string("partners/engagement_as.html", context, request)
    return HttpResponse(nothing_pressed(html), headers=PRIVATE_HEADERS)


@partner_page
@require_safe
def file_download(request: HttpRequest, ref: str, file: str) -> HttpResponseBase:
    """One file that staff opened to this engagement, to be saved; asked anew each time."""
    personal = _session_link(request)
    engagement = _shared_as(personal.contact if personal else None, ref)
    attachment = files.file_for(engagement, file) if engagement else None
    if personal is None or engagement is None or attachment is None:
        return _nothing_here(request)
    try:
        response = download_of(attachment)
    except FileNotFoundError:
        return _nothing_here(request)
    services.note_access(link=personal, engagement=engagement, attachment=attachment)
    return response


@partner_page
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """What was mailed to whoever came by a link about what is shared with them, decisions first."""
    personal = _session_link(request)
    if personal is None:
        return redirect("partners:engagement_list")
    page = Paginator(_mails_to(personal.contact), MAILS_SHOWN).get_page(request.GET.get("page"))
    return render(request, "partners/mail_list.html", {"page": page})


@partner_page
@require_safe
def mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One of these mails as it was sent, without its link."""
    personal, uuid = _session_link(request), as_uuid(key)
    mails = _mails_to(personal.contact).defer(None).filter(uuid=uuid) if personal and uuid else ()
    for mail in mails:
        context = {"mail": mail, "body": links.hide(mail.body)}
        return render(request, "partners/mail_detail.html", context)
    return _nothing_here(request)


@partner_page
@require_http_methods(["GET", "HEAD", "POST"])
def mail_preferences(request: HttpRequest) -> HttpResponse:
    """How often a partner's mails come."""
    personal = _session_link(request)
    if personal is None:
        return redirect("partners:engagement_list")
    address = personal.contact.email
    form = PreferencesForm(
        request.POST if request.method == "POST" else None,
        initial={topic.value: how for topic, how in preferences.chosen_by(address).items()},
    )
    if form.is_valid():
        preferences.choose(address=address, frequencies=form.cleaned_data)
        messages.success(request, _("Mails come as you chose from now on."))
        return redirect("partners:mail_list")
    status = 422 if form.is_bound else 200
    return render(request, "partners/mail_preferences.html", {"form": form}, status=status)


@partner_page
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The narrow session ends; somebody signed in beside it stays signed in."""
    if request.user.is_authenticated:
        request.session.pop("partner_link", None)
        request.session.pop("partner_until", None)
        request.session.cycle_key()
    else:
        request.session.flush()
    return redirect("partners:engagement_list")


def _ask_for_fresh_link(request: HttpRequest) -> HttpResponse:
    """The form for whoever came without a link, or with an old one."""
    form = FreshLinkForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        email = form.cleaned_data["email"].lower()
        if ratelimit.consume(request, action="partner_link", key=email):
            services.send_fresh_link(email=email)
            # The same words whether or not anything is shared with that address.
            messages.success(
                request, _("If something is shared with that address, a fresh link is on its way.")
            )
            return redirect("partners:engagement_list")
        form.add_error(None, _("That is many requests in a short time. Try again in an hour."))
        status = 429
    context = {"form": form, "steps": PARTNER_STEPS, "link_days": settings.PARTNER_LINK_DAYS}
    return render(request, "partners/fresh_link.html", context, status=status)


def _begin_session(request: HttpRequest, personal: Link) -> None:
    """From now on this browser is that link's contact, and no other contact any more."""
    request.session["partner_link"] = personal.pk
    request.session["partner_until"] = int(time.time()) + settings.SESSION_COOKIE_AGE
    request.session.cycle_key()


def _session_link(request: HttpRequest) -> Link | None:
    """The link this browser came by, as long as it is usable and the session has not run out."""
    if request.session.get("partner_until", 0) < time.time():
        return None
    usable = Link.objects.usable().select_related("contact")
    return usable.filter(pk=request.session["partner_link"]).first()


def _shared_with(contact: Contact) -> list[Engagement]:
    """One engagement a proposal, newest first; a contact may stand for two of its partners."""
    engagements = Engagement.objects.shared_with(contact).for_status()
    return list({one.proposal_id: one for one in engagements}.values())


def _shared_as(contact: Contact | None, ref: str) -> Engagement | None:
    """The engagement under this reference, if it is shared with this contact."""
    shared = _shared_with(contact) if contact else []
    return next((one for one in shared if one.proposal.reference == ref), None)


def _mails_to(contact: Contact) -> QuerySet[Message]:
    """As a partner alone: what the same address was mailed as somebody with an account is theirs
    to read once they sign in."""
    shared = [one.proposal.reference for one in _shared_with(contact)]
    return mails_of(contact.email).filter(about__in=shared, user__isnull=True)


def _page_of(engagement: Engagement, contact: Contact) -> dict[str, Any]:
    """Everything on the page of one engagement, as this contact reads it."""
    [page] = _status_pages([engagement], asks_of_contact(contact))
    return {"page": page, "files": files.files_for(engagement)}


def _status_pages(engagements: list[Engagement], asked: Sequence[Ask] = ()) -> list[StatusPage]:
    """The page of each, in one query whatever their number; ``asked`` is what is asked of their
    reader."""
    proposals = [engagement.proposal for engagement in engagements]
    changes: dict[int, list[StageChange]] = {proposal.pk: [] for proposal in proposals}
    for change in StageChange.objects.filter(proposal__in=proposals):
        changes[change.proposal_id].append(change)
    return [
        _status_page(
            proposal, progress_of(proposal, as_told(proposal, changes[proposal.pk])), asked
        )
        for proposal in proposals
    ]


def _status_page(proposal: Proposal, progress: Progress, asked: Sequence[Ask]) -> StatusPage:
    usual = usual_words_of_step(progress.step)
    return status_page(proposal=proposal, progress=progress, usual=usual, asked=asked)


def _nothing_here(request: HttpRequest) -> HttpResponse:
    """The same page for a wrong, expired or revoked link and for a page that is not shared."""
    return render(request, "partners/nothing_here.html", {"form": FreshLinkForm()}, status=404)
