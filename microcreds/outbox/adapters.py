"""What the mail service posts, as django-anymail reads it: what came back, and replies."""

import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from anymail.signals import EventType, RejectReason
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from microcreds.outbox import addresses
from microcreds.outbox.providers import Provider, provider
from microcreds.outbox.replies.tags import is_set_up
from microcreds.outbox.replies.taking import take

logger = logging.getLogger(__name__)
# Services pass on mails of up to 35 MB (https://postmarkapp.com/developer/user-guide/inbound); what
# is larger is none of theirs.
LARGEST_REPLY = 50_000_000
# What else a reader raises for what is no report; read with the reader, because all that it stands
# on is of no use where there is no mail service.
_ANYMAIL_ERROR = "anymail.exceptions.AnymailError"


def _no_report() -> tuple[type[Exception], ...]:
    odd = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
    return (*odd, import_string(_ANYMAIL_ERROR))


# A machine posts here, without a cookie; the name and password in its address say who it is.
@csrf_exempt
@login_not_required
@require_http_methods(["HEAD", "POST"])
def mail_events(request: HttpRequest) -> HttpResponse:
    """Takes a report of the service that ``MAIL_PROVIDER`` names; not there without one. What
    cannot prove itself or be read is 400, and nothing of it is written."""
    known = provider()
    if known is None:
        raise Http404
    if request.method == "HEAD":  # some services look whether we are there
        return HttpResponse()
    reader = import_string(known.reader)(webhook_secret=settings.MAIL_WEBHOOK_SECRET)
    reader.run_validators(request)
    try:
        events = list(reader.parse_events(request))
    except _no_report():
        logger.warning("The mail service posted something that is no report")
        return HttpResponseBadRequest()
    for event in events:
        _take(event, known)
    return HttpResponse()


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
    posted = request.read(LARGEST_REPLY + 1)
    if len(posted) > LARGEST_REPLY:
        return HttpResponse(status=413)
    try:
        mails = [event.message for event in reader.parse_events(SimpleNamespace(body=posted))]
    except _no_report():
        logger.warning("The mail service posted something that is no mail")
        return HttpResponseBadRequest()
    for mail in mails:
        _take_reply(mail)
    return HttpResponse()


def _take(event: Any, known: Provider) -> None:
    """The address of a lasting bounce or of a complaint is flagged; other news change nothing."""
    is_complaint = event.event_type == EventType.COMPLAINED or (
        event.event_type == EventType.REJECTED and event.reject_reason == RejectReason.SPAM
    )
    if not (is_complaint or _is_lasting(event, known)):
        return
    address = str(event.recipient or "")
    try:
        validate_email(address)
    except ValidationError:
        return
    addresses.came_back(
        address=address,
        detail=_words(event),
        message_id=next(filter(addresses.uuid_in, _names(event)), ""),
        is_complaint=is_complaint,
        at=min(event.timestamp or timezone.now(), timezone.now()),
    )


def _is_lasting(event: Any, known: Provider) -> bool:
    if event.event_type == EventType.REJECTED:  # the service does not even try any more
        return event.reject_reason in (RejectReason.BOUNCED, RejectReason.INVALID)
    return event.event_type == EventType.BOUNCED and not known.is_temporary(event.esp_event)


def _words(event: Any) -> str:
    said = event.mta_response or event.description or event.reject_reason or ""
    return " ".join(str(said).replace("\x00", "").split())


def _names(event: Any) -> Iterator[str]:
    """Whatever in the report may be the Message-ID we gave, or the name we asked to be told."""
    yield str(event.message_id or "")
    for found in (event.metadata, event.esp_event):
        if isinstance(found, dict):
            yield from (value for value in found.values() if isinstance(value, str))


def _take_reply(mail: Any) -> None:
    sender = mail.envelope_sender
    take(
        mail,
        delivered_to=(str(mail.envelope_recipient or ""),),
        envelope_sender=None if sender is None else str(sender).strip(" <>"),
    )
