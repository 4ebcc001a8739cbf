"""Every move × role × state of its guards: what happens is what the plan shows, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from microcreds.outbox.links import hide
from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews import bulk
from reviews.models import StageChange, ToDo
from reviews.plans import Given, ItemPlan, Plan, build_plan
from reviews.services import move
from reviews.workflow import MOVES, Move
from tests.factories import given_for, make_at, make_cast, make_submitted
from tests.reviews.test_plans import follow
from tests.reviews.walking import ROLES, SENT_BY_THE_FORM, begins_at, make_way, plan_of

pytestmark = pytest.mark.django_db
TOMORROW = timezone.localdate() + timedelta(days=1)
# What can be given with any move, one after the other through the table.
MORE: tuple[dict[str, Any], ...] = (
    {},
    {"next_step": "Ring Pat", "next_step_on": TOMORROW},
    {"silent_because": "They know.", "note": "For us.", "message": "For you."},
)
HISTORY = (
    "move",
    "from_stage",
    "to_stage",
    "actor_id",
    "at",
    "reason_code",
    "message",
    "partner_message",
    "note",
    "target",
    "before",
    "is_forced",
    "overridden",
    "silent_because",
)


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is done inside is not so afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def columns(proposal: Proposal) -> dict[str, object]:
    return {field.attname: getattr(proposal, field.attname) for field in Proposal._meta.fields}


def letters(messages: Any) -> list[tuple]:
    return sorted((m.event, m.to, m.subject, hide(m.body), m.due_at, m.user_id) for m in messages)


def rest_of_the_world(items: list[ItemPlan]) -> tuple:
    here = [item.proposal.pk for item in items]
    into = [item.along.into.pk for item in items if item.along]
    others = Proposal.objects.exclude(pk__in=here + into).exclude(renews__in=here)
    return (
        list(others.order_by("pk").values()),
        list(StageChange.objects.exclude(proposal__in=here).order_by("pk").values()),
    )


def assert_happens_as_shown(plan: Plan) -> None:
    mails, world = Message.objects.count(), rest_of_the_world(plan.items)
    shown = [
        (columns(item.after), {name: getattr(item.change, name) for name in HISTORY})
        for item in plan.items
    ]
    planned = letters(message for item in plan.items for message in item.messages)
    changes = move(plan=plan)
    for item, change, (after, history) in zip(plan.items, changes, shown, strict=True):
        change.refresh_from_db()
        assert columns(Proposal.objects.get(pk=item.proposal.pk)) == after, plan.move
        assert {name: getattr(change, name) for name in HISTORY} == history, plan.move
        assert_next_step(item, plan.given)
    causes = [f"stage_change:{change.pk}" for change in changes]
    assert letters(Message.objects.filter(cause__in=causes)) == planned, plan.move
    assert Message.objects.count() == mails + len(planned)
    assert rest_of_the_world(plan.items) == world


def assert_next_step(item: ItemPlan, given: Given) -> None:
    steps = ToDo.objects.filter(proposal=item.proposal, is_next=True, words="Ring Pat")
    told = [(step.by_day, step.owner_id) for step in steps]
    owner = item.after.assignee_id or (item.change.actor_id if item.change.actor_id else None)
    assert told == ([(given.next_step_on, owner)] if given.next_step else [])


def assert_nothing_happens(plan: Plan) -> None:
    def everything() -> tuple:
        rows = Proposal.objects.order_by("pk").values()
        return (
            list(rows),
            StageChange.objects.count(),
            Message.objects.count(),
            ToDo.objects.count(),
        )

    before = everything()
    with pytest.raises(ValidationError):
        move(plan=plan)
    assert everything() == before


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.DRAFT])
def test_every_move_by_every_role_happens_as_shown_or_not_at_all(stage):
    long_ago = timezone.now() - timedelta(days=2)  # decisions are told by now
    proposal, into = make_at(stage, at=long_ago), make_submitted(make_cast().other_proposer)
    follow(proposal)
    moves, done = set(begins_at(stage)) - set(SENT_BY_THE_FORM), set()
    for number, (which, role) in enumerate(product(sorted(moves), (*ROLES, "system"))):
        with taken_back():
            make_way(proposal, which)
            proposal.refresh_from_db()
            actor = None if role == "system" else getattr(make_cast(), role)
            more = MORE[number % len(MORE)] if actor else {}
            plan = plan_of(proposal, which, actor, into, **more)
            if plan.is_ready and not plan.given_errors:
                assert_happens_as_shown(plan)
                done.add((which, role))
            else:
                assert_nothing_happens(plan)
    assert {which for which, _role in done} == moves
    by_itself = {which for which, role in done if role == "system"}
    pauses = {Move.HOLD} if stage == Stage.FULL_PROPOSAL else set()  # one that lay idle
    assert by_itself == moves & ({Move.RESUME, Move.OPEN_RENEWAL} | pauses)


TRIAGE = ("assignee", "unit", "credential_type", "is_duplicate_checked")


@pytest.mark.parametrize("role", ["oxford", "regionals", "lead"])
def test_every_state_of_the_guards_lets_pass_what_the_plan_says(role):
    """Sixteen states of what triage must write down; a lead passes them over with a reason."""
    proposal, actor = make_at(Stage.TRIAGE), getattr(make_cast(), role)
    into = make_submitted(make_cast().other_proposer)
    for states, forced in product(product((True, False), repeat=4), (False, True)):
        with taken_back():
            make_way(proposal, Move.CONSULT)
            lacks = [name for name, is_met in zip(TRIAGE, states, strict=True) if not is_met]
            nothing = {"credential_type": "", "is_duplicate_checked": False}
            if lacks:
                row = Proposal.objects.filter(pk=proposal.pk)
                row.update(**{name: nothing.get(name) for name in lacks})
            given = {"force": True, "note": "The dean asks."} if forced else {}
            plan = plan_of(proposal, Move.CONSULT, actor, into, **given)
            [item] = plan.items
            assert [guard.state == "met" for guard in item.guards] == list(states)
            passes = not lacks or (forced and role == "lead")
            works_there = role != "regionals" or not states[1]
            is_ready = passes and works_there and (not forced or role == "lead")
            assert (plan.is_ready and not plan.given_errors) == is_ready, (role, lacks, forced)
            if is_ready:
                assert_happens_as_shown(plan)
                change = StageChange.objects.filter(proposal=proposal).latest()
                assert change.is_forced == (forced and bool(lacks))
            else:
                assert_nothing_happens(plan)


@pytest.mark.parametrize("which", bulk.IN_BULK)
def test_in_bulk_what_is_ready_happens_as_shown_and_the_rest_stays(which):
    people, stages = make_cast(), list(MOVES[which].from_stages)
    actor = people.committee_chair if which == Move.DEFER else people.lead
    rows = [make_at(stages[number % len(stages)]) for number in range(2)]
    for row in rows:
        follow(row)
    rows += [make_at(Stage.DECLINED), make_at(Stage.WITHDRAWN)]
    plan = build_plan(
        proposals=rows, move=which, actor=actor, given=Given(**given_for(which), **MORE[1])
    )
    assert [item.is_ready for item in plan.items] == [True, True, False, False]
    stay = Proposal.objects.filter(pk__in=[row.pk for row in rows[2:]]).order_by("pk")
    before = list(stay.values())
    assert_nothing_happens(plan)
    assert_happens_as_shown(bulk.ready_part(plan))
    assert list(stay.values()) == before
