"""Organizations begin: they say what their people need, confirm an address, follow what becomes
of it."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.keys import key_in
from microcreds.typed_again import typed_again
from partners import services
from partners.forms import StartForm
from partners.models import Contact, Inquiry, InquiryEntry
from partners.views.session import (
    PRIVATE_HEADERS,
    nothing_here,
    partner_page,
    session_link,
    shared_as,
)
from partners.visibility import inquiry_page
from reviews.inquiries import receiving
from reviews.inquiries.desk import ANSWERED_WITHIN
from reviews.inquiries.letters import CONFIRM_DAYS


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The questions; posting them mails one link to the address, whoever's it is. Whoever comes
    from the page that follows finds what they sent in them."""
    if request.method != "POST":
        key = request.session.get("inquiry_begun", "") if "again" in request.GET else ""
        begun = receiving.begun(form_key=key)
        page = render(request, "partners/start.html", {"form": StartForm(corrects=begun)})
        if begun:
            page["Cache-Control"] = PRIVATE_HEADERS["Cache-Control"]
        return page
    form, status = StartForm(request.POST), 422
    if form.is_valid():
        email = form.cleaned_data["contact_email"]
        if may_begin(request, email):
            receiving.begin(said=form.said(), form_key=form.form_key)
            request.session["inquiry_sent_to"] = email
            request.session["inquiry_begun"] = form.form_key.hex
            return redirect("partners:started")
        form.add_error(
            None,
            _("That is many in a short time. Try again in an hour, or write to eLearning below."),
        )
        status = 429
    return render(request, "partners/start.html", {"form": form}, status=status)


@login_not_required
@require_safe
def started(request: HttpRequest) -> HttpResponse:
    """What to do next: look for the mail. The same whether or not the address is known."""
    context = {"address": request.session.get("inquiry_sent_to", ""), "days": CONFIRM_DAYS}
    return render(request, "partners/started.html", context)


@partner_page
@require_safe
def inquiry_detail(request: HttpRequest, ref: str) -> HttpResponse:
    """Where an inquiry stands, for whoever sent it; once it is a proposal that is shared with them,
    that page goes on instead."""
    personal = session_link(request)
    inquiry = _own(personal.contact, ref) if personal else None
    if personal is None or inquiry is None:
        return nothing_here(request)
    if inquiry.proposal and shared_as(personal.contact, inquiry.proposal.reference):
        return redirect("partners:engagement_detail", ref=inquiry.proposal.reference)
    services.note_access(link=personal)
    answers = inquiry.entries.filter(kind=InquiryEntry.Kind.ANSWERED).order_by("pk")
    context = {"page": inquiry_page(inquiry, answers), "within": ANSWERED_WITHIN}
    return render(request, "partners/inquiry_detail.html", context)


def _own(contact: Contact, ref: str) -> Inquiry | None:
    """The inquiry of this reference, if this contact sent it."""
    key = key_in(ref.removeprefix("INQ-"))
    return Inquiry.objects.of(contact).select_related("proposal").filter(pk=key).first()


@typed_again("partners:start")
def start_again(request: HttpRequest) -> HttpResponse:
    """Nothing is sent, and what was typed is there to be sent once more."""
    form = StartForm(request.POST)
    form.add_error(
        None,
        _(
            "It is not sent yet: this page was open too long, or your browser keeps no cookies "
            "for this site. What you typed is below. Send it once more."
        ),
    )
    return render(request, "partners/start.html", {"form": form}, status=403)


def may_begin(request: HttpRequest, email: str) -> bool:
    """Few of one address and of one network; so many an hour in all, so that a flood from
    everywhere mails no more strangers than that."""
    return bool(
        ratelimit.consume(request, action="inquiry", key=email)
        and ratelimit.consume(request, action="inquiry_all", key="all")
    )
