"""MoUs by the day: in force, running out, run out; staff and the partner told once of each mark."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from microcreds.outbox.models import Message
from partners.models import Engagement, Mou, MouEntry
from proposals.models import Proposal
from reviews.mou import record
from reviews.mou.days import tend
from reviews.mou.table import MARKS, MouMove, Status
from tests.factories import make_submitted
from tests.partners.memoranda import moved, ready_to_sign, with_text
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db
SIGNED_AT = datetime(2026, 3, 2, 10, tzinfo=timezone.get_default_timezone())
START, END = date(2026, 4, 1), date(2029, 3, 31)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def signed(cast) -> Engagement:
    """From 1 April 2026 for three years, with a partner who follows the proposal."""
    with time_machine.travel(SIGNED_AT, tick=False):
        engagement = share_it(summarized(make_submitted()), cast.oxford).engagement
        with_text(engagement)
        for which in (MouMove.SEND_TO_PARTNER, MouMove.AGREE, MouMove.CLEAR):
            moved(engagement, which)
        ready_to_sign(engagement, start_on=START, end_on=END)
        moved(engagement, MouMove.SIGN)
    Message.objects.all().delete()
    return engagement


def mails(event: str) -> list[str]:
    return list(Message.objects.filter(event=event).values_list("to", flat=True))


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (START - timedelta(days=1), Status.SIGNED),
        (START, Status.ACTIVE),
        (END - timedelta(days=366), Status.ACTIVE),
        (END - timedelta(days=365), Status.EXPIRING),
        (END, Status.EXPIRING),
        (END + timedelta(days=1), Status.EXPIRED),
    ],
)
def test_it_stands_where_the_day_puts_it(on, status, signed):
    tend(at=noon(on))

    assert Mou.objects.get().status == status
    assert tend(at=noon(on)) == 0


def test_microcreds_is_on_record_as_who_moved_it(signed, cast):
    tend(at=noon(START))

    entry = MouEntry.objects.first()
    assert (entry.by, entry.contact, entry.from_status) == (None, None, Status.SIGNED)
    assert mails("mou_moved") == [cast.proposer.email]


def test_staff_are_told_once_for_each_mark(signed, cast):
    for mark in MARKS:
        for hours in (0, 24):
            tend(at=noon(END - timedelta(days=mark)) + timedelta(hours=hours))

    assert mails("mou_ends") == [cast.oxford.email] * len(MARKS)
    assert mails("mou_turn") == []


def test_marks_that_were_slept_through_are_told_of_as_one(signed, cast):
    tend(at=noon(END - timedelta(days=40)))

    assert mails("mou_ends") == [cast.oxford.email]
    body = Message.objects.get(event="mou_ends").body
    assert "Saturday, 31 March 2029, in 40 days" in body


def test_the_partner_is_told_once_six_months_before(signed):
    tend(at=noon(date(2028, 9, 29)))
    assert mails("mou_ends_partner") == []

    for day in (date(2028, 9, 30), date(2028, 10, 1)):
        tend(at=noon(day))

    [mail] = Message.objects.filter(event="mou_ends_partner")
    assert (mail.to, "[[link:" in mail.body) == ("pat@tallgrass.example", True)


def test_of_one_that_staff_let_end_the_partner_alone_is_told(signed):
    tend(at=noon(END - timedelta(days=365)))
    Message.objects.all().delete()
    moved(signed, MouMove.LET_END, words="The need is met.", at=noon(END - timedelta(days=364)))

    tend(at=noon(END - timedelta(days=30)))

    assert (mails("mou_ends"), mails("mou_ends_partner")) == ([], ["pat@tallgrass.example"])
    tend(at=noon(END + timedelta(days=1)))
    assert Mou.objects.get().status == Status.EXPIRED


def test_of_a_partner_who_was_dropped_nobody_is_told(signed):
    named = signed.named_partner
    named.dropped_at = timezone.now()
    named.save()

    tend(at=noon(END - timedelta(days=30)))

    assert (mails("mou_ends"), mails("mou_ends_partner")) == ([], [])


def test_of_one_that_another_goes_on_from_nobody_is_told(signed, cast):
    renewal = share_it(summarized(make_submitted()), cast.oxford).engagement
    Proposal.objects.filter(pk=renewal.proposal_id).update(renews=signed.proposal_id)

    tend(at=noon(END - timedelta(days=30)))

    assert renewal.organization_id == signed.organization_id
    assert (mails("mou_ends"), mails("mou_ends_partner")) == ([], [])


def test_one_that_was_terminated_is_left_alone(signed, cast):
    tend(at=noon(START))
    moved(signed, MouMove.TERMINATE, ended_on=date(2026, 5, 1), at=noon(date(2026, 6, 1)))

    assert tend(at=noon(END + timedelta(days=9))) == 0
    assert Mou.objects.get().status == Status.TERMINATED


def test_a_notice_can_be_changed_while_it_is_in_force(signed, cast):
    tend(at=noon(START))
    facts = {"renewal_notice_days": 120}
    record.save_facts(engagement=signed, facts=facts, by=cast.oxford)

    assert Mou.objects.get().renewal_notice_days == 120
