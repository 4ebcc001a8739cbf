"""The points of a return: kept, answered, accepted, and who may do so."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from microcreds.accounts.models import User
from proposals.models import Proposal, Stage
from reviews.ladder.calling_back import call_back_reminders
from reviews.models import Request, StageChange
from reviews.permits import Parties, may_work_on, parties_of, permit
from reviews.plans import Plan
from reviews.workflow import Move


def points_of(proposal: Proposal, changes: Iterable[StageChange]) -> list[Request]:
    """Every point ever raised about it, oldest first; without a return, none and no query."""
    if not any(change.move == Move.RETURN for change in changes):
        return []
    return list(Request.objects.of(proposal))


def open_points_of(proposal: Proposal) -> list[Request]:
    """The points of the return it stands in, while it is back with its proposers; else none."""
    if proposal.stage != Stage.RETURNED:
        return []
    return newest_of(list(Request.objects.of(proposal)))


def newest_of(points: list[Request]) -> list[Request]:
    """Of all points of a proposal, those of the return that asked last."""
    newest = max((point.change_id for point in points), default=0)
    return [point for point in points if point.change_id == newest]


def refuse_while_unanswered(proposal: Proposal) -> None:
    """Raises ``ValidationError`` while a point of the return is not answered."""
    waiting = [point for point in open_points_of(proposal) if not point.answer]
    if waiting:
        words = ngettext(
            "Answer this point first: %(points)s.",
            "Answer these points first: %(points)s.",
            len(waiting),
        )
        raise ValidationError(
            words % {"points": "; ".join(point.label for point in waiting)}, code="unanswered"
        )


def keep_points(plan: Plan, changes: list[StageChange]) -> None:
    """What a return asks is on record as points of its stage change. Part of the transaction of the
    move."""
    if plan.move != Move.RETURN:
        return
    Request.objects.bulk_create(
        Request(
            change=change,
            key=point.key,
            text=point.text,
            reason_code=point.reason_code,
            due_on=cast(date, point.due_on),  # the plan gave each its day
        )
        for change in changes
        for point in plan.given.points
    )


@transaction.atomic
def answer_point(
    *,
    point: Request,
    answer: str,
    by: User,
    read_at: datetime | None,
    at: datetime | None = None,
) -> Request:
    """The point has this answer; it can be changed until the form is sent again.

    ``read_at`` is when the answer this person read was given (``None``: there was none). The same
    answer again writes nothing. Raises ``ValidationError`` when somebody else answered meanwhile
    (code ``changed``), when there are no words, or when it is not theirs or not open.
    """
    answer = answer.replace("\r\n", "\n").strip()
    if not answer:
        raise ValidationError(_("Say in a few words what you changed, or why not."))
    if len(answer) > 3000:
        raise ValidationError(_("Write at most 3,000 characters."))
    proposal = _locked(point.change.proposal_id)
    if not Proposal.objects.editable_by(by).filter(pk=proposal.pk).exists():
        raise ValidationError(_("Only its proposers can answer."))
    point = Request.objects.select_related("answered_by").get(pk=point.pk)
    if point.pk not in {each.pk for each in open_points_of(proposal)}:
        raise ValidationError(
            _("The form has been sent in the meantime, so answers cannot be changed now."),
            code="closed",
        )
    if point.answer == answer:
        return point
    if point.answered_at != read_at:
        raise ValidationError(
            _("%(who)s answered in the meantime: “%(words)s”. Save again to replace that.")
            % {"who": point.answered_by, "words": point.answer},
            code="changed",
        )
    at = at or timezone.now()
    point.answer, point.answered_by, point.answered_at = answer, by, at
    point.save(update_fields=["answer", "answered_by", "answered_at"])
    left = Request.objects.filter(change=point.change_id, due_on=point.due_on, answer="")
    if not left.exists():
        call_back_reminders(
            proposal_id=proposal.pk, of=f"return:{point.change_id}", day=point.due_on
        )
    Proposal.objects.filter(pk=proposal.pk).update(last_activity_at=at)
    return point


@transaction.atomic
def accept_point(*, point: Request, by: User, at: datetime | None = None) -> Request:
    """The answer settles the point. A point that is settled already stays as it was settled.

    Raises ``ValidationError`` while it is with the proposers, unanswered, or not theirs to accept.
    """
    proposal = _locked(point.change.proposal_id)
    if not may_decide(by, proposal, parties_of([proposal.pk])[proposal.pk]):
        raise ValidationError(_("Staff of its unit who take no part in it can accept answers."))
    point = Request.objects.select_related("change").get(pk=point.pk)
    if proposal.stage == Stage.RETURNED or not point.answer:
        raise ValidationError(_("It is not answered yet. Accept it once it was sent again."))
    if point.accepted_at is None:
        point.accepted_by, point.accepted_at = by, at or timezone.now()
        point.save(update_fields=["accepted_by", "accepted_at"])
    return point


def may_decide(user: User, proposal: Proposal, parties: Parties) -> bool:
    """Whether this person accepts answers and decides asks: who works on it, or could return it."""
    involved = parties.involved(user)
    return (
        may_work_on(user, proposal, involved=involved)
        or permit(user, Move.RETURN, proposal, involved=involved).allowed
    )


def _locked(pk: int) -> Proposal:
    """The proposal under its lock; what it points at is read when asked for, after the lock."""
    return Proposal.objects.select_for_update(no_key=True).get(pk=pk)
