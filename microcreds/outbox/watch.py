"""How mail is doing, for monitors and for the home of the desk."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, F, Min, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from microcreds.outbox.models import Heartbeat, Hold, Incoming, Message, Undeliverable
from microcreds.outbox.providers import provider
from microcreds.outbox.replies.tags import is_set_up

# Of the last task that came through the broker; design.md §5.
WORKER_IS_LATE_AFTER = timedelta(seconds=60)
# A mail that was due so long ago should have left (threats.md R17: alert at 30 minutes).
MAIL_IS_LATE_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class MailState:
    """``oldest_due`` is the moment at which the mail was due that waits longest; ``failed``,
    ``broken`` and ``unsorted`` count mails, addresses and mails that came in that somebody has to
    look at; ``many`` those that a sender wrote very many of."""

    oldest_due: datetime | None
    failed: int
    broken: int
    worker_seen: datetime | None
    is_held: bool
    unsorted: int = 0
    many: int = 0

    def is_late(self, at: datetime) -> bool:
        return self.oldest_due is not None and at - self.oldest_due > MAIL_IS_LATE_AFTER

    def worker_is_late(self, at: datetime) -> bool:
        return self.worker_seen is None or at - self.worker_seen > WORKER_IS_LATE_AFTER


def state_of_mail() -> MailState:
    """As it is now, in three statements over few rows, all by index."""
    now = timezone.now()
    waiting = Message.objects.filter(state__in=["queued", "sending"], due_at__lte=now)
    hold = Hold.objects.exists()
    beat = Heartbeat.objects.first()
    counted = Message.objects.filter(state=Message.State.FAILED).aggregate(failed=Count("pk"))
    counts = _counts()
    return MailState(
        oldest_due=waiting.aggregate(oldest=Min("due_at"))["oldest"],
        failed=counted["failed"],
        broken=counts["broken"],
        worker_seen=beat.beat_at if beat else None,
        is_held=hold or settings.OUTBOX_HOLD,
        unsorted=counts["unsorted"],
        many=counts["many"],
    )


def _counts() -> dict[str, int]:
    """Addresses that do not work and mails that wait to be sorted, in one statement."""
    broken = Undeliverable.objects.filter(cleared_at=None).order_by()
    waiting = Incoming.objects.filter(state__in=Incoming.WAITING, emptied_at=None).order_by()
    rows = broken.values(what=Value("broken")).annotate(n=Count("pk"))
    more = waiting.values(what=F("state")).annotate(n=Count("pk"))
    found = {row["what"]: row["n"] for row in rows.union(more, all=True)}
    return {"broken": 0, "unsorted": 0, "many": 0} | found


def warnings(state: MailState, at: datetime | None = None) -> list[str]:
    """What staff should know of how mail is doing, the worst first; empty: all is well."""
    at = at or timezone.now()
    said = []
    if state.worker_is_late(at):
        seen = f"{timezone.localtime(state.worker_seen):%H:%M}" if state.worker_seen else _("never")
        said.append(_("The worker was last seen: %(when)s. No mail leaves.") % {"when": seen})
    if state.is_held:
        said.append(_("All mail is held. It leaves once the lead releases it."))
    elif state.is_late(at) and state.oldest_due:
        when = f"{timezone.localtime(state.oldest_due):%a %H:%M}"
        said.append(_("Mail waits that was due on %(when)s.") % {"when": when})
    if state.failed:
        words = ngettext(
            "%(n)d mail could not be sent.", "%(n)d mails could not be sent.", state.failed
        )
        said.append(words % {"n": state.failed})
    if state.broken:
        words = ngettext(
            "%(n)d address does not work.", "%(n)d addresses do not work.", state.broken
        )
        said.append(words % {"n": state.broken})
    if not settings.DEMO and "localhost" in settings.DEFAULT_FROM_EMAIL:
        said.append(_("DEFAULT_FROM_EMAIL is not set: mails may be taken for spam."))
    if (settings.MAIL_PROVIDER or settings.MAIL_WEBHOOK_SECRET) and provider() is None:
        said.append(_("MAIL_PROVIDER or MAIL_WEBHOOK_SECRET is not right: bounces go unnoticed."))
    if settings.REPLY_ADDRESS and not is_set_up():
        said.append(_("REPLY_ADDRESS is not right: at most 18 characters before the @."))
    return said
