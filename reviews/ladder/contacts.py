"""What is asked of people outside by a day that comes near or has passed: reminded of before it and
after it, once each, and closed where nobody answers."""

from collections.abc import Iterator, Set
from datetime import date, datetime

from django.db import transaction

from microcreds.outbox.services import enqueue
from partners import asks
from partners.models import PartnerAsk, Share
from proposals.models import Stage
from reviews.clocks import add_business_days, business_days_between, campus_day
from reviews.ladder.passed import LATE, SOON, told_of
from reviews.ladder.table import REMIND_BEFORE
from reviews.models import LadderStep
from reviews.outside import letters
from reviews.workflow import LIMITS, STAGES, Phase

OVER = "over"
_HAS_ENDED = [stage for stage, info in STAGES.items() if info.phase == Phase.ENDED]


def remind_contacts(*, at: datetime, holidays: Set[date]) -> Iterator[str | Exception]:
    """Each open ask that passes a mark is told of, on its own; references of what was told, and
    faults with their reference in their notes. Safe to repeat, and at the same time."""
    today = campus_day(at)
    for asked, rung in _due(today, holidays):
        try:
            if _tell(asked, rung, at):
                yield asked.engagement.proposal.reference
        except Exception as fault:  # one that cannot be told holds up no other
            fault.add_note(asked.engagement.proposal.reference)
            yield fault


def since_of(asked: PartnerAsk) -> str:
    """What the marks of this ask count from, as the ladder records it."""
    return f"partner_ask:{asked.pk}"


def _due(today: date, holidays: Set[date]) -> list[tuple[PartnerAsk, str]]:
    """Open asks with the mark they have passed and were not told of."""
    near = add_business_days(today, REMIND_BEFORE, holidays)
    found = list(
        PartnerAsk.objects.open()
        .filter(due_on__lte=near)
        .select_related(
            "engagement__proposal__assignee", "engagement__organization", "contact", "asked_by"
        )
    )
    told = told_of(asked.engagement.proposal for asked in found)
    marks = ((asked, _rung(asked, today, holidays)) for asked in found)
    return [
        (asked, rung)
        for asked, rung in marks
        if rung and _kept(rung, asked) not in told.rungs(asked.engagement.proposal, since_of(asked))
    ]


def _rung(asked: PartnerAsk, today: date, holidays: Set[date]) -> str:
    if asked.due_on < today:
        past = business_days_between(asked.due_on, today, holidays)
        return OVER if past > LIMITS["partner_ask_days"] else LATE
    had = business_days_between(campus_day(asked.asked_at), asked.due_on, holidays)
    return SOON if had > REMIND_BEFORE else ""


def _kept(rung: str, asked: PartnerAsk) -> str:
    """As the ladder records it: another day is another mark."""
    return f"{rung}:{asked.due_on}"


@transaction.atomic
def _tell(asked: PartnerAsk, rung: str, at: datetime) -> bool:
    """The mark is on record with its mails, unless the ask changed since it was read."""
    locked = PartnerAsk.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if not locked.is_open or locked.due_on != asked.due_on:
        return False
    if rung != OVER and not _can_answer(asked):
        return False
    _step, is_new = LadderStep.objects.get_or_create(
        proposal=asked.engagement.proposal,
        since=since_of(asked),
        rung=_kept(rung, asked),
        defaults={"at": at},
    )
    if not is_new:
        return False
    if rung == OVER:
        settled = asks.settle(asked=asked, state=PartnerAsk.State.EXPIRED, at=at)
        asked.state = settled.state
        enqueue(letters.of_settled(asked, at=at))
    else:
        event = "partner_ask_soon" if rung == SOON else "partner_ask_late"
        enqueue([asks.asking_mail(asked, event=event, at=at)])
    return True


def _can_answer(asked: PartnerAsk) -> bool:
    """The page is open to them, and the proposal has not ended."""
    if asked.engagement.proposal.stage in (Stage.DRAFT, *_HAS_ENDED):
        return False
    shared = Share.objects.current().filter(engagement=asked.engagement, contact=asked.contact)
    return shared.exists()
