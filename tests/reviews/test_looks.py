"""What is new since somebody looked: marks, visits, and who has opened a page since a move."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from proposals.models import Stage
from proposals.services import add_note, save_page
from reviews.looks import VISIT, note_reading
from reviews.models import Look, Reading, TriageEdit
from reviews.plans import build_undo
from reviews.services import assign, changes_of, save_triage, undo
from reviews.todos import add_todo, note_talk
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_submitted, send

pytestmark = pytest.mark.django_db


def page_of(proposal):
    return reverse("admin:reviews_triageitem_change", args=[proposal.pk])


def marks_for(client, user, proposal):
    """What this person finds marked now."""
    client.force_login(user)
    return client.get(page_of(proposal)).context["marks"]


@pytest.fixture
def seen(client, lead):
    """A proposal in triage whose page the lead has looked at once, an hour ago."""
    proposal = make_at(Stage.TRIAGE, at=timezone.now() - timedelta(days=3))
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        client.force_login(lead)
        client.get(page_of(proposal))
    return proposal


def test_a_first_visit_says_nothing(client, oxford):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(oxford)

    response = client.get(page_of(proposal))

    assert response.context["marks"] is None
    assert "Since you looked" not in response.content.decode()


def test_what_others_did_is_marked_by_panel_and_row(client, oxford, lead, seen):
    save_triage(proposal=seen, by=oxford, values={"priority": 1, "fit_tags": "quality"})
    todo = add_todo(
        proposal=seen, by=oxford, words="Ring", owner=oxford, by_day=timezone.localdate()
    )
    talk = note_talk(
        proposal=seen, by=oxford, kind="call", who="Pat", on=timezone.localdate(), said="Yes."
    )
    move = do_move(seen, Move.HOLD, oxford, **given_for(Move.HOLD))

    marks = marks_for(client, lead, seen)

    assert (marks.changes, marks.todos, marks.talks) == ({move.pk}, {todo.pk}, {talk.pk})
    assert marks.triage == {"Priority": ("Normal", "High"), "Fit tags": ("nothing", "quality")}
    assert marks.mails
    assert [line.words for line in marks.lines][0] == "moved to On hold"
    assert {"2 triage fields", "1 thing to do", "1 talk"} <= {line.words for line in marks.lines}


def test_the_head_says_it_with_links_to_the_panels(client, oxford, lead, seen):
    do_move(seen, Move.HOLD, oxford, **given_for(Move.HOLD))
    client.force_login(lead)

    page = client.get(page_of(seen)).content.decode()

    assert "Since you looked on" in page
    assert '<a href="#history">moved to On hold</a>' in page
    assert page.count('<span class="mark">') > 1


def test_single_answers_that_were_sent_since_are_marked(client, oxford, lead, seen):
    do_move(seen, Move.RETURN, oxford, **given_for(Move.RETURN))
    answers = {
        "need_statement": "Now it says which machines: all four presses, each shift, all year." * 2
    }
    form = seen.interest
    save_page(
        proposal=seen, page="need", answers=answers, form_version=form.version, by=seen.submitter
    )
    assert marks_for(client, lead, seen).answers == set()
    Look.objects.update(at=timezone.now() - timedelta(hours=1), before=None)
    seen.refresh_from_db()
    send(seen)

    assert marks_for(client, lead, seen).answers == {"need_statement"}


def test_what_i_did_myself_is_no_news_to_me(client, lead, seen):
    save_triage(proposal=seen, by=lead, values={"priority": 1})
    add_note(proposal=seen, author=lead, body="Mine")
    do_move(seen, Move.HOLD, lead, **given_for(Move.HOLD))

    marks = marks_for(client, lead, seen)

    assert (marks.changes, marks.edits, marks.mails, marks.lines) == (set(), set(), set(), [])


def test_marks_stay_through_a_visit_and_go_after_it(client, oxford, lead, seen):
    do_move(seen, Move.HOLD, oxford, **given_for(Move.HOLD))
    client.force_login(lead)
    start = timezone.now()
    for minutes in (0, 20, 45, 70):  # never half an hour without opening it
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert client.get(page_of(seen)).context["marks"].changes
    with time_machine.travel(start + timedelta(minutes=71) + VISIT):
        marks = client.get(page_of(seen)).context["marks"]
    assert marks.lines == []
    assert marks.since == Look.objects.get().before


def test_a_look_is_written_now_and_then_and_after_a_move(client, oxford, lead, seen):
    client.force_login(lead)
    start = timezone.now()

    def written(minutes):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            client.get(page_of(seen))
        return Look.objects.get().at - start

    first = written(0)
    assert written(1) == first
    assert written(3) == timedelta(minutes=3)
    do_move(
        seen, Move.HOLD, oxford, at=start + timedelta(minutes=3, seconds=5), **given_for(Move.HOLD)
    )
    assert written(4) == timedelta(minutes=4)


def test_looks_are_each_persons_own_and_a_refused_save_writes_none(client, oxford, lead, seen):
    client.force_login(oxford)
    client.post(reverse("admin:reviews_triageitem_note", args=[seen.pk]), {"body": ""})
    assert list(Look.objects.values_list("user", flat=True)) == [lead.pk]
    client.get(page_of(seen))
    assert Look.objects.count() == 2


def test_a_look_never_ends_before_it_began(lead, seen):
    look = Look.objects.get()
    look.before = look.at + timedelta(seconds=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        look.save()


def test_an_edit_of_triage_is_kept_with_before_and_after(oxford, lead):
    proposal = make_at(Stage.TRIAGE)
    save_triage(proposal=proposal, by=oxford, values={"priority": 1})
    save_triage(proposal=proposal, by=oxford, values={"priority": 1})
    assign(proposals=[proposal], to=lead, by=oxford)

    edits = TriageEdit.objects.order_by("pk").values_list("changed", flat=True)

    assert edits[0] == {"priority": ["Normal", "High"]}
    assert edits[1] == {"assignee": ["Ola Oxford", "Lena Lead"]}
    assert len(edits) == 2


def test_an_edit_of_triage_is_written_once(oxford):
    proposal = make_at(Stage.TRIAGE)
    save_triage(proposal=proposal, by=oxford, values={"priority": 1})
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        TriageEdit.objects.update(changed={"priority": ["a", "b"]})


def test_history_tells_edits_to_the_desk_and_to_nobody_else(client, cast):
    proposal = make_at(Stage.APC_REVIEW)
    save_triage(proposal=proposal, by=cast.oxford, values={"fit_tags": "canary-tags"})
    client.force_login(cast.oxford)
    assert "<s>nothing</s> → canary-tags" in client.get(page_of(proposal)).content.decode()
    client.force_login(cast.committee_chair)
    assert "canary-tags" not in client.get(page_of(proposal)).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_full_of_marks_takes_the_same_statements(client, oxford, lead, seen, count):
    for number in range(count):
        save_triage(proposal=seen, by=oxford, values={"fit_tags": f"tag {number}"})
        note_talk(
            proposal=seen, by=oxford, kind="call", who="Pat", on=timezone.localdate(), said="Yes."
        )
        do_move(seen, Move.HOLD, oxford, **given_for(Move.HOLD))
        do_move(seen, Move.RESUME, oxford)
    client.force_login(lead)
    with CaptureQueriesContext(connection) as queries:
        assert len(client.get(page_of(seen)).context["marks"].changes) == 2 * count
    assert len(queries) <= 12


def opened(client, user, proposal):
    client.force_login(user)
    return client.get(reverse("proposals:proposal_detail", args=[proposal.reference]))


def test_undo_names_every_reader_who_opened_the_page_since(client, cast):
    proposal = make_submitted(at=timezone.now() - timedelta(days=1))
    do_move(proposal, Move.START_TRIAGE, cast.oxford)
    for reader in (cast.proposer, cast.proposer, cast.auditor, cast.oxford):
        opened(client, reader, proposal)
    client.force_login(cast.lead)
    client.get(page_of(proposal))

    plan = build_undo(proposal=proposal, actor=cast.oxford)

    assert plan.opened_by == sorted(map(str, (cast.auditor, cast.proposer, cast.lead)))
    assert Reading.objects.count() == 2
    client.force_login(cast.oxford)
    assert "Opened since by" in client.get(page_of(proposal)).content.decode()


def test_a_page_is_noted_only_while_the_move_can_be_undone(client, cast, settings):
    proposal = make_submitted(at=timezone.now() - timedelta(days=1))
    with CaptureQueriesContext(connection) as before:
        opened(client, cast.proposer, proposal)
    assert not Reading.objects.exists()
    assert not any("reviews_reading" in query["sql"] for query in before)
    do_move(proposal, Move.START_TRIAGE, cast.oxford)
    opened(client, cast.proposer, proposal)
    assert Reading.objects.get().user == cast.proposer


def test_a_reading_is_of_the_move_that_stands(cast):
    proposal = make_submitted()
    first = do_move(proposal, Move.START_TRIAGE, cast.oxford)
    do_move(proposal, Move.HOLD, cast.oxford, **given_for(Move.HOLD))
    undo(proposal=proposal, by=cast.oxford)
    note_reading(changes=changes_of(proposal), by=cast.proposer)
    note_reading(changes=changes_of(proposal), by=cast.proposer)
    assert Reading.objects.get().change == first


def test_an_untold_decision_is_said_to_have_been_seen_by_nobody_outside(client, cast):
    proposal = make_at(Stage.APC_REVIEW, at=timezone.now() - timedelta(days=1))
    do_move(proposal, Move.RECOMMEND, cast.committee_chair)
    opened(client, cast.proposer, proposal)
    client.force_login(cast.lead)

    page = client.get(reverse("admin:reviews_triageitem_undo", args=[proposal.pk]))

    assert "on other pages it read as before" in page.content.decode()
