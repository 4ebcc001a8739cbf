"""Who owns a proposal and who takes part in it, changed from the page of its people."""

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.services import enqueue
from proposals import merging
from proposals.letters import letter
from proposals.models import HandOver, InterestForm, Invitation, Participant, Proposal
from proposals.services.edits import record_edit
from proposals.services.people import end_part, locked_for_people


@transaction.atomic
def take_out(*, proposal: Proposal, address: str, by: User, at: datetime | None = None) -> None:
    """Nobody with this address is invited or takes part any more, and the form names them no more.

    The owner does this to anyone, everybody else to themselves. Raises ``ValidationError`` when it
    is neither, or nobody of this address takes part.
    """
    at, address = at or timezone.now(), address.lower()
    is_own = address == by.email.lower()
    owner = Proposal.objects.select_related("submitter").get(pk=proposal.pk).submitter
    locked = locked_for_people(proposal, owner=owner if is_own else by)
    takes_part = Participant.objects.filter(
        proposal=locked, user__email=address, capacity__in=Participant.FROM_DRAFT_ON
    ).exists()
    if not takes_part and not (
        Invitation.objects.live().filter(proposal=locked, email=address).exists()
    ):
        raise ValidationError(_("They no longer took part."))
    end_part(proposal=locked, addresses=[address], by=by, at=at)
    _name_in_form(locked, gone=address, by=by, at=at)


@transaction.atomic
def hand_over(*, proposal: Proposal, to: User, by: User, at: datetime | None = None) -> HandOver:
    """``to`` owns the proposal and ``by``, who owned it, is a co-proposer who may edit.

    It happens at once: ``to`` has accepted to take part before, and can hand it back. Raises
    ``ValidationError`` when ``by`` does not own it (any more) or ``to`` takes no part in it.
    """
    at = at or timezone.now()
    locked = locked_for_people(proposal, owner=by)
    takes_part = Participant.objects.filter(
        proposal=locked, user=to, user__is_active=True, capacity__in=Participant.FROM_DRAFT_ON
    )
    if not takes_part.exists():
        raise ValidationError(_("Choose somebody who has agreed to take part."))
    return _give(locked, to, by, "", at)


@transaction.atomic
def hand_over_left(
    *, proposal: Proposal, to: User, by: User, reason: str, at: datetime | None = None
) -> HandOver:
    """``to`` owns a proposal whose owner has left; why is on record. That ``by`` may do this is
    the caller's to know (``reviews.left_owners``).

    Raises ``ValidationError`` when its owner is still here, ``to`` is not or is ``by``, or no
    reason is given.
    """
    at, reason = at or timezone.now(), reason.strip()
    Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    locked = Proposal.objects.select_related("interest", "submitter", "assignee").get(
        pk=proposal.pk
    )
    if locked.submitter.is_active:
        raise ValidationError(
            _("%(owner)s owns it and is still here: only they can hand it over.")
            % {"owner": locked.submitter}
        )
    if not to.is_active or to == by:
        raise ValidationError(_("Choose somebody else, whose account is open."))
    if not reason:
        raise ValidationError(_("Say why it is handed over."))
    return _give(locked, to, by, reason, at)


def hand_overs_of(proposal: Proposal) -> list[HandOver]:
    """From whose hands into whose, the newest first, with the people."""
    found = proposal.hand_overs.select_related("from_user", "to_user", "actor")
    return list(found.order_by("-number"))


def _give(proposal: Proposal, to: User, by: User, reason: str, at: datetime) -> HandOver:
    """The locked proposal is ``to``'s; the form names the old owner in their place, if here."""
    old = proposal.submitter
    record = HandOver.objects.create(
        proposal=proposal,
        number=proposal.hand_overs.count() + 1,
        from_user=old,
        to_user=to,
        actor=by,
        at=at,
        reason=reason,
    )
    proposal.submitter, proposal.last_activity_at = to, at
    # What the old owner's page of a new proposal carried is no key of the new owner's.
    proposal.form_key = None
    proposal.save(update_fields=["submitter", "last_activity_at", "form_key"])
    _name_in_form(proposal, gone=to.email, by=by, at=at, come=old if old.is_active else None)
    _swap_parts(proposal, old, to, by, at)
    _tell(record)
    return record


def _swap_parts(proposal: Proposal, old: User, to: User, by: User, at: datetime) -> None:
    """The new owner is no co-proposer any more; the old one, if here, is one who may edit."""
    Participant.objects.filter(
        proposal=proposal, user=to, capacity__in=Participant.FROM_DRAFT_ON
    ).delete()
    Invitation.objects.live().filter(proposal=proposal, email=to.email).update(
        state=Invitation.State.ENDED, state_since=at
    )
    if old.is_active:
        Participant.objects.create(
            proposal=proposal, user=old, capacity=Participant.Capacity.EDITOR, since=at
        )
        Invitation.objects.create(
            proposal=proposal,
            email=old.email,
            name=old.name,
            capacity=Participant.Capacity.EDITOR,
            invited_by=by,
            invited_at=at,
            state=Invitation.State.ACCEPTED,
            state_since=at,
            user=old,
        )


def _tell(record: HandOver) -> None:
    """Everyone concerned but whoever did it: both owners, who takes part, who has it in hand."""
    proposal, owners = record.proposal, (record.to_user, record.from_user)
    parts = Participant.objects.filter(
        proposal=proposal, capacity__in=Participant.FROM_DRAFT_ON
    ).select_related("user")
    concerned = {user.pk: user for user in (*owners, *(part.user for part in parts))}
    if proposal.assignee and not proposal.is_draft:
        concerned[proposal.assignee.pk] = proposal.assignee
    enqueue(
        letter(
            "handed_over",
            proposal=proposal,
            to=user,
            key=f"hand_over:{record.pk}",
            at=record.at,
            actor=record.actor,
            owner=record.to_user,
            old_owner=record.from_user,
            is_owner=user == record.to_user,
            is_draft=proposal.is_draft,
            reason=record.reason,
        )
        for user in concerned.values()
        if user.is_active and user != record.actor
    )


def _name_in_form(
    proposal: Proposal, *, gone: str, by: User, at: datetime, come: User | None = None
) -> None:
    """The form names nobody of this address among the co-proposers, and ``come`` in their place."""
    form = InterestForm.objects.get(proposal=proposal)
    old = form.answers.get("co_proposers", [])
    new = [row for row in old if row.get("email", "").lower() != gone.lower()]
    if come:
        row = {"name": come.name or come.email, "email": come.email, "access": "edit"}
        new.append({"id": str(uuid.uuid4()), **row})
    stood = merging.flatten("about", {"co_proposers": old})
    stands = merging.flatten("about", {"co_proposers": new})
    changed = [path for path in {**stood, **stands} if stood.get(path) != stands.get(path)]
    if not changed:
        return
    form.answers["co_proposers"] = new
    record_edit(form, {path: stood.get(path) for path in changed}, by, at)
    form.save()
