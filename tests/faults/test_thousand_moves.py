"""A thousand moves of real people while one server after another fails."""

from collections.abc import Callable, Iterator
from itertools import cycle

import pytest
from django.db import Error, connection

from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews.models import StageChange
from reviews.plans import Given, build_plan
from reviews.services import move
from reviews.workflow import Move
from tests.factories import given_for, make_cast, make_person, make_submitted

PROPOSALS, ROUNDS, AT_ONCE = 50, 20, 10
PROMISE = (
    "every move is made and every mail of it arrives; at most ten once more for each sender that"
    " was cut off, under the same Message-ID"
)


def moves_of(proposals: list[Proposal]) -> Iterator[Callable[[], None]]:
    """Each is taken into triage, then put on hold and resumed by turns, a few at once."""
    lead = make_cast().lead
    turns = cycle([(Move.HOLD, Stage.ON_HOLD), (Move.RESUME, Stage.TRIAGE)])
    steps = [(Move.START_TRIAGE, Stage.TRIAGE), *(next(turns) for _ in range(ROUNDS - 1))]
    for which, reached in steps:
        for first in range(0, PROPOSALS, AT_ONCE):
            some = [each.pk for each in proposals[first : first + AT_ONCE]]
            yield lambda some=some, which=which, reached=reached: make(some, which, reached, lead)


def make(keys: list[int], which: Move, reached: Stage, lead: object) -> None:
    """These are moved; where the database went away meanwhile, asked again as a person would."""
    while True:
        try:
            left = list(Proposal.objects.filter(pk__in=keys).exclude(stage=reached))
            if left:
                move(
                    plan=build_plan(
                        proposals=left, move=which, actor=lead, given=Given(**given_for(which))
                    )
                )
            return
        except Error:
            connection.close()


@pytest.mark.faults("1,000 moves while all that happens, one after another", PROMISE)
def test_a_thousand_moves(scene):
    make_cast()
    owners = [make_person(f"owner{number}@miami.example") for number in range(PROPOSALS)]
    proposals = [make_submitted(owner) for owner in owners]
    scene.mail_server.start()
    worker = scene.worker()
    before = StageChange.objects.count()
    faults = iter(faults_of(scene, worker))
    for number, step in enumerate(moves_of(proposals)):
        if number % 10 == 5:
            next(faults, lambda: None)()
        step()
    for fault in faults:
        fault()

    assert StageChange.objects.count() - before == 1000
    told = Message.objects.filter(cause__startswith="stage_change:", to__startswith="owner")
    assert told.count() >= 1000
    scene.assert_nothing_was_lost(cut_off=4)
    assert not Message.objects.exclude(state__in=["sent", "gathered"]).exists()


def faults_of(scene, worker) -> list[Callable[[], None]]:
    def again(**rules: object) -> None:
        scene.mail_server.stop()
        scene.mail_server.start(**rules)

    def broker_restarts() -> None:
        scene.broker.stop()
        scene.broker.start()

    return [
        lambda: again(kills="sender", at_mail=3),
        lambda: (worker.wait_for_its_end(), worker.start()),
        lambda: scene.broker.client.flushall(),
        lambda: scene.broker.client.lpush("celery", b"junk"),
        broker_restarts,
        scene.mail_server.stop,
        lambda: again(hangs_on={"owner3@miami.example": 2}, closes_on={"owner7@miami.example": 2}),
        scene.database.crash,
        lambda: again(answers={f"owner{n}@miami.example": ("451 later", 2) for n in range(9)}),
        lambda: again(),
    ]
