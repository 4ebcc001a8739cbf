"""A mail that came in is on record, once: it joins what it answers, or staff find it."""

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.outbox import links
from microcreds.outbox.models import Incoming, Message
from microcreds.outbox.replies import tags
from microcreds.outbox.replies.reading import Letter, read

Join = Callable[[Letter, Incoming, Message, datetime], None]
_joins: list[Join] = []


def join_with(join: Join) -> None:
    """``join`` puts a genuine answer where it belongs, or raises ``ValidationError`` in words that
    say why it does not; said once, when the site starts."""
    _joins[:] = [join]


@transaction.atomic
def take(
    mail: EmailMessage,
    *,
    delivered_to: tuple[str, ...] = (),
    envelope_sender: str | None = None,
    at: datetime | None = None,
) -> Incoming | None:
    """The mail is on record and has joined, waits to be sorted, or was dropped as automatic;
    ``None``: it was there before. Nobody is ever answered."""
    at = at or timezone.now()
    letter = read(mail, delivered_to=delivered_to, envelope_sender=envelope_sender)
    incoming, is_new = Incoming.objects.get_or_create(
        message_id=letter.message_id, defaults=_as_row(letter, at)
    )
    if not is_new:
        return None
    if incoming.state == Incoming.State.DROPPED:
        return incoming
    try:
        with transaction.atomic():  # of what does not join nothing stays written
            _sort(letter, incoming, at)
        incoming.state, incoming.why = Incoming.State.JOINED, ""
    except ValidationError as refusal:
        incoming.why = " ".join(refusal.messages)[:300]
    incoming.save(update_fields=["state", "why", "about", "answers", "not_taken"])
    return incoming


def _as_row(letter: Letter, at: datetime) -> dict[str, object]:
    """Before it is sorted. Of an automatic answer only that it came is kept."""
    row: dict[str, object] = {
        "sender": letter.sender,
        "to": tags.hide(", ".join(dict.fromkeys(letter.recipients)))[:320],
        "subject": letter.subject,
        "sent_at": letter.sent_at,
        "received_at": at,
    }
    if letter.automatic:
        return row | {"state": Incoming.State.DROPPED, "why": letter.automatic}
    whole = _without_secrets(letter.whole)
    if letter.lost:
        whole += _("\n\n[%(n)d characters more were not kept.]") % {"n": letter.lost}
    return row | {
        "state": Incoming.State.UNSORTED,
        "why": _("It was not sorted."),
        "text": _without_secrets(letter.text),
        "whole": whole,
        "files": [file.name for file in letter.files],
    }


def _sort(letter: Letter, incoming: Incoming, at: datetime) -> None:
    """It joins; raises ``ValidationError`` with the reason where it does not."""
    named = list(
        Message.objects.filter(uuid__in=tags.mails_named_in(letter.recipients)).order_by("pk")
    )
    if not named:
        raise ValidationError(_("It names no mail of ours."))
    mine = [each for each in named if each.to.lower() == letter.sender.lower()]
    message = (mine or named)[0]
    incoming.about, incoming.answers = message.about, message
    if not mine:
        raise ValidationError(_("It came from another address than the one our mail went to."))
    if letter.lost:
        raise ValidationError(_("It is too long."))
    if not letter.text:
        raise ValidationError(_("We found no new words in it."))
    for join in _joins:
        join(letter, incoming, message, at)


def _without_secrets(text: str) -> str:
    """What a reply quotes may hold what only its writer may know."""
    return links.hide_addresses(tags.hide(text))
