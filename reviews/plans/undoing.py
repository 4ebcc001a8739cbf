"""Taking a move back: what would return, which mails stay here, and what stands in the way."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from proposals.models import InterestForm, Proposal, Stage
from reviews.checklists import untouched
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
from reviews.models import Request, StageChange, ToDo
from reviews.next_steps import StepBack, step_back_of, steps_around
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
    "next_step_submitter": lambda row: row.next_step_submitter or _("The usual words"),
    "next_step_partner": lambda row: row.next_step_partner or _("The usual words"),
}


@dataclass(frozen=True, slots=True)
class UndoItem:
    """One proposal as the move left it and as it would be again."""

    undone: StageChange
    proposal: Proposal
    after: Proposal
    change: StageChange
    along: Along | None
    step: StepBack | None = None

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
            "next_step_submitter": _("Next step, for the proposers"),
            "next_step_partner": _("Next step, for the partner"),
        }
        written = columns_before(self.undone)
        columns = [
            (labels[name], words(self.proposal), words(self.after))
            for name, words in _WORDS.items()
            if name in written
        ]
        if self.step is None:
            return columns
        now, then = (str(todo or _("None")) for todo in (self.step.begun, self.step.ended))
        return [*columns, (_("Next step"), now, then)]


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
    def moved_together(self) -> int:
        """How many the same press moved."""
        return getattr(self.undone, "together", None) or 1

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
    return build_undos(proposals=[proposal.pk], actor=actor, at=at, lock=lock)[0]


def build_undos(
    *,
    proposals: Iterable[int],
    actor: User,
    meant: Mapping[int, StageChange] | None = None,
    at: datetime | None = None,
    lock: bool = False,
) -> list[UndoPlan]:
    """The same for each of these keys, in their order, in as many statements for a hundred as for
    one. Where ``meant`` says which move is to be taken back, the plan of a proposal whose newest
    move is another one refuses."""
    asked = list(proposals)
    renewed = dict(Proposal.objects.filter(renewals__in=asked).values_list("renewals", "pk"))
    found = Proposal.objects.filter(pk__in={*asked, *renewed.values()}).order_by("pk")
    if lock:
        list(found.select_for_update(no_key=True).values_list("pk"))
    at = at or timezone.now()  # after the wait: mails may have left in it
    whole = with_openings(found.select_related("submitter", "assignee", "unit"))
    rows = {row.pk: row for row in whole}
    histories = _histories(rows)
    hidden = {pk for pk, changes in histories.items() if is_untold(changes, actor, at)}
    # For whoever is not told of a decision, the move before it is the newest.
    standing = {
        pk: as_told(rows[pk], changes) if pk in hidden else in_force(changes)
        for pk, changes in histories.items()
    }
    refused = {pk: _why_another(standing.get(pk), (meant or {}).get(pk)) for pk in asked}
    undone = {
        pk: [] if refused[pk] else _with_retired(standing[pk][-1], standing.get(renewed.get(pk, 0)))
        for pk in asked
    }
    facts = _facts_of([change for changes in undone.values() for change in changes])
    plans = []
    for pk in asked:
        if refused[pk]:
            plans.append(UndoPlan([], actor, at, None, refused[pk], [], [], []))
            continue
        items = [
            _item(change, rows[change.proposal_id], standing[change.proposal_id], facts, actor, at)
            for change in undone[pk]
        ]
        plans.append(_plan(items, facts, actor, at, is_hidden=pk in hidden))
    return plans


@dataclass(frozen=True, slots=True)
class _Facts:
    """What was read of the moves that are to be taken back, by the key of each; ``rewritten`` are
    the moments at which the forms of their proposals were saved."""

    mails: Mapping[int, list[Message]]
    todos: list[ToDo]
    parties: Mapping[int, Parties]
    rewritten: Mapping[int, datetime]
    answered: Set[int]


def _facts_of(undone: list[StageChange]) -> _Facts:
    causes = {f"stage_change:{change.pk}": change.pk for change in undone}
    mails: dict[int, list[Message]] = defaultdict(list)
    for mail in Message.objects.filter(cause__in=causes).order_by("pk").defer("body"):
        mails[causes[mail.cause]].append(mail)
    about = [change.proposal_id for change in undone]
    forms = InterestForm.objects.filter(proposal__in=about)
    answered = Request.objects.filter(change__in=undone).exclude(answer="")
    return _Facts(
        mails=mails,
        todos=list(ToDo.objects.filter(untouched(undone) | steps_around(undone))) if undone else [],
        parties=parties_of(about),
        rewritten=dict(forms.values_list("proposal", "saved_at")),
        answered=set(answered.values_list("change", flat=True)),
    )


def _histories(rows: Iterable[int]) -> dict[int, list[StageChange]]:
    """The history of each of these proposals, the oldest move first."""
    histories: dict[int, list[StageChange]] = defaultdict(list)
    same = StageChange.objects.filter(
        at=OuterRef("at"), actor=OuterRef("actor"), move=OuterRef("move")
    )
    number = same.order_by().values("at").annotate(n=Count("pk")).values("n")
    changes = StageChange.objects.filter(proposal__in=list(rows)).annotate(together=number)
    for change in changes.select_related("actor").order_by("pk"):
        histories[change.proposal_id].append(change)
    return histories


def _plan(
    items: list[UndoItem], facts: _Facts, actor: User, at: datetime, *, is_hidden: bool
) -> UndoPlan:
    newest = items[0].undone
    mails = [mail for item in items for mail in facts.mails.get(item.undone.pk, ())]
    waiting = [mail for mail in mails if mail.state in Message.WAITING]
    return UndoPlan(
        items=items,
        actor=actor,
        at=at,
        until=undo_until(newest),
        refusal=_refusal(items, facts, actor, at) or (str(BEING_RECORDED) if is_hidden else ""),
        recalled=waiting,
        gone=[mail for mail in mails if mail not in waiting],
        opened_by=opened_since(items[0].proposal, newest),
        taken_in=sum(todo.laid_by_id in {item.undone.pk for item in items} for todo in facts.todos),
    )


def _why_another(standing: list[StageChange] | None, meant: StageChange | None) -> str:
    """Why the newest move is not the one that is meant; empty: it is."""
    if meant is None:
        return "" if standing else _("Nothing was done that could be undone.")
    if meant.pk not in {change.pk for change in standing or ()}:
        return _("It is undone already.")
    newest = (standing or [meant])[-1]
    if newest.pk == meant.pk:
        return ""
    return _("It has been moved to “%(stage)s” in the meantime.") % {
        "stage": newest.get_to_stage_display()
    }


def _with_retired(newest: StageChange, ended: list[StageChange] | None) -> list[StageChange]:
    """The move, and with a launch the end of the credential that it renewed, whose history is
    ``ended``."""
    if newest.move != Move.LAUNCH or not ended:
        return [newest]
    is_its_end = (ended[-1].move, ended[-1].at) == (Move.RETIRE, newest.at)
    return [newest, ended[-1]] if is_its_end else [newest]


def _item(
    undone: StageChange,
    row: Proposal,
    history: list[StageChange],
    facts: _Facts,
    actor: User,
    at: datetime,
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
    return UndoItem(undone, row, after, change, along, step_back_of(undone, facts.todos))


def _refusal(items: list[UndoItem], facts: _Facts, actor: User, at: datetime) -> str:
    """Why this cannot be taken back, the first reason that holds; empty: it can."""
    undone, row = items[0].undone, items[0].proposal
    if not _is_theirs(undone, actor, facts.parties[undone.proposal_id]):
        return _("Only %(who)s, who made this move, or the eLearning lead can undo it.") % {
            "who": undone.actor or _("the system")
        }
    if at >= undo_until(undone):
        return f"{_('The time to undo it is over, and its mails leave.')} {_way_out(row)}".strip()
    if undone.move == Move.RETIRE and _is_replaced(undone):
        return _("It ended because its renewal was launched. Undo that launch.")
    return next(filter(None, (_built_on(item, facts) for item in items)), "")


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


def _built_on(item: UndoItem, facts: _Facts) -> str:
    """What was written on top of the move, or came of it and cannot be taken away; empty: it
    can."""
    undone, row = item.undone, item.proposal
    if undone.from_stage in MOVES[Move(undone.move)].copies_from:
        return _("A new draft came of it, and its owner may be writing in it.")
    if undone.move == Move.REOPEN and undone.from_stage == Stage.MERGED:
        return _("The merge was undone. Merge it again instead.")
    if any(getattr(row, name) != value for name, value in columns_left(undone).items()):
        return _("Its owner, unit, next step or a date was changed since.")
    if row.pk in facts.rewritten and facts.rewritten[row.pk] > undone.at:
        return _("Its form was changed since.")
    if undone.pk in facts.answered:
        return _("A point it asked for is answered already.")
    return item.along.obstacle if item.along else ""


def _is_replaced(undone: StageChange) -> bool:
    """Whether the launch of its successor ended it."""
    launched = StageChange.objects.in_force().filter(move=Move.LAUNCH, at=undone.at)
    return launched.filter(proposal__renews=undone.proposal_id).exists()


def _day(on: object) -> str:
    return date_format(on, "j F Y") if on else _("No date")  # type: ignore[arg-type]
