"""Pages for partners: their personal link, what is shared with them, one status page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from microcreds.accounts.requests import SignedInRequest
from microcreds.kept_statements import KeptStatements
from microcreds.outbox.links import sha256_of
from partners import files, renewing, services
from partners.forms import FreshLinkForm, ReplyForm
from partners.models import Contact, Engagement, Inquiry, Link, Mou, MouVersion, PartnerAsk
from partners.models.engagements import safe_scans
from partners.outcomes import outcomes_for
from partners.views.session import (
    PRIVATE_HEADERS,
    begin_session,
    left_by,
    nothing_here,
    partner_page,
    session_link,
    shared_as,
    shared_with,
)
from partners.views.typed import bring_back
from partners.visibility import (
    StatusPage,
    ended_page,
    inquiry_page,
    mou_page,
    status_page,
    talk_of,
    who_named,
)
from proposals.downloads import download_of
from proposals.models import Comment, Proposal
from proposals.read_only import nothing_pressed
from reviews.asks import Ask, asks_of_contact
from reviews.durations import usual_words_of_step
from reviews.grace import as_told
from reviews.imitating import may_imitate, note_imitation
from reviews.inquiries import receiving
from reviews.models import StageChange
from reviews.permits import parties_in, with_parties
from reviews.progress import Progress, progress_of
from reviews.services import CHANGES
from reviews.workflow import PARTNER_STEPS

MESSAGES_SHOWN = 10
TOO_MANY = gettext_lazy("That is many requests in a short time. Try again in an hour.")


@partner_page
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing, so mail scanners may follow the link; POST opens.

    The link of an inquiry that is not confirmed yet confirms it in the same way."""
    personal = services.open_link(token=token)
    waits = personal is None and receiving.awaiting(token=token) is not None
    if request.method == "POST":
        personal = receiving.confirm(token=token) if waits else personal
        if personal is None:
            return nothing_here(request, is_link=True)
        begin_session(request, personal)
        services.note_access(link=personal)
        if waits:
            messages.success(request, _("Thank you. Your inquiry is here, and we read it."))
        return redirect(_unsent_form_of(personal.contact) or _first_page_of(personal.contact))
    if personal is None and not waits:
        return nothing_here(request, is_link=True)
    page = "partners/inquiry_confirm.html" if waits else "partners/link.html"
    return render(request, page, {"idle_minutes": settings.PARTNER_IDLE_SECONDS // 60})


@partner_page
@require_POST
def fresh_link(request: HttpRequest, token: str) -> HttpResponse:
    """From a dead link: a fresh one goes to the address on file, if there is one; the answer is the
    same."""
    if ratelimit.consume(request, action="partner_link", key=sha256_of(token)):
        renewing.renew(token=token)
        messages.success(
            request, _("If this link was one of ours, a fresh one is on its way to its owner.")
        )
    else:
        messages.error(request, TOO_MANY)
    return redirect("partners:engagement_list")


@partner_page
@require_http_methods(["GET", "HEAD", "POST"])
def engagement_list(request: HttpRequest) -> HttpResponse:
    """What is shared with whoever came by a link; for anybody else, how to get a fresh one."""
    personal = session_link(request)
    if personal and request.method != "POST":
        shared = shared_with(personal.contact)
        left = left_by(personal.contact) if personal.has_left else []
        followed = [*shared, *left]
        others = _others(personal.contact, followed) if personal.has_inquiries else []
        context = {
            "pages": _status_pages(shared),
            "ended": [ended_page(each) for each in left],
            "asks": asks_of_contact(personal.contact),
            "inquiries": [inquiry_page(each, ()) for each in others],
        }
        return render(request, "partners/engagement_list.html", context)
    return _ask_for_fresh_link(request)


@partner_page
@require_safe
def engagement_detail(request: HttpRequest, ref: str) -> HttpResponse:
    """The status page of one engagement, built from the allow-list and nothing else."""
    personal = session_link(request)
    engagement = shared_as(personal.contact if personal else None, ref)
    if personal is None:
        return nothing_here(request)
    if engagement is None:
        return _ended(request, personal, ref)
    services.note_access(link=personal, engagement=engagement)
    context = _page_of(engagement, personal.contact)
    bring_back(request, context["form"], path=reverse("partners:write", args=[ref]))
    return render(request, "partners/engagement_detail.html", context)


@require_safe
def engagement_as(request: SignedInRequest, ref: str, contact: int) -> HttpResponse:
    """The same page as this contact reads it now, for eLearning and the auditor: nothing in it can
    be pressed, no access is noted, and it is kept who looked."""
    visible = with_parties(Proposal.objects.visible_to(request.user))
    proposal = get_object_or_404(visible, reference=ref)
    if not may_imitate(request.user, proposal, parties_in(proposal)):
        raise Http404
    person = get_object_or_404(Contact, pk=contact)
    engagement = shared_as(person, ref)
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
    personal = session_link(request)
    engagement = shared_as(personal.contact if personal else None, ref)
    attachment = files.file_for(engagement, file) if engagement else None
    if personal is None or engagement is None or attachment is None:
        return nothing_here(request)
    try:
        response = download_of(attachment)
    except FileNotFoundError:
        return nothing_here(request)
    services.note_access(link=personal, engagement=engagement, attachment=attachment)
    return response


@partner_page
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The narrow session ends; somebody signed in beside it stays signed in."""
    if request.user.is_authenticated:
        request.session.pop("partner_link", None)
        request.session.pop("partner_until", None)
        request.session.pop("partner_seen", None)
        request.session.cycle_key()
    else:
        request.session.flush()
    return redirect("partners:engagement_list")


def _ended(request: HttpRequest, personal: Link, ref: str) -> HttpResponse:
    """That it ended, to whoever could follow it until then; else there is nothing here."""
    left = left_by(personal.contact)
    engagement = next((one for one in left if one.proposal.reference == ref), None)
    if engagement is None:
        services.note_refused(link=personal, ref=ref)
        return nothing_here(request)
    services.note_access(link=personal, engagement=engagement)
    return render(request, "partners/engagement_ended.html", {"page": ended_page(engagement)})


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
        form.add_error(None, TOO_MANY)
        status = 429
    context = {"form": form, "steps": PARTNER_STEPS, "link_days": settings.PARTNER_LINK_DAYS}
    return render(request, "partners/fresh_link.html", context, status=status)


def _page_of(engagement: Engagement, contact: Contact) -> dict[str, Any]:
    """Everything on the page of one engagement, as this contact reads it."""
    mou: Mou | None = getattr(engagement, "mou", None)
    asked = asks_of_contact(contact)
    turn = f"{PartnerAsk.Kind.MOU}:"
    here = [each for each in asked if each.reference == engagement.proposal.reference]
    answer_url = next((each.url for each in here if each.key.startswith(turn)), "")
    memorandum = (
        mou_page(mou, _VERSIONS.rows(tuple(safe_scans()), mou=mou), answer_url) if mou else None
    )
    [page] = _status_pages([engagement], asked)
    page = replace(page, outcomes=outcomes_for(engagement), mou=memorandum)
    return {
        "page": page,
        "files": files.files_for(engagement),
        "talk": talk_of(_newest_said(engagement)),
        "form": ReplyForm(),
        "key": uuid4().hex,
    }


_VERSIONS = KeptStatements(lambda _scans, *, mou: MouVersion.objects.filter(mou=mou).for_partner())


def _newest_said(engagement: Engagement) -> list[Comment]:
    """The newest of this partner's thread, oldest first; no statement where nothing was said."""
    if engagement.thread_id is None:
        return []
    return _SAID.rows(thread=engagement.thread_id)[::-1]


_SAID = KeptStatements(
    lambda thread: (
        Comment.objects.filter(thread=thread)
        .with_files()
        .defer("mail__whole", "mail__text")
        .order_by("-pk")[:MESSAGES_SHOWN]
    )
)


def _status_pages(engagements: list[Engagement], asked: Sequence[Ask] = ()) -> list[StatusPage]:
    """The page of each, in one query whatever their number; ``asked`` is what is asked of their
    reader."""
    proposals = [engagement.proposal for engagement in engagements]
    changes: dict[int, list[StageChange]] = {proposal.pk: [] for proposal in proposals}
    for change in CHANGES.rows(proposals=list(changes)) if changes else ():
        changes[change.proposal_id].append(change)
    return [
        _status_page(
            each,
            progress_of(each.proposal, as_told(each.proposal, changes[each.proposal_id])),
            asked,
        )
        for each in engagements
    ]


def _status_page(engagement: Engagement, progress: Progress, asked: Sequence[Ask]) -> StatusPage:
    """What this organization told the university itself stands there, and no other's words."""
    inquiry = getattr(engagement.proposal, "inquiry", None)
    is_theirs = inquiry is not None and inquiry.contact_id == engagement.contact_id is not None
    return status_page(
        proposal=engagement.proposal,
        progress=progress,
        usual=usual_words_of_step(progress.step),
        said=inquiry.said() if inquiry and is_theirs else (),
        asked=asked,
        named=who_named(engagement),
    )


def _others(contact: Contact, shared: list[Engagement]) -> list[Inquiry]:
    """What this contact sent and has no page of a proposal yet."""
    followed = {engagement.proposal_id for engagement in shared}
    inquiries = Inquiry.objects.of(contact)
    return [each for each in inquiries if each.proposal_id not in followed]


def _unsent_form_of(contact: Contact) -> str:
    """The address of what they sent when their session had ended, which stands there again."""
    left = contact.typed.fresh().filter(was_sent=True).first()
    return left.path if left else ""


def _first_page_of(contact: Contact) -> str:
    """Straight to the only page there is; with several, or none, to the list of them."""
    shared = [*shared_with(contact), *left_by(contact)]
    inquiries = _others(contact, shared)
    if len(shared) == 1 and not inquiries:
        return reverse("partners:engagement_detail", args=[shared[0].proposal.reference])
    if len(inquiries) == 1 and not shared:
        return reverse("partners:inquiry_detail", args=[inquiries[0].reference])
    return reverse("partners:engagement_list")
