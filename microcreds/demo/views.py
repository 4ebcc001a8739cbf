"""Sign-in by one click for the demo's people, and the mailbox of its sink."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from microcreds.accounts.models import User
from microcreds.demo import mailbox
from microcreds.demo.people import BY_EMAIL, PARTNER_EMAIL
from microcreds.outbox import links
from partners import services as partners_services
from partners.models import Contact

MAILS_SHOWN = 200


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open to anyone where the demo is on; does not exist anywhere else."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@demo_only
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in as one of the demo's people, and as nobody else."""
    email = request.POST.get("email", "")
    if email not in BY_EMAIL:
        raise Http404
    login(request, get_object_or_404(User, email=email, is_active=True))
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(wanted if is_ours else settings.LOGIN_REDIRECT_URL)


@demo_only
@require_POST
def partner(request: HttpRequest) -> HttpResponse:
    """Leads to a fresh personal link of the demo's partner, as their mail would."""
    contact = get_object_or_404(Contact, email=PARTNER_EMAIL)
    link = partners_services.issue_links(contacts=[contact], at=timezone.now())[contact.pk]
    return redirect("partners:link", token=links.token_for(link.uuid))


@demo_only
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """The newest mails; ``?to=`` keeps those of one recipient."""
    to = request.GET.get("to", "")
    mails = mailbox.newest(to=to, limit=MAILS_SHOWN)
    context = {"mails": mails, "to": to, "limit": MAILS_SHOWN}
    return render(request, "demo/mail_list.html", context)


@demo_only
@require_safe
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail as it was delivered: its headers and its text."""
    mail = mailbox.opened(name)
    if mail is None:
        raise Http404
    return render(request, "demo/mail_detail.html", {"mail": mail})
