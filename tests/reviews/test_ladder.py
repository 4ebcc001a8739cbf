"""What nobody moves is told at its marks: once each, to the right people, never to partners."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from microcreds.outbox.models import Message
from proposals.models import Participant, Proposal, Stage
from reviews.durations import Durations, Usual, remember
from reviews.ladder import climbing, targets, telling
from reviews.ladder.climbing import climb
from reviews.models import Holiday, LadderStep, StageChange
from reviews.services import assign, undo
from reviews.tasks import climb_ladder
from reviews.workflow import Move
from tests.factories import (
    do_move,
    given_for,
    make_at,
    make_cast,
    make_person,
    make_submitted,
    send,
)

pytestmark = pytest.mark.django_db
CAMPUS = ZoneInfo("America/New_York")
EVENTS = {
    "ladder",
    "ladder_list",
    "later_than_planned",
    "idle_full_proposal",
    "reply_due",
    "approval_ends",
}


def on(day: int, month: int = 11, hour: int = 9, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=CAMPUS).astimezone(UTC)


def mails() -> list[tuple[str, str]]:
    """What the ladder has written so far: event and to whom."""
    found = Message.objects.filter(event__in=EVENTS)
    return sorted(found.values_list("event", "to"))


def leave(at: datetime) -> None:
    """What waits in the outbox is mailed."""
    Message.objects.filter(state__in=Message.WAITING).update(state=Message.State.SENT, sent_at=at)


@pytest.fixture
def triaged(cast) -> Proposal:
    """In triage since Monday 2 November, five working days: due on Monday the 9th."""
    return make_at(Stage.TRIAGE, at=on(2))


def test_at_80_percent_whoever_owes_it_is_told(triaged):
    climb(at=on(5))
    assert mails() == []
    assert climb(at=on(6)).told == [triaged.reference]
    assert mails() == [("ladder", make_cast().oxford.email)]
    mail = Message.objects.get(event="ladder")
    assert mail.about == triaged.reference
    assert mail.cause == f"ladder:{StageChange.objects.latest().pk}:80"
    assert "1 working day left" in mail.subject
    assert "4 of 5 working days used" in mail.body


def test_at_100_the_lead_too_and_at_150_the_desk_again(triaged):
    cast = make_cast()
    climb(at=on(9))
    due = [("ladder", cast.lead.email), ("ladder", cast.oxford.email)]
    assert mails() == due
    climb(at=on(10))
    climb(at=on(12))  # Veterans Day is no holiday of this test: eight of five days
    assert [mail for mail in mails() if mail[0] == "ladder"] == sorted(due + due)


def test_proposers_hear_that_it_is_later_than_planned_on_the_working_day_after(triaged):
    climb(at=on(9, hour=23))
    assert "On the next working day the proposers are told" in _to_owing().body
    assert climb(at=on(10)).told == [triaged.reference]
    late = ("later_than_planned", make_cast().proposer.email)
    assert [mail for mail in mails() if mail[0] != "ladder"] == [late]
    assert climb(at=on(11)).told == []
    climb(at=on(12))
    assert mails().count(late) == 1


def test_whose_day_went_by_untold_is_told_to_desk_and_proposers_together(triaged):
    climb(at=on(10))
    assert [event for event, _to in mails()] == ["ladder", "ladder", "later_than_planned"]
    assert "The proposers were told that it takes longer" in _to_owing().body


def _to_owing() -> Message:
    return Message.objects.filter(event="ladder", to=make_cast().oxford.email).latest("pk")


def test_each_mark_once_a_stay_however_often_it_runs(triaged):
    for day in (6, 6, 9, 9, 10, 10, 11):
        climb(at=on(day))
    rungs = LadderStep.objects.order_by("pk").values_list("rung", flat=True)
    assert list(rungs) == ["80", "100", "101"]


def test_when_several_were_missed_only_the_highest_is_told(triaged):
    climb(at=on(30))
    assert list(LadderStep.objects.values_list("rung", flat=True)) == ["150"]
    events = [event for event, _to in mails()]
    assert events == ["ladder", "ladder", "later_than_planned"]


def test_days_off_count_for_nothing_and_nothing_is_told_on_them(triaged):
    Holiday.objects.create(on=date(2026, 11, 5), name="Closed")
    assert climb(at=on(6)).told == []  # three of five days
    assert climb(at=on(8)).told == []  # a Sunday
    Holiday.objects.create(on=date(2026, 11, 9), name="Closed too")
    assert climb(at=on(9)).told == []


def test_a_hold_continues_the_stay_and_its_marks(triaged):
    cast = make_cast()
    climb(at=on(6))
    leave(at=on(6))
    wakes = date(2026, 11, 16)
    do_move(triaged, Move.HOLD, cast.oxford, at=on(6, hour=12), reason_code="timing", wake_on=wakes)
    assert climb(at=on(12)).told == []
    do_move(triaged, Move.RESUME, cast.oxford, at=on(16))
    assert climb(at=on(16)).told == []  # still four of five, which was told
    climb(at=on(17))
    assert list(LadderStep.objects.values_list("rung", flat=True)) == ["80", "100"]
    assert len(set(LadderStep.objects.values_list("since", flat=True))) == 1


def test_a_new_stay_counts_anew(triaged):
    cast = make_cast()
    climb(at=on(6))
    leave(at=on(6))
    do_move(triaged, Move.RETURN, cast.oxford, at=on(6, hour=12), **given_for(Move.RETURN))
    assert climb(at=on(16)).told == []  # their turn, and not due yet
    send(triaged, at=on(16))
    climb(at=on(20))
    steps = LadderStep.objects.order_by("pk")
    assert [step.rung for step in steps] == ["80", "80"]
    assert len({step.since for step in steps}) == 2


@pytest.mark.parametrize(
    ("stage", "who"),
    [(Stage.APC_REVIEW, "committee_chair"), (Stage.CAD_CONSENT, "deans")],
)
def test_the_chair_and_the_deans_are_told_of_their_own_steps(stage, who):
    cast = make_cast()
    make_at(stage, at=on(2))
    climb(at=on(27))
    told = {to for event, to in mails() if event == "ladder"}
    assert told - {cast.lead.email} == {getattr(cast, who).email}


def test_without_an_owner_the_queue_is_told(cast):
    make_submitted(at=on(2))
    climb(at=on(4))
    assert ("ladder", cast.oxford.email) in mails()


@pytest.mark.parametrize(
    "stage", [Stage.DRAFT, Stage.DECLINED, Stage.WITHDRAWN, Stage.ON_HOLD, Stage.DEVELOPMENT]
)
def test_what_nobody_of_the_university_owes_is_not_told(stage):
    make_at(stage, at=on(2))
    assert climb(at=on(30)).told == []
    assert mails() == []


def test_nobody_who_takes_part_in_it_is_asked_to_act(cast):
    proposal = make_at(Stage.APC_REVIEW, at=on(2))
    Participant.objects.create(
        proposal=proposal, user=cast.committee_chair, capacity="recused", since=on(2)
    )
    climb(at=on(30))
    assert ("ladder", cast.committee_chair.email) not in mails()
    assert ("ladder", cast.lead.email) in mails()


def test_the_proposers_read_a_new_day_only_where_the_last_year_allows_it(triaged):
    climb(at=on(10))
    body = Message.objects.get(event="later_than_planned").body
    assert "we cannot name a new day" in body
    other = make_at(Stage.TRIAGE, at=on(2))
    remember(Durations({}, {Stage.TRIAGE: Usual(median=6, p80=9, seen=20)}))
    climb(at=on(10, hour=13))
    body = Message.objects.get(event="later_than_planned", about=other.reference).body
    assert "within 9 working days" in body
    assert "Friday, 13 November 2026" in body


def test_no_need_no_partner_and_no_score_stands_in_any_mail(triaged):
    climb(at=on(9))
    for mail in Message.objects.filter(event__in=EVENTS):
        assert "Tallgrass" not in mail.body
        assert "scrap" not in mail.body
    assert not [to for _event, to in mails() if to.endswith("tallgrass.example")]


def test_a_waiting_mail_stays_here_when_the_proposal_moves(triaged):
    climb(at=on(9))
    do_move(triaged, Move.DECLINE, make_cast().oxford, at=on(9), **given_for(Move.DECLINE))
    states = set(Message.objects.filter(event__in=EVENTS).values_list("state", flat=True))
    assert states == {Message.State.RECALLED}


def test_a_mark_that_a_move_kept_here_is_told_once_the_move_is_undone(triaged):
    lead = make_cast().lead
    climb(at=on(9))
    told = mails()
    do_move(triaged, Move.HOLD, lead, at=on(9), **given_for(Move.HOLD))
    undo(proposal=triaged, by=lead, at=on(9) + timedelta(minutes=1))
    assert climb(at=on(9, hour=13)).told == [triaged.reference]
    waiting = Message.objects.filter(event__in=EVENTS, state=Message.State.QUEUED)
    assert sorted(waiting.values_list("event", "to")) == told
    assert climb(at=on(9, hour=14)).told == []


def test_many_to_one_person_are_one_mail_with_a_line_for_each(cast):
    proposals = [make_at(Stage.TRIAGE, at=on(2)) for _each in range(7)]
    climb(at=on(10))
    assert [event for event, _to in mails()].count("later_than_planned") == 7
    [to_oxford] = Message.objects.filter(event="ladder_list", to=cast.oxford.email)
    assert to_oxford.subject == "7 proposals need a look"
    assert all(each.reference in to_oxford.body for each in proposals)
    assert LadderStep.objects.count() == 7
    assert climb(at=on(9, hour=13)).told == []
    assert not Message.objects.filter(event="ladder").exists()


def test_a_mail_of_many_goes_without_the_one_that_moved(cast):
    first, *rest = [make_at(Stage.TRIAGE, at=on(2)) for _each in range(6)]
    climb(at=on(9))
    do_move(first, Move.DECLINE, cast.oxford, at=on(9), **given_for(Move.DECLINE))
    mail = Message.objects.get(event="ladder_list", to=cast.oxford.email)
    assert mail.subject == "5 proposals need a look"
    assert first.reference not in mail.body
    for each in rest:
        do_move(each, Move.DECLINE, cast.oxford, at=on(9), **given_for(Move.DECLINE))
    mail.refresh_from_db()
    assert mail.state == Message.State.RECALLED


def test_a_mail_of_many_stands_among_the_mails_of_each(client, cast):
    proposals = [make_at(Stage.TRIAGE, at=on(2)) for _each in range(6)]
    climb(at=on(9))
    client.force_login(cast.oxford)
    page = client.get(f"/admin/reviews/triageitem/{proposals[3].pk}/change/")
    assert "6 proposals need a look" in page.content.decode()


def test_one_that_cannot_be_read_holds_up_no_other(cast, monkeypatch):
    broken, well = make_at(Stage.TRIAGE, at=on(2)), make_at(Stage.TRIAGE, at=on(2))
    measured = targets.clock_of

    def clock_of(row, *rest):
        if row.pk == broken.pk:
            raise ValueError("no clock")
        return measured(row, *rest)

    monkeypatch.setattr(targets, "clock_of", clock_of)
    climbed = climb(at=on(9))
    assert climbed.told == [well.reference]
    assert [fault.__notes__ for fault in climbed.stuck] == [[broken.reference]]


def test_one_that_cannot_be_told_holds_up_no_other(cast, monkeypatch):
    broken, well = make_at(Stage.TRIAGE, at=on(2)), make_at(Stage.TRIAGE, at=on(2))
    Proposal.objects.filter(pk=broken.pk).update(working_title="Broken")
    composed = telling.letters_of

    def letters_of(passed, around):
        if passed.proposal.pk == broken.pk:
            raise ValueError("no letter")
        return composed(passed, around)

    monkeypatch.setattr(telling, "letters_of", letters_of)
    climbed = climb(at=on(9))
    assert climbed.told == [well.reference]
    assert not LadderStep.objects.filter(proposal=broken).exists()


def test_a_run_takes_the_same_statements_for_any_number(cast):
    counts = []
    for size in (1, 3, 9):
        for _each in range(size):
            make_at(Stage.TRIAGE, at=on(2))
        with CaptureQueriesContext(connection) as caught:
            assert len(climb(at=on(9)).told) == size
        counts.append(len(caught))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 24


def test_a_run_has_an_end_and_the_next_one_goes_on(cast, monkeypatch):
    monkeypatch.setattr(climbing, "MOVED_IN_A_RUN", 1)
    monkeypatch.setattr(climbing, "TOLD_IN_A_RUN", 1)
    for _each in range(2):
        active_until(date(2027, 11, 12))
    late = [make_at(Stage.TRIAGE, at=on(2)).reference for _each in range(2)]
    runs = [climb(at=on(12, hour=hour)) for hour in (9, 13)]
    assert [len(run.renewed) for run in runs] == [1, 1]
    assert [run.told for run in runs] == [[late[0]], [late[1]]]


def test_the_task_runs_the_ladder(triaged, time_machine):
    time_machine.move_to(on(9))
    climb_ladder()
    assert LadderStep.objects.count() == 1


def test_a_full_proposal_nobody_saves_is_asked_about_at_15_30_and_60_days(cast):
    proposal = make_at(Stage.FULL_PROPOSAL, at=on(1, month=6))
    asked = []
    for day in range(110):
        at = on(1, month=6) + timedelta(days=day)
        if climb(at=at).told:
            asked.append((at.month, at.day))
    assert asked == [(6, 22), (7, 13), (8, 24)]
    assert {event for event, _to in mails()} == {"idle_full_proposal"}
    assert {to for _event, to in mails()} == {proposal.submitter.email}


def test_after_120_days_it_is_put_on_hold_by_the_system_and_counts_anew(cast):
    proposal = make_at(Stage.FULL_PROPOSAL, at=on(1, month=6))
    assert climb(at=on(13, month=11)).held == []
    assert climb(at=on(16, month=11)).held == [proposal.reference]
    proposal.refresh_from_db()
    assert (proposal.stage, proposal.wake_on) == (Stage.ON_HOLD, date(2027, 2, 14))
    change = StageChange.objects.latest()
    assert (change.actor, change.reason_code) == (None, "timing")
    assert "120 working days" in change.message
    assert climb(at=on(17, month=11)).told == []
    do_move(proposal, Move.RESUME, cast.oxford, at=on(15, month=2, year=2027))
    assert climb(at=on(15, month=2, year=2027)).held == []


def test_an_owner_hears_when_the_day_to_reply_has_come_once(cast):
    proposal = make_at(Stage.RETURNED, at=on(2))
    assert proposal.due_on == date(2026, 11, 30)
    assert climb(at=on(25)).told == []
    for day in (30, 30):
        climb(at=on(day))
    climb(at=on(1, month=12))
    assert mails() == [("reply_due", proposal.submitter.email)]
    assert "hoped for your reply by today" in Message.objects.get(event="reply_due").body


def active_until(day: date) -> Proposal:
    proposal = make_at(Stage.ACTIVE, at=on(2))
    Proposal.objects.filter(pk=proposal.pk).update(expires_on=day)
    proposal.refresh_from_db()
    return proposal


def test_a_year_before_its_end_the_renewal_review_opens_by_the_system_once(cast):
    proposal = active_until(date(2027, 11, 12))
    assert climb(at=on(11)).renewed == []
    assert climb(at=on(12)).renewed == [proposal.reference]
    change = StageChange.objects.latest()
    assert (change.move, change.actor, change.to_stage) == (
        Move.OPEN_RENEWAL,
        None,
        Stage.RENEWAL_REVIEW,
    )
    assert "Friday, 12 November 2027" in change.message
    # The owner reads it in the mail of the move; the lead has one of the ladder.
    assert mails() == [("approval_ends", cast.lead.email)]
    undo(proposal=proposal, by=cast.lead, at=on(12))
    assert climb(at=on(13)).renewed == []


def test_owner_and_lead_hear_at_12_6_3_and_1_months_the_last_only_where_missed(cast):
    proposal = active_until(date(2031, 11, 28))
    do_move(proposal, Move.SUSPEND, cast.oxford, at=on(3), **given_for(Move.SUSPEND, on(3)))
    told = []
    for year, month in ((2030, 11), (2031, 5), (2031, 8), (2031, 10)):
        told += climb(at=on(28 if month != 8 else 28, month=month, year=year)).told
    assert len(told) == 4
    assert {to for _event, to in mails()} == {proposal.submitter.email, cast.lead.email}
    late = active_until(date(2026, 12, 1))
    do_move(late, Move.SUSPEND, cast.oxford, at=on(3), **given_for(Move.SUSPEND, on(3)))
    climb(at=on(27))
    assert LadderStep.objects.get(proposal=late).rung == "expires:1"


def test_an_account_that_is_closed_gets_nothing_and_the_queue_hears_instead(triaged):
    cast = make_cast()
    deputy = make_person("dep@miami.example", "Dep", "elearning", unit=triaged.unit)
    assign(proposals=[triaged], to=deputy, by=cast.lead, at=on(2))
    deputy.is_active = False
    deputy.save()
    climb(at=on(6))
    assert mails() == [("ladder", cast.oxford.email)]
