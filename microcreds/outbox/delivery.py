"""Bringing due messages to the mail server: one connection a batch, a fate for each message.

At least once: who dies between the server's "accepted" and the mark in the database leaves a row
that goes out again when its lease ends, under the same Message-ID. Therefore rows are marked and
committed a few at a time while the batch goes on: a crash repeats those few once, not the batch.
(One at a time would cost more than the sending: an UPDATE takes as long as a mail.)
"""

import logging
import os
import random
import smtplib
import socket
import threading
import time
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Now

from microcreds.outbox import foot, html, links, providers, unsubscribe
from microcreds.outbox.models import LEASE, Message
from microcreds.outbox.replies import tags
from microcreds.outbox.smtp import answer_of

logger = logging.getLogger(__name__)

# Well below the task's limit and a message's lease, also with one mail on top over which the server
# takes its time.
DRAIN_SECONDS = min(20, LEASE.total_seconds() / 3)
MARKED_TOGETHER = 10
# A server that cannot be reached is nobody's fault: no message loses an attempt by it.
PAUSE_WITHOUT_SERVER = timedelta(seconds=5)
# How long to wait after each temporary refusal, a fifth more or less, so that what failed together
# is not tried together; who is refused once more has failed.
JITTER = 0.2
_CHANCE = random.SystemRandom()
BACK_OFF = tuple(timedelta(seconds=each) for each in settings.OUTBOX_BACK_OFF_SECONDS)
MAX_ATTEMPTS = len(BACK_OFF) + 1
_SERVICE_CLOSES = 421  # RFC 5321: the server ends the connection with this answer


def drain(*, limit: int = 100, worker: str = "") -> int:
    """Send what is due, batch after batch, until nothing is or the time is up; how many were sent.

    Any number of processes may drain at once; none sends what another has taken.
    """
    worker = f"{worker or socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[-80:]
    stop_at = time.monotonic() + DRAIN_SECONDS
    sent = 0
    while time.monotonic() < stop_at:
        batch = Message.objects.claim(limit=limit, worker=worker)
        if not batch:
            break
        sent += _send_batch(batch, worker, stop_at)
    return sent


def _send_batch(batch: Sequence[Message], worker: str, stop_at: float) -> int:
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:  # SMTP's own exceptions are OSErrors too
        logger.warning("Mail server out of reach: %s", error)
        _put_back(batch, worker, _reason(error), after=PAUSE_WITHOUT_SERVER)
        return 0
    sent = 0
    unmarked: list[Message] = []
    try:
        for position, message in enumerate(batch):
            if time.monotonic() >= stop_at:
                _put_back(batch[position:], worker, "Not tried yet: the round was over.")
                break
            refusal = _send(connection, message)
            if refusal is None:
                message.answer = answer_of(connection)
                unmarked.append(message)
                sent += 1
                # Tried before, it may have arrived then: no second crash may repeat it again.
                if message.attempts or len(unmarked) == MARKED_TOGETHER:
                    _mark_sent(unmarked)
                    unmarked.clear()
                continue
            _mark_refused(message, worker, refusal)
            if _ends_connection(refusal):
                _put_back(batch[position + 1 :], worker, "Not tried yet: the connection ended.")
                break
    finally:
        connection.close()
        _mark_sent(unmarked)
    return sent


def _send(connection: BaseEmailBackend, message: Message) -> Exception | None:
    """The mail server has the message, or the reason why not."""
    if message.attempts >= MAX_ATTEMPTS:
        return RuntimeError("The worker died each time it tried to send this.")
    try:
        connection.send_messages([_mail(message)])
    except (OSError, ValueError) as error:
        return error
    except Exception as error:  # a fault of ours in one message must not hold up the others
        logger.exception("Message %s cannot be sent", message.pk)
        return error
    return None


def _mail(message: Message) -> EmailMessage:
    body = links.fill(foot.with_foot(message, message.body))
    reply_to = tags.reply_to(message)
    headers = {
        "Message-ID": message.message_id,
        # Says to other machines: do not answer (RFC 3834; the second one is Exchange's).
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        **providers.headers_for(message),
    }
    if message.about:
        # Mail programs keep what is about one proposal together (RFC 5322 §3.6.4).
        headers["References"] = message.thread_id
    if unsubscribe.is_possible(message):
        # One press in the reader's mail program, without a page (RFC 8058).
        headers |= {
            "List-Unsubscribe": f"<{unsubscribe.address_for(message)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=body,
        to=[message.to],
        reply_to=[reply_to] if reply_to else None,
        headers=headers,
    )
    mail.attach_alternative(html.as_html(message.subject, body), "text/html")
    return mail


def _mark_sent(messages: Sequence[Message]) -> None:
    """Whoever holds them by now: they have left."""
    if not messages:
        return
    answers = [When(pk=message.pk, then=Value(message.answer)) for message in messages]
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(
        state=Message.State.SENT,
        sent_at=Now(),
        error="",
        answer=Case(*answers, default=Value(""), output_field=TextField()),
        body=Case(When(is_secret=True, then=Value("")), default="body", output_field=TextField()),
    )


def _mark_refused(message: Message, worker: str, error: Exception) -> None:
    """Due again later after a temporary refusal, failed after a lasting one or the last attempt."""
    attempt = message.attempts + 1  # the claim counted after it read
    mine = Message.objects.filter(pk=message.pk, state=Message.State.SENDING, claimed_by=worker)
    if _is_temporary(error) and attempt < MAX_ATTEMPTS:
        mine.update(
            state=Message.State.QUEUED,
            due_at=Now() + BACK_OFF[attempt - 1] * _CHANCE.uniform(1 - JITTER, 1 + JITTER),
            error=_reason(error),
        )
    else:
        logger.error("Message %s failed: %s", message.pk, type(error).__name__)
        body = "" if message.is_secret else message.body
        mine.update(state=Message.State.FAILED, error=_reason(error), body=body)


def _put_back(
    messages: Sequence[Message], worker: str, reason: str, *, after: timedelta = timedelta()
) -> None:
    """These were not tried: they wait again, and the attempt is not counted."""
    Message.objects.filter(
        pk__in=[message.pk for message in messages],
        state=Message.State.SENDING,
        claimed_by=worker,
    ).update(
        state=Message.State.QUEUED,
        attempts=F("attempts") - 1,
        due_at=Now() + Value(after),
        error=reason,
    )


def _codes(error: Exception) -> set[int]:
    """The server's answers in an error; none where the connection itself broke."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return {code for code, _ in error.recipients.values()}
    if isinstance(error, smtplib.SMTPResponseException):
        return {error.smtp_code}
    return set()


def _is_temporary(error: Exception) -> bool:
    if codes := _codes(error):
        return all(400 <= code < 500 for code in codes)
    return _ends_connection(error)


def _ends_connection(error: Exception) -> bool:
    """The server broke off, went silent, or said that it closes."""
    if isinstance(error, smtplib.SMTPException):  # which is an OSError too
        is_gone = isinstance(error, smtplib.SMTPServerDisconnected)
        return is_gone or _SERVICE_CLOSES in _codes(error)
    return isinstance(error, OSError)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
