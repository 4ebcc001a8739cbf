"""Was everybody told who had to be? Worked out again from history, and compared with the ledger.

Only what is certain is claimed: a role or share that began or ended on the very day of a move, a
stand-in, somebody who takes part no more, and partners of a merge may rightly have been left out,
and are asked of nobody.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from microcreds.accounts.models import Role, User
from microcreds.outbox.models import Message
from partners.models import Share
from proposals.models import HandOver, Participant, Proposal, Stage
from reviews.clocks import campus_day
from reviews.models import CoverageRun, StageChange
from reviews.permits import Parties, parties_of
from reviews.workflow import MOVES, PARTNER_STEPS, STAGES, Audience, Kind, Move, Notice

NIGHTLY = timedelta(days=14)
CHUNK = 1000  # changes at once: memory and statements follow this, not the number of proposals
KEPT_GAPS = 500  # in words; the others are counted
KEPT_RUNS = 60


@dataclass(frozen=True, slots=True)
class Gap:
    """One mail that was due and never written, or did not arrive; ``what`` says which."""

    reference: str
    proposal: int
    change: int
    move: str
    at: str
    event: str
    audience: str
    who: str
    what: str

    def __str__(self) -> str:
        return (
            f"{self.reference}: “{self.event}” of stage change {self.change} ({self.move})"
            f" to {self.who}: {self.what}"
        )


@dataclass
class Found:
    """What a look at history came to."""

    moves: int = 0
    due: int = 0
    count: int = 0
    gaps: list[Gap] = field(default_factory=list)


def check(*, since: datetime | None = None, at: datetime | None = None) -> CoverageRun:
    """The moves made since then (``None``: all) are compared with the ledger; what was found
    stands in the newest row."""
    at = at or timezone.now()
    found = look(since)
    run = CoverageRun.objects.create(
        at=at,
        since=since,
        moves=found.moves,
        due=found.due,
        count=found.count,
        gaps=[asdict(gap) for gap in found.gaps],
    )
    kept = CoverageRun.objects.order_by("-pk").values("pk")[:KEPT_RUNS]
    CoverageRun.objects.exclude(pk__in=kept).delete()
    return run


def look(since: datetime | None = None) -> Found:
    """The same, and nothing is written."""
    found, office, last = Found(), _Office(), 0
    while chunk := _changes_after(last, since):
        last = chunk[-1].pk
        known = _Known(chunk)
        for change in chunk:
            found.moves += 1
            due = list(_due(change, known, office))
            found.due += len(due)
            gaps = [gap for notice, reader in due if (gap := known.gap(change, notice, reader))]
            gaps += known.lost(change)
            found.count += len(gaps)
            found.gaps += gaps[: max(0, KEPT_GAPS - len(found.gaps))]
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    address: str
    user: User | None = None


class _Office:
    """Who held which role on a day; read once."""

    @cached_property
    def _roles(self) -> list[Role]:
        roles = Role.objects.exclude(kind__in=[Role.Kind.CHAIR, Role.Kind.AUDITOR])
        return list(roles.select_related("user"))

    def holding(self, *kinds: str, at: datetime, unit_id: int | None = None) -> list[User]:
        """Who held one of these roles the day before, that day and the day after."""
        on = campus_day(at)
        return [
            role.user
            for role in self._roles
            if role.kind in kinds
            and (unit_id is None or role.unit_id == unit_id)
            and role.starts_on < on
            and (role.ends_on is None or role.ends_on > on)
            and role.user.date_joined < at
        ]

    def queue_of(self, unit_id: int | None, at: datetime) -> list[User]:
        """As ``People.queue_of``; nobody where it is not certain whether the unit had anybody."""
        if staff := self.holding(Role.Kind.ELEARNING, at=at, unit_id=unit_id):
            return staff
        had_any = any(
            role.kind == Role.Kind.ELEARNING
            and (unit_id is None or role.unit_id == unit_id)
            and role.starts_on <= campus_day(at)
            for role in self._roles
        )
        return [] if had_any else self.holding(Role.Kind.LEAD, at=at)


class _Known:
    """What there is to know of some changes, in a handful of statements."""

    def __init__(self, changes: list[StageChange]) -> None:
        self.proposals: dict[int, Proposal] = {each.proposal_id: each.proposal for each in changes}
        pks = list(self.proposals)
        self.parties: dict[int, Parties] = parties_of(pks)
        self.hand_overs = _by_proposal(
            HandOver.objects.filter(proposal__in=pks).select_related("from_user").order_by("at")
        )
        self.participants = _by_proposal(
            Participant.objects.filter(
                proposal__in=pks, capacity__in=Participant.FROM_DRAFT_ON
            ).select_related("user")
        )
        self.shares: dict[int, list[Share]] = defaultdict(list)
        for share in Share.objects.filter(engagement__proposal__in=pks).select_related(
            "contact", "engagement"
        ):
            self.shares[share.engagement.proposal_id].append(share)
        self.users = User.objects.in_bulk({pk for each in changes if (pk := _assignee(each))})
        self._read_ledger(changes)

    def _read_ledger(self, changes: list[StageChange]) -> None:
        self.told: dict[int, set[object]] = defaultdict(set)
        self.unarrived: dict[int, list[Message]] = defaultdict(list)
        causes = {f"stage_change:{change.pk}": change.pk for change in changes}
        mails = Message.objects.filter(cause__in=causes)
        for mail in mails.only("cause", "to", "user_id", "state", "event", "error").order_by("pk"):
            pk = causes[mail.cause]
            self.told[pk] |= {mail.to.lower(), mail.user_id}
            if mail.state in (Message.State.FAILED, Message.State.BOUNCED):
                self.unarrived[pk].append(mail)

    def owner_at(self, change: StageChange) -> User:
        """Whoever handed it over next, or who owns it now."""
        later = (each for each in self.hand_overs[change.proposal_id] if each.at > change.at)
        return next((each.from_user for each in later), change.proposal.submitter)

    def gap(self, change: StageChange, notice: Notice, reader: _Reader) -> Gap | None:
        told = self.told[change.pk]
        if reader.address.lower() in told or (reader.user and reader.user.pk in told):
            return None
        what = "never written" if told else "never written; nobody was told of this move"
        return _gap(change, notice.event, notice.audience.label, reader.address, what)

    def lost(self, change: StageChange) -> list[Gap]:
        """Mails of this move that were written and did not arrive."""
        return [
            _gap(
                change, mail.event, "", mail.to, f"{mail.get_state_display().lower()}: {mail.error}"
            )
            for mail in self.unarrived[change.pk]
        ]


def _gap(change: StageChange, event: str, audience: object, who: str, what: str) -> Gap:
    return Gap(
        reference=change.proposal.reference,
        proposal=change.proposal_id,
        change=change.pk,
        move=change.move,
        at=change.at.isoformat(),
        event=event,
        audience=str(audience),
        who=who,
        what=what[:300],
    )


def _changes_after(pk: int, since: datetime | None) -> list[StageChange]:
    # Who moved silently said why; what was taken back told nobody, and had to tell nobody.
    changes = StageChange.objects.in_force().filter(silent_because="", pk__gt=pk)
    if since:
        changes = changes.filter(at__gte=since)
    return list(changes.select_related("proposal__submitter").order_by("pk")[:CHUNK])


def _by_proposal(rows: QuerySet[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.proposal_id].append(row)
    return found


def _after(change: StageChange, column: str) -> Any:
    """How the move left this column; ``None`` where history does not say."""
    return change.before.get("left", {}).get(column, change.before.get(column))


def _assignee(change: StageChange) -> int | None:
    return _after(change, "assignee_id")


def _due(change: StageChange, known: _Known, office: _Office) -> Iterator[tuple[Notice, _Reader]]:
    """Who certainly had to be told, each once, by the first notice that reaches them."""
    owner = known.owner_at(change)
    seen: set[str] = set()
    for notice in MOVES[Move(change.move)].notices:
        if not _applies(notice, change):
            continue
        for reader in _readers(notice, change, owner, known, office):
            if _is_let_off(notice, reader, change) or reader.address.lower() in seen:
                continue
            seen.add(reader.address.lower())
            yield notice, reader


def _applies(notice: Notice, change: StageChange) -> bool:
    is_there = notice.if_stage in (None, change.from_stage, change.to_stage)
    return is_there and notice.if_turn in (None, _after(change, "whose_turn"))


def _readers(
    notice: Notice, change: StageChange, owner: User, known: _Known, office: _Office
) -> Iterator[_Reader]:
    match notice.audience:
        case Audience.PROPOSERS:
            people = [owner]
            part = known.participants[change.proposal_id]
            people += [each.user for each in part if each.since < change.at and each.user != owner]
        case Audience.DESK:
            assignee = known.users.get(_assignee(change) or 0)
            people = (
                [assignee]
                if assignee and assignee.is_active
                else office.queue_of(_after(change, "unit_id"), change.at)
            )
        case Audience.COMMITTEE:
            parties = known.parties[change.proposal_id]
            members = office.holding(Role.Kind.COMMITTEE, Role.Kind.COMMITTEE_CHAIR, at=change.at)
            people = [each for each in members if not _takes_part(each, parties)]
        case Audience.DEANS:
            people = office.holding(Role.Kind.DEANS, at=change.at)
        case Audience.PARTNER if change.move != Move.MERGE:
            for share in known.shares[change.proposal_id]:
                if share.since < change.at and (share.until is None or share.until > change.at):
                    yield _Reader(share.contact.email)
            return
        case _:
            return
    for user in people:
        if user.is_active:
            yield _Reader(user.email, user)


def _takes_part(user: User, parties: Parties) -> bool:
    return user.pk in parties.involved(user) or bool(parties.capacities_of(user))


def _is_let_off(notice: Notice, reader: _Reader, change: StageChange) -> bool:
    """Whether this reader made the move, or reads of it what they read before."""
    if notice.kind == Kind.RECEIPT:
        return False
    if reader.user and reader.user.pk == change.actor_id:
        return True
    return notice.kind == Kind.FYI and not _reads_anew(notice.audience, change)


def _reads_anew(audience: Audience, change: StageChange) -> bool:
    """Whether what this audience reads of the stage is certainly another than before."""
    was, now = STAGES[Stage(change.from_stage)], STAGES[Stage(change.to_stage)]
    if audience == Audience.PROPOSERS:
        return was.proposer_label != now.proposer_label
    if audience != Audience.PARTNER:
        return was.key != now.key
    steps = [each.partner_step for each in (was, now)]
    if not all(steps):  # what they read goes back to a step that history has to be asked for
        return False
    before, after = (
        (info.partner_label or PARTNER_STEPS[step - 1].label, info.partner_text)
        for info, step in zip((was, now), steps, strict=True)
        if step
    )
    return before != after
