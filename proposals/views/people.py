"""Who takes part in a proposal: invitations answered, people taken out, ownership handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from proposals import services
from proposals.forms.people import HandOverForm, HandOverLeftForm, PeopleForm
from proposals.kept import Annotations, kept_for
from proposals.models import HandOver, Invitation, Participant, Proposal
from proposals.views.standing import Happening
from reviews.left_owners import hand_over_for_who_left, may_hand_over


@dataclass(frozen=True)
class Colleague:
    """One co-proposer, or somebody asked to be one; ``state`` is accepted, open, declined or named
    (the form names them, and nobody has asked them)."""

    name: str
    address: str
    state: str
    may_edit: bool
    since: datetime | None = None

    @property
    def can_be_asked(self) -> bool:
        return self.state in ("open", "declined", "named")


def colleagues_of(proposal: Proposal, participants: Sequence[Participant]) -> list[Colleague]:
    """Who takes part besides the owner, then who was asked, then who is only named.

    ``proposal`` comes with its interest form and ``with_invitations``.
    """
    found = [
        Colleague(
            str(part.user),
            part.user.email,
            "accepted",
            part.capacity == Participant.Capacity.EDITOR,
            part.since,
        )
        for part in participants
        if part.capacity in Participant.FROM_DRAFT_ON
    ]
    rows = proposal.interest.answers.get("co_proposers", ())
    named = services.co_proposers_in(rows)
    names = {row["email"].lower(): row.get("name", "") for row in rows if row.get("email")}
    newest = {each.email: each for each in _invitations_of(proposal)}
    for address in dict.fromkeys([*newest, *named]):
        invitation = newest.get(address)
        is_there = any(each.address == address for each in found)
        is_open = invitation is not None and invitation.state == Invitation.State.OPEN
        if is_there or address == proposal.submitter.email or not (is_open or address in named):
            continue
        was_declined = invitation is not None and invitation.state == Invitation.State.DECLINED
        capacity = named.get(address) or (invitation.capacity if invitation else "")
        found.append(
            Colleague(
                names.get(address) or (invitation.name if invitation else "") or address,
                address,
                "open" if is_open else "declined" if was_declined else "named",
                capacity == Participant.Capacity.EDITOR,
                invitation.state_since if invitation and (is_open or was_declined) else None,
            )
        )
    return found


@kept_for(Proposal)
def with_invitations() -> Annotations:
    """Each with who was ever asked to take part, in the statement that reads it."""
    asked = Invitation.objects.filter(proposal=OuterRef("pk")).order_by("pk")
    row = JSONObject(**{name: name for name in _OF_AN_INVITATION})
    return {"asked_people": ArraySubquery(asked.values(row=row))}


_OF_AN_INVITATION = ("email", "name", "capacity", "state", "state_since")


def _invitations_of(proposal: Any) -> list[Invitation]:
    return [
        Invitation(**row | {"state_since": datetime.fromisoformat(row["state_since"])})
        for row in proposal.asked_people
    ]


def with_hand_overs(
    lines: list[Happening], hand_overs: list[HandOver], *, tells_messages: bool
) -> list[Happening]:
    """The history with each change of its owner in its place, the newest first."""
    handed = [
        Happening(
            label=_("Handed over to %(owner)s") % {"owner": each.to_user},
            change=each,
            reason="",
            message=each.reason if tells_messages else "",
        )
        for each in hand_overs
    ]
    return sorted([*lines, *handed], key=lambda line: line.change.at, reverse=True)


def open_invitations(user: User) -> QuerySet[Invitation]:
    """What this person was asked and has not answered."""
    return Invitation.objects.open_for(user).select_related("proposal", "invited_by")


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_invitation(request: SignedInRequest, ref: str) -> HttpResponse:
    """Asks the one invited whether they take part; until they do they read its title and who asks,
    nothing else. For everybody else it does not exist."""
    invitation = open_invitations(request.user).filter(proposal__reference=ref).first()
    if invitation is None:
        if Proposal.objects.mine(request.user).filter(reference=ref).exists():
            return redirect("proposals:proposal_detail", ref)  # answered already
        raise Http404
    proposal, refusal = invitation.proposal, ""
    if request.method == "POST":
        has_accepted = request.POST.get("answer") == "accept"
        answer = services.accept_invitation if has_accepted else services.decline_invitation
        try:
            answer(proposal=proposal, user=request.user)
        except ValidationError as error:
            refusal = error.messages[0]
        else:
            if has_accepted:
                messages.success(request, _("You take part in it now."))
                return redirect("proposals:proposal_detail", ref)
            messages.success(request, _("You declined. The proposer will know."))
            return redirect("proposals:proposal_list")
    context = {
        "invitation": invitation,
        "may_edit": invitation.capacity == Participant.Capacity.EDITOR,
        "refusal": refusal,
    }
    status = 409 if refusal else 200
    return render(request, "proposals/proposal_invitation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_people(request: SignedInRequest, ref: str) -> HttpResponse:
    """Who takes part. The owner asks again and takes people out; others can leave."""
    mine = with_invitations(Proposal.objects.mine(request.user).with_answers())
    proposal = get_object_or_404(mine, reference=ref)
    refusal = ""
    if request.method == "POST":
        form = PeopleForm(request.POST)
        try:
            done = _change(request.user, proposal, form)
        except ValidationError as error:
            refusal = error.messages[0]
        else:
            messages.success(request, done)
            if form.cleaned_data["address"] == request.user.email:
                return redirect("proposals:proposal_list")
            return redirect("proposals:proposal_people", ref)
    participants = list(proposal.participants.select_related("user").order_by("since", "pk"))
    context = {
        "proposal": proposal,
        "colleagues": colleagues_of(proposal, participants),
        "is_owner": request.user == proposal.submitter,
        "refusal": refusal,
    }
    status = 409 if refusal else 200
    return render(request, "proposals/proposal_people.html", context, status=status)


def _change(user: User, proposal: Proposal, form: PeopleForm) -> str:
    """Does what the button says; returns what it did, in words."""
    if not form.is_valid():
        raise ValidationError(_("Choose somebody on this page."))
    address = form.cleaned_data["address"]
    if form.cleaned_data["action"] == "invite":
        services.invite_again(proposal=proposal, address=address, by=user)
        return _("%(address)s is invited.") % {"address": address}
    services.take_out(proposal=proposal, address=address, by=user)
    if address == user.email:
        return _("You have left “%(title)s”.") % {"title": proposal.working_title}
    return _("%(address)s no longer takes part.") % {"address": address}


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_hand_over(request: SignedInRequest, ref: str) -> HttpResponse:
    """Its owner gives the proposal to a co-proposer; where the owner has left, eLearning does."""
    proposal = get_object_or_404(
        Proposal.objects.select_related("submitter", "unit", "campus__unit"), reference=ref
    )
    is_owner = request.user == proposal.submitter
    if not is_owner and (proposal.submitter.is_active or not request.user.is_elearning):
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form: HandOverForm | HandOverLeftForm
    if is_owner:
        parts = proposal.participants.filter(
            capacity__in=Participant.FROM_DRAFT_ON, user__is_active=True
        ).select_related("user")
        people = [part.user for part in parts]
        form = HandOverForm(posted, people=people)
    else:
        people = []
        form = HandOverLeftForm(posted)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            to = _hand_over(request.user, proposal, form.cleaned_data, is_owner)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = 409
        else:
            messages.success(request, _("%(owner)s owns it now.") % {"owner": to})
            return _after_hand_over(request.user, proposal)
    context = {
        "proposal": proposal,
        "form": form,
        "is_owner": is_owner,
        "has_people": bool(people) or not is_owner,
        "may_hand_over": is_owner or may_hand_over(proposal, request.user),
    }
    return render(request, "proposals/proposal_hand_over.html", context, status=status)


def _hand_over(user: User, proposal: Proposal, given: dict[str, Any], is_owner: bool) -> User:
    if is_owner:
        return services.hand_over(proposal=proposal, to=given["to"], by=user).to_user
    return hand_over_for_who_left(
        proposal=proposal, to=given["address"], by=user, reason=given["reason"]
    ).to_user


def _after_hand_over(user: User, proposal: Proposal) -> HttpResponse:
    """Back to the proposal where it can be read, else to where one came from."""
    if Proposal.objects.visible_to(user).filter(pk=proposal.pk).exists():
        return redirect("proposals:proposal_detail", proposal.reference)
    return redirect("admin:reviews_draftline_changelist")
