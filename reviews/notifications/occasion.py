"""One move of one proposal, as its mails are written from it."""

from dataclasses import dataclass

from microcreds.accounts.models import User
from partners.models import Share
from proposals.models import Participant, Proposal
from reviews.models import StageChange
from reviews.permits import Parties, People
from reviews.points import Point
from reviews.progress import Progress
from reviews.workflow import MoveInfo


@dataclass(frozen=True, slots=True)
class NotTold:
    """``is_chosen``: the actor decides, so a plan may be carried out either way."""

    who: str
    why: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """The proposal that another is merged into, or was, and whom that tells."""

    into: Proposal
    proposers: list[User]
    readers: list[str]
    partners: list[str]
    tells_partners: bool


@dataclass(frozen=True, slots=True)
class Occasion:
    """One move of one proposal, as its mails are written from it."""

    info: MoveInfo
    change: StageChange
    before: Proposal
    after: Proposal
    was: Progress
    now: Progress
    parties: Parties
    participants: list[Participant]
    shares: list[Share]
    people: People
    joined: Joined | None = None
    points: tuple[Point, ...] = ()
