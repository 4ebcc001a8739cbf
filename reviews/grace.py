"""The time in which a move can be taken back: its mails wait, and a decision is told to nobody.

Design.md §4: before a mail leaves, ``NOTIFICATION_GRACE_SECONDS`` pass. Pure functions, no query.
"""

import copy
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from proposals.models import Proposal
from reviews.models import StageChange
from reviews.workflow import MOVES, Move, in_force

# The columns of a proposal that moves write; what stood there before is kept with the change.
WRITTEN = (
    "stage",
    "stage_since",
    "whose_turn",
    "due_on",
    "wake_on",
    "meeting_on",
    "open_keys",
    "submitted_at",
    "reached_committee_at",
    "reached_deans_at",
    "approved_on",
    "expires_on",
    "unit_id",
    "assignee_id",
    "duplicate_of_id",
    "next_step_submitter",
    "next_step_partner",
)
# Beside them, kept with the change: when something had last happened before it. Not written back.
ACTIVITY = "last_activity_at"
# Until they can no longer be taken back, these are read by staff alone.
DECISIONS = frozenset({Move.RECOMMEND, Move.RECOMMEND_WITH_CONDITIONS, Move.CONSENT, Move.DECLINE})
# Said to whoever asks for something that the decision, told to nobody yet, rules out.
BEING_RECORDED = _("Something is being recorded for it right now. Look again in a few minutes.")


def columns_of(row: Proposal) -> dict[str, object]:
    """The columns that moves write, fit for JSON."""
    return {column: _as_json(getattr(row, column)) for column in WRITTEN}


def columns_before(change: StageChange) -> dict[str, Any]:
    """The columns that this move wrote, as they were before it, fit for the proposal."""
    return _from_json({name: change.before[name] for name in change.before.get("left", {})})


def columns_left(change: StageChange) -> dict[str, Any]:
    """The columns that this move wrote, as it left them, fit for the proposal."""
    return _from_json(change.before.get("left", {}))


def undo_until(change: StageChange) -> datetime:
    """The moment at which the move stands for good, and its mails leave."""
    return change.at + timedelta(seconds=settings.NOTIFICATION_GRACE_SECONDS)


def untold_decision(changes: Sequence[StageChange], at: datetime | None = None) -> Any:
    """The newest move in force, where it is a decision that can still be taken back; else none."""
    standing = in_force(changes)
    newest = max(standing, key=lambda change: change.pk or 0, default=None)
    is_one = newest and newest.move in DECISIONS and (at or timezone.now()) < undo_until(newest)
    return newest if is_one else None


def may_be_untold(row: Proposal, at: datetime) -> bool:
    """Whether a decision may have brought it where it stands so lately that it is told to nobody;
    without its history no more is known."""
    decided = {MOVES[move].to for move in DECISIONS}
    since = at - timedelta(seconds=settings.NOTIFICATION_GRACE_SECONDS)
    return row.stage in decided and row.stage_since > since


def is_untold(changes: Sequence[StageChange], reader: User | None, at: datetime) -> bool:
    """Whether a decision stands that this person is not told yet."""
    return not (reader and reader.is_staff) and untold_decision(changes, at) is not None


def as_told(proposal: Proposal, changes: Sequence[StageChange]) -> list[StageChange]:
    """The history in force as people outside the desk read it, in the order given; ``proposal``
    reads as it did before a decision that can still be taken back. Never save it afterwards."""
    known, untold = in_force(changes), untold_decision(changes)
    if untold is None:
        return known
    for name, value in columns_before(untold).items():
        setattr(proposal, name, value)
    # Unless something else has happened since, which may be seen.
    if proposal.last_activity_at == untold.at and ACTIVITY in untold.before:
        proposal.last_activity_at = datetime.fromisoformat(untold.before[ACTIVITY])
    return [change for change in known if change.pk != untold.pk]


def told_copy(
    proposal: Proposal, changes: Sequence[StageChange]
) -> tuple[Proposal, list[StageChange]]:
    """A copy of it, and its history, as ``as_told`` has them; ``proposal`` itself stays fit to be
    saved."""
    told = copy.copy(proposal)
    return told, as_told(told, changes)


def _from_json(kept: Mapping[str, Any]) -> dict[str, Any]:
    fields = {field.attname: field for field in Proposal._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in kept.items()}


def _as_json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
