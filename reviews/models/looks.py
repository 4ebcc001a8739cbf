"""Who has looked at a proposal since when, and what triage wrote down over what."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from microcreds.accounts.models import User
from proposals.models import Proposal
from reviews.models.process import StageChange


class Look(models.Model):
    """One person's visits to the desk's page of one proposal.

    ``at`` is when they had it open last, ``before`` when they had it open last before this visit;
    empty: this is their first. Written by ``reviews.looks``.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="desk_looks")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    before = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "user"], name="look_one_a_person"),
            models.CheckConstraint(
                name="look_before_lies_before",
                condition=Q(before__isnull=True) | Q(before__lte=F("at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.proposal_id}, {self.at:%Y-%m-%d %H:%M}"


class Reading(models.Model):
    """Somebody opened the proposers' page while its newest move could still be taken back; once a
    reader and move."""

    change = models.ForeignKey(StageChange, on_delete=models.PROTECT, related_name="readings")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "user"], name="reading_once_a_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} after {self.change_id}"


class TriageEdit(models.Model):
    """What one save of triage, or one assignment, wrote over what. Written once.

    ``changed`` maps a field's name to its words before and after, ``note`` says what a new owner
    should know. ``is_override``: a lead did it for another unit than their own.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="triage_edits")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    changed = models.JSONField()
    note = models.CharField(max_length=400, blank=True)
    is_override = models.BooleanField(default=False)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["proposal", "-id"], name="triage_edit_of_proposal")]
        constraints = [
            models.CheckConstraint(name="triage_edit_changed_something", condition=~Q(changed={})),
        ]
        triggers = [
            pgtrigger.Protect(
                name="triage_edit_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{', '.join(self.changed)} of {self.proposal_id}"
