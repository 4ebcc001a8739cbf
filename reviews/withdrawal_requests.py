"""An owner asks eLearning to withdraw what the committee has decided: asked, granted, refused."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.services import enqueue, quoted
from proposals.letters import desk_url, letter
from proposals.models import Participant, Proposal, WithdrawalRequest
from proposals.services.people import locked_for_people
from reviews.grace import BEING_RECORDED, is_untold, told_copy
from reviews.models import StageChange
from reviews.permits import People, may_work_on, parties_of
from reviews.progress import oldest_first
from reviews.workflow import AFTER_THE_COMMITTEE, MOVES, Move, standing


def can_ask_to_withdraw(proposal: Proposal, changes: Iterable[StageChange]) -> bool:
    """The committee has decided on it and it is not open for learners yet: its owner asks."""
    history = oldest_first(changes)
    return proposal.stage in MOVES[Move.WITHDRAW].who and (
        standing(proposal.stage, history) in AFTER_THE_COMMITTEE
    )


@transaction.atomic
def ask_to_withdraw(
    *, proposal: Proposal, by: User, reason: str, at: datetime | None = None
) -> WithdrawalRequest:
    """Whoever works on the proposal is asked to withdraw it; the request is on record.

    Raises ``ValidationError`` when it is not this person's, can still be withdrawn by them, is over
    already, or they have asked and wait for the answer.
    """
    at, reason = at or timezone.now(), reason.strip()
    locked = locked_for_people(proposal, owner=by)
    known = list(StageChange.objects.filter(proposal=locked))
    hidden = is_untold(known, by, at)
    told, standing_changes = told_copy(locked, known) if hidden else (locked, known)
    if not can_ask_to_withdraw(told, standing_changes):
        raise ValidationError(
            _("It is at “%(stage)s”: there is nothing to ask for.")
            % {"stage": told.get_stage_display()}
        )
    if hidden and not can_ask_to_withdraw(locked, known):
        raise ValidationError(BEING_RECORDED)
    if not reason:
        raise ValidationError(_("Say in a few words why."))
    if locked.withdrawal_requests.filter(answered_at__isnull=True).exists():
        raise ValidationError(_("You have asked already, and eLearning will answer."))
    request = WithdrawalRequest.objects.create(
        proposal=locked, asked_by=by, asked_at=at, reason=reason
    )
    _touch(locked, at)
    enqueue(
        letter(
            "withdrawal_asked",
            proposal=locked,
            to=user,
            key=f"withdrawal_asked:{request.pk}",
            at=at,
            owner=by,
            stage=locked.get_stage_display(),
            quoted=quoted(reason),
            desk_url=desk_url(locked),
        )
        for user in People().at_work_on(locked)
        if user != by
    )
    return request


@transaction.atomic
def refuse_to_withdraw(
    *, proposal: Proposal, by: User, reply: str, at: datetime | None = None
) -> WithdrawalRequest:
    """The request is answered with no, in words that the proposers read and are mailed.

    Raises ``ValidationError`` when nothing is asked (any more), ``by`` does not work on it, or says
    nothing.
    """
    at, reply = at or timezone.now(), reply.strip()
    Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    locked = Proposal.objects.select_related("submitter").get(pk=proposal.pk)
    request = locked.withdrawal_requests.filter(answered_at__isnull=True).first()
    if request is None:
        raise ValidationError(_("This has been answered in the meantime."))
    involved = parties_of([locked.pk])[locked.pk].involved(by)
    if not may_work_on(by, locked, involved=involved):
        raise ValidationError(_("Staff of its unit who take no part in it can answer this."))
    if not reply:
        raise ValidationError(_("Say why not: the proposers read it."))
    request.answered_at, request.answered_by, request.reply = at, by, reply
    request.save(update_fields=["answered_at", "answered_by", "reply"])
    _touch(locked, at)
    parts = Participant.objects.filter(
        proposal=locked, capacity__in=Participant.FROM_DRAFT_ON
    ).select_related("user")
    readers = {user.pk: user for user in (locked.submitter, *(part.user for part in parts))}
    enqueue(
        letter(
            "withdrawal_refused",
            proposal=locked,
            to=user,
            key=f"withdrawal_refused:{request.pk}",
            at=at,
            actor=by,
            quoted=quoted(reply),
        )
        for user in readers.values()
        if user.is_active
    )
    return request


def grant_withdrawals(*, proposals: Iterable[int], by: User | None, at: datetime) -> None:
    """These were withdrawn, so what their owners asked for is done. Part of that move."""
    WithdrawalRequest.objects.filter(proposal__in=proposals, answered_at__isnull=True).update(
        is_granted=True, answered_at=at, answered_by=by
    )


def reopen_withdrawals(undone: list[StageChange]) -> None:
    """The requests that these moves, all of one moment, granted wait for their answers again. Part
    of their undoing."""
    about = [change.proposal_id for change in undone]
    WithdrawalRequest.objects.filter(
        proposal__in=about, is_granted=True, answered_at=undone[0].at
    ).update(is_granted=False, answered_at=None, answered_by=None)


def _touch(proposal: Proposal, at: datetime) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(last_activity_at=at)
