"""Replies as the mail service posts them, read by django-anymail."""

import logging
from types import SimpleNamespace
from typing import Any

from anymail.exceptions import AnymailError
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from microcreds.outbox.providers import provider
from microcreds.outbox.replies.tags import is_set_up
from microcreds.outbox.replies.taking import take

logger = logging.getLogger(__name__)
# Services pass on mails of up to 35 MB (Postmark); what is larger is none of theirs.
LARGEST = 50_000_000
_NO_MAIL = (ValueError, TypeError, LookupError, AttributeError, RecursionError, AnymailError)


# A machine posts here, without a cookie; the name and password in its address say who it is.
@csrf_exempt
@login_not_required
@require_http_methods(["HEAD", "POST"])
def mail_replies(request: HttpRequest) -> HttpResponse:
    """Takes a mail that the service received; not there without ``REPLY_ADDRESS`` and a service
    that passes mails on. What cannot prove itself or be read is 400, and nothing is written."""
    known = provider()
    if known is None or not known.inbound or not is_set_up():
        raise Http404
    if request.method == "HEAD":  # some services look whether we are there
        return HttpResponse()
    reader = import_string(known.inbound)(webhook_secret=settings.MAIL_WEBHOOK_SECRET)
    reader.run_validators(request)
    posted = request.read(LARGEST + 1)
    if len(posted) > LARGEST:
        return HttpResponse(status=413)
    try:
        mails = [event.message for event in reader.parse_events(SimpleNamespace(body=posted))]
    except _NO_MAIL:
        logger.warning("The mail service posted something that is no mail")
        return HttpResponseBadRequest()
    for mail in mails:
        _take(mail)
    return HttpResponse()


def _take(mail: Any) -> None:
    sender = mail.envelope_sender
    take(
        mail,
        delivered_to=(str(mail.envelope_recipient or ""),),
        envelope_sender=None if sender is None else str(sender).strip(" <>"),
    )
