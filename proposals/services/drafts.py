"""A proposal's beginning: made, copied to renew or reopen, thrown away before it was ever sent."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from microcreds.outbox.services import enqueue, recall
from proposals.interest import QUESTIONS, Kind
from proposals.letters import letter
from proposals.models import (
    InterestForm,
    Invitation,
    NamedPartner,
    Participant,
    Proposal,
    ReferenceCounter,
)
from proposals.services.files import forget_files
from proposals.services.named_partners import every_row
from proposals.services.people import co_proposers_in, follow_co_proposers

# Called with a draft that is about to be deleted, by whom and when; what lies left of the proposals
# and stands on a draft registers here that it lets go of it (``AppConfig.ready``).
BEFORE_DELETION: list[Callable[..., None]] = []


@transaction.atomic
def create_draft(
    *,
    owner: User,
    working_title: str,
    at: datetime | None = None,
    form_key: uuid.UUID | None = None,
) -> Proposal:
    """A draft of this person's, with its reference and an empty form.

    ``form_key`` is what the page carried: the same key makes no second draft, it returns the first.
    """
    at = at or timezone.now()
    year = timezone.localtime(at).year
    ReferenceCounter.objects.get_or_create(year=year)
    counter = ReferenceCounter.objects.select_for_update().get(year=year)
    # Looked up under the counter's lock, so that of two posts at once the second finds the first.
    if form_key and (made := Proposal.objects.filter(submitter=owner, form_key=form_key).first()):
        return made
    counter.last += 1
    counter.save()
    proposal = Proposal.objects.create(
        reference=f"MC-{year}-{counter.last:04}",
        submitter=owner,
        working_title=working_title,
        stage_since=at,
        form_key=form_key,
        created_at=at,
        last_activity_at=at,
    )
    InterestForm.objects.create(proposal=proposal, saved_at=at, saved_by=owner)
    return proposal


@transaction.atomic
def copy_as_draft(*, proposal: Proposal, by: User, at: datetime) -> Proposal:
    """A new draft of the owner's with the same answers, to renew or reopen it.

    ``renews`` names the original. Who takes part in the original takes part in the draft; others
    whom the form names are invited. Rows get ids of their own; what was confirmed at submit is not
    taken over.
    """
    draft = create_draft(owner=proposal.submitter, working_title=proposal.working_title, at=at)
    _copy_answers(proposal, draft, by)
    draft.renews = proposal
    draft.save()
    _keep_parts(proposal, draft, by, at)
    follow_co_proposers(proposal=draft, before=(), by=by, at=at)
    return draft


@transaction.atomic
def copy_own(
    *, proposal: Proposal, by: User, form_key: uuid.UUID | None = None, at: datetime | None = None
) -> Proposal:
    """A new draft of this person's begins with the answers of a proposal of theirs.

    It has no tie to the original: nobody is invited or takes part, nothing that was confirmed and
    no file comes along. The same ``form_key`` makes no second draft. Raises ``ValidationError``
    when the original is somebody else's.
    """
    at = at or timezone.now()
    if proposal.submitter_id != by.pk:
        raise ValidationError(_("Only the person who owns a proposal can copy it."))
    draft = create_draft(owner=by, working_title=proposal.working_title, at=at, form_key=form_key)
    if draft.created_at == at:
        _copy_answers(proposal, draft, by, without=("co_proposers",))
        draft.save()
    return draft


@transaction.atomic
def delete_draft(*, proposal: Proposal, by: User, at: datetime | None = None) -> None:
    """A draft that was never sent is gone, with everything in it; who took part is told, and
    invitations that were not mailed yet are not.

    Raises ``ValidationError`` when it is not this person's, or was ever sent: its history stays.
    """
    at = at or timezone.now()
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.submitter_id != by.pk:
        raise ValidationError(_("Only the person who owns a draft can delete it."))
    if not locked.is_draft or locked.revisions.exists():
        raise ValidationError(
            _("This proposal was sent to eLearning before, so its history stays. Withdraw it.")
        )
    causes = [each.cause for each in locked.invitations.all()]
    for cause in causes + [each.cause for each in locked.looks.all()]:
        recall(cause=cause)
    parts = locked.participants.filter(capacity__in=Participant.FROM_DRAFT_ON)
    enqueue(
        letter(
            "draft_deleted",
            proposal=locked,
            to=part.user,
            key=f"draft_deleted:{locked.pk}",
            at=at,
            actor=by,
        )
        for part in parts.select_related("user")
        if part.user.is_active
    )
    for let_go in BEFORE_DELETION:
        let_go(proposal=locked, by=by, at=at)
    forget_files(locked)
    locked.delete()


def _copy_answers(
    proposal: Proposal, draft: Proposal, by: User, without: tuple[str, ...] = ()
) -> None:
    """The fresh draft has the original's answers, its columns not saved yet."""
    for column in (question.column for question in QUESTIONS.values() if question.column):
        setattr(draft, column, getattr(proposal, column))
    draft.interest.answers = {
        key: _with_new_ids(value) if key in QUESTIONS and _is_rows(key) else value
        for key, value in proposal.interest.answers.items()
        if key not in without and (key in QUESTIONS or key == "together")
    }
    draft.interest.saved_by = by
    draft.interest.save()
    partners = [row for row in every_row(proposal)[0] if not row.dropped_at]
    for partner in partners:
        partner.pk, partner.proposal = uuid.uuid4(), draft
    NamedPartner.objects.bulk_create(partners)


def _keep_parts(proposal: Proposal, draft: Proposal, by: User, at: datetime) -> None:
    """Who accepted to take part in the original takes part in the draft as the form says."""
    named = co_proposers_in(draft.interest.answers.get("co_proposers", ()))
    people = [
        part.user
        for part in proposal.participants.filter(
            capacity__in=Participant.FROM_DRAFT_ON, user__is_active=True
        ).select_related("user")
        if part.user.email in named
    ]
    Participant.objects.bulk_create(
        Participant(proposal=draft, user=user, capacity=named[user.email], since=at)
        for user in people
    )
    Invitation.objects.bulk_create(
        Invitation(
            proposal=draft,
            email=user.email,
            name=user.name,
            capacity=named[user.email],
            invited_by=by,
            invited_at=at,
            state=Invitation.State.ACCEPTED,
            state_since=at,
            user=user,
        )
        for user in people
    )


def _is_rows(key: str) -> bool:
    return QUESTIONS[key].kind is Kind.ROWS


def _with_new_ids(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"id": str(uuid.uuid4())} for row in rows]
