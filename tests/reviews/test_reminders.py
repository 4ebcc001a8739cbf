"""What is asked by a day is reminded of before and after it; once each, and not when it is done."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from microcreds.accounts.models import Role, User
from microcreds.outbox import preferences
from microcreds.outbox.events import Frequency, Topic
from microcreds.outbox.models import Message
from partners.models import Engagement
from proposals.models import Participant, Proposal, Stage
from reviews import return_points
from reviews.ladder import asks as ladder_asks
from reviews.ladder.climbing import climb
from reviews.models import Absence, Holiday, LadderStep, Request, ToDo
from reviews.mou.table import MouMove
from reviews.points import Point
from reviews.todos import add_todo, tick_off
from reviews.workflow import Move
from tests.factories import (
    do_move,
    given_for,
    make_at,
    make_cast,
    make_draft,
    make_person,
    make_unit,
    send,
    take_part,
)
from tests.partners.memoranda import moved, with_text
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db
CAMPUS = ZoneInfo("America/New_York")
EVENTS = {"ask_soon", "ask_late", "meeting_soon", "reply_due"}


def on(day: int, month: int = 11, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=CAMPUS).astimezone(UTC)


def mails() -> list[tuple[str, str]]:
    """What reminds so far: event and to whom."""
    found = Message.objects.filter(event__in=EVENTS).order_by("pk")
    return list(found.values_list("event", "to"))


def states() -> set[str]:
    return set(Message.objects.filter(event__in=EVENTS).values_list("state", flat=True))


def todo_by(day: int, *, month: int = 11, made: int = 2, **changed) -> ToDo:
    oxford = make_cast().oxford
    given = {"words": "Ring Pat", "owner": oxford, "by": oxford} | changed
    row = given.pop("proposal", None) or make_at(Stage.FULL_PROPOSAL, at=on(2))
    return add_todo(proposal=row, by_day=date(2026, month, day), at=on(made), **given)


def returned(*points: Point, proposal: Proposal | None = None) -> Proposal:
    """On Monday 2 November, with these points; everything is wanted by Monday the 30th."""
    proposal = proposal or make_at(Stage.TRIAGE, at=on(2))
    given = given_for(Move.RETURN) | {"points": points}
    do_move(proposal, Move.RETURN, make_cast().oxford, at=on(2, hour=12), **given)
    return proposal


ASSESSED = Point("outcomes", "How is it assessed?", due_on=date(2026, 11, 18))


def answer(proposal: Proposal, at: datetime) -> None:
    for point in Request.objects.filter(change__proposal=proposal, answer=""):
        by = proposal.submitter
        return_points.answer_point(point=point, answer="At the line.", by=by, read_at=None, at=at)


def test_a_to_do_is_reminded_of_two_working_days_before_and_when_late_each_once(cast):
    todo_by(16)  # a Monday
    climb(at=on(11))
    assert mails() == []
    climb(at=on(12))
    climb(at=on(12, hour=15))
    climb(at=on(13))
    assert mails() == [("ask_soon", cast.oxford.email)]
    climb(at=on(16))
    climb(at=on(17))
    climb(at=on(18))
    assert mails() == [("ask_soon", cast.oxford.email), ("ask_late", cast.oxford.email)]
    assert list(LadderStep.objects.order_by("pk").values_list("rung", flat=True)) == [
        "soon:2026-11-16",
        "late:2026-11-16",
    ]


def test_the_mail_says_what_about_which_by_when_and_where_it_is_done(cast):
    todo = todo_by(16)
    climb(at=on(12))
    mail = Message.objects.get(event="ask_soon")
    assert mail.subject == "Due 16 November: “Sampling for shift leads” (MC-2026-0001)"
    assert "due in 2 working days, Monday, 16 November 2026" in mail.body
    assert "* Ring Pat" in mail.body
    assert f"/admin/reviews/triageitem/{todo.proposal_id}/change/#next-step" in mail.body
    assert mail.cause == f"ladder:todo:{todo.pk}:soon:2026-11-16"


def test_weekends_and_holidays_are_no_working_days(cast):
    Holiday.objects.create(on=date(2026, 11, 13), name="Closed")
    todo_by(16)
    climb(at=on(11))
    assert mails() == [("ask_soon", cast.oxford.email)]
    climb(at=on(13))
    climb(at=on(14))
    assert len(mails()) == 1


def test_what_was_asked_so_late_is_not_repeated_before_its_day(cast):
    todo_by(4, made=3)
    climb(at=on(3, hour=15))
    assert mails() == []
    climb(at=on(5))
    assert mails() == [("ask_late", cast.oxford.email)]


def test_what_is_done_is_not_reminded_of(cast):
    tick_off(todo=todo_by(16), by=cast.oxford, at=on(11))
    climb(at=on(12))
    climb(at=on(17))
    assert mails() == []


def test_a_reminder_that_waits_stays_here_once_the_thing_is_done(cast):
    preferences.choose(address=cast.oxford.email, frequencies={Topic.REQUESTS: Frequency.DAILY})
    todo = todo_by(16)
    climb(at=on(12))
    assert states() == {Message.State.GATHERED}
    tick_off(todo=todo, by=cast.oxford, at=on(12, hour=12))
    assert states() == {Message.State.RECALLED}


def test_a_mail_of_many_goes_without_what_is_done(cast):
    preferences.choose(address=cast.oxford.email, frequencies={Topic.REQUESTS: Frequency.DAILY})
    row = make_at(Stage.FULL_PROPOSAL, at=on(2))
    first, *_rest = [todo_by(16, proposal=row, words=f"Ring {n}") for n in range(6)]
    climb(at=on(12))
    mail = Message.objects.get(event="ladder_list")
    assert mail.subject == "1 proposal needs a look"
    tick_off(todo=first, by=cast.oxford, at=on(12, hour=12))
    mail.refresh_from_db()
    assert "Ring 0" not in mail.body
    assert "Ring 5, in 2 working days, Mon 16 Nov" in mail.body


def read_by(day: int) -> Engagement:
    """A memorandum that the university's offices are to have read by this day of November."""
    share = share_it(summarized(make_at(Stage.FULL_PROPOSAL, at=on(2))), make_cast().oxford)
    with_text(share.engagement, at=on(2))
    by_day = date(2026, 11, day)
    moved(share.engagement, MouMove.SEND_TO_UNIVERSITY, due_on=by_day, at=on(2))
    return share.engagement


def test_a_memorandum_is_reminded_of_before_its_day_and_when_late_each_once(cast):
    read_by(16)
    for day in (11, 12, 13, 16, 17, 18):
        climb(at=on(day))
    assert mails() == [(event, cast.oxford.email) for event in ("ask_soon", "ask_late")]


def test_a_reminder_of_a_memorandum_stays_here_once_it_is_passed_on(cast):
    preferences.choose(address=cast.oxford.email, frequencies={Topic.REQUESTS: Frequency.DAILY})
    engagement = read_by(16)
    climb(at=on(12))
    assert states() == {Message.State.GATHERED}
    moved(engagement, MouMove.REDRAFT, at=on(12, hour=12))
    assert states() == {Message.State.RECALLED}


def test_a_next_step_that_another_replaced_is_reminded_of_no_more(cast):
    preferences.choose(address=cast.oxford.email, frequencies={Topic.REQUESTS: Frequency.DAILY})
    todo = todo_by(16, is_next=True)
    climb(at=on(12))
    todo_by(30, made=12, proposal=todo.proposal, words="Write to Lou", is_next=True)
    assert states() == {Message.State.RECALLED}


def test_who_stands_in_is_reminded_too_and_who_left_is_not(cast):
    colleague = make_person("oz@miami.example", "Oz", Role.Kind.ELEARNING, unit=make_unit())
    days = {"starts_on": date(2000, 1, 1), "ends_on": date(2100, 1, 1)}
    Absence.objects.create(person=cast.oxford, stand_in=colleague, **days)
    todo_by(16)
    climb(at=on(12))
    assert {to for _event, to in mails()} == {cast.oxford.email, colleague.email}
    User.objects.filter(pk__in=[cast.oxford.pk, colleague.pk]).update(is_active=False)
    climb(at=on(17))
    assert len(mails()) == 2


def test_points_of_one_day_are_one_mail_to_the_owner_and_who_edits(cast):
    gus = {"name": "Gus", "email": cast.other_proposer.email, "access": "edit"}
    proposal = make_draft(at=on(2), co_proposers=[gus])
    take_part(proposal, cast.other_proposer)
    send(proposal, at=on(2))
    proposal.refresh_from_db()
    do_move(proposal, Move.START_TRIAGE, cast.oxford, at=on(2))
    returned(ASSESSED, Point("", "And where?", due_on=ASSESSED.due_on), proposal=proposal)
    climb(at=on(16))
    assert mails() == [
        ("ask_soon", cast.proposer.email),
        ("ask_soon", cast.other_proposer.email),
    ]
    assert Message.objects.filter(event="ask_soon")[0].body.count("* Answer what was asked") == 2


def test_late_points_are_told_an_owner_once_by_the_mail_for_a_reply(cast):
    proposal = returned(ASSESSED)
    for day in (16, 17, 18, 19, 20, 23):
        climb(at=on(day))
    assert mails() == [("ask_soon", cast.proposer.email), ("reply_due", cast.proposer.email)]
    assert proposal.due_on == ASSESSED.due_on


def test_points_of_a_later_day_are_late_on_theirs(cast):
    returned(ASSESSED, Point("need_statement", "For whom?", due_on=date(2026, 11, 25)))
    for day in (16, 18, 23, 26):
        climb(at=on(day))
    assert [event for event, _to in mails()] == ["ask_soon", "reply_due", "ask_soon", "ask_late"]


def test_once_all_points_of_the_day_are_answered_their_reminder_stays_here(cast):
    preferences.choose(address=cast.proposer.email, frequencies={Topic.REQUESTS: Frequency.DAILY})
    proposal = returned(ASSESSED)
    climb(at=on(16))
    answer(proposal, on(16, hour=12))
    assert states() == {Message.State.RECALLED}


def test_an_owner_with_nothing_left_to_answer_is_reminded_to_submit(cast):
    proposal = returned()
    climb(at=on(26))
    assert mails() == [("ask_soon", cast.proposer.email)]
    mail = Message.objects.get(event="ask_soon")
    assert "* Look over your answers and submit again" in mail.body
    send(proposal, at=on(26, hour=12))
    assert states() == {Message.State.RECALLED}


def before_the_committee(meeting_on: date) -> Proposal:
    proposal = make_at(Stage.READINESS, at=on(2))
    do_move(proposal, Move.SEND_TO_COMMITTEE, make_cast().oxford, at=on(2), meeting_on=meeting_on)
    return proposal


def test_the_committee_is_told_three_working_days_before_it_meets_once(cast):
    Holiday.objects.create(on=date(2026, 11, 16), name="Closed")
    before_the_committee(date(2026, 11, 18))
    climb(at=on(11))
    assert mails() == []
    for day in (12, 13, 17, 18, 19):
        climb(at=on(day))
    assert sorted(mails()) == [
        ("meeting_soon", cast.committee.email),
        ("meeting_soon", cast.committee_chair.email),
    ]
    mail = Message.objects.filter(event="meeting_soon")[0]
    assert mail.subject == (
        "The committee meets on Wednesday, 18 November: “Sampling for shift leads” (MC-2026-0001)"
    )


def test_another_meeting_is_told_anew_and_the_first_mail_stays_here(cast):
    proposal = before_the_committee(date(2026, 11, 18))
    climb(at=on(13))
    meeting = {"meeting_on": date(2026, 12, 9)}
    do_move(proposal, Move.DEFER, cast.committee_chair, at=on(13, hour=12), **meeting)
    assert states() == {Message.State.RECALLED}
    climb(at=on(4, month=12))
    assert len(mails()) == 4


def test_who_is_recused_is_not_told_of_the_meeting(cast):
    proposal = before_the_committee(date(2026, 11, 18))
    Participant.objects.create(
        proposal=proposal, user=cast.committee, capacity="recused", since=on(2)
    )
    climb(at=on(13))
    assert mails() == [("meeting_soon", cast.committee_chair.email)]


def test_what_was_done_between_reading_and_telling_is_not_told(cast, monkeypatch):
    todo, read = todo_by(16), ladder_asks.asks_due

    def asks_due(today, holidays):
        marks = list(read(today, holidays))
        tick_off(todo=todo, by=cast.oxford, at=on(12))
        return marks

    monkeypatch.setattr("reviews.ladder.climbing.asks_due", asks_due)
    climb(at=on(12))
    assert mails() == []


def test_a_run_takes_the_same_statements_for_any_number_of_asks(cast):
    counts = []
    for size in (1, 3):
        for number in range(size):
            todo_by(16, words=f"Ring {number}")
        with CaptureQueriesContext(connection) as caught:
            climb(at=on(12))
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_nothing_of_a_need_or_a_partner_stands_in_a_reminder(cast):
    returned(ASSESSED)
    before_the_committee(date(2026, 11, 18))
    climb(at=on(16))
    assert {event for event, _to in mails()} == {"ask_soon", "meeting_soon"}
    for mail in Message.objects.filter(event__in=EVENTS):
        assert "Tallgrass" not in mail.body
        assert "scrap" not in mail.body
