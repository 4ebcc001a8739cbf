"""eLearning looks at a draft, because its owner asks: opened, closed, ended."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.services import enqueue, quoted, recall
from proposals.letters import letter
from proposals.models import LookRequest, Proposal
from proposals.services.people import locked_for_people
from reviews.models import StageChange
from reviews.permits import People
from reviews.routing import as_routed


@transaction.atomic
def ask_to_look(
    *, proposal: Proposal, by: User, question: str, at: datetime | None = None
) -> LookRequest:
    """eLearning reads this draft until the request is closed; the staff of its unit are told.

    Raises ``ValidationError`` when it is no draft of this person's, or open to eLearning already.
    """
    at = at or timezone.now()
    locked = locked_for_people(proposal, owner=by)
    if not locked.is_draft:
        raise ValidationError(_("It is with eLearning already."))
    if locked.looks.filter(closed_at__isnull=True).exists():
        raise ValidationError(_("eLearning can read this draft already."))
    look = LookRequest.objects.create(
        proposal=locked, asked_by=by, asked_at=at, question=question.strip()
    )
    enqueue(
        letter(
            "look_asked",
            proposal=locked,
            to=user,
            key=look.cause,
            cause=look.cause,
            at=at,
            owner=by,
            quoted=quoted(look.question),
        )
        for user in People().queue_of(as_routed(locked))
        if user != by
    )
    return look


@transaction.atomic
def close_look(*, proposal: Proposal, by: User, at: datetime | None = None) -> None:
    """The draft is its proposers' alone again; a mail about it that waits is recalled.

    Raises ``ValidationError`` when somebody else owns it.
    """
    _close(locked_for_people(proposal, owner=by), by, at or timezone.now())


def end_looks(*, proposal: Proposal, by: User, at: datetime) -> None:
    """With its submission the draft is no draft: a later one is not open because this one was.

    Part of the transaction that submits it.
    """
    _close(proposal, by, at)


def reopen_looks(undone: list[StageChange]) -> None:
    """The looks that these moves, all of one moment, ended are open again. Part of their
    undoing."""
    about = [change.proposal_id for change in undone]
    LookRequest.objects.filter(proposal__in=about, closed_at=undone[0].at).update(
        closed_at=None, closed_by=None
    )


def _close(proposal: Proposal, by: User, at: datetime) -> None:
    for look in proposal.looks.filter(closed_at__isnull=True):
        recall(cause=look.cause)
        look.closed_at, look.closed_by = at, by
        look.save(update_fields=["closed_at", "closed_by"])
