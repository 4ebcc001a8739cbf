"""Marks become mails, each once: locked, looked at again, recorded, many to one person together."""

from collections import defaultdict
from collections.abc import Iterable, Set
from datetime import date, datetime

from django.db import transaction

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose, enqueue
from proposals.models import Participant, Proposal
from reviews.clocks import campus_day
from reviews.ladder.asks import still_asked
from reviews.ladder.letters import Around, Letter, letters_of
from reviews.ladder.list_mail import list_mail
from reviews.ladder.passed import Kind, Passed, told_of
from reviews.ladder.table import HANDFUL
from reviews.models import LadderStep
from reviews.permits import People, parties_of

# A proposal that differs in one of these from when its mark was read is left to the next run.
_STANDING = ("stage", "stage_since", "whose_turn", "due_on", "expires_on")
_Named = tuple[Passed, Letter]


@transaction.atomic
def tell(marks: Iterable[Passed], *, at: datetime, holidays: Set[date]) -> list[Passed]:
    """Each mark is on record and its mails are written, unless somebody moved its proposal since it
    was read or another run told it. Returns those that were told.

    One person's mails beyond a handful become one mail with a line for each. As many statements for
    a hundred as for one.
    """
    fresh = _still_so(list(marks))
    around = _around(fresh, campus_day(at), holidays)
    letters = [(passed, letter) for passed in fresh for letter in letters_of(passed, around)]
    together = _together(letters)
    causes = {user: f"ladder:together:{at:%Y%m%d%H%M%S}:{user.pk}" for user in together}
    steps = {passed.key: _step(passed, at) for passed in fresh}
    for user, named in together.items():
        for passed, letter in named:
            steps[passed.key].together.append(causes[user])
            steps[passed.key].line = letter.line[:400]
    LadderStep.objects.bulk_create(steps.values())
    mails = [
        _mail(passed, letter, steps[passed.key], at)
        for passed, letter in letters
        if not (letter.line and letter.to in together)
    ]
    mails += [
        list_mail(user, [letter.line for _passed, letter in named], causes[user], at)
        for user, named in together.items()
    ]
    enqueue(mails)
    return fresh


def _still_so(marks: list[Passed]) -> list[Passed]:
    """Those whose proposal stands as it was read, locked, that nobody told meanwhile, and of whose
    asks none is done."""
    locked = {
        row.pk: row
        for row in Proposal.objects.filter(pk__in=[passed.proposal.pk for passed in marks])
        .only(*_STANDING)
        .order_by("pk")
        .select_for_update(no_key=True)
    }
    told, asked = told_of(locked.values()), still_asked(marks)
    return [
        passed
        for passed in marks
        if (row := locked.get(passed.proposal.pk))
        and all(getattr(row, name) == getattr(passed.proposal, name) for name in _STANDING)
        and passed.rung not in told.rungs(row, passed.since)
        and asked.issuperset((ask.kind, ask.record) for ask in passed.asks)
    ]


def _around(marks: list[Passed], today: date, holidays: Set[date]) -> Around:
    ids = [passed.proposal.pk for passed in marks]
    named = {ask.person for passed in marks for ask in passed.asks if ask.person}
    participants: dict[int, list[Participant]] = defaultdict(list)
    found = Participant.objects.filter(proposal__in=ids, capacity__in=Participant.FROM_DRAFT_ON)
    for participant in found.select_related("user").order_by("pk"):
        participants[participant.proposal_id].append(participant)
    return Around(
        people=People(),
        parties=parties_of(ids),
        participants=participants,
        named=User.objects.in_bulk(named) if named else {},
        today=today,
        holidays=holidays,
    )


def _together(letters: list[_Named]) -> dict[User, list[_Named]]:
    """Whom more than a handful would reach, and those; what lasts longest first."""
    named: dict[User, list[_Named]] = defaultdict(list)
    for passed, letter in letters:
        if letter.line:
            named[letter.to].append((passed, letter))
    many = {user: found for user, found in named.items() if len(found) > HANDFUL}
    for found in many.values():
        found.sort(
            key=lambda each: (each[0].kind == Kind.EXPIRY, each[0].proposal.due_on or date.max)
        )
    return many


def _step(passed: Passed, at: datetime) -> LadderStep:
    return LadderStep(proposal=passed.proposal, since=passed.since, rung=passed.rung, at=at)


def _mail(passed: Passed, letter: Letter, step: LadderStep, at: datetime) -> Message:
    """Leaves at once: nobody made a move that could be taken back. The step is part of its key, for
    a mark whose mails stayed here is told anew."""
    return compose(
        event=letter.event,
        to=letter.to.email,
        user=letter.to,
        about=passed.proposal.reference,
        cause=passed.cause,
        dedupe_key=f"{passed.cause}:{step.pk}:{letter.event}:{letter.to.email}",
        at=at,
        due_at=at,
        context={"name": letter.to, **letter.context},
    )
