"""Taking a move back: what would return, which mails stay here, and what stands in the way."""

import copy
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from proposals.models import InterestForm, Proposal, Stage
from reviews.checklists import laid_and_untouched
from reviews.grace import (
    BEING_RECORDED,
    DECISIONS,
    as_told,
    columns_before,
    columns_left,
    columns_of,
    is_untold,
    undo_until,
)
from reviews.looks import opened_since, with_openings
from reviews.models import Request, StageChange
from reviews.permits import Parties, parties_of
from reviews.plans.along import Along, along_of
from reviews.plans.given import Given
from reviews.plans.reading import read
from reviews.workflow import MOVES, UNDO, Move, Who, in_force, name_of

# What comes back, in words; a column that is not here goes without saying.
_WORDS = {
    "stage": lambda row: row.get_stage_display(),
    "whose_turn": lambda row: row.get_whose_turn_display(),
    "due_on": lambda row: _day(row.due_on),
    "wake_on": lambda row: _day(row.wake_on),
    "meeting_on": lambda row: _day(row.meeting_on),
    "assignee_id": lambda row: str(row.assignee or _("Nobody yet")),
    "unit_id": lambda row: str(row.unit or _("No unit yet")),
    "expires_on": lambda row: _day(row.expires_on),
}


@dataclass(frozen=True, slots=True)
class UndoItem:
    """One proposal as the move left it and as it would be again."""

    undone: StageChange
    proposal: Proposal
    after: Proposal
    change: StageChange
    along: Along | None

    @property
    def returns(self) -> list[tuple[str, str, str]]:
        """What comes back: its name, what stands there now, what will."""
        labels = {
            "stage": _("Stage"),
            "whose_turn": _("Whose turn"),
            "due_on": _("Due"),
            "wake_on": _("Look again"),
            "meeting_on": _("Meeting"),
            "assignee_id": _("Owner"),
            "unit_id": _("Unit"),
            "expires_on": _("Approved until"),
        }
        written = columns_before(self.undone)
        return [
            (labels[name], words(self.proposal), words(self.after))
            for name, words in _WORDS.items()
            if name in written
        ]


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """Taking back the newest move of a proposal: shown, and carried out by ``services.undo``.

    ``refusal``: why it cannot be; empty: it can, ``until`` then. ``recalled`` are the mails that
    stay here, ``gone`` those that left already, ``opened_by`` who has opened a page of it since,
    ``taken_in`` the to-dos that it laid out and nobody has touched. Without a history ``items`` is
    empty.
    """

    items: list[UndoItem]
    actor: User
    at: datetime
    until: datetime | None
    refusal: str
    recalled: list[Message]
    gone: list[Message]
    opened_by: list[str]
    taken_in: int = 0

    @property
    def undone(self) -> StageChange | None:
        return self.items[0].undone if self.items else None

    @property
    def label(self) -> str:
        return name_of(self.undone.move) if self.undone else ""

    @property
    def is_ready(self) -> bool:
        return not self.refusal

    @property
    def seconds(self) -> int:
        """How long it can still be taken back."""
        return max(int((self.until - self.at).total_seconds()), 0) if self.until else 0

    @property
    def is_untold(self) -> bool:
        """A decision that nobody but the desk has seen yet."""
        return self.is_ready and self.undone is not None and self.undone.move in DECISIONS


def build_undo(
    *, proposal: Proposal, actor: User, at: datetime | None = None, lock: bool = False
) -> UndoPlan:
    """What taking back the newest move of ``proposal`` would do; nothing is written.

    A launch takes with it the credential that it renewed, so both come back. ``lock`` keeps the
    rows as they are until the transaction ends.
    """
    at = at or timezone.now()
    ids = {proposal.pk, *Proposal.objects.filter(renewals=proposal).values_list("pk", flat=True)}
    found = Proposal.objects.filter(pk__in=ids).order_by("pk")
    if lock:
        list(found.select_for_update(no_key=True).values_list("pk"))
    whole = with_openings(found.select_related("submitter", "assignee", "unit"))
    rows = {row.pk: row for row in whole}
    histories: dict[int, list[StageChange]] = defaultdict(list)
    for change in (
        StageChange.objects.filter(proposal__in=ids).select_related("actor").order_by("pk")
    ):
        histories[change.proposal_id].append(change)
    hidden = is_untold(histories[proposal.pk], actor, at)
    # For whoever is not told of a decision, the move before it is the newest.
    standing = {
        pk: as_told(rows[pk], changes) if hidden else in_force(changes)
        for pk, changes in histories.items()
    }
    if not standing.get(proposal.pk):
        nothing = _("Nothing was done that could be undone.")
        return UndoPlan([], actor, at, None, nothing, [], [], [])
    newest = standing[proposal.pk][-1]
    undone = _with_retired(newest, standing)
    items = [
        _item(change, rows[change.proposal_id], standing[change.proposal_id], actor, at)
        for change in undone
    ]
    mails = list(
        Message.objects.filter(cause__in=[f"stage_change:{change.pk}" for change in undone])
        .order_by("pk")
        .defer("body")
    )
    waiting = [mail for mail in mails if mail.state in Message.WAITING]
    return UndoPlan(
        items=items,
        actor=actor,
        at=at,
        until=undo_until(newest),
        refusal=_refusal(items, actor, at) or (str(BEING_RECORDED) if hidden else ""),
        recalled=waiting,
        gone=[mail for mail in mails if mail not in waiting],
        opened_by=opened_since(rows[proposal.pk], newest),
        taken_in=0 if lock else laid_and_untouched(undone).count(),
    )


def _with_retired(newest: StageChange, standing: dict[int, list[StageChange]]) -> list[StageChange]:
    """The move, and with a launch the end of the credential that it renewed."""
    if newest.move != Move.LAUNCH:
        return [newest]
    others = [
        changes[-1] for pk, changes in standing.items() if pk != newest.proposal_id and changes
    ]
    ended = (Move.RETIRE, newest.at)
    return [newest, *(change for change in others if (change.move, change.at) == ended)]


def _item(
    undone: StageChange, row: Proposal, history: list[StageChange], actor: User, at: datetime
) -> UndoItem:
    after = copy.copy(row)
    for name, value in columns_before(undone).items():
        setattr(after, name, value)
    after.last_activity_at = at
    change = StageChange(
        proposal=after,
        move=UNDO,
        from_stage=undone.to_stage,
        to_stage=undone.from_stage,
        actor=actor,
        at=at,
        before=columns_of(row),
        undoes=undone,
    )
    along = None
    if undone.move == Move.MERGE:
        reading = read({row.pk}, MOVES[Move.REOPEN], actor, "", lock=False)
        along = along_of(row, MOVES[Move.REOPEN], history, Given(), reading)
    return UndoItem(undone, row, after, change, along)


def _refusal(items: list[UndoItem], actor: User, at: datetime) -> str:
    """Why this cannot be taken back, the first reason that holds; empty: it can."""
    undone, row = items[0].undone, items[0].proposal
    parties = parties_of([undone.proposal_id])[undone.proposal_id]
    if not _is_theirs(undone, actor, parties):
        return _("Only %(who)s, who made this move, or the eLearning lead can undo it.") % {
            "who": undone.actor or _("the system")
        }
    if at >= undo_until(undone):
        return (
            f"{_('The time to undo it is over, and its mails have left.')} {_way_out(row)}".strip()
        )
    if undone.move == Move.RETIRE and _is_replaced(undone):
        return _("It ended because its renewal was launched. Undo that launch.")
    return next(filter(None, map(_built_on, items)), "")


def _way_out(row: Proposal) -> str:
    """What can be done once a move can no longer be taken back; empty: nothing is needed."""
    for move in (Move.PUT_BACK, Move.REOPEN):
        info = MOVES[move]
        is_leads = Who.LEAD in info.who.get(Stage(row.stage), ())
        if is_leads and row.stage not in info.copies_from:
            return _(
                "The eLearning lead can press “%(move)s”; whoever was told gets a correction."
            ) % {"move": info.label}
    return ""


def _is_theirs(undone: StageChange, actor: User, parties: Parties) -> bool:
    if undone.actor_id == actor.pk:
        return True
    return actor.is_lead and actor.pk not in parties.involved(actor)


def _built_on(item: UndoItem) -> str:
    """What was written on top of the move, or came of it and cannot be taken away; empty: it
    can."""
    undone, row = item.undone, item.proposal
    if undone.from_stage in MOVES[Move(undone.move)].copies_from:
        return _("A new draft came of it, and its owner may be writing in it.")
    if undone.move == Move.REOPEN and undone.from_stage == Stage.MERGED:
        return _("The merge was taken apart. Merge it again instead.")
    if any(getattr(row, name) != value for name, value in columns_left(undone).items()):
        return _("Its owner, unit or a date was changed since.")
    if InterestForm.objects.filter(proposal=row, saved_at__gt=undone.at).exists():
        return _("Its form was changed since.")
    if Request.objects.filter(change=undone).exclude(answer="").exists():
        return _("A point it asked for is answered already.")
    return item.along.obstacle if item.along else ""


def _is_replaced(undone: StageChange) -> bool:
    """Whether the launch of its successor ended it."""
    launched = StageChange.objects.in_force().filter(move=Move.LAUNCH, at=undone.at)
    return launched.filter(proposal__renews=undone.proposal_id).exists()


def _day(on: object) -> str:
    return date_format(on, "j F Y") if on else _("No date")  # type: ignore[arg-type]
