"""What becomes of MoUs by the day: in force, running out, run out; who is told before the end."""

import logging
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from microcreds.outbox.services import enqueue
from partners import mou as records
from partners.models import Mou
from reviews.asks.memoranda import running_out
from reviews.clocks import add_months, campus_day
from reviews.mou.letters import of_end, of_end_for_partner
from reviews.mou.moving import move
from reviews.mou.plan import around_of
from reviews.mou.table import MARKS, PARTNER_TOLD_MONTHS, MouMove, Status

log = logging.getLogger(__name__)
_NEAR = timedelta(days=MARKS[0])


def tend(*, at: datetime | None = None) -> int:
    """Every MoU stands where the day puts it, and whoever has to know of its end has a mail.

    Returns how many were moved or told of. Each has a transaction of its own; a second run does
    nothing.
    """
    at = at or timezone.now()
    today = campus_day(at)
    done = 0
    for which, due in _due(today):
        for mou in list(due.select_related("engagement__organization")):
            try:
                move(engagement=mou.engagement, move=which, by=None, at=at)
            except ValidationError as refusal:  # somebody was quicker
                log.warning("%s did not move by the day: %s", mou.record, refusal.messages)
            else:
                done += 1
    return done + sum(_tell(pk, at, today) for pk in _to_tell(today))


def _due(today: date) -> list[tuple[MouMove, QuerySet[Mou]]]:
    """What the day moves, in an order in which one that was left alone for long catches up."""
    found = Mou.objects.order_by("pk")
    return [
        (MouMove.START, found.filter(status=Status.SIGNED, start_on__lte=today)),
        (MouMove.NEAR_END, found.filter(status=Status.ACTIVE, end_on__lte=today + _NEAR)),
        (MouMove.EXPIRE, found.filter(status=Status.EXPIRING, end_on__lt=today)),
    ]


def _to_tell(today: date) -> list[int]:
    """Those of which somebody is to be told today; of one that another goes on from, nobody, and
    of one that staff let end, its partner alone."""
    passed = Q()
    for mark in MARKS:
        untold = Q(told_days_left__isnull=True) | Q(told_days_left__gt=mark)
        passed |= untold & Q(let_end_at=None, end_on__lte=today + timedelta(days=mark))
    for_partner = Q(partner_told_at=None, end_on__lte=add_months(today, PARTNER_TOLD_MONTHS))
    found = running_out().filter(passed | for_partner)
    return list(found.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _tell(pk: int, at: datetime, today: date) -> int:
    """Staff of the mark that was passed last, the partner once; how many of these there were."""
    known = Mou.objects.select_related("engagement__organization").filter(pk=pk)
    mou = records.locked(known.get().engagement)
    if mou.status != Status.EXPIRING or mou.end_on is None:
        return 0
    around = around_of(mou.engagement)
    mark = min(each for each in MARKS if mou.end_on <= today + timedelta(days=each))
    told = 0
    is_news = mou.told_days_left is None or mou.told_days_left > mark
    if is_news and not mou.is_let_end:
        enqueue(of_end(mou, around, mark=mark, at=at, today=today))
        mou.told_days_left, told = mark, told + 1
    if mou.partner_told_at is None and mou.end_on <= add_months(today, PARTNER_TOLD_MONTHS):
        enqueue(of_end_for_partner(mou, around, at=at))
        mou.partner_told_at, told = at, told + 1
    mou.save(update_fields=["told_days_left", "partner_told_at"])
    return told
