"""What a move would do, before it does it: the one object that is shown and then carried out."""

import copy
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from partners.models import Contact, Share
from partners.services import shares_of
from proposals.models import Participant, Proposal, Stage
from reviews.clocks import add_business_days, add_months, business_days_between, campus_day
from reviews.guards import Guard, GuardState, guards_of
from reviews.models import Holiday, StageChange
from reviews.notifications import Letters, NotTold, Occasion, letters_of
from reviews.permits import Parties, People, Permit, parties_of, permit
from reviews.progress import Progress, progress_of
from reviews.workflow import (
    AFTER_THE_COMMITTEE,
    BACK,
    MOVES,
    STAGES,
    STAY,
    Move,
    MoveInfo,
    standing,
    way_back,
)

# The columns of a proposal that moves write; what stood there before is kept with the change.
WRITTEN = (
    "stage",
    "stage_since",
    "whose_turn",
    "due_on",
    "wake_on",
    "meeting_on",
    "submitted_at",
    "reached_committee_at",
    "reached_deans_at",
    "approved_on",
    "expires_on",
    "unit_id",
    "assignee_id",
    "duplicate_of_id",
)
LONGEST = {"message": 3000, "partner_message": 1000, "note": 3000, "target": 200}
APPROVED_FOR_MONTHS = 60
REOPENED_WITHIN_MONTHS = 12
RENEWAL_DONE_BEFORE_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Given:
    """What the actor gives with a move; which of it, ``MoveInfo.needs`` and ``takes`` say."""

    reason_code: str = ""
    message: str = ""
    partner_message: str = ""
    note: str = ""
    wake_on: date | None = None
    meeting_on: date | None = None
    target: str = ""

    def for_move(self, info: MoveInfo) -> "Given":
        """Only what this move takes, texts trimmed and with plain line ends."""
        kept: dict[str, Any] = {name: getattr(self, name) for name in info.inputs}
        for name, value in kept.items():
            if isinstance(value, str):
                kept[name] = value.replace("\r\n", "\n").strip()
        return Given(**kept)


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """What a move would do to one proposal. ``refusal``: why it cannot, guards included."""

    move: Move
    proposal: Proposal
    after: Proposal
    change: StageChange
    refusal: str
    guards: list[Guard]
    now: Progress
    letters: Letters

    @property
    def is_ready(self) -> bool:
        return not self.refusal

    @property
    def from_stage(self) -> Stage:
        return Stage(self.change.from_stage)

    @property
    def to_stage(self) -> Stage:
        return Stage(self.change.to_stage)

    @property
    def messages(self) -> list[Message]:
        return self.letters.messages

    @property
    def not_told(self) -> list[NotTold]:
        return self.letters.not_told

    @property
    def contacts(self) -> dict[str, Contact]:
        return self.letters.contacts

    @property
    def whose_turn(self) -> str:
        return self.after.get_whose_turn_display()

    @property
    def due_on(self) -> date | None:
        return self.after.due_on

    @property
    def proposer_sees(self) -> str:
        return f"{self.now.proposer_label}: {self.now.proposer_text} {self.now.proposer_next}"

    @property
    def partner_sees(self) -> str:
        return f"{self.now.partner_label}: {self.now.partner_text} {self.now.partner_next}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A move of a set of proposals: shown on the plan page, carried out by ``services.move``."""

    move: Move
    actor: User | None
    given: Given
    at: datetime
    items: list[ItemPlan]
    newest: dict[int, StageChange | None]
    given_errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def info(self) -> MoveInfo:
        return MOVES[self.move]

    @property
    def seen(self) -> dict[int, int]:
        """The newest stage change of each proposal, 0 where it has none."""
        return {pk: change.pk if change else 0 for pk, change in self.newest.items()}

    @property
    def proposal_ids(self) -> list[int]:
        """The proposals it was asked for; ``items`` may hold more that move with them."""
        return [item.proposal.pk for item in self.items if item.move == self.move]

    @property
    def is_ready(self) -> bool:
        return bool(self.items) and all(item.is_ready for item in self.items)

    @property
    def digest(self) -> str:
        """What a reader of this plan saw of its effects, whatever they then typed."""
        return " ".join(
            ":".join([str(item.proposal.pk), *map(_hash, _aspects(item).values())])
            for item in self.items
        )

    def differences_from(self, digest: str) -> list[str]:
        """In words, what is not as a reader of the plan with ``digest`` saw it."""
        before = {part.split(":")[0]: part.split(":")[1:] for part in digest.split()}
        differences = []
        for item in self.items:
            now = _aspects(item)
            seen = before.get(str(item.proposal.pk), [])
            if len(seen) != len(now):
                return [_("This is not the plan you saw. Look at it again.")]
            differences += [
                f"{item.proposal.reference}: {words}"
                for (words, aspect), then in zip(now.items(), seen, strict=True)
                if _hash(aspect) != then
            ]
        return differences


def _aspects(item: ItemPlan) -> dict[str, list[str]]:
    """What a plan shows that does not depend on what its reader types, by how to say it changed."""
    return {
        _("it would now go from %(from)s to %(to)s.")
        % {"from": item.from_stage.label, "to": item.to_stage.label}: [
            item.from_stage,
            item.to_stage,
        ],
        _("what must be so before this move has changed."): [
            f"{guard.label} {guard.state}" for guard in item.guards
        ],
        _("the mails that would leave have changed."): sorted(
            f"{message.event} {message.to}" for message in item.messages
        ),
        _("who is not told has changed."): sorted(quiet.who for quiet in item.not_told),
    }


def _hash(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Option:
    """A move somebody meets as a button on a proposal."""

    move: MoveInfo
    permit: Permit


def moves_for(
    proposal: Proposal,
    user: User,
    changes: Iterable[StageChange] | None = None,
    parties: Parties | None = None,
) -> list[Option]:
    """The buttons this person meets now, the step that comes next first; ``changes`` and
    ``parties`` of the proposal save a query each."""
    history = _oldest_first(proposal) if changes is None else sorted(changes, key=lambda c: c.pk)
    parties, people = parties or parties_of([proposal.pk])[proposal.pk], People()
    options = []
    for move, info in MOVES.items():
        if proposal.stage not in info.from_stages:
            continue
        given = permit(user, move, proposal, involved=parties.involved(user), people=people)
        obstacle = _obstacle(proposal, info, history, _copies([proposal], info), timezone.now())
        if given.allowed and obstacle:
            given = Permit(shown=True, allowed=False, why_not=obstacle)
        if given.shown:
            options.append(Option(info, given))
    return sorted(options, key=lambda option: not option.move.is_forward)


def _oldest_first(proposal: Proposal) -> list[StageChange]:
    return list(StageChange.objects.filter(proposal=proposal).order_by("pk"))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Everything a plan is built from, read in a fixed number of statements."""

    rows: list[Proposal]
    changes: dict[int, list[StageChange]]
    parties: dict[int, Parties]
    participants: dict[int, list[Participant]]
    shares: dict[int, list[Share]]
    copies: dict[int, str]
    holidays: frozenset[date]
    people: People
    target: Proposal | None


def build_plan(
    *,
    proposals: Iterable[Proposal],
    move: Move | str,
    actor: User | None,
    given: Given | None = None,
    at: datetime | None = None,
    lock: bool = False,
) -> Plan:
    """What ``move`` would do to these proposals; nothing is written.

    Takes as many statements for a hundred as for one. ``lock`` keeps the rows as they are until
    the transaction ends. ``actor`` ``None`` is the system. Proposals that move along (a credential
    whose renewal is launched ends) are items too.
    """
    info, at = MOVES[Move(move)], at or timezone.now()
    given = (given or Given()).for_move(info)
    asked = {proposal.pk for proposal in proposals}
    reading = _read(asked, info, actor, given, lock)
    return Plan(
        move=info.key,
        actor=actor,
        given=given,
        at=at,
        items=[
            _item(reading, row, info, actor, given, at)
            if row.pk in asked
            else _item(reading, row, MOVES[Move.RETIRE], actor, Given(), at, goes_along=True)
            for row in reading.rows
        ],
        newest={pk: changes[-1] if changes else None for pk, changes in reading.changes.items()},
        given_errors=_given_errors(reading, info, actor, given, at),
    )


def _read(
    asked: set[int], info: MoveInfo, actor: User | None, given: Given, lock: bool
) -> _Reading:
    queryset = Proposal.objects.select_related("submitter", "assignee", "unit", "campus__unit")
    if lock:
        queryset = queryset.select_for_update(of=("self",), no_key=True)
    ids = asked
    if info.key == Move.LAUNCH:
        ends = Proposal.objects.filter(renewals__in=asked, stage=Stage.RENEWAL_REVIEW)
        ids = asked | set(ends.values_list("pk", flat=True))
    rows = list(queryset.filter(pk__in=ids).order_by("pk"))
    changes: dict[int, list[StageChange]] = {row.pk: [] for row in rows}
    history = StageChange.objects.filter(proposal__in=ids).select_related("actor").order_by("pk")
    for change in history:
        changes[change.proposal_id].append(change)
    participants: dict[int, list[Participant]] = defaultdict(list)
    for participant in (
        Participant.objects.filter(proposal__in=ids).select_related("user").order_by("pk")
    ):
        participants[participant.proposal_id].append(participant)
    target = None
    if "target" in info.needs and info.key == Move.MERGE and given.target and actor:
        target = (
            Proposal.objects.visible_to(actor)
            .filter(reference__iexact=given.target, submitted_at__isnull=False)
            .first()
        )
    return _Reading(
        rows=rows,
        changes=changes,
        parties=parties_of(ids),
        participants=participants,
        shares=shares_of(ids),
        copies=_copies(rows, info),
        holidays=frozenset(Holiday.objects.values_list("on", flat=True)),
        people=People(),
        target=target,
    )


def _copies(rows: list[Proposal], info: MoveInfo) -> dict[int, str]:
    """The proposals that were copied already: the copy's reference by the original's id."""
    if not info.copies_from:
        return {}
    copies = Proposal.objects.filter(renews__in=[row.pk for row in rows])
    return {each.renews_id: each.reference for each in copies if each.renews_id}


def _item(
    reading: _Reading,
    row: Proposal,
    info: MoveInfo,
    actor: User | None,
    given: Given,
    at: datetime,
    *,
    goes_along: bool = False,
) -> ItemPlan:
    history, parties = reading.changes[row.pk], reading.parties[row.pk]
    permitted = permit(
        actor, info.key, row, involved=parties.involved(actor), people=reading.people
    )
    guards = guards_of(info.guards, row, actor, parties)
    unmet = [guard.label for guard in guards if guard.state == GuardState.UNMET]
    if row.stage not in info.from_stages:
        refusal = _("It stands at “%(stage)s”; “%(move)s” does not begin there.") % {
            "stage": row.get_stage_display(),
            "move": info.label,
        }
    elif not (permitted.allowed or goes_along):
        refusal = permitted.why_not or _("This is not yours to do.")
    elif obstacle := _obstacle(row, info, history, reading.copies, at):
        refusal = obstacle
    elif unmet:
        refusal = _("Not yet so: %(guards)s.") % {"guards": "; ".join(unmet)}
    else:
        refusal = ""
    after = _after(row, info, history, given, actor, at, reading)
    change = StageChange(
        proposal=after,
        move=info.key,
        from_stage=row.stage,
        to_stage=after.stage,
        actor=actor,
        at=at,
        reason_code=given.reason_code,
        message=given.message,
        partner_message=given.partner_message,
        note=given.note,
        target=given.target,
        before={column: _as_json(getattr(row, column)) for column in WRITTEN},
    )
    now = progress_of(after, [*history, change])
    letters = Letters()
    if row.stage in info.from_stages:
        letters = letters_of(
            Occasion(
                info=info,
                change=change,
                before=row,
                after=after,
                was=progress_of(row, history),
                now=now,
                parties=parties,
                participants=reading.participants[row.pk],
                shares=reading.shares.get(row.pk, []),
                people=reading.people,
            )
        )
    return ItemPlan(info.key, row, after, change, refusal, guards, now, letters)


def _as_json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _obstacle(
    row: Proposal,
    info: MoveInfo,
    history: list[StageChange],
    copies: dict[int, str],
    at: datetime,
) -> str:
    """What stands in the way of this move besides who asks for it; empty: nothing."""
    if info.key == Move.WITHDRAW and standing(row.stage, history) in AFTER_THE_COMMITTEE:
        return _("The committee has decided on it. Ask eLearning to withdraw it.")
    if info.key == Move.REOPEN and history:
        until = add_months(campus_day(history[-1].at), REOPENED_WITHIN_MONTHS)
        if campus_day(at) > until:
            return _("It ended more than a year ago. Start a new proposal instead.")
    if row.stage in info.copies_from and row.pk in copies:
        return _("%(copy)s continues it already.") % {"copy": copies[row.pk]}
    if info.to is BACK and row.stage not in info.copies_from and not way_back(row.stage, history):
        return _("Its history does not say where it came from.")
    return ""


def _target_stage(row: Proposal, info: MoveInfo, history: list[StageChange]) -> Stage:
    here = Stage(row.stage)
    if info.to is STAY or here in info.copies_from:
        return here
    return info.to if isinstance(info.to, Stage) else way_back(here, history) or here


def _after(
    row: Proposal,
    info: MoveInfo,
    history: list[StageChange],
    given: Given,
    actor: User | None,
    at: datetime,
    reading: _Reading,
) -> Proposal:
    """The proposal as the move leaves it; as it is, where the move does not begin there."""
    after, today = copy.copy(row), campus_day(at)
    if row.stage not in info.from_stages:
        return after
    to = _target_stage(row, info, history)
    after.last_activity_at = at
    match info.key:
        case Move.SUBMIT:
            after.submitted_at, after.unit = at, row.campus.unit if row.campus else None
        case Move.TAKE_BACK:
            after.submitted_at = None
        case Move.START_TRIAGE:
            after.assignee = row.assignee or actor
        case Move.SEND_TO_COMMITTEE:
            after.reached_committee_at = row.reached_committee_at or at
        case Move.RECOMMEND:
            after.reached_deans_at = row.reached_deans_at or at
        case Move.CONSENT:
            after.approved_on = today
            after.expires_on = add_months(today, APPROVED_FOR_MONTHS)
        case Move.MERGE:
            after.duplicate_of = reading.target
        case Move.REOPEN if row.stage == Stage.MERGED:
            after.duplicate_of = None
    if to != row.stage:
        after.stage, after.stage_since, after.whose_turn = to, at, STAGES[to].turn
        after.wake_on = given.wake_on
        after.due_on = _due_on(after, info, history, today, reading.holidays)
    if given.meeting_on:
        after.meeting_on = given.meeting_on
        after.due_on = max(after.due_on or given.meeting_on, given.meeting_on)
    return after


def _due_on(
    after: Proposal,
    info: MoveInfo,
    history: list[StageChange],
    today: date,
    holidays: frozenset[date],
) -> date | None:
    """By when the next step is due; after a hold, with the days that were left."""
    stage = STAGES[Stage(after.stage)]
    if after.stage in (Stage.ON_HOLD, Stage.SUSPENDED):
        return after.wake_on
    if after.stage == Stage.RENEWAL_REVIEW and after.expires_on:
        return add_months(after.expires_on, -RENEWAL_DONE_BEFORE_MONTHS)
    if info.key == Move.RESUME:
        held = next((change for change in reversed(history) if change.move == Move.HOLD), None)
        if held is None or held.before["due_on"] is None:
            return None
        held_on, due_on = campus_day(held.at), date.fromisoformat(held.before["due_on"])
        if stage.is_calendar:
            return today + max(due_on - held_on, timedelta())
        left = business_days_between(held_on, due_on, holidays)
        return add_business_days(today, left, holidays)
    if stage.target_days is None:
        return None
    if stage.is_calendar:
        return today + timedelta(days=stage.target_days)
    return add_business_days(today, stage.target_days, holidays)


def _given_errors(
    reading: _Reading, info: MoveInfo, actor: User | None, given: Given, at: datetime
) -> dict[str, list[str]]:
    """What is missing or wrong in what the actor gave, by input."""
    errors: dict[str, list[str]] = defaultdict(list)
    for name in info.needs:
        if not getattr(given, name):
            errors[name].append(_("This is needed."))
    for name, longest in LONGEST.items():
        if len(getattr(given, name)) > longest:
            errors[name].append(_("At most %(n)s characters.") % {"n": longest})
    if given.reason_code and given.reason_code not in info.reasons:
        errors["reason_code"].append(_("Choose one of the reasons offered."))
    today = campus_day(at)
    for name, (first, last) in {
        "wake_on": info.wake_within,
        "meeting_on": info.meeting_within,
    }.items():
        day = getattr(given, name)
        earliest, latest = today + timedelta(days=first), today + timedelta(days=last)
        if day and not earliest <= day <= latest:
            errors[name].append(
                _("Choose a day from %(first)s to %(last)s.")
                % {"first": earliest.isoformat(), "last": latest.isoformat()}
            )
    if info.key == Move.MERGE and given.target:
        if reading.target is None:
            errors["target"].append(_("There is no submitted proposal with this reference."))
        elif reading.target.pk in reading.changes:
            errors["target"].append(_("A proposal cannot be merged into itself."))
    if info.key == Move.WITHDRAW and not given.note:
        is_owner = all(actor and row.submitter_id == actor.pk for row in reading.rows)
        if not is_owner:
            errors["note"].append(_("Write down who asked for it in writing, and when."))
    return dict(errors)


def refuse_unless_ready(plan: Plan) -> None:
    """Raises ``ValidationError`` with every reason why this plan cannot be carried out."""
    if plan.given_errors:
        raise ValidationError(plan.given_errors)
    refusals = [f"{item.proposal.reference}: {item.refusal}" for item in plan.items if item.refusal]
    if refusals or not plan.items:
        raise ValidationError(refusals or [_("There is no such proposal.")])
