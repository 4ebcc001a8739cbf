"""Whoever does not own a proposal any more is not told of it as its owner; who does, is."""

from datetime import date

import pytest

from microcreds.accounts.models import Role
from microcreds.outbox import preferences
from microcreds.outbox.events import Frequency, Topic
from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews.ladder.climbing import climb
from reviews.models import LadderStep, ToDo
from reviews.services import assign, save_triage
from reviews.todos import add_todo
from tests.factories import make_at, make_person, make_unit
from tests.reviews.test_ladder import on

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(cast):
    return make_person("olf@miami.example", "Olf Oxford", Role.Kind.ELEARNING, unit=make_unit())


@pytest.fixture
def owned(cast) -> Proposal:
    """In triage since Monday 2 November, due on the 9th, and Ola's."""
    proposal = make_at(Stage.TRIAGE, at=on(2))
    assert proposal.assignee == cast.oxford
    return proposal


def states(person, event: str) -> list[str]:
    found = Message.objects.filter(event=event, user=person).order_by("pk")
    return list(found.values_list("state", flat=True))


def todo_of(person, proposal, day=16, words="Ring Pat", **more) -> ToDo:
    by_day = date(2026, 11, day)
    return add_todo(
        proposal=proposal, words=words, owner=person, by=person, by_day=by_day, at=on(2), **more
    )


def test_a_warning_that_waits_stays_here_and_the_new_owner_gets_it(cast, owned, colleague):
    climb(at=on(6))
    assert states(cast.oxford, "ladder") == ["queued"]
    assign(proposals=[owned], to=colleague, by=cast.oxford, at=on(6))
    assert states(cast.oxford, "ladder") == ["recalled"]
    climb(at=on(6, hour=13))
    assert states(colleague, "ladder") == ["queued"]


def test_a_warning_that_has_left_is_not_told_again(cast, owned, colleague):
    climb(at=on(6))
    Message.objects.filter(event="ladder").update(state=Message.State.SENT, sent_at=on(6))
    assign(proposals=[owned], to=colleague, by=cast.oxford, at=on(6))
    assert climb(at=on(6, hour=13)).told == []


def test_what_others_are_told_of_the_same_mark_leaves(cast, owned, colleague):
    climb(at=on(10))
    assign(proposals=[owned], to=colleague, by=cast.oxford, at=on(10))
    assert states(cast.oxford, "ladder") == ["recalled"]
    assert states(cast.lead, "ladder") == ["queued"]
    assert states(owned.submitter, "later_than_planned") == ["queued"]
    assert climb(at=on(10, hour=13)).told == []


def test_a_reminder_of_a_to_do_goes_to_whoever_has_it_now(cast, owned, colleague):
    preferences.choose(address=cast.oxford.email, frequencies={Topic.REQUESTS: Frequency.DAILY})
    todo_of(cast.oxford, owned)
    climb(at=on(12))
    assert states(cast.oxford, "ask_soon") == ["gathered"]
    assign(proposals=[owned], to=colleague, by=cast.oxford, at=on(12))
    assert states(cast.oxford, "ask_soon") == ["recalled"]
    climb(at=on(12, hour=13))
    assert states(colleague, "ask_soon") == ["queued"]


def test_a_mail_of_many_goes_without_what_changed_hands(cast, owned, colleague):
    other = make_at(Stage.TRIAGE, at=on(2))
    for n in range(6):
        todo_of(cast.oxford, owned if n < 4 else other, words=f"Ring {n}")
    climb(at=on(12))
    mail = Message.objects.get(event="ladder_list", user=cast.oxford)
    assign(proposals=[owned], to=colleague, by=cast.oxford, at=on(12))
    mail.refresh_from_db()
    assert "Ring 3" not in mail.body
    assert "Ring 4" in mail.body
    climb(at=on(12, hour=13))
    assert len(states(colleague, "ask_soon")) == 4


def test_that_it_is_theirs_is_not_said_to_who_had_it_for_a_moment(cast, owned, colleague):
    assign(proposals=[owned], to=colleague, by=cast.lead, at=on(3))
    assign(proposals=[owned], to=cast.oxford, by=cast.lead, at=on(3, hour=10))
    assert states(colleague, "assigned") == ["recalled"]
    assert states(cast.oxford, "assigned") == ["queued"]


def test_nobodys_it_leaves_the_to_dos_and_their_reminders_where_they_were(cast, owned):
    todo = todo_of(cast.oxford, owned)
    climb(at=on(12))
    assign(proposals=[owned], to=None, by=cast.lead, at=on(12))
    todo.refresh_from_db()
    assert todo.owner == cast.oxford
    assert states(cast.oxford, "ask_soon") == ["queued"]
    assert set(states(cast.oxford, "ladder")) <= {"recalled"}


def test_routed_to_another_unit_its_to_dos_are_handed_on_there(cast, owned, colleague):
    mine = todo_of(cast.oxford, owned, is_next=True)
    theirs = todo_of(colleague, owned)
    climb(at=on(12))
    save_triage(proposal=owned, by=cast.oxford, values={"unit": make_unit("Regionals")}, at=on(12))
    owners = [ToDo.objects.get(pk=todo.pk).owner for todo in (mine, theirs)]
    assert owners == [cast.regionals, colleague]
    assert states(cast.oxford, "ask_soon") == ["recalled"]
    [mail] = Message.objects.filter(event="todo", user=cast.regionals)
    assert "Ring Pat" in mail.body
    climb(at=on(12, hour=13))
    assert states(cast.regionals, "ask_soon") == ["queued"]


def test_where_nobody_works_its_to_dos_stay(cast, owned):
    todo = todo_of(cast.oxford, owned)
    Role.objects.filter(kind=Role.Kind.LEAD).delete()
    nowhere = make_unit("Nowhere")
    save_triage(proposal=owned, by=cast.oxford, values={"unit": nowhere}, at=on(12))
    assert ToDo.objects.get(pk=todo.pk).owner == cast.oxford


def test_a_change_of_hands_that_nothing_waits_on_forgets_no_mark(cast, owned, colleague):
    LadderStep.objects.create(proposal=owned, since="1", rung="80", at=on(3))
    assign(proposals=[owned], to=colleague, by=cast.lead, at=on(3))
    assert LadderStep.objects.count() == 1
