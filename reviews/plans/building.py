"""Building the plan of a move, and the buttons that lead to plans."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.preferences import settle
from microcreds.outbox.wording.in_force import version as version_of_texts
from proposals.models import Proposal
from reviews.checklists import lines_of, unfinished_of
from reviews.clocks import campus_day
from reviews.grace import ACTIVITY, BEING_RECORDED, columns_of, is_untold
from reviews.guards import GuardState, guards_of
from reviews.models import StageChange
from reviews.next_steps import step_of
from reviews.notifications.moves import Letters, letters_of
from reviews.notifications.occasion import Joined, Occasion
from reviews.permits import Parties, People, Permit, parties_of, permit
from reviews.plans.along import Along, along_of, proposers_of
from reviews.plans.effects import after_move, needs_a_request, obstacle_to
from reviews.plans.given import Given, given_errors, with_points_complete
from reviews.plans.plan import ItemPlan, Plan
from reviews.plans.reading import Reading, asked_to_withdraw, copies_of, read
from reviews.progress import oldest_first, progress_of
from reviews.workflow import MOVES, Move, MoveInfo, in_force


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
    history = oldest_first(
        StageChange.objects.filter(proposal=proposal) if changes is None else changes
    )
    parties, people = parties or parties_of([proposal.pk])[proposal.pk], People()
    options = []
    for move, info in MOVES.items():
        if proposal.stage not in info.from_stages:
            continue
        given = permit(user, move, proposal, involved=parties.involved(user), people=people)
        asked = asked_to_withdraw([proposal], info, user)
        if needs_a_request(proposal, info, history) and not asked:
            continue  # nothing to press until its owner asks
        copies = copies_of([proposal], info)
        obstacle = obstacle_to(proposal, info, history, copies, asked, timezone.now())
        if given.allowed and obstacle:
            given = Permit(shown=True, allowed=False, why_not=obstacle)
        if given.shown:
            options.append(Option(info, given))
    return sorted(options, key=lambda option: not option.move.is_forward)


def build_plan(
    *,
    proposals: Iterable[Proposal],
    move: Move | str,
    actor: User | None,
    given: Given | None = None,
    at: datetime | None = None,
    lock: bool = False,
    read_of: Container[int] | None = None,
) -> Plan:
    """What ``move`` would do to these proposals; nothing is written.

    Takes as many statements for a hundred as for one. ``lock`` keeps the rows as they are until
    the transaction ends. ``actor`` ``None`` is the system. Proposals that move along (a credential
    whose renewal is launched ends) are items too. Where ``read_of`` is given, the mails of those
    proposals alone have a body; writing two hundred takes longer than all else.
    """
    info, at = MOVES[Move(move)], at or timezone.now()
    given = (given or Given()).for_move(info)
    asked = {proposal.pk for proposal in proposals}
    reading = read(asked, info, actor, given.target, lock)
    given = with_points_complete(given, info, at, reading.holidays)
    items = [
        _item(reading, row, info, actor, given, at, is_read=read_of is None or row.pk in read_of)
        if row.pk in asked
        else _item(reading, row, MOVES[Move.RETIRE], actor, Given(), at, goes_along=True)
        for row in reading.rows
    ]
    settle(message for item in items for message in item.letters.messages)
    return Plan(
        move=info.key,
        actor=actor,
        given=given,
        at=at,
        items=items,
        newest={pk: changes[-1] if changes else None for pk, changes in reading.changes.items()},
        policies=reading.policies,
        texts=version_of_texts(),
        given_errors=given_errors(reading, info, actor, given, at),
    )


def _item(
    reading: Reading,
    row: Proposal,
    info: MoveInfo,
    actor: User | None,
    given: Given,
    at: datetime,
    *,
    goes_along: bool = False,
    is_read: bool = True,
) -> ItemPlan:
    history = in_force(reading.changes[row.pk])
    along = along_of(row, info, history, given, reading)
    guards = guards_of(info.guards, row, actor, reading.parties[row.pk])
    unmet = [guard.label for guard in guards if guard.state == GuardState.UNMET]
    overridden = unmet if given.force and actor and actor.is_lead else []
    hindrance = _hindrance(reading, row, info, actor, at, along, goes_along=goes_along)
    refusal = hindrance
    if unmet and not overridden and not hindrance:
        refusal = _("Not met yet: %(guards)s.") % {"guards": "; ".join(unmet)}
    after = after_move(row, info, history, given, actor, at, reading)
    change = _change(row, after, info, actor, given, at, along, overridden)
    occasion = _occasion(reading, row, info, given, history, change, along)
    return ItemPlan(
        move=info.key,
        proposal=row,
        after=after,
        change=change,
        refusal=refusal,
        hindrance=hindrance,
        guards=guards,
        now=occasion.now,
        letters=(
            letters_of(occasion, with_bodies=is_read)
            if row.stage in info.from_stages
            else Letters()
        ),
        along=along,
        lines=lines_of(
            row,
            after,
            reading.checklists,
            actor=actor,
            people=reading.people,
            today=campus_day(at),
            holidays=reading.holidays,
        ),
        unfinished=unfinished_of(row) if info.is_forward else [],
        step=step_of(row) if actor and actor.is_elearning else None,
    )


def _change(
    row: Proposal,
    after: Proposal,
    info: MoveInfo,
    actor: User | None,
    given: Given,
    at: datetime,
    along: Along | None,
    overridden: list[str],
) -> StageChange:
    """The line of the history, with what stood before it and what it wrote."""
    was, left = columns_of(row), columns_of(after)
    written = {name: value for name, value in left.items() if value != was[name]}
    carried = {"carried": along.kept} if along and not along.is_back else {}
    return StageChange(
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
        before={**was, ACTIVITY: row.last_activity_at.isoformat(), "left": written, **carried},
        is_forced=bool(overridden),
        overridden=overridden,
        silent_because=given.silent_because,
    )


def _occasion(
    reading: Reading,
    row: Proposal,
    info: MoveInfo,
    given: Given,
    history: list[StageChange],
    change: StageChange,
    along: Along | None,
) -> Occasion:
    """The move as its mails are written from it; ``history`` is what was in force before it."""
    after = change.proposal
    return Occasion(
        info=info,
        change=change,
        before=row,
        after=after,
        was=progress_of(row, history),
        now=progress_of(after, [*history, change]),
        parties=reading.parties[row.pk],
        participants=reading.participants[row.pk],
        shares=along.shares if along else reading.shares[row.pk],
        people=reading.people,
        joined=_joined(along, given, reading) if along else None,
        points=given.points,
    )


def _joined(along: Along, given: Given, reading: Reading) -> Joined:
    return Joined(
        into=along.into,
        proposers=proposers_of(along.into, reading),
        readers=along.readers,
        partners=along.partners,
        tells_partners=given.carry_partners,
    )


def _hindrance(
    reading: Reading,
    row: Proposal,
    info: MoveInfo,
    actor: User | None,
    at: datetime,
    along: Along | None,
    *,
    goes_along: bool,
) -> str:
    """Why this move of this proposal cannot be made whatever its guards say, the first reason that
    holds; empty: nothing but they can stand in its way."""
    changes, begins_here = reading.changes[row.pk], row.stage in info.from_stages
    # Who is not told of a decision does nothing that would show whether it was made.
    if (actor or not begins_here) and is_untold(changes, actor, at):
        return str(BEING_RECORDED)
    if not begins_here:
        return _("It is at “%(stage)s”; “%(move)s” is not possible from there.") % {
            "stage": row.get_stage_display(),
            "move": info.label,
        }
    involved = reading.parties[row.pk].involved(actor)
    permitted = permit(actor, info.key, row, involved=involved, people=reading.people)
    if not permitted.allowed and not goes_along:
        return permitted.why_not or _("This is not yours to do.")
    obstacle = obstacle_to(
        row, info, in_force(changes), reading.copies, reading.asked_to_withdraw, at
    )
    if along and not obstacle:
        return along.obstacle
    return obstacle
