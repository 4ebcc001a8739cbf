"""Points to answer and asks to change: every write to them, and who may make it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from microcreds.accounts.models import User
from microcreds.outbox.services import enqueue
from proposals.models import Participant, Proposal, Stage
from reviews.grace import BEING_RECORDED, is_untold
from reviews.ladder.calling_back import call_back_reminders
from reviews.models import AskToChange, Request, StageChange
from reviews.notifications.work import change_asked, change_refused
from reviews.permits import Parties, People, may_work_on, parties_of, permit
from reviews.plans import Plan
from reviews.points import may_be_asked
from reviews.workflow import MOVES, STAGES, Move, Phase, Who


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
    """What a return asks stands as points of its stage change, and an open ask to change of the
    same proposal is decided by it. Part of the transaction of the move."""
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
    by_proposal = {change.proposal_id: change for change in changes}
    asks = list(AskToChange.objects.open().filter(proposal__in=by_proposal))
    for ask in asks:
        ask.change, ask.decided_by = by_proposal[ask.proposal_id], plan.actor
        ask.decided_at = plan.at
    AskToChange.objects.bulk_update(asks, ["change", "decided_by", "decided_at"])


def end_asks(plan: Plan, changes: list[StageChange]) -> None:
    """Where a proposal ended, nobody has to decide any more what its proposers asked to change:
    the ask is closed and says why. Part of the transaction of the move."""
    ended = {
        change.proposal_id: STAGES[Stage(change.to_stage)]
        for change in changes
        if STAGES[Stage(change.to_stage)].phase == Phase.ENDED
    }
    asks = list(AskToChange.objects.open().filter(proposal__in=ended)) if ended else []
    for ask in asks:
        ask.words = _("The proposal ended first: “%(stage)s”. So its answers stay as sent.") % {
            "stage": ended[ask.proposal_id].proposer_label
        }
        ask.decided_by, ask.decided_at = plan.actor, plan.at
    AskToChange.objects.bulk_update(asks, ["words", "decided_by", "decided_at"])


def reopen_asks(undone: list[StageChange]) -> None:
    """The asks to change that these moves, all of one moment, decided or closed are open again.
    Part of their undoing."""
    about = [change.proposal_id for change in undone]
    AskToChange.objects.filter(proposal__in=about, decided_at=undone[0].at).update(
        change=None, words="", decided_by=None, decided_at=None
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
        raise ValidationError(_("Only its proposers answer."))
    point = Request.objects.select_related("answered_by").get(pk=point.pk)
    if point.pk not in {each.pk for each in open_points_of(proposal)}:
        raise ValidationError(
            _("The form was sent meanwhile, so answers cannot be changed now."), code="closed"
        )
    if point.answer == answer:
        return point
    if point.answered_at != read_at:
        raise ValidationError(
            _("%(who)s answered meanwhile: “%(words)s”. Save again to replace that.")
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
        raise ValidationError(_("Staff of its unit, who take no part in it, accept answers."))
    point = Request.objects.select_related("change").get(pk=point.pk)
    if proposal.stage == Stage.RETURNED or not point.answer:
        raise ValidationError(_("It is not answered yet. Accept it once it was sent again."))
    if point.accepted_at is None:
        point.accepted_by, point.accepted_at = by, at or timezone.now()
        point.save(update_fields=["accepted_by", "accepted_at"])
    return point


@transaction.atomic
def ask_to_change(
    *, proposal: Proposal, keys: list[str], reason: str, by: User, at: datetime | None = None
) -> AskToChange:
    """Whoever could return it knows that the proposers want to change these answers, and why.

    The same ask again is the same. Raises ``ValidationError``, by input where one is wrong, when it
    is not theirs, nothing needs asking, or another ask is open.
    """
    reason = reason.replace("\r\n", "\n").strip()
    keys = list(dict.fromkeys(keys))
    errors = {}
    if not keys or not all(may_be_asked(key) for key in keys):
        errors["keys"] = _("Choose at least one question of the form.")
    if not reason or len(reason) > 2000:
        errors["reason"] = _("Say in up to 2,000 characters why you want to change it.")
    if errors:
        raise ValidationError(errors)
    row = _locked(proposal.pk)
    if not Proposal.objects.editable_by(by).filter(pk=row.pk).exists():
        raise ValidationError(_("Only its proposers can ask for this."))
    at = at or timezone.now()
    if refusal := why_not_ask(row):
        untold = is_untold(list(StageChange.objects.filter(proposal=row)), by, at)
        raise ValidationError(BEING_RECORDED if untold else refusal, code="closed")
    standing = AskToChange.objects.open().filter(proposal=row).first()
    if standing and (standing.keys, standing.reason) == (keys, reason):
        return standing
    if standing:
        raise ValidationError(
            _("%(who)s asked already, and eLearning has not decided yet.")
            % {"who": standing.asked_by},
            code="open",
        )
    ask = AskToChange.objects.create(
        proposal=row, keys=keys, reason=reason, asked_by=by, asked_at=at
    )
    Proposal.objects.filter(pk=row.pk).update(last_activity_at=at)
    enqueue(change_asked(ask=ask, to=user) for user in _deciders(row) if user != by)
    return ask


@transaction.atomic
def refuse_change(
    *, ask: AskToChange, words: str, by: User, at: datetime | None = None
) -> AskToChange:
    """The answers stay as they are, and the proposers read why.

    Raises ``ValidationError`` without words, when it is decided already, or not theirs to decide.
    """
    words = words.replace("\r\n", "\n").strip()
    if not words or len(words) > 2000:
        raise ValidationError(_("Say in up to 2,000 characters why not; the proposers read it."))
    proposal = _locked(ask.proposal_id)
    if not may_decide(by, proposal, parties_of([proposal.pk])[proposal.pk]):
        raise ValidationError(_("Staff of its unit, who take no part in it, decide this."))
    ask = AskToChange.objects.select_related("asked_by", "decided_by").get(pk=ask.pk)
    if ask.decided_at:
        raise ValidationError(
            _("%(who)s decided this already.") % {"who": ask.decided_by}, code="decided"
        )
    ask.proposal = proposal
    ask.words, ask.decided_by, ask.decided_at = words, by, at or timezone.now()
    ask.save(update_fields=["words", "decided_by", "decided_at"])
    enqueue(change_refused(ask=ask, to=user) for user in _proposers(proposal) if user.is_active)
    return ask


def may_decide(user: User, proposal: Proposal, parties: Parties) -> bool:
    """Whether this person accepts answers and decides asks: who works on it, or could return it."""
    involved = parties.involved(user)
    return (
        may_work_on(user, proposal, involved=involved)
        or permit(user, Move.RETURN, proposal, involved=involved).allowed
    )


def why_not_ask(proposal: Proposal) -> str:
    """Why nothing has to, or can, be asked where it stands; empty: it can."""
    if proposal.is_editable:
        return _("Your answers are open now: just change them.")
    if proposal.stage == Stage.SUBMITTED:
        return _("Nobody has begun to read it: take it back and change it.")
    if proposal.stage not in MOVES[Move.RETURN].from_stages:
        return _("The form cannot be opened where the proposal stands now. Write to eLearning.")
    return ""


def _deciders(proposal: Proposal) -> list[User]:
    """Its owner on the desk, or its queue; the committee's chair or the deans' office with them."""
    people, who = People(), MOVES[Move.RETURN].who[Stage(proposal.stage)]
    found = people.at_work_on(proposal)
    if Who.STAFF not in who:
        found += people.able_to(who, proposal)
    return list(dict.fromkeys(found))


def _proposers(proposal: Proposal) -> list[User]:
    editors = proposal.participants.filter(capacity__in=Participant.FROM_DRAFT_ON)
    return [proposal.submitter, *(each.user for each in editors.select_related("user"))]


def _locked(pk: int) -> Proposal:
    """The proposal under its lock; what it points at is read when asked for, after the lock."""
    return Proposal.objects.select_for_update(no_key=True).get(pk=pk)
