"""The next step of each proposal, to-dos, and what was said outside the tool."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from microcreds.outbox.models import Message
from proposals.models import Stage
from reviews.models import ChecklistItem, TalkedWith, ToDo
from reviews.todos import (
    add_todo,
    due_for,
    note_talk,
    reopen_todo,
    set_next_step_of,
    strike_out,
    tick_off,
)
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_cast, make_draft, make_submitted
from tests.partners.sharing import come_by_link, share_it, summarized

pytestmark = pytest.mark.django_db
DESK = "/admin/reviews/triageitem"


def soon(days: int = 3):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def proposal(cast):
    return make_at(Stage.TRIAGE)


def step(proposal, words="Ring Pat about the start date", **given):
    oxford = make_cast().oxford
    known = {"owner": oxford, "by_day": soon(), "by": oxford, "is_next": True}
    return add_todo(proposal=proposal, words=words, **(known | given))


def test_a_next_step_takes_the_place_of_the_one_before(proposal):
    first = step(proposal)
    second = step(proposal, "Read the letter")
    first.refresh_from_db()
    assert first.done_note == "Another step took its place."
    assert list(ToDo.objects.open().filter(is_next=True)) == [second]
    with pytest.raises(IntegrityError), transaction.atomic():
        ToDo.objects.filter(pk=first.pk).update(done_at=None, done_by=None, done_note="")


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"words": "  "}, "words"),
        ({"words": "x" * 301}, "words"),
        ({"by_day": None}, "by_day"),
        ({"by_day": soon(-1)}, "by_day"),
    ],
)
def test_what_is_wrong_is_said_by_input(proposal, given, wrong):
    with pytest.raises(ValidationError) as refused:
        step(proposal, **given)
    assert set(refused.value.error_dict) == {wrong}
    with pytest.raises(ValidationError):
        step(proposal, owner=make_cast().proposer)
    assert not ToDo.objects.exists()


@pytest.mark.parametrize("who", ["regionals", "proposer", "auditor", "deans"])
def test_only_who_works_on_it_keeps_its_to_dos(proposal, who):
    with pytest.raises(ValidationError, match="Staff of its unit"):
        step(proposal, by=getattr(make_cast(), who))


def test_nobody_keeps_to_dos_of_a_draft():
    with pytest.raises(ValidationError):
        step(make_draft())


def test_somebody_else_is_told_once_and_nobody_of_their_own(proposal):
    cast = make_cast()
    step(proposal)
    assert not Message.objects.filter(event="todo").exists()
    step(proposal, "Read the letter", by=cast.lead)
    [mail] = Message.objects.filter(event="todo")
    assert (mail.to, mail.about) == (cast.oxford.email, proposal.reference)
    assert "> Read the letter" in mail.body


def test_what_is_ticked_off_stays_as_it_was(proposal):
    cast, todo = make_cast(), step(proposal)
    tick_off(todo=todo, by=cast.oxford, note="They start in May.")
    again = tick_off(todo=todo, by=cast.lead, note="Again.")
    assert (again.done_by, again.done_note) == (cast.oxford, "They start in May.")


def test_what_is_due_is_mine_open_and_by_that_day(proposal):
    cast = make_cast()
    late = step(proposal, "Today", by_day=soon(0))
    step(make_submitted(), "Later", by_day=soon(5))
    ended = make_submitted()
    step(ended, "Ended", by_day=soon(0), by=cast.lead)
    do_move(ended, Move.WITHDRAW, ended.submitter)
    assert list(due_for(cast.oxford, soon(0))) == [late]
    assert list(due_for(cast.lead, soon(9))) == []


def test_a_talk_is_on_record_and_a_mistake_is_struck_out_not_gone(proposal):
    cast = make_cast()
    talk = note_talk(
        proposal=proposal, kind="call", who="Pat Doe", on=soon(0), said="May.", by=cast.oxford
    )
    assert talk.audience == TalkedWith.Audience.INTERNAL
    strike_out(talk=talk, by=cast.oxford)
    assert TalkedWith.objects.get().struck_by == cast.oxford
    for wrong in ({"kind": "fax"}, {"who": ""}, {"on": soon(1)}, {"said": " "}):
        known = {"kind": "call", "who": "Pat", "on": soon(0), "said": "May."} | wrong
        with pytest.raises(ValidationError) as refused:
            note_talk(proposal=proposal, by=cast.oxford, **known)
        assert set(refused.value.error_dict) == set(wrong)


def test_proposers_read_what_is_shared_with_them_and_partners_nothing(client, proposal):
    cast = make_cast()
    for audience, said in (("internal", "CANARY-INTERNAL"), ("proposers", "CANARY-SHARED")):
        note_talk(
            proposal=proposal,
            kind="call",
            who="Pat",
            on=soon(0),
            said=said,
            audience=audience,
            by=cast.oxford,
        )
    step(proposal, "CANARY-STEP")
    client.force_login(cast.proposer)
    page = client.get(f"/proposals/{proposal.reference}/").content.decode()
    assert "CANARY-SHARED" in page
    assert "CANARY-INTERNAL" not in page
    assert "CANARY-STEP" not in page
    contact = share_it(summarized(proposal), cast.oxford).contact
    partner = Client()
    come_by_link(partner, contact)
    seen = partner.get(f"/partners/{proposal.reference}/")
    assert seen.status_code == 200
    assert b"CANARY" not in seen.content


def test_from_the_page_a_step_is_set_ticked_off_and_a_call_noted(client, oxford, proposal):
    client.force_login(oxford)
    page = f"{DESK}/{proposal.pk}"
    assert "No next step is set." in client.get(f"{page}/change/").content.decode()
    given = {"next-words": "Ring Pat", "next-by_day": str(soon()), "next-owner": str(oxford.pk)}
    assert client.post(f"{page}/todo/", given).status_code == 302
    given = {"todo-words": "Find a room", "todo-by_day": str(soon()), "todo-owner": str(oxford.pk)}
    assert client.post(f"{page}/todo/", given).status_code == 302
    shown = client.get(f"{page}/change/").content.decode()
    assert "Ring Pat" in shown
    assert "Find a room" in shown
    todo = ToDo.objects.get(is_next=True)
    assert client.get(f"{page}/todo/{todo.pk}/").status_code == 200
    assert client.post(f"{page}/todo/{todo.pk}/", {"note": "Done by phone."}).status_code == 302
    call = {
        "talk-kind": "call",
        "talk-who": "Pat",
        "talk-on": str(soon(0)),
        "talk-said": "They start in May.",
        "talk-audience": "internal",
    }
    assert client.post(f"{page}/talk/", call).status_code == 302
    assert "They start in May." in client.get(f"{page}/change/").content.decode()
    talk = TalkedWith.objects.get()
    assert client.post(f"{page}/talk/", {"strike": str(talk.pk)}).status_code == 302
    assert "struck out" in client.get(f"{page}/change/").content.decode()


def test_what_is_wrong_stands_at_its_field_with_what_was_typed(client, oxford, proposal):
    client.force_login(oxford)
    page = f"{DESK}/{proposal.pk}"
    given = {"next-words": "Ring Pat", "next-by_day": "2020-01-01", "next-owner": str(oxford.pk)}
    answer = client.post(f"{page}/todo/", given)
    assert answer.status_code == 422
    assert "Choose today or a later day." in answer.content.decode()
    assert "Ring Pat" in answer.content.decode()
    wrong = client.post(f"{page}/talk/", {"talk-kind": "fax", "talk-said": "Hello there"})
    assert wrong.status_code == 422
    assert "Hello there" in wrong.content.decode()


@pytest.mark.parametrize("who", ["proposer", "committee_chair", "deans"])
def test_who_has_no_desk_finds_no_to_dos(client, who):
    proposal = make_at(Stage.CAD_CONSENT)
    step(proposal, "CANARY-STEP")
    client.force_login(getattr(make_cast(), who))
    for path in ("todo/", "talk/", "todo/1/", f"todo/{2**70}/"):
        assert client.post(f"{DESK}/{proposal.pk}/{path}", {}).status_code == 404
    assert b"CANARY-STEP" not in client.get(f"{DESK}/{proposal.pk}/change/").content
    assert b"CANARY-STEP" not in client.get(f"{DESK}/").content


def test_the_list_says_the_next_step_leads_with_what_is_due_and_finds_what_has_none(
    client, oxford, proposal
):
    other = make_at(Stage.CONSULTATION)
    step(proposal, by_day=soon(0))
    client.force_login(oxford)
    page = client.get(f"{DESK}/")
    assert "Due today or late (1)" in page.content.decode()
    assert page.content.decode().count("Ring Pat about the start date") == 2
    always = [queue for _group, queues in page.context["sidebar"] for queue in queues]
    adrift = next(queue for queue in always if queue.name == "No next step")
    assert adrift.number == 1
    rows = client.get(f"{DESK}/?{adrift.query}").context["cl"].result_list
    assert [row.pk for row in rows] == [other.pk]


def test_a_move_sets_the_next_step_of_each(client, oxford, proposal):
    client.force_login(oxford)
    path = f"{DESK}/{proposal.pk}/move/hold/"
    hold = {key: str(value) for key, value in given_for(Move.HOLD).items()}
    given = hold | {"next_step": "Ask about the money", "next_step_on": "2020-01-01"}
    refused = client.post(path, given)
    assert refused.status_code == 422
    assert "Ask about the money" in refused.content.decode()
    assert client.post(path, given | {"next_step_on": str(soon())}).status_code == 302
    todo = ToDo.objects.get()
    assert (todo.words, todo.owner, todo.is_next) == ("Ask about the money", oxford, True)


def test_any_colleague_of_elearning_can_be_given_something_to_do(client, oxford, proposal):
    cast, page = make_cast(), f"{DESK}/{proposal.pk}"
    today = timezone.localdate()
    cast.lead.roles.update(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))
    client.force_login(oxford)
    offered = dict(client.get(f"{page}/change/").context["todo_form"].fields["owner"].choices)
    assert offered == {oxford.pk: str(oxford), cast.regionals.pk: str(cast.regionals)}

    given = {"todo-words": "Price it", "todo-by_day": str(soon()), "todo-owner": cast.regionals.pk}
    answer = client.post(f"{page}/todo/", given, follow=True)

    assertContains(answer, f"Noted for {cast.regionals}, who gets a mail, by ")
    assert ToDo.objects.get().owner == cast.regionals
    assert Message.objects.filter(event="todo", to=cast.regionals.email).count() == 1
    refused = client.post(f"{page}/todo/", given | {"todo-owner": cast.proposer.pk})
    assert refused.status_code == 422


def test_who_has_it_to_do_ticks_it_off_though_another_unit_works_on_it(client, proposal):
    regionals = make_cast().regionals
    theirs, other = step(proposal, owner=regionals, is_next=False), step(proposal, "Read it")
    client.force_login(regionals)
    page = client.get(f"{DESK}/{proposal.pk}/change/")

    assertContains(page, f"/todo/{theirs.pk}/")
    assertNotContains(page, f"/todo/{other.pk}/")
    assert client.post(f"{DESK}/{proposal.pk}/todo/{theirs.pk}/", {}).status_code == 302
    assert ToDo.objects.get(pk=theirs.pk).done_by == regionals


def test_whoever_ticks_off_a_next_step_says_what_comes_after_it(client, oxford, proposal):
    first = step(proposal)
    client.force_login(oxford)
    page = f"{DESK}/{proposal.pk}/todo/{first.pk}/"
    assertContains(client.get(page), "What comes next")

    wrong = client.post(page, {"note": "Rang", "words": "Book a room", "by_day": ""})
    assertContains(wrong, "Choose today or a later day.", status_code=422)
    assert ToDo.objects.get(pk=first.pk).done_at is None
    client.post(page, {"note": "Rang", "words": "Book a room", "by_day": str(soon())})

    assert ToDo.objects.get(pk=first.pk).done_note == "Rang"
    assert ToDo.objects.open().get(is_next=True).words == "Book a room"


def test_a_to_do_or_a_step_of_another_unit_is_ticked_off_alone(client, proposal):
    regionals = make_cast().regionals
    client.force_login(regionals)
    for todo in (step(proposal, is_next=False), step(proposal, owner=regionals)):
        assertNotContains(client.get(f"{DESK}/{proposal.pk}/todo/{todo.pk}/"), "What comes next")


def test_whom_a_call_was_with_is_offered_and_who_reads_it_is_said(client, oxford, proposal):
    client.force_login(oxford)
    page = f"{DESK}/{proposal.pk}"
    assertContains(client.get(f"{page}/change/"), f'<option value="{proposal.submitter}">')
    call = {"kind": "call", "who": "Pat", "on": str(soon(0)), "said": "They start in May."}

    for audience, said in (
        ("internal", "It is on record, for eLearning only."),
        ("proposers", "It is on record, and on the proposers&#x27; page."),
    ):
        given = {f"talk-{key}": value for key, value in (call | {"audience": audience}).items()}
        assertContains(client.post(f"{page}/talk/", given, follow=True), said)


def test_what_was_ticked_off_by_mistake_is_to_be_done_again(client, oxford, proposal):
    first = tick_off(todo=step(proposal), by=oxford, note="Rang")
    client.force_login(oxford)
    page = f"{DESK}/{proposal.pk}"
    assertContains(client.get(f"{page}/change/"), 'name="reopen"')

    answer = client.post(f"{page}/todo/{first.pk}/", {"reopen": "1"}, follow=True)

    assertContains(answer, "To do again: Ring Pat about the start date")
    assert ToDo.objects.open().get(is_next=True) == first


def test_a_step_that_another_followed_is_to_be_done_beside_it(oxford, proposal):
    first, second = step(proposal), step(proposal, "Read the letter")

    assert reopen_todo(todo=first, by=oxford).is_next is False
    assert ToDo.objects.open().get(is_next=True) == second
    with pytest.raises(ValidationError, match="Staff of its unit"):
        reopen_todo(todo=tick_off(todo=second, by=oxford), by=make_cast().regionals)


def test_a_line_that_the_checklist_asks_for_again_is_not_opened_twice(oxford, proposal):
    item = ChecklistItem.objects.create(stage=Stage.TRIAGE, words="Read it")
    laid = {"item": item, "laid_by": proposal.stage_changes.latest("pk"), "made_at": timezone.now()}
    old, _new = (
        ToDo.objects.create(
            proposal=proposal, words="Read it", owner=oxford, by_day=soon(), **laid, **done
        )
        for done in ({"done_at": timezone.now(), "done_by": oxford}, {})
    )

    with pytest.raises(ValidationError, match="asks for it again"):
        reopen_todo(todo=old, by=oxford)


def test_the_same_said_twice_is_one_thing_to_do_and_one_call(client, oxford, proposal):
    lead = make_cast().lead
    for _click in range(2):
        step(proposal, owner=lead)
        step(proposal, "Send the form", is_next=False, owner=lead)
        note_talk(
            proposal=proposal,
            kind="call",
            who="Pat",
            on=timezone.localdate(),
            said="In May.",
            by=oxford,
        )
    assert ToDo.objects.filter(done_at=None).count() == ToDo.objects.count() == 2
    assert TalkedWith.objects.count() == 1
    assert Message.objects.filter(event="todo").count() == 2


def test_a_call_that_was_struck_out_can_be_noted_again(oxford, proposal):
    call = {"kind": "call", "who": "Pat", "on": timezone.localdate(), "said": "In May."}
    first = note_talk(proposal=proposal, by=oxford, **call)
    strike_out(talk=first, by=oxford)
    assert note_talk(proposal=proposal, by=oxford, **call) != first


def test_a_double_click_gives_several_one_next_step_each(oxford, proposal):
    given = {"words": "Ring  Pat", "by_day": soon(), "by": oxford}
    for _click in range(2):
        assert set_next_step_of(proposals=[proposal], **given) == 1
    assert ToDo.objects.count() == 1
