"""A mail sent again: a row of its own that names the one it repeats, who wanted it and why."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox import addresses
from microcreds.outbox.events import Kind
from microcreds.outbox.models import Message

LONGEST_WHY = 300
# What has left once. A failed mail is tried again as it is, one that waits is not sent twice.
_LEFT = (Message.State.SENT, Message.State.BOUNCED)


@transaction.atomic
def send_again(*, message: Message, by: User, why: str, at: datetime | None = None) -> Message:
    """The same words to the same reader, due at once, under a Message-ID of its own.

    Raises ``ValidationError`` when it cannot be sent again (``why_not_again``), when ``by`` is not
    of eLearning, or no reason is given.
    """
    at, why = at or timezone.now(), " ".join(why.split())
    if not by.is_elearning:
        raise ValidationError(_("Only eLearning can send mails again."))
    if not why or len(why) > LONGEST_WHY:
        raise ValidationError({"why": _("Say in up to 300 characters why.")})
    first = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if refusal := why_not_again(first):
        raise ValidationError(refusal)
    return Message.objects.create(
        event=first.event,
        about=first.about,
        cause=first.cause,
        dedupe_key=f"again:{first.pk}:{first.repeated_by.count() + 1}",
        user=first.user,
        to=first.to,
        subject=first.subject,
        body=first.body,
        kind=first.kind,
        reply_to=first.reply_to,
        created_at=at,
        due_at=at,
        repeats=first,
        asked_by=by,
        why=why,
    )


def why_not_again(message: Message) -> str:
    """Why this mail cannot be sent again; empty: it can."""
    if message.is_secret or message.kind == Kind.ACCOUNT:
        return _(
            "Codes, links and invitations are never sent again: their reader asks for new ones."
        )
    if message.state not in _LEFT:
        return _("It has not left yet.")
    if not message.body:
        return _("Its text is no longer kept.")
    if addresses.broken(message.to):
        return addresses.why_not_mailed()
    if message.repeated_by.filter(state__in=[*Message.WAITING, Message.State.SENDING]).exists():
        return _("It is being sent again already.")
    return ""
