"""What a plan shows is what happens; what it refuses does not."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from microcreds.outbox.links import hide
from microcreds.outbox.models import Message
from partners.models import Engagement
from partners.services import share
from proposals.models import Proposal, Stage
from reviews.models import StageChange
from reviews.plans import WRITTEN, Given, Plan, build_plan, moves_for
from reviews.services import changes_of, move, save_triage
from reviews.withdrawal_requests import ask_to_withdraw, can_ask_to_withdraw
from reviews.workflow import MOVES, Move, Who
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
SENT_BY_THE_FORM = (Move.SUBMIT, Move.RESUBMIT)


def actor_of(which: Move, proposal: Proposal):
    cast = make_cast()
    who = MOVES[which].who[Stage(proposal.stage)][0]
    return {
        Who.OWNER: proposal.submitter,
        Who.STAFF: cast.oxford,
        Who.LEAD: cast.lead,
        Who.COMMITTEE_CHAIR: cast.committee_chair,
        Who.DEANS: cast.deans,
    }[who]


def follow(proposal: Proposal) -> None:
    """The partner it names follows it from now on."""
    cast = make_cast()
    save_triage(
        proposal=proposal,
        by=cast.lead,
        values={
            "credential_type": "microcredential",
            "is_duplicate_checked": True,
            "partner_summary": "A course on sampling.",
        },
    )
    engagement = Engagement.objects.get(proposal=proposal)
    share(engagement=engagement, contact=engagement.contact, by=cast.oxford)


def facts(proposal: Proposal) -> dict:
    return {column: getattr(proposal, column) for column in WRITTEN}


def everything() -> tuple:
    rows = Proposal.objects.order_by("pk").values()
    return list(rows), StageChange.objects.count(), Message.objects.count()


@pytest.mark.parametrize("stage", list(Stage))
def test_every_move_from(stage):
    """Where a move begins here, its plan equals its effect; where it does not, it is refused."""
    proposal = make_at(stage, at=timezone.now() - timedelta(days=2))
    if stage != Stage.DRAFT:
        follow(proposal)
    other = make_submitted(make_cast().other_proposer)
    everyone = make_person(
        "all@miami.example", "All Roles", "lead", "committee_chair", "deans", "committee"
    )
    for which, info in MOVES.items():
        given = given_for(which) | ({"target": other.reference} if which == Move.MERGE else {})
        if which == Move.WITHDRAW and can_ask_to_withdraw(proposal, changes_of(proposal)):
            ask_to_withdraw(proposal=proposal, by=proposal.submitter, reason="The partner left.")
        begins_here = stage in info.from_stages and which not in SENT_BY_THE_FORM
        plan = build_plan(
            proposals=[proposal],
            move=which,
            actor=actor_of(which, proposal) if begins_here else everyone,
            given=Given(**given),
        )
        if begins_here:
            assert_equals_its_effect(plan)
        else:
            assert not plan.is_ready
            assert not plan.items[0].messages or which in SENT_BY_THE_FORM
            refused = plan
    assert_changes_nothing(refused)


def assert_equals_its_effect(plan: Plan) -> None:
    [item] = plan.items
    assert plan.is_ready, (plan.move, item.refusal, plan.given_errors)
    planned = sorted((m.event, m.to, m.subject, hide(m.body)) for m in item.messages)
    with transaction.atomic():
        [change] = move(plan=plan)

        connection.check_constraints()
        after = Proposal.objects.get(pk=item.proposal.pk)
        assert facts(after) == facts(item.after), plan.move
        assert (change.from_stage, change.to_stage) == (item.from_stage, item.to_stage)
        written = Message.objects.filter(cause=f"stage_change:{change.pk}")
        assert planned == sorted((m.event, m.to, m.subject, hide(m.body)) for m in written)
        assert not any("00000000-0000" in m.body for m in written)
        transaction.set_rollback(True)


def assert_changes_nothing(plan: Plan) -> None:
    before = everything()
    with pytest.raises(ValidationError):
        move(plan=plan)
    assert everything() == before


@pytest.mark.parametrize(
    "role",
    ["proposer", "regionals", "committee", "committee_chair", "deans", "chair", "auditor"],
)
def test_a_move_of_somebody_else_changes_nothing(role):
    proposal = make_submitted()
    actor = getattr(make_cast(), role)
    assert_changes_nothing(build_plan(proposals=[proposal], move=Move.START_TRIAGE, actor=actor))


@pytest.mark.parametrize("which", [Move.START_TRIAGE, Move.HOLD])
def test_statements_do_not_grow_with_the_set(which):
    cast = make_cast()
    assert cast.oxford.current_roles  # read once for each request
    counts = []
    for size in (1, 3):
        proposals = [make_submitted() for _each in range(size)]
        for proposal in proposals:
            follow(proposal)
        given = Given(**given_for(which))
        with CaptureQueriesContext(connection) as planning:
            plan = build_plan(proposals=proposals, move=which, actor=cast.oxford, given=given)
        assert plan.is_ready, [item.refusal for item in plan.items]
        with CaptureQueriesContext(connection) as moving:
            move(plan=plan)
        counts.append((len(planning), len(moving)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 9


@pytest.mark.parametrize("size", [1, 3])
def test_buttons_take_the_same_statements_whatever_the_history(size, django_assert_num_queries):
    proposal = make_submitted()
    lead = make_cast().lead
    for _each in range(size):
        do_move(proposal, Move.HOLD, lead, **given_for(Move.HOLD))
        do_move(proposal, Move.RESUME, lead)
    assert lead.current_roles

    with django_assert_num_queries(2):
        options = moves_for(proposal, lead)

    assert [option.move.key for option in options] == [
        Move.START_TRIAGE,
        Move.HOLD,
        Move.WITHDRAW,
    ]


@pytest.mark.parametrize(
    ("which", "given", "wrong"),
    [
        (Move.HOLD, {}, {"reason_code", "wake_on"}),
        (Move.HOLD, {"reason_code": "assessment_missing"}, {"reason_code", "wake_on"}),
        (Move.HOLD, {"reason_code": "timing", "wake_on": 0}, {"wake_on"}),
        (Move.HOLD, {"reason_code": "timing", "wake_on": 181}, {"wake_on"}),
        (Move.HOLD, {"reason_code": "timing", "wake_on": 180}, set()),
        (Move.HOLD, {"reason_code": "timing", "wake_on": 1, "note": "x" * 3001}, {"note"}),
        (Move.DECLINE, {"reason_code": "duplicate", "message": " \r\n"}, {"message"}),
        (Move.RETURN, {"reason_code": "other"}, {"message"}),
        (Move.REDIRECT, {"message": "Go on."}, {"target"}),
        (Move.MERGE, {"target": "MC-1999-0001"}, {"target"}),
        (Move.WITHDRAW, {}, {"note"}),
    ],
)
def test_what_is_missing_or_wrong_is_said_by_input(which, given, wrong):
    proposal = make_at(Stage.TRIAGE)
    if isinstance(given.get("wake_on"), int):
        given = given | {"wake_on": timezone.localdate() + timedelta(days=given["wake_on"])}
    before = everything()

    plan = build_plan(
        proposals=[proposal], move=which, actor=make_cast().oxford, given=Given(**given)
    )

    assert set(plan.given_errors) == wrong
    if wrong:
        with pytest.raises(ValidationError) as refused:
            move(plan=plan)
        assert set(refused.value.message_dict) == wrong
        assert everything() == before


def test_what_a_move_does_not_take_is_left_out():
    given = Given(message="Hello", target="CIM", wake_on=date(2030, 1, 1))
    proposal = make_submitted()

    change = do_move(proposal, Move.START_TRIAGE, make_cast().oxford, **vars_of(given))

    assert (change.message, change.target) == ("", "")
    assert proposal.wake_on is None


def vars_of(given: Given) -> dict:
    return {name: getattr(given, name) for name in given.__slots__}


def test_a_proposal_is_not_merged_into_itself():
    proposal = make_at(Stage.TRIAGE)
    plan = build_plan(
        proposals=[proposal],
        move=Move.MERGE,
        actor=make_cast().oxford,
        given=Given(target=proposal.reference.lower()),
    )
    assert set(plan.given_errors) == {"target"}


def test_unmet_guards_block_and_say_where_to_fix_them():
    proposal = make_submitted()
    oxford = make_cast().oxford
    do_move(proposal, Move.START_TRIAGE, oxford)

    plan = build_plan(proposals=[proposal], move=Move.CONSULT, actor=oxford)

    [item] = plan.items
    assert [(guard.state, bool(guard.fix_url)) for guard in item.guards] == [
        ("met", False),
        ("met", False),
        ("unmet", True),
        ("unmet", True),
    ]
    assert "type of credential" in item.refusal
    with pytest.raises(ValidationError):
        move(plan=plan)


def test_what_has_no_record_yet_is_said_and_blocks_nothing():
    proposal = make_at(Stage.READINESS)
    plan = build_plan(
        proposals=[proposal],
        move=Move.SEND_TO_COMMITTEE,
        actor=make_cast().oxford,
        given=Given(**given_for(Move.SEND_TO_COMMITTEE)),
    )
    states = Counter(guard.state for guard in plan.items[0].guards)
    assert states == {"unchecked": 3, "met": 1}  # the memorandum has its record
    assert plan.is_ready


def test_no_memorandum_is_asked_for_without_a_partner():
    proposal = make_at(
        Stage.READINESS, answers={"partners": {"partner_status": "not_needed", "partners": []}}
    )
    plan = build_plan(proposals=[proposal], move=Move.SEND_TO_COMMITTEE, actor=make_cast().oxford)
    assert [guard.state for guard in plan.items[0].guards].count("met") == 1


def test_what_changed_since_the_plan_was_seen_is_said():
    cast = make_cast()
    proposal = make_at(Stage.CONSULTATION)
    shown = build_plan(proposals=[proposal], move=Move.OPEN_FULL_PROPOSAL, actor=cast.oxford)
    make_person(cast.other_proposer.email)
    proposal.participants.create(user=cast.other_proposer, capacity="editor", since=timezone.now())
    before = everything()

    now = build_plan(proposals=[proposal], move=Move.OPEN_FULL_PROPOSAL, actor=cast.oxford)
    with pytest.raises(ValidationError) as refused:
        move(plan=now, seen=shown.seen, digest=shown.digest)

    assert refused.value.messages == [
        f"{proposal.reference}: the mails that would leave have changed:"
        f" {cast.other_proposer.email}."
    ]
    assert everything() == before


def test_what_must_be_so_and_is_so_by_now_is_named():
    cast = make_cast()
    proposal = make_at(Stage.TRIAGE)
    Proposal.objects.filter(pk=proposal.pk).update(is_duplicate_checked=False)
    shown = build_plan(proposals=[proposal], move=Move.CONSULT, actor=cast.oxford)
    Proposal.objects.filter(pk=proposal.pk).update(is_duplicate_checked=True)

    now = build_plan(proposals=[proposal], move=Move.CONSULT, actor=cast.oxford)

    assert now.differences_from(shown.digest) == [
        f"{proposal.reference}: what must be so before this move has changed:"
        " Somebody has looked for duplicates (Met)."
    ]
    assert shown.differences_from(shown.digest) == []


def test_proposers_read_that_mails_changed_and_not_whose():
    cast = make_cast()
    proposal = make_at(Stage.CONSULTATION)
    shown = build_plan(proposals=[proposal], move=Move.WITHDRAW, actor=cast.proposer)
    proposal.participants.create(user=cast.other_proposer, capacity="editor", since=timezone.now())

    now = build_plan(proposals=[proposal], move=Move.WITHDRAW, actor=cast.proposer)

    assert now.differences_from(shown.digest) == [
        f"{proposal.reference}: the mails that would leave have changed."
    ]


@pytest.mark.parametrize("digest", ["", "nonsense", "1:2:3:4:5", "::::"])
def test_a_digest_that_is_none_is_refused(digest):
    proposal = make_submitted()
    plan = build_plan(proposals=[proposal], move=Move.START_TRIAGE, actor=make_cast().oxford)
    with pytest.raises(ValidationError):
        move(plan=plan, digest=digest)


def test_what_is_typed_does_not_change_the_digest():
    proposal = make_at(Stage.TRIAGE)
    oxford = make_cast().oxford
    for which in (Move.HOLD, Move.DECLINE, Move.REDIRECT):
        empty = build_plan(proposals=[proposal], move=which, actor=oxford)
        filled = build_plan(
            proposals=[proposal], move=which, actor=oxford, given=Given(**given_for(which))
        )
        assert empty.digest == filled.digest


def test_a_set_moves_as_a_whole_or_not_at_all():
    first, second = make_submitted(), make_submitted()
    oxford = make_cast().oxford
    do_move(second, Move.START_TRIAGE, oxford)

    plan = build_plan(proposals=[first, second], move=Move.START_TRIAGE, actor=oxford)
    assert [item.is_ready for item in plan.items] == [True, False]
    with pytest.raises(ValidationError) as refused:
        move(plan=plan)

    assert second.reference in refused.value.messages[0]
    first.refresh_from_db()
    assert first.stage == Stage.SUBMITTED


def test_resubmitting_to_the_committee_asks_it_to_look_again():
    cast = make_cast()
    proposal = make_at(Stage.APC_REVIEW)
    do_move(proposal, Move.RETURN, cast.committee_chair, **given_for(Move.RETURN))

    change = send(proposal)

    proposal.refresh_from_db()
    assert (proposal.stage, proposal.whose_turn) == (Stage.APC_REVIEW, "committee")
    mails = Message.objects.filter(cause=f"stage_change:{change.pk}")
    assert sorted(mails.values_list("event", "to")) == [
        ("desk_moved", cast.oxford.email),
        ("receipt", cast.proposer.email),
        ("review_asked", cast.committee.email),
        ("review_asked", cast.committee_chair.email),
    ]
