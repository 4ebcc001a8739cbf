"""What is asked of eLearning: to-dos, the next step of what is theirs, answers to what proposers
ask. What nobody has yet is asked of everybody in whose queue it lies."""

from typing import Any

from django.db.models import Case, Exists, Expression, OuterRef, Q, QuerySet, TextField, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.accounts.models import Role
from proposals.models import LookRequest, Proposal, Stage, Turn, WithdrawalRequest
from reviews.asks.reader import Reader
from reviews.asks.reviewers import desk_page
from reviews.asks.source import Row, Source, name_of, rows_of
from reviews.models import AskToChange, ToDo
from reviews.workflow import MOVES, STAGES, Move, Phase, Text

HAVE_ENDED = [stage for stage, info in STAGES.items() if info.phase == Phase.ENDED]

# What the owner of a stage does at it, where no next step says it better.
TURNS: dict[str, Text] = {
    Stage.SUBMITTED: gettext_lazy("Read the form and start triage"),
    Stage.TRIAGE: gettext_lazy("Read it and decide what happens next"),
    Stage.CONSULTATION: gettext_lazy("Shape it with its proposers, then open the full proposal"),
    Stage.READINESS: gettext_lazy("Make the final checks and send it to the committee"),
    Stage.APPROVED: gettext_lazy("Plan how it is built and start development"),
    Stage.DEVELOPMENT: gettext_lazy("Build it and get it ready to launch"),
    Stage.RENEWAL_REVIEW: gettext_lazy("Renew it, or let it end with its approval"),
}


def open_todos() -> QuerySet[ToDo]:
    """To-dos about what has not ended."""
    return ToDo.objects.open().exclude(proposal__stage__in=HAVE_ENDED)


def todos(reader: Reader) -> QuerySet | None:
    """To-dos of this reader, and of whom they stand in for."""
    if not reader.user.is_elearning:
        return None
    return todo_rows(open_todos().filter(reader.is_mine("owner")), reader)


def todo_rows(found: QuerySet[ToDo], reader: Reader | None = None) -> QuerySet:
    """These to-dos as lines of the list of asks."""
    return rows_of(
        found,
        "todo",
        since="made_at",
        by_day="by_day",
        said="words",
        person="owner_id",
        stands_in_for=_away(reader, "owner") if reader else None,
    )


def turns(reader: Reader) -> QuerySet | None:
    """It is eLearning's turn; where a next step stands for its owner, that says so instead."""
    step = ToDo.objects.open().filter(
        proposal=OuterRef("pk"), owner=OuterRef("assignee"), is_next=True
    )
    here = Proposal.objects.filter(~Exists(step.order_by()), whose_turn=Turn.UNIVERSITY)
    return of_the_desk(
        reader, here, "turn", proposal="", since="stage_since", by_day="due_on", said="stage"
    )


def changes_asked(reader: Reader) -> QuerySet | None:
    """Proposers ask to change answers: of whoever has it on the desk, and of the committee's chair
    or the deans while it lies with them."""
    found = AskToChange.objects.open()
    offices = Q()
    if reader.holds(Role.Kind.COMMITTEE_CHAIR):
        offices |= Q(proposal__stage=Stage.APC_REVIEW)
    if reader.holds(Role.Kind.DEANS):
        offices |= Q(proposal__stage=Stage.CAD_CONSENT)
    return of_the_desk(
        reader, found, "change_asked", or_offices=offices, since="asked_at", said="reason"
    )


def withdrawals_asked(reader: Reader) -> QuerySet | None:
    """Owners ask to withdraw what can still be withdrawn, and have no answer yet."""
    found = WithdrawalRequest.objects.filter(
        answered_at__isnull=True, proposal__stage__in=MOVES[Move.WITHDRAW].from_stages
    )
    return of_the_desk(reader, found, "withdrawal_asked", since="asked_at", said="reason")


def looks_asked(reader: Reader) -> QuerySet | None:
    """A draft has no unit: it counts as that of the unit to which its campus leads."""
    queue = reader.in_my_queue("proposal__campus__unit")
    if queue is None:
        return None
    found = LookRequest.objects.filter(
        queue,
        reader.takes_no_part("proposal__"),
        closed_at__isnull=True,
        proposal__stage=Stage.DRAFT,
    )
    return rows_of(found, "look_asked", since="asked_at", is_shared=True)


def of_the_desk(
    reader: Reader,
    found: QuerySet,
    kind: str,
    *,
    proposal: str = "proposal__",
    or_offices: Q | None = None,
    **columns: Any,
) -> QuerySet | None:
    """Asked of whoever the proposal is assigned to, or who stands in; where that is nobody who is
    here, of everybody in whose queue it lies (``ladder.letters.who_owes``)."""
    mine = or_offices or Q()
    shared: Expression = Value(False)
    if reader.user.is_elearning:
        assignee = f"{proposal}assignee"
        nobody = Q(**{f"{assignee}__isnull": True}) | Q(**{f"{assignee}__is_active": False})
        shared = Case(When(nobody, then=Value(True)), default=Value(False))
        mine |= reader.is_mine(assignee)
        if reader.owners is not None:
            mine &= ~nobody
        if queue := reader.in_my_queue(f"{proposal}unit"):
            mine |= nobody & queue
        columns["stands_in_for"] = _away(reader, assignee)
    if not mine:
        return None
    theirs = found.filter(mine, reader.takes_no_part(proposal))
    return rows_of(theirs, kind, proposal=proposal, is_shared=shared, **columns)


def _away(reader: Reader, person: str) -> Case:
    """The name of whoever is away and this reader stands in for; empty where it is their own."""
    _mine, away = reader.owns_or_stands_in
    return Case(
        When(**{f"{person}__in": away}, then=name_of(person)),
        default=Value(""),
        output_field=TextField(),
    )


def _draft(row: Row) -> str:
    return reverse("proposals:proposal_detail", args=[row.reference])


SOURCES = (
    Source("todo", todos, lambda row: row.said, lambda row: f"{desk_page(row)}#next-step"),
    Source("turn", turns, lambda row: str(TURNS.get(row.said, _("Make the next move"))), desk_page),
    Source(
        "change_asked",
        changes_asked,
        lambda row: _("Decide whether its proposers may change their answers"),
        desk_page,
    ),
    Source(
        "withdrawal_asked",
        withdrawals_asked,
        lambda row: _("Answer its owner, who asks to withdraw it"),
        desk_page,
    ),
    Source("look_asked", looks_asked, lambda row: _("Look at a draft, as its owner asks"), _draft),
)
