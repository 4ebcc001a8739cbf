"""What is asked of whom: each kind of record, for the right person, for nobody else, until done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from microcreds.accounts.models import Role, User
from microcreds.kept_statements import KeptStatements
from proposals.models import Invitation, Participant, Proposal, Stage, Thread
from proposals.services import accept_invitation
from proposals.services.conversation import add_comment
from reviews import change_requests, draft_looks, return_points, withdrawal_requests
from reviews.asks import MOST, Ask, ask, asks_of, inquiries, listing
from reviews.asks.ask import due_words
from reviews.asks.desk import TURNS
from reviews.models import Absence, Request, ToDo
from reviews.mou.table import MouMove, Status
from reviews.points import Point
from reviews.services import assign
from reviews.todos import add_todo, note_talk, tick_off
from reviews.workflow import Move
from tests.factories import (
    do_move,
    given_for,
    make_at,
    make_cast,
    make_draft,
    make_person,
    make_submitted,
    make_unit,
    send,
    take_part,
)
from tests.partners.memoranda import mou_at, moved, with_text
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db
GUS = {"name": "Gus", "email": "gus@miami.example", "access": "edit"}


def kinds_of(user: User) -> list[str]:
    return [each.key.partition(":")[0] for each in asks_of(user)]


def only_of(user: User, kind: str) -> Ask:
    [found] = [each for each in asks_of(user) if each.key.startswith(f"{kind}:")]
    return found


def everybody() -> dict[str, User]:
    return vars(make_cast())


@pytest.fixture(autouse=True)
def told_at_once(settings) -> None:
    settings.NOTIFICATION_GRACE_SECONDS = 0


def returned_with_a_point() -> Proposal:
    proposal = make_at(Stage.TRIAGE)
    points = (Point("outcomes", "How is it assessed?"),)
    given = given_for(Move.RETURN) | {"points": points}
    do_move(proposal, Move.RETURN, make_cast().oxford, **given)
    return proposal


def answered() -> Proposal:
    proposal = returned_with_a_point()
    answer(proposal)
    return proposal


def answer(proposal: Proposal) -> None:
    point = Request.objects.get(change__proposal=proposal)
    by = proposal.submitter
    return_points.answer_point(point=point, answer="At the line.", by=by, read_at=None)


def with_conditions() -> Proposal:
    proposal = make_at(Stage.APC_REVIEW)
    which = Move.RECOMMEND_WITH_CONDITIONS
    do_move(proposal, which, make_cast().committee_chair, **given_for(which))
    return proposal


def with_todo() -> Proposal:
    proposal = make_at(Stage.TRIAGE)
    oxford, day = make_cast().oxford, timezone.localdate() + timedelta(days=3)
    add_todo(proposal=proposal, words="Ring Pat", owner=oxford, by_day=day, by=oxford, is_next=True)
    return proposal


def invited() -> Proposal:
    return make_draft(co_proposers=[GUS])


def asks_to_change() -> Proposal:
    proposal = make_at(Stage.TRIAGE)
    by = proposal.submitter
    change_requests.ask_to_change(proposal=proposal, keys=["audience"], reason="A new one.", by=by)
    return proposal


def asks_to_withdraw() -> Proposal:
    proposal = make_at(Stage.APPROVED)
    withdrawal_requests.ask_to_withdraw(
        proposal=proposal, by=proposal.submitter, reason="No staff."
    )
    return proposal


def to_look_at() -> Proposal:
    proposal = make_draft()
    draft_looks.ask_to_look(proposal=proposal, by=proposal.submitter, question="Is it one?")
    return proposal


def drafted() -> Proposal:
    proposal = make_at(Stage.CONSULTATION)
    with_text(share_it(summarized(proposal), make_cast().oxford).engagement)
    return proposal


def running_out() -> Proposal:
    proposal = make_at(Stage.CONSULTATION)
    mou_at(share_it(summarized(proposal), make_cast().oxford).engagement, Status.EXPIRING)
    return proposal


def copied() -> Proposal:
    proposal = make_at(Stage.RENEWAL_REVIEW)
    do_move(proposal, Move.RENEW, make_cast().oxford)
    return Proposal.objects.get(renews=proposal)


def moves(which: Move, who: str, **given: Any) -> Callable[[Proposal], Any]:
    def make(proposal: Proposal) -> None:
        do_move(proposal, which, getattr(make_cast(), who), **(given_for(which) | given))

    return make


def oxford_of(proposal: Proposal) -> User:
    return make_cast().oxford


@dataclass(frozen=True)
class Case:
    """A record that asks these people (by role), and how what it asks is done."""

    kind: str
    asks: Callable[[], Proposal]
    of: set[str]
    done: Callable[[Proposal], Any]


CASES = [
    Case(
        "invitation",
        invited,
        {"other_proposer"},
        lambda it: accept_invitation(proposal=it, user=make_cast().other_proposer),
    ),
    Case("point", returned_with_a_point, {"proposer"}, answer),
    Case("resubmit", answered, {"proposer"}, send),
    Case(
        "consultation",
        lambda: make_at(Stage.CONSULTATION),
        {"proposer"},
        lambda it: add_comment(
            proposal=it, kind=Thread.Kind.PROPOSERS, author=it.submitter, body="Monday?"
        ),
    ),
    Case(
        "full_proposal",
        lambda: make_at(Stage.FULL_PROPOSAL),
        {"proposer"},
        moves(Move.SUBMIT_FULL_PROPOSAL, "proposer"),
    ),
    Case("conditions", with_conditions, {"proposer"}, moves(Move.RECOMMEND, "committee_chair")),
    Case("renewal_draft", copied, {"proposer"}, send),
    Case(
        "review",
        lambda: make_at(Stage.APC_REVIEW),
        {"committee"},
        moves(Move.RECOMMEND, "committee_chair"),
    ),
    Case(
        "committee",
        lambda: make_at(Stage.APC_REVIEW),
        {"committee_chair"},
        moves(Move.DECLINE, "committee_chair"),
    ),
    Case("consent", lambda: make_at(Stage.CAD_CONSENT), {"deans"}, moves(Move.CONSENT, "deans")),
    Case(
        "todo",
        with_todo,
        {"oxford"},
        lambda it: tick_off(todo=ToDo.objects.get(proposal=it), by=make_cast().oxford),
    ),
    Case("turn", lambda: make_at(Stage.TRIAGE), {"oxford"}, moves(Move.DECLINE, "oxford")),
    Case("turn", make_submitted, {"oxford"}, moves(Move.WITHDRAW, "proposer")),
    Case(
        "change_asked",
        asks_to_change,
        {"oxford"},
        lambda it: change_requests.refuse_change(
            ask=it.asks_to_change.get(), words="Too late.", by=make_cast().oxford
        ),
    ),
    Case(
        "withdrawal_asked",
        asks_to_withdraw,
        {"oxford"},
        lambda it: withdrawal_requests.refuse_to_withdraw(
            proposal=it, by=make_cast().oxford, reply="No."
        ),
    ),
    Case(
        "look_asked",
        to_look_at,
        {"oxford"},
        lambda it: draft_looks.close_look(proposal=it, by=it.submitter),
    ),
    Case(
        "mou",
        drafted,
        {"oxford"},
        lambda it: moved(it.engagements.get(), MouMove.SEND_TO_PARTNER),
    ),
    Case(
        "mou_ends",
        running_out,
        {"oxford"},
        lambda it: moved(it.engagements.get(), MouMove.TERMINATE),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_each_record_asks_whom_it_asks_and_nobody_else_until_it_is_done(case, cast):
    proposal = case.asks()
    proposal.refresh_from_db()

    assert {name for name, user in everybody().items() if case.kind in kinds_of(user)} == case.of

    case.done(proposal)

    assert not [name for name, user in everybody().items() if case.kind in kinds_of(user)]


def test_every_kind_has_its_case_here():
    about_no_proposal = {source.kind for source in inquiries.SOURCES}  # test_asks_of_inquiries.py
    assert {case.kind for case in CASES} == set(listing.SOURCES) - about_no_proposal


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_nobody_is_asked_about_what_they_may_not_read(case, cast, client):
    case.asks()

    for user in everybody().values():
        client.force_login(user)
        visible = set(Proposal.objects.visible_to(user).values_list("reference", flat=True))
        for found in asks_of(user):
            assert found.reference in visible or found.key.startswith("invitation:")
            assert client.get(found.url.partition("#")[0], follow=True).status_code == 200


def test_a_point_is_asked_of_who_edits_too_and_of_no_reader(cast):
    viewer = {"name": "Vi", "email": "vi@miami.example", "access": "view"}
    vi = make_person("vi@miami.example", "Vi Viewer")
    proposal = make_draft(co_proposers=[GUS, viewer])
    take_part(proposal, cast.other_proposer, vi)
    send(proposal)
    proposal.refresh_from_db()
    do_move(proposal, Move.START_TRIAGE, cast.oxford)
    given = given_for(Move.RETURN) | {"points": (Point("outcomes", "How is it assessed?"),)}
    do_move(proposal, Move.RETURN, cast.oxford, **given)

    assert (kinds_of(cast.other_proposer), kinds_of(vi)) == (["point"], [])
    assert only_of(cast.other_proposer, "point").url.endswith(f"#point-{Request.objects.get().pk}")


def test_a_time_to_talk_is_found_once_a_call_is_on_record(cast):
    proposal = make_at(Stage.CONSULTATION)
    given = {"who": "Fay", "on": timezone.localdate(), "said": "Friday.", "by": cast.oxford}
    note_talk(proposal=proposal, kind="mail", **given)
    assert kinds_of(cast.proposer) == ["consultation"]

    note_talk(proposal=proposal, kind="call", **given)

    assert kinds_of(cast.proposer) == []


def test_late_ones_stand_first_then_by_day_then_what_has_none(cast):
    days = (date(2026, 3, 30), date(2026, 3, 24))
    proposal = make_at(Stage.TRIAGE)
    for day in days:
        todo = add_todo(
            proposal=proposal,
            words=f"{day:%d}",
            owner=cast.oxford,
            by_day=timezone.localdate(),
            by=cast.oxford,
        )
        ToDo.objects.filter(pk=todo.pk).update(by_day=day)
    Proposal.objects.filter(pk=proposal.pk).update(due_on=None)

    found = asks_of(cast.oxford, timezone.make_aware(timezone.datetime(2026, 3, 27, 12)))

    assert [(each.words, each.due, each.is_late) for each in found] == [
        ("24", "3 working days late", True),
        ("30", "in 1 working day", False),
        (str(TURNS[Stage.TRIAGE]), "", False),
    ]


def test_what_is_late_over_days_off_alone_is_late_by_days():
    thursday, friday = date(2026, 11, 26), date(2026, 11, 27)

    words = [
        due_words(by_day, friday, {thursday, friday})
        for by_day in (date(2026, 11, 24), date(2026, 11, 25), thursday)
    ]

    assert words == ["1 working day late", "2 days late", "1 day late"]


@pytest.mark.parametrize(
    ("by_day", "words"),
    [(27, "today"), (28, "tomorrow"), (29, "in 2 days"), (30, "in 1 working day")],
)
def test_a_day_with_no_working_day_before_it_is_told_in_days(by_day, words):
    assert due_words(date(2026, 3, by_day), date(2026, 3, 27), frozenset()) == words


def test_a_next_step_says_what_the_turn_is(cast):
    proposal = with_todo()
    assert kinds_of(cast.oxford) == ["todo"]

    tick_off(todo=ToDo.objects.get(proposal=proposal), by=cast.oxford)

    assert kinds_of(cast.oxford) == ["turn"]


def test_who_stands_in_is_asked_for_whoever_is_away(cast):
    colleague = make_person("oz@miami.example", "Oz", Role.Kind.ELEARNING, unit=make_unit())
    make_at(Stage.TRIAGE)
    assert kinds_of(colleague) == []
    today = timezone.localdate()
    Absence.objects.create(person=cast.oxford, stand_in=colleague, starts_on=today, ends_on=today)

    assert only_of(colleague, "turn").stands_in_for == "Ola Oxford"
    assert only_of(cast.oxford, "turn").stands_in_for == ""


def test_what_somebody_left_behind_is_asked_of_the_unit(cast):
    colleague = make_person("oz@miami.example", "Oz", Role.Kind.ELEARNING, unit=make_unit())
    make_at(Stage.TRIAGE)
    User.objects.filter(pk=cast.oxford.pk).update(is_active=False)

    assert only_of(colleague, "turn").is_shared
    assert asks_of(User.objects.get(pk=cast.oxford.pk)) == []


def test_the_lead_is_asked_where_a_unit_has_nobody(cast):
    make_submitted()
    assert kinds_of(cast.lead) == []

    cast.oxford.roles.all().delete()

    assert kinds_of(User.objects.get(pk=cast.lead.pk)) == ["turn"]


@pytest.mark.parametrize("capacity", ["recused", "editor"])
def test_who_takes_part_is_asked_for_no_decision(cast, capacity):
    proposal = make_at(Stage.APC_REVIEW)
    for user in (cast.committee, cast.committee_chair):
        Participant.objects.create(
            proposal=proposal, user=user, capacity=capacity, since=timezone.now()
        )

    assert (kinds_of(cast.committee), kinds_of(cast.committee_chair)) == ([], [])


def test_whom_the_form_names_is_asked_for_no_decision(cast):
    chair = {"name": "Cora", "email": cast.committee_chair.email.title(), "access": "edit"}
    make_at(Stage.APC_REVIEW, co_proposers=[chair])

    assert "committee" not in kinds_of(cast.committee_chair)


def test_to_dos_of_what_has_ended_and_of_who_left_the_desk_ask_nothing(cast):
    proposal = with_todo()
    cast.oxford.roles.update(ends_on="2020-01-01")
    assert kinds_of(User.objects.get(pk=cast.oxford.pk)) == []
    cast.oxford.roles.update(ends_on=None)

    do_move(proposal, Move.DECLINE, cast.oxford, **given_for(Move.DECLINE))

    assert kinds_of(User.objects.get(pk=cast.oxford.pk)) == []


def test_work_handed_over_is_asked_of_its_new_owner(cast):
    proposal = make_at(Stage.TRIAGE)
    colleague = make_person("oz@miami.example", "Oz", Role.Kind.ELEARNING, unit=make_unit())

    assign(proposals=[proposal], to=colleague, by=cast.oxford)

    assert (kinds_of(cast.oxford), kinds_of(colleague)) == ([], ["turn"])


def test_an_invitation_is_asked_of_its_address_whatever_its_case(cast):
    newcomer = make_person("new@miami.example", "New Comer")
    make_draft(co_proposers=[{"name": "N", "email": "New@Miami.example", "access": "view"}])

    assert only_of(newcomer, "invitation").words.startswith("Fay Proposer asks you")
    assert Invitation.objects.get().email == newcomer.email


@pytest.mark.parametrize("who", ["proposer", "oxford", "committee_chair", "deans", "lead"])
def test_one_statement_whatever_is_asked(cast, who, django_assert_num_queries):
    user = getattr(cast, who)
    for number in (1, 2):
        for _each in range(number):
            for stage in (Stage.RETURNED, Stage.TRIAGE, Stage.APC_REVIEW, Stage.CAD_CONSENT):
                make_at(stage)
        user = User.objects.with_roles().get(pk=user.pk)
        asks_of(cast.proposer)  # the days off are known from here on
        with django_assert_num_queries(1):
            asks_of(user)


def test_no_more_than_the_most_pressing_are_read(cast, monkeypatch):
    monkeypatch.setattr(listing, "MOST", 2)
    monkeypatch.setattr(listing, "_OF_USERS", KeptStatements(listing._rows_of_user))
    for _each in range(3):
        make_at(Stage.FULL_PROPOSAL)

    assert len(asks_of(cast.proposer)) == 2
    assert ask.MOST == MOST == 200
