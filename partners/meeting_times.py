"""Every write about times to meet: offered to a contact, and the one they pick."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from partners import asks
from partners.models import Contact, Engagement, OfferedTime, PartnerAsk

MOST_TIMES = 6
LONGEST_PLACE = 200
MINUTES = (10, 480)


@transaction.atomic
def offer_times(
    *,
    engagement: Engagement,
    contact: Contact,
    words: str,
    due_on: date,
    times: Iterable[datetime],
    minutes: int,
    place: str,
    by: User,
    at: datetime | None = None,
) -> PartnerAsk:
    """The contact is asked to pick one of these times, and a mail says so; asked so already by the
    same person, that stands.

    Raises ``ValidationError`` as ``ask_contact`` does, and by input where a time has passed, stands
    twice, none or too many are there, or nobody would know where.
    """
    times = sorted(times)
    _refuse_unfit(times, minutes, place, at or timezone.now())
    offered = [(each, minutes, place.strip()) for each in times]
    asked, is_new = asks.ask_once(
        engagement=engagement,
        contact=contact,
        kind=PartnerAsk.Kind.MEETING,
        words=words,
        due_on=due_on,
        by=by,
        is_same=lambda standing: (
            offered == sorted(standing.times.values_list("starts_at", "minutes", "place"))
        ),
        at=at,
    )
    if is_new:
        OfferedTime.objects.bulk_create(
            OfferedTime(asked=asked, starts_at=each, minutes=minutes, place=place.strip())
            for each in times
        )
    return asked


@transaction.atomic
def pick(*, asked: PartnerAsk, time: OfferedTime, at: datetime | None = None) -> PartnerAsk:
    """Its contact has picked this time. Raises ``ValidationError`` where the ask ended meanwhile or
    the time has passed."""
    settled = asks.settle(asked=asked, state=PartnerAsk.State.ANSWERED, at=at)
    if time.starts_at <= (at or timezone.now()):
        raise ValidationError(_("This time has passed. Pick another, or say that none works."))
    OfferedTime.objects.filter(pk=time.pk, asked=asked).update(is_picked=True)
    return settled


def _refuse_unfit(times: list[datetime], minutes: int, place: str, now: datetime) -> None:
    refused: dict[str, str] = {}
    if not times or len(times) > MOST_TIMES:
        refused["times"] = _("Offer one to %(n)d times.") % {"n": MOST_TIMES}
    elif len(set(times)) < len(times):
        refused["times"] = _("One of these times is listed twice.")
    elif times[0] <= now:
        refused["times"] = _("One of these times has passed.")
    if not MINUTES[0] <= minutes <= MINUTES[1]:
        refused["minutes"] = _("Say how long it takes, 10 to 480 minutes.")
    if not 0 < len(place.strip()) <= LONGEST_PLACE:
        refused["place"] = _("Say where you meet, in at most %(n)d characters.") % {
            "n": LONGEST_PLACE
        }
    if refused:
        raise ValidationError(refused)
