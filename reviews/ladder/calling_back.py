"""Reminders that wait to leave when their proposal moves, or what they ask is done: nobody gets
them any more."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from django.db.models import Q, QuerySet

from microcreds.kept_statements import KeptStatements
from microcreds.outbox.models import Message
from proposals.models import Proposal
from reviews.ladder.list_mail import list_mail
from reviews.ladder.passed import causes_of, rungs_of
from reviews.models import LadderStep

_TOGETHER = "ladder:together:"


def call_back(proposals: Iterable[Proposal]) -> None:
    """Nudges and ladder mails about these that have not left stay here; a mail that tells of many
    goes without them. A mark that nobody was told of is told anew where it stands after all, as
    once the move is undone. Part of the move; one statement where nothing waits."""
    moved = {row.pk for row in proposals}
    waiting = _WAITING.rows(ids=list(moved))
    shared = [mail for mail in waiting if mail.cause.startswith(_TOGETHER)]
    if not waiting:
        return
    own = [mail for mail in waiting if mail not in shared]
    _recall([mail.pk for mail in own])
    _tell_anew(own, _without(shared, lambda step: step.proposal_id in moved))


def _waiting(*, ids: list[int]) -> QuerySet[Message]:
    causes = Q(cause__startswith="ladder:") | Q(cause__startswith="nudge:")
    moved = Proposal.objects.filter(pk__any_of=ids).order_by().values("reference")
    about = Q(about__in=moved) | Q(cause__startswith=_TOGETHER)
    waiting = Message.objects.filter(causes, about, state__in=Message.WAITING)
    return waiting.select_related("user")


_WAITING = KeptStatements(_waiting)


def call_back_reminders(*, proposal_id: int, of: str, day: date) -> None:
    """What was asked by that day is done: a reminder of it that has not left stays here. Part of
    doing it; one statement where there was none."""
    steps = LadderStep.objects.filter(proposal=proposal_id, since=of, rung__in=rungs_of(day))
    reminded = list(steps)
    if not reminded:
        return
    together = [cause for step in reminded for cause in step.together]
    causes = [*causes_of(of, day), *together]
    waiting = list(
        Message.objects.filter(cause__in=causes, state__in=Message.WAITING).select_related("user")
    )
    _recall([mail.pk for mail in waiting if mail.cause not in together])
    if shared := [mail for mail in waiting if mail.cause in together]:
        done = {step.pk for step in reminded}
        _without(shared, lambda step: step.pk in done)


def call_back_from_owners(proposals: Iterable[Proposal], *, keeps_todos: bool = False) -> None:
    """What waits to tell the owners of these, who lose them, stays here: that one is theirs, that
    its time runs out, nudges, and unless ``keeps_todos`` all about what they had to do. A mark that
    told nobody else is told anew, to whoever has it then. Part of the change of hands, before it is
    written; one statement where nothing waits."""
    owned: dict[int, dict[str, int]] = defaultdict(dict)
    for row in proposals:
        if row.assignee_id:
            owned[row.assignee_id][row.reference] = row.pk
    waiting = Message.objects.filter(_OWNERS, user__in=list(owned), state__in=Message.WAITING)
    own: list[Message] = []
    touched: list[LadderStep] = []
    for mail in waiting.select_related("user"):
        lost = owned[mail.user_id or 0]
        if mail.cause.startswith(_TOGETHER):
            touched += _without(
                [mail],
                lambda step, lost=lost: (  # type: ignore[misc]
                    step.proposal_id in lost.values()
                    and not (keeps_todos and step.since.startswith("todo:"))
                ),
            )
        elif mail.about in lost and not (keeps_todos and _is_about_a_todo(mail)):
            own.append(mail)
    if own:
        _recall([mail.pk for mail in own])
    if own or touched:
        _tell_anew(own, touched)


# All that tells somebody of a proposal as its owner, and of what they have to do about it.
_OWNERS = Q(cause__startswith="ladder:") | Q(cause__startswith="nudge:")
_OWNERS |= Q(event__in=["assigned", "todo"])


def _is_about_a_todo(mail: Message) -> bool:
    return mail.cause.startswith(("todo:", "ladder:todo:"))


def _tell_anew(recalled: list[Message], touched: list[LadderStep]) -> None:
    """Marks of which no mail is left are as if they had not been told."""
    causes = {mail.cause for mail in recalled}
    about = Proposal.objects.filter(reference__in=[mail.about for mail in recalled])
    steps = {step.pk: step for step in touched}
    for step in LadderStep.objects.filter(proposal__in=about.order_by().values("pk")):
        if step.cause in causes:
            steps.setdefault(step.pk, step)
    left = Message.objects.filter(cause__in=[step.cause for step in steps.values()])
    told = set(left.exclude(state=Message.State.RECALLED).values_list("cause", flat=True))
    untold = [pk for pk, step in steps.items() if not step.together and step.cause not in told]
    LadderStep.objects.filter(pk__in=untold).delete()


def _without(mails: list[Message], is_gone: Callable[[LadderStep], bool]) -> list[LadderStep]:
    """These mails no longer tell of what is gone; one that told of nothing else stays here. Returns
    what is gone."""
    causes = [mail.cause for mail in mails]
    steps = list(LadderStep.objects.filter(together__overlap=causes).order_by("pk"))
    for mail in mails:
        told = [step for step in steps if mail.cause in step.together]
        left = [step.line for step in told if not is_gone(step)]
        if len(left) == len(told):
            continue
        if not left or mail.user is None:
            _recall([mail.pk])
            continue
        again = list_mail(mail.user, left, mail.cause, mail.created_at)
        # Only while it waits: a worker may have taken it meanwhile.
        Message.objects.filter(pk=mail.pk, state__in=Message.WAITING).update(
            subject=again.subject, body=again.body
        )
    gone = [step for step in steps if is_gone(step)]
    for step in gone:
        step.together = [cause for cause in step.together if cause not in causes]
    LadderStep.objects.bulk_update(gone, ["together"])
    return gone


def _recall(ids: list[int]) -> None:
    Message.objects.filter(pk__in=ids, state__in=Message.WAITING).update(
        state=Message.State.RECALLED
    )
