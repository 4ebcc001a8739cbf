"""What was mailed to a partner, to be read again, and how often mails come."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.outbox import links, preferences
from microcreds.outbox.models import Message
from microcreds.outbox.reading import as_uuid, mails_of
from partners.forms import PreferencesForm
from partners.models import Contact
from partners.views.session import nothing_here, partner_page, session_link, shared_with

MAILS_SHOWN = 30


@partner_page
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """What was mailed to whoever came by a link about what is shared with them, decisions first."""
    personal = session_link(request)
    if personal is None:
        return redirect("partners:engagement_list")
    page = Paginator(_mails_to(personal.contact), MAILS_SHOWN).get_page(request.GET.get("page"))
    return render(request, "partners/mail_list.html", {"page": page})


@partner_page
@require_safe
def mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One of these mails as it was sent, without its link."""
    personal, uuid = session_link(request), as_uuid(key)
    mails = _mails_to(personal.contact).defer(None).filter(uuid=uuid) if personal and uuid else ()
    for mail in mails:
        context = {"mail": mail, "body": links.hide(mail.body)}
        return render(request, "partners/mail_detail.html", context)
    return nothing_here(request)


@partner_page
@require_http_methods(["GET", "HEAD", "POST"])
def mail_preferences(request: HttpRequest) -> HttpResponse:
    """How often a partner's mails come."""
    personal = session_link(request)
    if personal is None:
        return redirect("partners:engagement_list")
    address = personal.contact.email
    form = PreferencesForm(
        request.POST if request.method == "POST" else None,
        initial={topic.value: how for topic, how in preferences.chosen_by(address).items()},
    )
    if form.is_valid():
        preferences.choose(address=address, frequencies=form.cleaned_data)
        messages.success(request, _("From now on, mails come as you chose."))
        return redirect("partners:mail_list")
    status = 422 if form.is_bound else 200
    return render(request, "partners/mail_preferences.html", {"form": form}, status=status)


def _mails_to(contact: Contact) -> QuerySet[Message]:
    """As a partner alone: what the same address was mailed as somebody with an account is theirs
    to read once they sign in."""
    shared = [one.proposal.reference for one in shared_with(contact)]
    return mails_of(contact.email).filter(about__in=shared, user__isnull=True)
