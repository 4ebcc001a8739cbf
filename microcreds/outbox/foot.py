"""What stands at the foot of a mail as it leaves: where an answer goes, why its reader has it, and
how they have no more such mails."""

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.outbox import unsubscribe
from microcreds.outbox.events import Kind, Topic, event_of
from microcreds.outbox.models import Message
from microcreds.outbox.replies import tags

# Why somebody with an account has a mail of this topic.
_WHY: dict[Topic, str | Promise] = {
    Topic.DECISIONS: gettext_lazy(
        "You have this mail because it concerns something you take part in. What is decided is "
        "always mailed."
    ),
    Topic.REQUESTS: gettext_lazy(
        "You have this mail because something in it is asked of you or your team."
    ),
    Topic.PROGRESS: gettext_lazy(
        "You have this mail because you take, or took, part in what it is about."
    ),
    Topic.TALK: gettext_lazy("You have this mail because you take part in this conversation."),
    Topic.DESK: gettext_lazy("You have this mail because it is, or was, with you or your office."),
    Topic.DEPARTMENT: gettext_lazy(
        "You have this mail because you head the department, or are named as chair or supervisor."
    ),
}


def with_foot(message: Message, body: str) -> str:
    """The text as it leaves. An address stands in a line of its own, below words that say where it
    leads."""
    lines = [tags.said_of_answers(message), *_why(message), *_how_to_stop(message)]
    return "\n".join([body.rstrip(), *filter(None, lines)]) + "\n"


def _why(message: Message) -> list[str]:
    """Nothing where the mail itself says so: of codes, links and receipts, and of digests."""
    event = event_of(message.event)
    if message.kind in (Kind.ACCOUNT, Kind.RECEIPT, Kind.DIGEST):
        return []
    if message.user_id is None:
        return [_why_outside(message, is_for_partners=event.is_for_partners)]
    if event.topic is None:
        return []
    how_often = [
        _("Choose how often such mails come:"),
        settings.SITE_URL + reverse("mail:mail_preferences"),
    ]
    return [str(_WHY[event.topic]), *(how_often if event.topic == Topic.REQUESTS else [])]


def _why_outside(message: Message, *, is_for_partners: bool) -> str:
    if not is_for_partners:
        return _("You have this mail because somebody named this address.")
    if message.event.startswith("inquiry"):
        return _("You have this mail because you told us what your organization is looking for.")
    return _(
        "You have this mail because Miami University shares this with you as a contact of your "
        "organization. You are not the right person? Say so on the page it leads to."
    )


def _how_to_stop(message: Message) -> list[str]:
    if not unsubscribe.is_possible(message):
        return []
    words = (
        _("No more mails that only inform:")
        if message.kind == Kind.DIGEST
        else _("No more mails like this:")
    )
    return [words, unsubscribe.address_for(message)]
