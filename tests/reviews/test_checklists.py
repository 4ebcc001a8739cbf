"""The checklist of a stage: edited by staff, laid out when the stage begins, in nobody's way."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from proposals.models import Proposal, Stage
from reviews.checklists import DEFAULTS, WITH_CHECKLIST, load_checklists
from reviews.clocks import add_business_days, campus_day
from reviews.models import ChecklistItem, StageChange, ToDo
from reviews.plans import build_plan
from reviews.services import move, undo
from reviews.todos import due_for, tick_off
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_cast, make_submitted, send

pytestmark = pytest.mark.django_db
DESK = "/admin/reviews/triageitem/"
LIST = "/admin/reviews/checklistitem/"


@pytest.fixture
def items(cast) -> list[ChecklistItem]:
    """Three for triage, of which one is not in use, and one for consultation."""
    return ChecklistItem.objects.bulk_create(
        ChecklistItem(stage=stage, words=words, position=place, days=days, is_active=is_active)
        for place, (stage, words, days, is_active) in enumerate(
            [
                (Stage.TRIAGE, "Look for others", 2, True),
                (Stage.TRIAGE, "Read the form", None, True),
                (Stage.TRIAGE, "Old habit", 1, False),
                (Stage.CONSULTATION, "Offer three times", 2, True),
            ]
        )
    )


def laid(proposal: Proposal) -> list[str]:
    return list(ToDo.objects.open().filter(proposal=proposal).values_list("words", flat=True))


def test_what_is_in_use_is_laid_out_for_whoever_works_on_it(items):
    proposal = make_at(Stage.TRIAGE)
    first, second = ToDo.objects.order_by("pk")
    change = StageChange.objects.latest()
    today = campus_day(change.at)
    assert (first.words, first.owner, first.laid_by) == (
        "Look for others",
        make_cast().oxford,
        change,
    )
    assert first.by_day == add_business_days(today, 2, frozenset())
    assert (second.words, second.by_day) == ("Read the form", proposal.due_on)


def test_the_plan_says_what_it_lays_out_and_that_is_what_is_done(client, oxford, items):
    proposal = make_submitted()
    client.force_login(oxford)
    page = client.get(f"{DESK}{proposal.pk}/move/start_triage/")
    text = page.content.decode()
    assert "Adds 2 to-dos" in text
    [item] = page.context["plan"].items
    shown = [(line.words, line.owner, line.by_day) for line in item.lines]
    client.post(f"{DESK}{proposal.pk}/move/start_triage/", {"seen": page.context["seen"]})
    assert [(t.words, t.owner, t.by_day) for t in ToDo.objects.order_by("pk")] == shown


def test_a_checklist_edited_meanwhile_makes_the_plan_stale(items):
    proposal, cast = make_submitted(), make_cast()
    plan = build_plan(proposals=[proposal], move=Move.START_TRIAGE, actor=cast.oxford)
    items[0].words = "Look for others, twice"
    items[0].save()
    with pytest.raises(ValidationError, match="to-dos it adds have changed"):
        move(plan=plan)


def test_undoing_hides_what_nobody_touched_and_keeps_what_was_done(client, oxford, items):
    proposal = make_submitted()
    do_move(proposal, Move.START_TRIAGE, oxford)
    tick_off(todo=ToDo.objects.get(words="Read the form"), by=oxford)
    client.force_login(oxford)
    assert "1 to-do that it added" in client.get(f"{DESK}{proposal.pk}/undo/").content.decode()
    undo(proposal=proposal, by=oxford)
    assert laid(proposal) == []
    assert ToDo.objects.count() == 2
    assert due_for(oxford, date(2100, 1, 1)).count() == 0
    text = client.get(f"{DESK}{proposal.pk}/change/").content.decode()
    assert "Look for others" not in text
    with pytest.raises(ValidationError, match="was undone"):
        tick_off(todo=ToDo.objects.get(words="Look for others"), by=oxford)


def test_done_again_after_an_undo_it_is_laid_out_again(items, oxford):
    proposal = make_submitted()
    do_move(proposal, Move.START_TRIAGE, oxford)
    undo(proposal=proposal, by=oxford)
    proposal.refresh_from_db()
    do_move(proposal, Move.START_TRIAGE, oxford)
    assert laid(proposal) == ["Look for others", "Read the form"]


def test_a_hold_and_going_on_lay_out_nothing(items, oxford):
    proposal = make_at(Stage.TRIAGE)
    for todo in ToDo.objects.all():
        tick_off(todo=todo, by=oxford)
    do_move(proposal, Move.HOLD, oxford, **given_for(Move.HOLD))
    do_move(proposal, Move.RESUME, oxford)
    assert laid(proposal) == []


def test_coming_to_a_stage_again_lays_out_only_what_is_not_open(items, oxford):
    proposal = make_at(Stage.TRIAGE)
    tick_off(todo=ToDo.objects.get(words="Read the form"), by=oxford)
    do_move(proposal, Move.RETURN, oxford, **given_for(Move.RETURN))
    send(proposal)
    assert laid(proposal) == ["Look for others", "Read the form"]
    assert ToDo.objects.filter(words="Look for others").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        again = ToDo.objects.get(words="Look for others")
        again.pk = None
        again.save(force_insert=True)


def test_what_is_unfinished_hinders_no_move_and_is_said_on_its_plan(client, oxford, items):
    proposal = make_at(Stage.TRIAGE)
    proposal.is_duplicate_checked, proposal.credential_type = True, "microcredential"
    proposal.save()
    client.force_login(oxford)
    text = client.get(f"{DESK}{proposal.pk}/move/consult/").content.decode()
    assert "Look for others; Read the form" in text
    assert "Adds 1 to-do<" in text
    do_move(proposal, Move.CONSULT, oxford)
    assert set(laid(proposal)) == {"Look for others", "Read the form", "Offer three times"}
    hold = build_plan(proposals=[proposal], move=Move.HOLD, actor=oxford)
    assert hold.items[0].unfinished == []


def test_the_page_counts_what_is_done_and_ticks_it_off_in_one_press(client, oxford, items):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(oxford)
    page = f"{DESK}{proposal.pk}/change/"
    assert "0 of 2 done" in client.get(page).content.decode()
    todo = ToDo.objects.get(words="Read the form")
    done = client.post(f"{DESK}{proposal.pk}/todo/{todo.pk}/", {})
    assert done.status_code == 302
    text = client.get(page).content.decode()
    assert "1 of 2 done" in text
    assert text.count("Look for others") == 2  # the line, and its button by name


def test_what_an_earlier_stage_left_open_stands_among_the_others(client, oxford, items):
    proposal = make_at(Stage.CONSULTATION)
    client.force_login(oxford)
    text = client.get(f"{DESK}{proposal.pk}/change/").content.decode()
    assert "Checklist: Consultation" in text
    assert "Ola Oxford, from Triage," in text


def test_a_move_by_the_proposer_lays_out_for_the_owner_or_else_the_queue(cast):
    ChecklistItem.objects.create(stage=Stage.SUBMITTED, words="Say hello")
    ChecklistItem.objects.create(stage=Stage.READINESS, words="Compare")
    proposal = make_submitted()
    assert [todo.owner for todo in ToDo.objects.all()] == [cast.oxford]
    make_at(Stage.READINESS)
    assert ToDo.objects.get(words="Compare").owner == cast.oxford
    assert ToDo.objects.filter(proposal=proposal).get().made_by == proposal.submitter


def test_moving_many_takes_the_same_statements(items, oxford):
    counts = []
    do_move(make_submitted(), Move.START_TRIAGE, oxford)  # what a process remembers is remembered
    for size in (2, 3, 12):
        rows = [make_submitted() for _each in range(size)]
        with CaptureQueriesContext(connection) as caught:
            move(plan=build_plan(proposals=rows, move=Move.START_TRIAGE, actor=oxford))
        counts.append(len(caught))
    assert len(set(counts)) == 1, counts


@pytest.mark.parametrize(
    ("who", "may_read", "may_edit"),
    [
        ("oxford", True, True),
        ("lead", True, True),
        ("auditor", True, False),
        ("deans", False, False),
        ("committee_chair", False, False),
    ],
)
def test_staff_and_lead_edit_it_the_auditor_reads_it(client, who, may_read, may_edit, items):
    client.force_login(getattr(make_cast(), who))
    assert client.get(LIST).status_code == (200 if may_read else 403)
    assert client.get(f"{LIST}add/").status_code == (200 if may_edit else 403)
    assert client.get(f"{LIST}{items[0].pk}/delete/").status_code == 403


def test_staff_edit_order_and_days_in_the_list(client, oxford, items):
    client.force_login(oxford)
    sent = {"form-TOTAL_FORMS": 4, "form-INITIAL_FORMS": 4, "_save": "Save"}
    for place, item in enumerate(ChecklistItem.objects.order_by("stage", "position", "pk")):
        sent |= {
            f"form-{place}-id": item.pk,
            f"form-{place}-position": 9 - place,
            f"form-{place}-days": 4,
            f"form-{place}-is_active": "on",
        }
    assert client.post(LIST, sent).status_code == 302
    assert set(ChecklistItem.objects.values_list("days", "is_active")) == {(4, True)}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"words": "READ the form"}, "__all__"),
        ({"words": ""}, "words"),
        ({"words": "x" * 301}, "words"),
        ({"stage": "declined"}, "stage"),
        ({"days": "9999999999999"}, "days"),
        ({"days": "251"}, "days"),
        ({"position": "-1"}, "position"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, oxford, items, changed, wrong):
    client.force_login(oxford)
    sent = {"stage": "triage", "words": "Ring them", "position": 1, "days": 3, "is_active": "on"}
    page = client.post(f"{LIST}add/", sent | changed)
    assert page.status_code == 422
    assert wrong in page.context["adminform"].form.errors
    assert ChecklistItem.objects.count() == 4


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_statements(client, oxford, count, django_assert_num_queries):
    for place in range(count):
        ChecklistItem.objects.create(stage=Stage.TRIAGE, words=f"Thing {place}")
    client.force_login(oxford)
    client.get(LIST)
    with django_assert_num_queries(4):
        client.get(LIST)


def test_setup_brings_the_lists_once_and_leaves_staffs_edits_alone():
    call_command("setup", verbosity=0)
    assert set(ChecklistItem.objects.values_list("stage", flat=True)) == set(DEFAULTS)
    assert set(DEFAULTS) <= set(WITH_CHECKLIST)
    ChecklistItem.objects.exclude(stage=Stage.TRIAGE).delete()
    before = ChecklistItem.objects.count()
    load_checklists()
    assert ChecklistItem.objects.count() == before
