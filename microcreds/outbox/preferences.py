"""How readers want their mails: at once, gathered into a digest, or on their page only."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.kept_statements import KeptStatements
from microcreds.outbox import addresses
from microcreds.outbox.events import CHOICES, Event, Frequency, Kind, Topic, event_of
from microcreds.outbox.models import Message, Preference, Undeliverable

# When digests leave, on campus: at this hour, the weekly one on Mondays.
DIGEST_AT = time(7)
_MONDAY = 0


def settle(messages: Iterable[Message]) -> None:
    """Each message is as its reader wants it: due as it was, gathered until the next digest, or
    not mailed, with the reason. Nothing is saved; one statement whatever the number.

    Account mails, receipts and decisions are never held back by a choice; to an address that does
    not work only account mails are tried.
    """
    messages = [each for each in messages if event_of(each.event).kind != Kind.ACCOUNT]
    if not messages:
        return
    chosen, broken = _known_of({message.to.lower() for message in messages})
    for message in messages:
        event, address = event_of(message.event), message.to.lower()
        if address in broken:
            _suppress(message, addresses.why_not_mailed())
            continue
        if event.is_for_partners:
            message.due_at = after_quiet_hours(message.due_at)
        if event.topic is None or message.priority == Message.Priority.AWAITED:
            continue
        frequency = chosen.get((address, event.topic), CHOICES[event.topic][0])
        if frequency == Frequency.OFF and message.kind in (Kind.FYI, Kind.DIGEST):
            _suppress(message, _("Its reader has switched these off."))
        elif _is_gathered(message, event, frequency):
            message.state = Message.State.GATHERED
            message.due_at = next_digest(message.due_at, frequency)


def _is_gathered(message: Message, event: Event, frequency: str) -> bool:
    return frequency in (Frequency.DAILY, Frequency.WEEKLY) and (
        message.kind == Kind.FYI or event.topic == Topic.REQUESTS
    )


def _suppress(message: Message, why: str) -> None:
    message.state, message.error = Message.State.SUPPRESSED, why


def _known_of(addresses: set[str]) -> tuple[dict[tuple[str, str], str], set[str]]:
    """What these addresses chose, and which of them do not work."""
    rows = _KNOWN.rows(addresses=sorted(addresses))
    return (
        {(who, topic): frequency for who, topic, frequency in rows if topic},
        {who for who, topic, _frequency in rows if not topic},
    )


def _known(*, addresses: list[str]) -> QuerySet:
    chosen = (
        Preference.objects.annotate(who=Lower("address"))
        .filter(who__any_of=addresses)
        .values_list("who", "topic", "frequency")
    )
    nothing = Value("", output_field=CharField())
    broken = (
        Undeliverable.objects.filter(cleared_at=None)
        .annotate(who=Lower("address"))
        .filter(who__any_of=addresses)
        .order_by()
        .values_list("who", nothing, nothing)
    )
    return chosen.union(broken, all=True)


_KNOWN = KeptStatements(_known)


def next_digest(after: datetime, frequency: str) -> datetime:
    """The moment at which the first digest after that one leaves."""
    local = timezone.localtime(after)
    day = local.date() if local.time() < DIGEST_AT else local.date() + timedelta(days=1)
    if frequency == Frequency.WEEKLY:
        day += timedelta(days=(_MONDAY - day.weekday()) % 7)
    return timezone.make_aware(datetime.combine(day, DIGEST_AT))


def after_quiet_hours(due: datetime) -> datetime:
    """That moment, or the first after it at which partners may be written to; hours of the campus,
    ``settings.PARTNER_QUIET_HOURS`` from and until."""
    if not settings.PARTNER_QUIET_HOURS:
        return due
    begin, end = settings.PARTNER_QUIET_HOURS
    local = timezone.localtime(due)
    is_quiet = local.hour >= begin or local.hour < end if begin > end else begin <= local.hour < end
    if not is_quiet:
        return due
    day = local.date() + timedelta(days=1) if local.hour >= end else local.date()
    return timezone.make_aware(datetime.combine(day, time(end)))


@transaction.atomic
def choose(*, address: str, frequencies: dict[str, str], at: datetime | None = None) -> None:
    """From now on mails of these topics reach ``address`` so often; those that wait go on waiting.

    Raises ``ValidationError`` by topic where one cannot be so.
    """
    at = at or timezone.now()
    errors = {
        topic: _("Choose one of those offered.")
        for topic, frequency in frequencies.items()
        if topic not in Topic.values or frequency not in CHOICES[Topic(topic)]
    }
    if errors:
        raise ValidationError(errors)
    mine = Preference.objects.annotate(who=Lower("address")).filter(who=address.lower())
    mine.filter(topic__in=frequencies).delete()
    Preference.objects.bulk_create(
        Preference(address=address.lower(), topic=topic, frequency=frequency, chosen_at=at)
        for topic, frequency in frequencies.items()
        if frequency != CHOICES[Topic(topic)][0]
    )


def chosen_by(address: str) -> dict[Topic, Frequency]:
    """How often each topic reaches this address, the usual where it chose nothing."""
    mine = Preference.objects.annotate(who=Lower("address")).filter(who=address.lower())
    chosen = dict(mine.values_list("topic", "frequency"))
    return {topic: Frequency(chosen.get(topic, offered[0])) for topic, offered in CHOICES.items()}
