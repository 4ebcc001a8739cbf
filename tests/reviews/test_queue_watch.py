"""Mails about what enters a queue: once, to whoever asked, and nothing they may not see."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from microcreds.accounts.models import Role
from microcreds.outbox.models import Message
from proposals.models import Stage
from reviews import queue_list, queue_watch, queues
from reviews.models import Holiday, QueueWatch
from reviews.workflow import Move
from tests.factories import do_move, make_at, make_submitted

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 20, 13, tzinfo=UTC)
AT_ONCE, DAILY = QueueWatch.How.AT_ONCE, QueueWatch.How.DAILY


def watch(who, query="stage=submitted", how=AT_ONCE, **given):
    queue = queues.save_queue(by=who, name="New ones", query=query, **given)
    queues.set_up(by=who, watches={str(queue.pk): how})
    return queue


def mails():
    return list(Message.objects.filter(event="queue_entered").order_by("pk"))


def test_what_comes_in_is_told_once_and_what_was_there_is_not(cast):
    before = make_submitted()
    queue = watch(cast.oxford)
    assert queue_watch.tell(how=AT_ONCE) == 0
    new = make_submitted(cast.other_proposer, working_title="Welding R&D")

    assert [queue_watch.tell(how=AT_ONCE) for _time in range(2)] == [1, 0]

    [mail] = mails()
    assert (mail.to, mail.subject) == (cast.oxford.email, "New in “New ones”: 1 proposal")
    assert f"{new.reference} Welding R&D (Submitted)" in mail.body
    assert before.reference not in mail.body
    assert f"?queue={queue.pk}&stage=submitted" in mail.body


def test_what_left_and_comes_back_is_told_again(cast):
    proposal = make_submitted()
    watch(cast.oxford, "stage=on_hold")
    given = {"reason_code": "timing", "wake_on": timezone.localdate() + timedelta(days=30)}
    do_move(proposal, Move.START_TRIAGE, cast.oxford)
    for _time in range(2):
        do_move(proposal, Move.HOLD, cast.oxford, **given)
        queue_watch.tell(how=AT_ONCE)
        do_move(proposal, Move.RESUME, cast.oxford)
        queue_watch.tell(how=AT_ONCE)

    assert len(mails()) == 2


def test_one_mail_for_all_that_entered_a_persons_queues(cast):
    watch(cast.oxford)
    queues.set_up(by=cast.oxford, watches={"unassigned": AT_ONCE})
    for _number in range(3):
        make_submitted()

    queue_watch.tell(how=AT_ONCE)

    [mail] = mails()
    assert mail.subject == "New in your queues: 3 proposals"
    assert "New ones (3 new)" in mail.body
    assert "Nobody's yet (3 new)" in mail.body


def test_daily_ones_wait_for_a_working_day(cast):
    with time_machine.travel(FRIDAY):
        watch(cast.oxford, how=DAILY)
        make_submitted()
        Holiday.objects.create(on="2026-11-23", name="A day off")
    days = [FRIDAY + timedelta(days=days) for days in (1, 2, 3, 4)]
    told = []
    for day in days:
        with time_machine.travel(day):
            told.append((queue_watch.tell(how=DAILY), queue_watch.tell(how=AT_ONCE)))

    assert told == [(0, 0), (0, 0), (0, 0), (1, 0)]


def test_the_committees_chair_is_told_of_what_reached_the_committee_alone(cast):
    watch(cast.committee_chair, "")
    make_submitted()
    assert queue_watch.tell(how=AT_ONCE) == 0

    reached = make_at(Stage.APC_REVIEW)
    queue_watch.tell(how=AT_ONCE)

    assert reached.reference in mails()[0].body


@pytest.mark.parametrize("how", ["left", "role ended", "no longer shared"])
def test_nobody_is_told_who_may_not_see_it_any_more(cast, how):
    queue = queues.save_queue(by=cast.lead, name="All's", query="", audience="all")
    queues.set_up(by=cast.oxford, watches={str(queue.pk): AT_ONCE})
    if how == "left":
        cast.oxford.is_active = False
        cast.oxford.save()
    elif how == "role ended":
        Role.objects.filter(user=cast.oxford).update(starts_on="2019-01-01", ends_on="2020-01-01")
    else:
        queues.change_queue(queue=queue, by=cast.lead, name="Mine", audience="private")
    make_submitted()

    assert queue_watch.tell(how=AT_ONCE) == 0


def test_who_comes_back_is_told_nothing_of_the_time_between(cast):
    watch(cast.oxford)
    Role.objects.filter(user=cast.oxford).update(starts_on="2019-01-01", ends_on="2020-01-01")
    queue_watch.tell(how=AT_ONCE)
    make_submitted()
    Role.objects.filter(user=cast.oxford).update(ends_on=None)

    assert [queue_watch.tell(how=AT_ONCE) for _time in range(2)] == [0, 0]
    make_submitted()
    assert queue_watch.tell(how=AT_ONCE) == 1


def test_a_queue_that_asks_something_else_now_is_looked_at_anew(cast):
    make_submitted()
    queue = watch(cast.oxford, "stage=triage")
    queues.take_over(queue=queue, by=cast.oxford, query="stage=submitted", keys=())

    assert queue_watch.tell(how=AT_ONCE) == 0


def test_of_more_than_anybody_reads_nothing_is_told(cast, monkeypatch):
    monkeypatch.setattr(queue_list, "MOST_WATCHED", 1)
    watch(cast.oxford)
    for _number in range(2):
        make_submitted()

    assert queue_watch.tell(how=AT_ONCE) == 0
    assert QueueWatch.objects.get().seen is None


def test_a_long_list_is_cut_in_the_mail(cast, monkeypatch):
    monkeypatch.setattr(queue_watch, "MOST_TOLD", 1)
    watch(cast.oxford)
    for _number in range(3):
        make_submitted()

    queue_watch.tell(how=AT_ONCE)

    assert "and 2 more" in mails()[0].body


def test_ended_watches_and_deleted_queues_tell_nothing(cast):
    queue = watch(cast.oxford)
    queues.set_up(by=cast.oxford, watches={str(queue.pk): "", "unassigned": AT_ONCE})
    queues.set_up(by=cast.oxford, watches={"unassigned": ""})
    other = queues.save_queue(by=cast.oxford, name="Other", query="")
    queues.set_up(by=cast.oxford, watches={str(other.pk): AT_ONCE})
    queues.delete_queue(queue=other, by=cast.oxford)
    make_submitted()

    assert QueueWatch.objects.count() == 0
    assert queue_watch.tell(how=AT_ONCE) == 0


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_what_entered(cast, count, django_assert_num_queries):
    watch(cast.oxford)
    for _number in range(count):
        make_submitted()

    with django_assert_num_queries(10):
        queue_watch.tell(how=AT_ONCE)
