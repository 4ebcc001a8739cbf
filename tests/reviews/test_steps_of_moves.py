"""What comes next while a proposal is moved: kept, done or replaced, and back by undo."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from proposals.models import Proposal, Stage
from reviews.models import ToDo
from reviews.plans import Given, build_plan, build_undo
from reviews.services import move, save_triage, undo
from reviews.todos import set_next_step_of, tick_off
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_cast
from tests.reviews.test_bulk import address, given

pytestmark = pytest.mark.django_db
DESK = "/admin/reviews/triageitem/"


def soon(days: int = 3):
    return timezone.localdate() + timedelta(days=days)


def with_step(proposal: Proposal, words: str = "Ring Pat") -> ToDo:
    rows = Proposal.objects.filter(pk=proposal.pk)
    set_next_step_of(proposals=rows, words=words, by_day=soon(), by=make_cast().oxford)
    return ToDo.objects.get(proposal=proposal, words=words)


def hold(proposal: Proposal, **given) -> None:
    do_move(proposal, Move.HOLD, make_cast().oxford, **given_for(Move.HOLD), **given)


def stands(proposal: Proposal) -> list[str]:
    steps = ToDo.objects.open().filter(proposal=proposal, is_next=True)
    return list(steps.values_list("words", flat=True))


@pytest.fixture
def triaged(cast) -> Proposal:
    return make_at(Stage.TRIAGE)


def test_it_stays_unless_something_else_is_said(triaged):
    step = with_step(triaged)
    hold(triaged)
    undo(proposal=triaged, by=make_cast().oxford)
    assert stands(triaged) == ["Ring Pat"]
    step.refresh_from_db()
    assert step.done_at is None


def test_done_with_the_move_it_says_so_and_undo_brings_it_back(triaged):
    step = with_step(triaged)
    before = ToDo.objects.filter(pk=step.pk).values().get()
    hold(triaged, step_is_done=True)
    step.refresh_from_db()
    assert step.done_note == "Done with the move “Put on hold”."
    undo(proposal=triaged, by=make_cast().oxford)
    assert ToDo.objects.filter(pk=step.pk).values().get() == before


def test_replaced_by_the_move_undo_brings_it_back_and_takes_the_other_away(triaged):
    step = with_step(triaged)
    before = ToDo.objects.filter(proposal=triaged).values().get()
    hold(triaged, next_step="Ask the dean", next_step_on=soon())
    assert stands(triaged) == ["Ask the dean"]
    plan = build_undo(proposal=triaged, actor=make_cast().oxford)
    assert ("Next step", "Ask the dean", "Ring Pat") in plan.items[0].returns
    undo(proposal=triaged, by=make_cast().oxford)
    assert ToDo.objects.filter(proposal=triaged).values().get() == before
    assert step.pk == before["id"]


def test_one_that_the_move_set_where_none_stood_goes_with_its_undo(triaged):
    hold(triaged, next_step="Ask the dean", next_step_on=soon())
    undo(proposal=triaged, by=make_cast().oxford)
    assert not ToDo.objects.filter(proposal=triaged, is_next=True).exists()


@pytest.mark.parametrize("later", ["ticked off", "replaced"])
def test_a_step_that_somebody_touched_since_stays_as_they_left_it(triaged, later):
    oxford = make_cast().oxford
    with_step(triaged)
    hold(triaged, next_step="Ask the dean", next_step_on=soon())
    if later == "replaced":
        with_step(triaged, "Write to Pat")
    else:
        tick_off(todo=ToDo.objects.get(words="Ask the dean"), by=oxford)
    kept = list(ToDo.objects.filter(proposal=triaged).order_by("pk").values())
    undo(proposal=triaged, by=oxford)
    assert list(ToDo.objects.filter(proposal=triaged).order_by("pk").values()) == kept


def test_a_plan_is_refused_where_the_step_changed_since_it_was_read(triaged):
    oxford = make_cast().oxford
    with_step(triaged)
    plan = build_plan(
        proposals=[triaged], move=Move.HOLD, actor=oxford, given=Given(**given_for(Move.HOLD))
    )
    with_step(triaged, "Write to Pat")
    with pytest.raises(ValidationError, match="its next step has changed"):
        move(plan=plan)


def test_the_plan_shows_it_with_person_and_day_and_asks(client, triaged):
    cast = make_cast()
    path = f"{DESK}{triaged.pk}/move/hold/"
    client.force_login(cast.oxford)
    assert 'name="step_is_done"' not in client.get(path).content.decode()
    with_step(triaged)
    page = client.get(path).content.decode()
    assert "Next step: <strong>Ring Pat</strong>" in page
    assert "Ola Oxford" in page
    assert 'name="step_is_done"' in page
    wakes = {key: str(value) for key, value in given_for(Move.HOLD).items()}
    assert client.post(path, {"step_is_done": "on", **wakes}).status_code == 302
    assert stands(triaged) == []


def test_who_is_not_of_elearning_neither_reads_it_nor_ends_it(client):
    cast = make_cast()
    proposal = make_at(Stage.APC_REVIEW)
    with_step(proposal)
    path = f"{DESK}{proposal.pk}/move/recommend/"
    client.force_login(cast.committee_chair)
    page = client.get(path).content.decode()
    assert "Ring Pat" not in page
    assert client.post(path, {"step_is_done": "on"}).status_code == 302
    assert stands(proposal) == ["Ring Pat"]


def test_a_move_that_ends_the_proposal_says_that_nobody_is_asked_any_more(client, triaged):
    with_step(triaged)
    client.force_login(make_cast().oxford)
    page = client.get(f"{DESK}{triaged.pk}/move/decline/").content.decode()
    assert "The proposal ends with this move" in page


def test_in_bulk_each_keeps_its_own(client, triaged):
    other = make_at(Stage.TRIAGE)
    with_step(triaged)
    client.force_login(make_cast().oxford)
    page = client.get(address("hold", [triaged, other]))
    assert "Next step: Ring Pat" in page.content.decode()
    wakes = {key: str(value) for key, value in given_for(Move.HOLD).items()}
    assert client.post(address("hold", [triaged, other]), given(page) | wakes).status_code == 302
    assert [stands(triaged), stands(other)] == [["Ring Pat"], []]


def test_what_is_said_to_readers_of_a_stage_ends_with_it_and_undo_brings_it_back(triaged):
    oxford = make_cast().oxford
    words = {"next_step_submitter": "Pick a time.", "next_step_partner": "We call you."}
    ready = {"credential_type": "microcredential", "is_duplicate_checked": True}
    save_triage(proposal=triaged, by=oxford, values=words | ready)
    told = Proposal.objects.filter(pk=triaged.pk).values(*words)

    hold(triaged)
    do_move(triaged, Move.RESUME, oxford)
    assert told.get() == words

    do_move(triaged, Move.CONSULT, oxford)
    assert told.get() == dict.fromkeys(words, "")
    undo(proposal=triaged, by=oxford)
    assert told.get() == words
