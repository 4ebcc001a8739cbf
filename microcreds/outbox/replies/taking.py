"""A mail that came in is on record, once: it joins what it answers, or staff find it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.outbox import links, unsubscribe
from microcreds.outbox.models import Incoming, Message
from microcreds.outbox.replies import tags
from microcreds.outbox.replies.reading import Letter, read

# Of each of very many mails that one sender wrote.
KEPT_OF_MANY = 2000

Join = Callable[[Letter, Incoming, Message, datetime], None]
_joins: list[Join] = []
_keeps: list[Join] = []


def join_with(join: Join) -> None:
    """``join`` puts a genuine answer where it belongs, or raises ``ValidationError`` in words that
    say why it does not; said once, when the site starts."""
    _joins[:] = [join]


def keep_files_with(keep: Join) -> None:
    """``keep`` keeps the files of what answers a mail of ours, from whom that mail went to, and
    joins nothing; said once, when the site starts."""
    _keeps[:] = [keep]


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
        if _are_very_many(incoming, at):
            _put_apart(incoming)
        elif incoming.answers and incoming.answers.to.lower() == incoming.sender.lower():
            for keep in _keeps:
                keep(letter, incoming, incoming.answers, at)
    incoming.save(update_fields=["state", "why", "about", "answers", "not_taken", "text", "whole"])
    return incoming


def _are_very_many(incoming: Incoming, at: datetime) -> bool:
    """Its sender wrote ``INCOMING_MAILS_A_DAY`` others within a day that did not join, either."""
    lately = Incoming.objects.alias(who=Lower("sender")).filter(
        who=incoming.sender.lower(), received_at__gt=at - timedelta(days=1), received_at__lte=at
    )
    others = lately.exclude(pk=incoming.pk).exclude(
        state__in=(Incoming.State.JOINED, Incoming.State.DROPPED)
    )
    most = settings.INCOMING_MAILS_A_DAY
    return others[:most].count() >= most


def _put_apart(incoming: Incoming) -> None:
    """So that it buries nobody else's, in the list or on the disk."""
    incoming.state = Incoming.State.MANY
    words = _("Its sender wrote more than %(n)d such mails within a day.")
    incoming.why = f"{words % {'n': settings.INCOMING_MAILS_A_DAY}} {incoming.why}"[:300]
    incoming.text = incoming.text[:KEPT_OF_MANY]
    if (lost := len(incoming.whole) - KEPT_OF_MANY) > 0:
        incoming.whole = incoming.whole[:KEPT_OF_MANY] + _not_kept(lost)


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
        whole += _not_kept(letter.lost)
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


def _not_kept(lost: int) -> str:
    return _("\n\n[%(n)d characters more were not kept.]") % {"n": lost}


def _without_secrets(text: str) -> str:
    """What a reply quotes may hold what only its writer may know."""
    return unsubscribe.hide(links.hide_addresses(tags.hide(text)))
