"""A proposal's beginning: made, copied to renew or reopen, thrown away before it was ever sent."""

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from proposals.interest import QUESTIONS, Kind
from proposals.models import InterestForm, NamedPartner, Proposal, ReferenceCounter
from proposals.services.named_partners import every_row
from proposals.services.people import follow_co_proposers


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
    """A new draft of the original submitter's with the same answers, to renew or reopen it.

    ``renews`` names the original. Rows get ids of their own; what was confirmed at submit is not
    taken over.
    """
    draft = create_draft(owner=proposal.submitter, working_title=proposal.working_title, at=at)
    for column in (question.column for question in QUESTIONS.values() if question.column):
        setattr(draft, column, getattr(proposal, column))
    draft.renews = proposal
    draft.save()
    draft.interest.answers = {
        key: _with_new_ids(value) if key in QUESTIONS and _is_rows(key) else value
        for key, value in proposal.interest.answers.items()
        if key in QUESTIONS or key == "together"
    }
    draft.interest.saved_by = by
    draft.interest.save()
    partners = [row for row in every_row(proposal)[0] if not row.dropped_at]
    for partner in partners:
        partner.pk, partner.proposal = uuid.uuid4(), draft
    NamedPartner.objects.bulk_create(partners)
    follow_co_proposers(proposal=draft, at=at)
    return draft


@transaction.atomic
def delete_draft(*, proposal: Proposal, by: User) -> None:
    """A draft that was never sent is gone, with everything in it.

    Raises ``ValidationError`` when it is not this person's, or was ever sent: its history stays.
    """
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.submitter_id != by.pk:
        raise ValidationError(_("Only the person who began a draft can delete it."))
    if not locked.is_draft or locked.revisions.exists():
        raise ValidationError(
            _("This proposal was sent to eLearning before, so its history stays. Withdraw it.")
        )
    locked.delete()


def _is_rows(key: str) -> bool:
    return QUESTIONS[key].kind is Kind.ROWS


def _with_new_ids(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"id": str(uuid.uuid4())} for row in rows]
