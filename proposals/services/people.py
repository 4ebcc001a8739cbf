"""Whom a form names, who is invited by it, and what that lets them see."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose, enqueue, recall
from proposals.letters import letter, page_url
from proposals.models import Invitation, Participant, Proposal

# What a row of the form lets its person do once they accept; a row that does not say: everything.
CAPACITIES = {"edit": Participant.Capacity.EDITOR, "view": Participant.Capacity.VIEWER}
# Nobody is asked again before they had a day to answer.
ASKED_AGAIN_AFTER = timedelta(days=1)


@transaction.atomic(savepoint=False)
def admit_named_people(*, proposal: Proposal, at: datetime) -> None:
    """The chair who is said to know may read. Co-proposers are let in by their own acceptance.

    Part of the transaction of the submission.
    """
    if proposal.chair_informed != "yes":
        return
    address = proposal.interest.answers.get("chair_email", "").lower()
    chairs = User.objects.filter(is_active=True, email=address).exclude(pk=proposal.submitter_id)
    Participant.objects.bulk_create(
        [
            Participant(
                proposal=proposal, user=chair, capacity=Participant.Capacity.CHAIR, since=at
            )
            for chair in chairs
        ],
        ignore_conflicts=True,
    )


def co_proposers_in(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The capacity each address is named for, by address, in the order of the rows."""
    return {
        row["email"].lower(): CAPACITIES.get(row.get("access", ""), Participant.Capacity.EDITOR)
        for row in rows
        if row.get("email")
    }


def follow_co_proposers(
    *, proposal: Proposal, before: Iterable[Mapping[str, Any]], by: User, at: datetime
) -> None:
    """After the rows of co-proposers changed: the new are invited, the others out, and who may now
    do something else may. Part of the transaction that changed them.

    Nothing is asked of the database where no address and no right changed.
    """
    was = co_proposers_in(before)
    now = co_proposers_in(proposal.interest.answers.get("co_proposers", ()))
    if gone := was.keys() - now.keys():
        end_part(proposal=proposal, addresses=gone, by=by, at=at)
    changed = {address: now[address] for address in now if now[address] != was.get(address)}
    changed.pop(proposal.submitter.email.lower(), None)
    if changed:
        _invite(proposal, changed, by, at)


@transaction.atomic
def invite_again(*, proposal: Proposal, address: str, by: User, at: datetime | None = None) -> None:
    """Somebody the form names is asked once more.

    Raises ``ValidationError`` when it is not the owner who asks, the form does not name them, they
    take part already, or were asked within a day.
    """
    at = at or timezone.now()
    locked = locked_for_people(proposal, owner=by)
    capacity = co_proposers_in(locked.interest.answers.get("co_proposers", ())).get(address)
    if capacity is None:
        raise ValidationError(_("The form does not name this address."))
    standing = Invitation.objects.filter(proposal=locked, email=address).last()
    if standing and standing.state == Invitation.State.ACCEPTED:
        raise ValidationError(_("They take part already."))
    if standing and standing.invited_at > at - ASKED_AGAIN_AFTER:
        raise ValidationError(_("They were asked today. Give them a day to answer."))
    if standing and standing.state == Invitation.State.OPEN:
        standing.state, standing.state_since = Invitation.State.ENDED, at
        standing.save(update_fields=["state", "state_since"])
    _invite(locked, {address: capacity}, by, at)


@transaction.atomic
def accept_invitation(*, proposal: Proposal, user: User, at: datetime | None = None) -> None:
    """This person takes part as they were invited to; the owner is told.

    Raises ``ValidationError`` when no invitation to them is open (any more).
    """
    at = at or timezone.now()
    invitation = _locked_invitation(proposal, user)
    _answer(invitation, Invitation.State.ACCEPTED, user, at)
    Participant.objects.filter(
        proposal=proposal, user=user, capacity__in=Participant.FROM_DRAFT_ON
    ).delete()
    Participant.objects.create(proposal=proposal, user=user, capacity=invitation.capacity, since=at)


@transaction.atomic
def decline_invitation(*, proposal: Proposal, user: User, at: datetime | None = None) -> None:
    """The invitation is answered with no; the owner is told.

    Raises ``ValidationError`` when no invitation to them is open (any more).
    """
    _answer(
        _locked_invitation(proposal, user), Invitation.State.DECLINED, user, at or timezone.now()
    )


def end_part(*, proposal: Proposal, addresses: Iterable[str], by: User, at: datetime) -> None:
    """Nobody with these addresses is invited or takes part any more; a mail of theirs that waits is
    recalled. Who took part is told; where it was their own doing, the owner is. Part of a
    transaction."""
    addresses = set(addresses)
    invitations = list(Invitation.objects.live().filter(proposal=proposal, email__in=addresses))
    for invitation in invitations:
        if invitation.state == Invitation.State.OPEN:
            recall(cause=invitation.cause)
    Invitation.objects.filter(pk__in=[each.pk for each in invitations]).update(
        state=Invitation.State.ENDED, state_since=at
    )
    parts = Participant.objects.filter(
        proposal=proposal, capacity__in=Participant.FROM_DRAFT_ON, user__email__in=addresses
    ).select_related("user")
    people = [part.user for part in parts]
    told = [user for user in people if user != by and user.is_active]
    parts.delete()
    enqueue(
        letter(
            "co_proposer_out",
            proposal=proposal,
            to=user,
            key=f"co_proposer_out:{proposal.pk}:{at.timestamp():.0f}",
            at=at,
            actor=by,
        )
        for user in told
    )
    owner = proposal.submitter
    if by in people and owner.is_active:
        key = f"co_proposer_left:{proposal.pk}:{by.pk}:{at.timestamp():.0f}"
        enqueue([letter("co_proposer_left", proposal=proposal, to=owner, key=key, at=at, who=by)])


def locked_for_people(proposal: Proposal, *, owner: User) -> Proposal:
    """The proposal under its lock, fresh, so that two changes of its people never cross.

    Raises ``ValidationError`` when somebody else owns it (by now).
    """
    Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    # Read after the lock: what is joined to a locked row is as old as the wait for it.
    locked = Proposal.objects.select_related("interest", "submitter", "assignee").get(
        pk=proposal.pk
    )
    if locked.submitter_id != owner.pk:
        raise ValidationError(
            _("Only %(owner)s, who owns this proposal, can do this.") % {"owner": locked.submitter}
        )
    return locked


def _invite(proposal: Proposal, wanted: dict[str, str], by: User, at: datetime) -> None:
    """Who takes part or is invited already may do what the form says now; the others are asked."""
    live = {
        each.email: each
        for each in Invitation.objects.live().filter(proposal=proposal, email__in=wanted)
    }
    for address, invitation in live.items():
        invitation.capacity = wanted[address]
    Invitation.objects.bulk_update(live.values(), ["capacity"])
    for capacity in set(wanted.values()) if live else ():
        Participant.objects.filter(
            proposal=proposal,
            capacity__in=Participant.FROM_DRAFT_ON,
            user__email__in=[a for a in live if wanted[a] == capacity],
        ).update(capacity=capacity)
    rows = proposal.interest.answers.get("co_proposers", ())
    names = {row["email"].lower(): row.get("name", "") for row in rows if row.get("email")}
    made = Invitation.objects.bulk_create(
        Invitation(
            proposal=proposal,
            email=address,
            name=names.get(address, ""),
            capacity=capacity,
            invited_by=by,
            invited_at=at,
            state_since=at,
        )
        for address, capacity in wanted.items()
        if address not in live
    )
    known = {user.email: user for user in User.objects.filter(email__in=[i.email for i in made])}
    enqueue(
        _invitation_letter(invitation, known.get(invitation.email), proposal, at)
        for invitation in made
        if invitation.email not in known or known[invitation.email].is_active
    )


def _invitation_letter(
    invitation: Invitation, user: User | None, proposal: Proposal, at: datetime
) -> Message:
    """Title and who invites, and nothing else: who reads it has not accepted yet."""
    return compose(
        event="co_proposer_invited",
        to=invitation.email,
        user=user,
        about=proposal.reference,
        cause=invitation.cause,
        dedupe_key=invitation.cause,
        at=at,
        context={
            "name": user or invitation.name,
            "address": invitation.email,
            "has_account": user is not None,
            "inviter": invitation.invited_by,
            "title": proposal.working_title,
            "may_edit": invitation.capacity == Participant.Capacity.EDITOR,
            "url": page_url(proposal, "proposal_invitation"),
        },
    )


def _locked_invitation(proposal: Proposal, user: User) -> Invitation:
    """The open invitation of this person; the lock is the proposal's, as for every change of its
    people, so that it is answered or taken back, and never both."""
    Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    invitation = (
        Invitation.objects.open_for(user)
        .filter(proposal=proposal)
        .select_related("proposal__submitter")
        .first()
    )
    if invitation is None:
        raise ValidationError(_("This invitation has been answered or taken back in the meantime."))
    return invitation


def _answer(invitation: Invitation, state: str, user: User, at: datetime) -> None:
    invitation.state, invitation.state_since, invitation.user = state, at, user
    invitation.save(update_fields=["state", "state_since", "user"])
    proposal = invitation.proposal
    if not proposal.submitter.is_active:
        return
    enqueue(
        [
            letter(
                "co_proposer_answered",
                proposal=proposal,
                to=proposal.submitter,
                key=f"{invitation.cause}:{state}",
                at=at,
                who=user,
                has_accepted=state == Invitation.State.ACCEPTED,
                may_edit=invitation.capacity == Participant.Capacity.EDITOR,
            )
        ]
    )
