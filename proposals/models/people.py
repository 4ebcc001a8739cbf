"""Who is asked to take part, to whom a proposal was handed over, and what its owner asked of
eLearning about it."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from proposals.models.proposal import Participant, Proposal


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def live(self) -> "InvitationQuerySet":
        """Open ones and those that were accepted: what stands now."""
        return self.filter(state__in=Invitation.LIVE)

    def open_for(self, user: User) -> "InvitationQuerySet":
        """What waits for this person's answer; an invitation is for an address."""
        return self.filter(state=Invitation.State.OPEN, email=user.email.lower())


class Invitation(models.Model):
    """Somebody was asked, by their address, to take part in a proposal. It gives no right until
    they accept it, signed in with that address; the right itself is a ``Participant`` row."""

    class State(models.TextChoices):
        OPEN = "open", _("Invited")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        ENDED = "ended", _("Ended")

    LIVE = (State.OPEN, State.ACCEPTED)

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    capacity = models.CharField(
        max_length=12,
        choices=[
            (each.value, each.label)
            for each in (Participant.Capacity.EDITOR, Participant.Capacity.VIEWER)
        ],
    )
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    state_since = models.DateTimeField()
    user = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Who accepted it."),
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=["email"], name="invitation_of_address"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "email"],
                condition=Q(state__in=["open", "accepted"]),
                name="invitation_once_for_an_address",
                violation_error_message=_("This address is invited already."),
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_somebody",
                condition=~Q(state="accepted") | Q(user__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.get_state_display()}"

    @property
    def cause(self) -> str:
        """What its mails name as their cause."""
        return f"co_proposer_invitation:{self.pk}"


class HandOver(models.Model):
    """A proposal changed hands: from whom to whom, who did it and why. Written once.

    ``number`` counts those of one proposal, so that of two at once only one can be written.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="hand_overs")
    number = models.PositiveSmallIntegerField()
    from_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="hand_over_number_once"),
            models.CheckConstraint(
                name="hand_over_is_to_somebody_else",
                condition=~Q(from_user=F("to_user")),
                violation_error_message=_("They own it already."),
            ),
            models.CheckConstraint(
                name="hand_over_by_staff_says_why",
                condition=Q(actor=F("from_user")) | ~Q(reason=""),
                violation_error_message=_("Say why it is handed over."),
            ),
        ]
        triggers = [
            # Deleted only together with a draft that was never sent.
            pgtrigger.Protect(name="hand_over_is_written_once", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.from_user} → {self.to_user}"


class LookRequest(models.Model):
    """The owner asked eLearning to look at a draft: staff read it until the request is closed."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="looks")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    question = models.CharField(max_length=2000, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(closed_at__isnull=True),
                name="look_open_once",
                violation_error_message=_("eLearning can read this draft already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}, asked {self.asked_at:%Y-%m-%d}"

    @property
    def cause(self) -> str:
        return f"look:{self.pk}"


class WithdrawalRequest(models.Model):
    """After the committee's decision the owner asked eLearning to withdraw the proposal.

    Staff withdraw it, or answer no in words; ``reply`` is empty where they withdrew it.
    """

    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="withdrawal_requests"
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=3000)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_granted = models.BooleanField(default=False)
    reply = models.CharField(max_length=3000, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(answered_at__isnull=True),
                name="withdrawal_asked_once",
                violation_error_message=_("You have asked already."),
            ),
            models.CheckConstraint(
                name="withdrawal_refused_in_words",
                condition=Q(answered_at__isnull=True) | Q(is_granted=True) | ~Q(reply=""),
                violation_error_message=_("Say why not."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}, asked {self.asked_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.answered_at is None
