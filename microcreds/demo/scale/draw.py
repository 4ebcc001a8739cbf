"""Which copies are made: of what stage, whose, when, by what title. Drawn by a seed."""

import random
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from proposals.models import Proposal, Stage

# Of a hundred proposals, how many stand where: an office that has run for some years.
SHARES = {
    Stage.DRAFT: 12,
    Stage.SUBMITTED: 3,
    Stage.TRIAGE: 3,
    Stage.CONSULTATION: 5,
    Stage.FULL_PROPOSAL: 6,
    Stage.READINESS: 3,
    Stage.APC_REVIEW: 3,
    Stage.CAD_CONSENT: 2,
    Stage.APPROVED: 2,
    Stage.DEVELOPMENT: 5,
    Stage.ACTIVE: 22,
    Stage.RENEWAL_REVIEW: 2,
    Stage.RETURNED: 3,
    Stage.ON_HOLD: 3,
    Stage.DECLINED: 9,
    Stage.WITHDRAWN: 6,
    Stage.REDIRECTED: 3,
    Stage.MERGED: 2,
    Stage.SUSPENDED: 1,
    Stage.CANCELLED: 2,
    Stage.RETIRED: 3,
}
# How many weeks further back than its original a copy may lie.
WEEKS_BACK, WEEKS_BACK_WHERE_IT_RESTS = 8, 150
RESTING = {
    Stage.ACTIVE,
    Stage.DECLINED,
    Stage.WITHDRAWN,
    Stage.REDIRECTED,
    Stage.MERGED,
    Stage.CANCELLED,
    Stage.RETIRED,
}
WORDS: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "words.toml").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Copy:
    """One copy: the ``number``-th of this run, so many weeks before its original. Without an
    ``owner`` (the position of one) it has its original's, without a title that one too."""

    number: int
    source: Proposal
    weeks: int
    owner: int | None
    title: str


def draw(*, sources: Sequence[Proposal], number: int, owners: int, seed: int) -> list[Copy]:
    """The copies to be made, the oldest first; the same for the same seed and sources."""
    chance = random.Random(seed)
    at_stage: dict[Stage, list[Proposal]] = defaultdict(list)
    for source in sources:
        at_stage[Stage(source.stage)].append(source)
    stages = [stage for stage in SHARES if at_stage[stage]]
    wanted = chance.choices(stages, [SHARES[stage] for stage in stages], k=number)
    drawn = [
        (source, _weeks(source, chance)) for source in (chance.choice(at_stage[s]) for s in wanted)
    ]
    drawn.sort(key=lambda pair: _began(*pair))
    return [
        Copy(
            number=position,
            source=source,
            weeks=weeks,
            owner=chance.randrange(owners),
            title=_title(chance),
        )
        for position, (source, weeks) in enumerate(drawn, start=1)
    ]


def people_named(owners: int, seed: int) -> Iterator[str]:
    """Names for that many owners."""
    chance = random.Random(seed)
    for _ in range(owners):
        yield f"{chance.choice(WORDS['first_names'])} {chance.choice(WORDS['last_names'])}"


def _weeks(source: Proposal, chance: random.Random) -> int:
    """Whole weeks, so that working days stay working days."""
    most = WEEKS_BACK_WHERE_IT_RESTS if source.stage in RESTING else WEEKS_BACK
    return chance.randint(0, most)


def _began(source: Proposal, weeks: int) -> datetime:
    return source.created_at - timedelta(weeks=weeks)


def _title(chance: random.Random) -> str:
    kind, topic, audience = (chance.choice(WORDS[of]) for of in ("kinds", "topics", "audiences"))
    return f"{kind} {topic} for {audience}"
