"""Mails about what enters a queue, to whoever asked to be told."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose, enqueue
from proposals.models import Proposal, Stage
from reviews.clocks import campus_day, is_business_day
from reviews.holidays import days_off
from reviews.models import QueueWatch
from reviews.queue_list import Desk, Listed, desk_set_up, inside
from reviews.workflow import STAGES

log = logging.getLogger(__name__)

MOST_TOLD = 20  # of one queue in one mail; its number and its link tell the rest


@dataclass(frozen=True, slots=True)
class Entered:
    """What came into one queue since it was looked at last."""

    queue: Listed
    keys: tuple[int, ...]


def tell(*, how: str, at: datetime | None = None) -> int:
    """Everybody who watches a queue ``how`` (at once, daily) has one mail with what entered theirs
    since the last time; nobody about what they may not see. Returns how many mails there are.

    Daily mails are for working days; what comes in between is told on the next.
    """
    at = at or timezone.now()
    if how == QueueWatch.How.DAILY and not is_business_day(campus_day(at), days_off()):
        return 0
    watching = QueueWatch.objects.filter(how=how).order_by("person").values("person").distinct()
    people = User.objects.with_roles(campus_day(at)).filter(pk__in=watching, is_active=True)
    told = 0
    for person in people:
        try:
            told += _tell(person, how, at)
        except DatabaseError:  # what one person asks for takes too long: the others are told
            log.exception("queues of person %s could not be looked at", person.pk)
    return told


@transaction.atomic
def _tell(person: User, how: str, at: datetime) -> bool:
    """Locked, so that two workers never tell the same twice: another one passes it over."""
    mine = person.queue_watches.filter(how=how).select_for_update(skip_locked=True)
    desk, entered = desk_set_up(person), []
    for watch in mine:
        queue = desk.queue(watch.key) if person.is_staff else None
        now = inside(queue.query, person) if queue else None
        if queue and now is not None and watch.seen is not None:
            new = set(now) - set(watch.seen)
            entered += [Entered(queue, tuple(sorted(new)))] if new else []
        if now is None or watch.seen is None or set(now) != set(watch.seen):
            _keep(watch, now, at)
    if not entered:
        return False
    enqueue([_mail(person, how, entered, desk, at)])
    return True


def _keep(watch: QueueWatch, seen: list[int] | None, at: datetime) -> None:
    """Where more are in it than anybody is told about, or it is not theirs any more, nothing is
    new until it has been looked at anew."""
    if seen is None and watch.seen is None:
        return
    watch.seen, watch.looked_at = seen, at
    watch.save(update_fields=["seen", "looked_at"])


def _mail(person: User, how: str, entered: Iterable[Entered], desk: Desk, at: datetime) -> Message:
    entered = list(entered)
    number = len({key for each in entered for key in each.keys})
    cause = f"queues:{person.pk}:{at.isoformat()}"
    return compose(
        event="queue_entered",
        to=person.email,
        user=person,
        cause=cause,
        dedupe_key=f"{cause}:{how}",
        at=at,
        due_at=at,
        context={
            "name": person,
            "number": number,
            "queue_name": entered[0].queue.name if len(entered) == 1 else "",
            "queues": [_words(each) for each in entered],
            "manage_url": settings.SITE_URL + reverse("admin:reviews_triageitem_queues"),
        },
    )


def _words(entered: Entered) -> dict[str, object]:
    rows = Proposal.objects.filter(pk__in=entered.keys[:MOST_TOLD]).order_by("pk")
    list_url = settings.SITE_URL + reverse("admin:reviews_triageitem_changelist")
    return {
        "name": entered.queue.name,
        "url": f"{list_url}?{entered.queue.address}",
        "number": len(entered.keys),
        "more": max(0, len(entered.keys) - MOST_TOLD),
        "rows": [
            _("%(reference)s %(title)s (%(stage)s)")
            % {
                "reference": row.reference,
                "title": row.working_title,
                "stage": STAGES[Stage(row.stage)].name,
            }
            for row in rows
        ],
    }
