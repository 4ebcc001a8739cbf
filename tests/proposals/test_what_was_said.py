"""What a proposer's page says of the move that brought their proposal where it stands."""

from proposals.models import Proposal, Stage
from proposals.views.standing import asked
from reviews.models import StageChange
from reviews.workflow import Move


def moved(move: Move, here: Stage, there: Stage, **said: str) -> StageChange:
    return StageChange(move=move, from_stage=here, to_stage=there, **said)


HELD = moved(Move.HOLD, Stage.CONSULTATION, Stage.ON_HOLD, message="We wait for the lab.")
RESUMED = moved(Move.RESUME, Stage.ON_HOLD, Stage.CONSULTATION)


def said(stage: Stage, *oldest_first: StageChange) -> tuple[str, str] | None:
    found = asked(Proposal(stage=stage), reversed(oldest_first))
    return found and (found.reason, found.message)


def test_a_hold_without_a_message_says_its_reason():
    held = moved(Move.HOLD, Stage.TRIAGE, Stage.ON_HOLD, reason_code="timing")
    assert said(Stage.ON_HOLD, held) == ("The time is not right", "")


def test_a_second_hold_does_not_say_what_the_first_one_said():
    again = moved(Move.HOLD, Stage.CONSULTATION, Stage.ON_HOLD)
    assert said(Stage.ON_HOLD, HELD, RESUMED, again) is None


def test_after_a_hold_the_page_says_again_what_it_said_before():
    invited = moved(Move.CONSULT, Stage.TRIAGE, Stage.CONSULTATION, message="Three times, please.")
    assert said(Stage.CONSULTATION, invited, HELD, RESUMED) == ("", "Three times, please.")
