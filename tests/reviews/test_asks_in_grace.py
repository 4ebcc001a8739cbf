"""While a move can be taken back, and once it has been, people are asked as before it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from proposals.models import Stage
from reviews.asks import asks_of
from reviews.services import undo
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at
from tests.reviews.test_asks import kinds_of, returned_with_a_point, with_conditions

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def told_at_once(settings) -> None:
    """Whatever happened before a test sets a grace."""
    settings.NOTIFICATION_GRACE_SECONDS = 0


def test_a_decision_in_its_grace_changes_nothing_that_proposers_are_asked(cast, settings):
    proposal = make_at(Stage.CONSULTATION)
    settings.NOTIFICATION_GRACE_SECONDS = 300

    do_move(proposal, Move.DECLINE, cast.oxford, **given_for(Move.DECLINE))
    assert kinds_of(cast.proposer) == ["consultation"]

    later = timezone.now() + timedelta(minutes=6)
    assert asks_of(cast.proposer, later) == []


def test_members_go_on_reading_until_a_recommendation_is_told(cast, settings):
    proposal = make_at(Stage.APC_REVIEW)
    settings.NOTIFICATION_GRACE_SECONDS = 300

    do_move(proposal, Move.RECOMMEND, cast.committee_chair)

    assert kinds_of(cast.committee) == ["review"]
    assert asks_of(cast.committee, timezone.now() + timedelta(minutes=6)) == []


def test_conditions_are_asked_only_once_they_are_told_and_not_once_undone(cast, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 300
    proposal = with_conditions()
    assert kinds_of(cast.proposer) == []

    undo(proposal=proposal, by=cast.committee_chair)

    assert asks_of(cast.proposer, timezone.now() + timedelta(minutes=6)) == []


def test_a_return_taken_back_asks_nothing(cast, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 300
    proposal = returned_with_a_point()

    undo(proposal=proposal, by=cast.oxford)

    assert kinds_of(cast.proposer) == []
