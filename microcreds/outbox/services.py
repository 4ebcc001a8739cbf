"""Writing mails into the outbox, recalling them, trying again. Nothing here speaks to a server."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template import Context, Engine
from django.utils import timezone

from microcreds.accounts.models import User
from microcreds.outbox.events import Kind, event_of
from microcreds.outbox.models import Message
from microcreds.outbox.preferences import settle
from microcreds.outbox.wording import in_force
from microcreds.outbox.wording.table import wording_for

SUBJECT_LENGTH = 200
# Line ends and other control characters would start a header of their own; the marks that turn
# the direction of writing could make a subject say something else than it does.
_UNFIT_FOR_A_SUBJECT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def compose(
    *,
    event: str,
    to: str,
    context: Mapping[str, Any],
    dedupe_key: str,
    user: User | None = None,
    about: str = "",
    cause: str = "",
    at: datetime | None = None,
    due_at: datetime | None = None,
    priority: int = Message.Priority.NOTICE,
    is_secret: bool = False,
    kind: Kind | None = None,
    reply_to: str = "",
    with_body: bool = True,
) -> Message:
    """A mail as it will be written, not saved: the plan of a move shows it, ``enqueue`` keeps it.
    Without its body, it can be shown whom it tells and of what.

    Filled in now, with the words that ``outbox.wording`` has for it, so that it says what was true
    at ``at``. Due after the grace of ``NOTIFICATION_GRACE_SECONDS``, at once where somebody waits.
    """
    at = at or timezone.now()
    is_awaited = priority == Message.Priority.AWAITED
    grace = timedelta(seconds=0 if is_awaited else settings.NOTIFICATION_GRACE_SECONDS)
    subject, body = _words(event, context, with_body)
    return Message(
        event=event,
        to=to,
        user=user,
        about=about,
        cause=cause,
        dedupe_key=dedupe_key,
        subject=one_line(subject),
        body=body and body.strip() + "\n",
        is_secret=is_secret,
        kind=kind or event_of(event).kind,
        priority=priority,
        created_at=at,
        due_at=due_at or at + grace,
        reply_to=reply_to,
    )


def enqueue(messages: Iterable[Message], *, is_settled: bool = False) -> None:
    """Each message stands in the outbox, once for its ``dedupe_key``; those there before stay.

    Each waits as its reader wants it (``preferences.settle``), unless that was seen to before. One
    INSERT whatever the number.
    """
    messages = list(messages)
    if not messages:
        return
    if not is_settled:
        settle(messages)
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def enqueued(messages: Iterable[Message]) -> list[Message]:
    """They stand in the outbox (``enqueue``); the rows as they are stored, in the order given."""
    messages = list(messages)
    enqueue(messages)
    keys = list(dict.fromkeys(message.dedupe_key for message in messages))
    stored = {row.dedupe_key: row for row in Message.objects.filter(dedupe_key__in=keys)}
    return [stored[key] for key in keys]


def enqueue_email(**mail: Any) -> Message:
    """One mail, composed and in the outbox; takes what ``compose`` takes."""
    return enqueued([compose(**mail)])[0]


def recall(*, cause: str) -> int:
    """No mail with this cause leaves any more; those that have left are not changed.

    Returns how many were recalled.
    """
    return recall_all(causes=[cause])


def recall_all(*, causes: Iterable[str]) -> int:
    """The same for several causes, in one UPDATE."""
    return Message.objects.filter(cause__in=list(causes), state__in=Message.WAITING).update(
        state=Message.State.RECALLED
    )


@transaction.atomic
def retry(*, messages: QuerySet[Message], at: datetime | None = None) -> int:
    """Failed messages of the set are due again, with a fresh count of attempts.

    Account mails stay failed: their text is gone and their codes have expired. Returns how many
    wait again.
    """
    failed = messages.filter(state=Message.State.FAILED, is_secret=False)
    return failed.update(
        state=Message.State.QUEUED, attempts=0, due_at=at or timezone.now(), error=""
    )


def one_line(text: str) -> str:
    """Fit for a mail's subject: one line, no control characters, at most 200 characters."""
    line = " ".join(_UNFIT_FOR_A_SUBJECT.sub(" ", text).split())
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1].rstrip() + "…"


def quoted(text: str) -> str:
    """``text`` as a quotation: no line of it can pass for one of ours."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _words(event: str, context: Mapping[str, Any], with_body: bool) -> tuple[str, str]:
    """Subject and text, none of it where it is not wanted. A mail that ``outbox.wording`` does not
    know is the program's alone: its templates are Django's, in ``emails/<event>/``."""
    if wording := wording_for(event, context):
        return in_force.said(wording, context, with_body)
    known = {"SITE_URL": settings.SITE_URL, "SITE_NAME": settings.SITE_NAME, **context}
    subject = _render(f"emails/{event}/subject.txt", known)
    return subject, _render(f"emails/{event}/body.txt", known) if with_body else ""


def _render(template: str, context: Mapping[str, Any]) -> str:
    """Plain text: Django would escape a ``.txt`` too, and "R&D" would arrive as "R&amp;D"."""
    found = Engine.get_default().get_template(template)
    return found.render(Context(context, autoescape=False))
