"""A reader's own mails: read again, tuned, switched off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.accounts.models import Role, User
from microcreds.accounts.requests import SignedInRequest
from microcreds.outbox import links, preferences, unsubscribe
from microcreds.outbox.events import Topic
from microcreds.outbox.forms import PreferencesForm
from microcreds.outbox.reading import as_uuid, mails_of

PER_PAGE = 30
# Whose office proposals come to.
OF_THE_DESK = set(Role.Kind) - {Role.Kind.CHAIR}


@require_safe
def mail_list(request: SignedInRequest) -> HttpResponse:
    """Everything that was sent to the reader, decisions first."""
    page = Paginator(mails_of(request.user.email), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "mail/mail_list.html", {"page": page})


@require_safe
def mail_detail(request: SignedInRequest, key: str) -> HttpResponse:
    """One of the reader's mails; anybody else's is 404, and so is what is no key of a mail."""
    mail = get_object_or_404(mails_of(request.user.email).defer(None), uuid=as_uuid(key))
    return render(request, "mail/mail_detail.html", {"mail": mail, "body": links.hide(mail.body)})


@require_http_methods(["GET", "HEAD", "POST"])
def mail_preferences(request: SignedInRequest) -> HttpResponse:
    """How often mails come."""
    chosen = preferences.chosen_by(request.user.email)
    if not request.user.has_role(Role.Kind.CHAIR):
        del chosen[Topic.DEPARTMENT]
    if not (request.user.is_superuser or request.user.has_role(*OF_THE_DESK)):
        del chosen[Topic.DESK]
    form = PreferencesForm(request.POST if request.method == "POST" else None, chosen=chosen)
    if form.is_valid():
        try:
            preferences.choose(address=request.user.email, frequencies=form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("From now on, mails come as you chose."))
            return redirect("mail:mail_list")
    context = {"form": form}
    return render(
        request, "mail/mail_preferences.html", context, status=422 if form.errors else 200
    )


# RFC 8058: the mail program posts here without a cookie or a page; the signed token says for whom.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST switches off; of the address and the mails that the token names, no others."""
    subscription = unsubscribe.read(token)
    if subscription is None:
        raise Http404
    is_done = request.method == "POST"
    if is_done:
        unsubscribe.switch_off(subscription)
    has_account = User.objects.alias(who=Lower("email")).filter(who=subscription.address).exists()
    context = {
        "topics": [topic.label for topic in subscription.topics],
        "is_done": is_done,
        "has_account": has_account,
    }
    return render(request, "mail/unsubscribe.html", context)
