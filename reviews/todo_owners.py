"""To-dos that change hands: with the proposal they are about, or when somebody leaves."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.services import enqueue
from proposals.models import Proposal
from reviews.asks.desk import open_todos
from reviews.ladder.calling_back import call_back_from_owners
from reviews.models import ToDo
from reviews.notifications.work import todo_given
from reviews.permits import Parties, People, may_work_on, parties_of


def elsewhere() -> QuerySet[ToDo]:
    """What somebody has to do about a proposal that another person owns, or nobody: it does not go
    along when what they own is handed over."""
    return open_todos().exclude(proposal__assignee__isnull=False, proposal__assignee=F("owner"))


def with_elsewhere(people: QuerySet[User]) -> QuerySet[User]:
    """Each with how many of those they have (``todos_elsewhere``)."""
    theirs = elsewhere().filter(owner=OuterRef("pk")).order_by().values("owner")
    number = Subquery(theirs.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return people.annotate(todos_elsewhere=Coalesce(number, 0))


def go_along(*, proposals: Iterable[Proposal], to: User) -> None:
    """What their owner until now had to do about these is ``to``'s, and so is what somebody who
    left had. Part of the change of hands, before it is written; one UPDATE."""
    theirs = Q(owner=F("proposal__assignee")) | Q(owner__is_active=False)
    rows = ToDo.objects.open().filter(theirs, proposal__in=[row.pk for row in proposals])
    ToDo.objects.filter(pk__in=rows.order_by().values("pk")).update(owner=to)


def hand_on(*, proposal: Proposal, parties: Parties, by: User, at: datetime) -> None:
    """``proposal`` came to a unit where its owner does not work: what they still had to do about it
    is for ``by`` to do, who routed it, if they are in the unit's queue, else for the first there,
    with a mail for each; where there is nobody, it stays theirs. What waits to tell its owner of it
    stays here. Part of the routing, before its owner is taken away."""
    queue = [user for user in People().queue_of(proposal) if user.pk not in parties.involved(user)]
    to = by if by in queue else next(iter(queue), None)
    call_back_from_owners([proposal], keeps_todos=to is None)
    todos = ToDo.objects.open().filter(proposal=proposal, owner=proposal.assignee)
    handed = list(todos.order_by("pk")) if to else []
    if to is None or not handed:
        return
    ToDo.objects.filter(pk__in=[todo.pk for todo in handed]).update(owner=to)
    for todo in handed:
        todo.owner, todo.proposal = to, proposal
    if to != by:
        enqueue([todo_given(todo=todo, by=by, at=at) for todo in handed])


@transaction.atomic
def give_todos(
    *, todos: Iterable[ToDo], to: User, by: User, at: datetime | None = None
) -> list[ToDo]:
    """``to`` has these to do from now on, by the same days, and a mail for each says so unless
    ``by`` takes them. Those done meanwhile stay as they are. Returns those given.

    All or none: raises ``ValidationError`` naming each proposal that ``by`` does not work on, or
    where ``to`` is not of eLearning.
    """
    if not to.is_active or not to.is_elearning:
        raise ValidationError({"to": _("Choose somebody at eLearning.")})
    ids = [todo.pk for todo in todos]
    about = ToDo.objects.filter(pk__in=ids).order_by().values("proposal")
    list(Proposal.objects.filter(pk__in=about).order_by("pk").select_for_update(no_key=True))
    rows = ToDo.objects.open().filter(pk__in=ids).exclude(owner=to).order_by("pk")
    given = list(rows.select_related("proposal__unit"))
    parties = parties_of([todo.proposal_id for todo in given])
    refused = [
        todo.proposal.reference
        for todo in given
        if not may_work_on(by, todo.proposal, involved=parties[todo.proposal_id].involved(by))
    ]
    if refused:
        words = _("%(reference)s: Staff of its unit who take no part in it can keep its to-dos.")
        raise ValidationError([words % {"reference": each} for each in dict.fromkeys(refused)])
    ToDo.objects.filter(pk__in=[todo.pk for todo in given]).update(owner=to)
    for todo in given:
        todo.owner = to
    if to != by:
        enqueue([todo_given(todo=todo, by=by, at=at or timezone.now()) for todo in given])
    return given
