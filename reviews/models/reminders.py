"""What was told because nobody moved: the ladder's steps, and the nudges that staff gave."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from proposals.models import Proposal


class LadderStep(models.Model):
    """One mark that one proposal passed and that was told; never again for the same ``since``.

    ``since`` is what the mark counts from: the stage change that began the stay ("41"), a save
    since ("41:v7"), the end of an approval ("9:2031-11-27"). ``together`` are the causes of mails
    that told of it among others, with ``line``; empty where it had mails of its own.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="ladder_steps")
    since = models.CharField(max_length=60)
    rung = models.CharField(max_length=20)
    at = models.DateTimeField()
    together = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    line = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "since", "rung"], name="ladder_step_once_for_what_it_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rung} of proposal {self.proposal_id}, {self.since}"

    @property
    def cause(self) -> str:
        """What mails of its own name as their cause."""
        return f"ladder:{self.since}:{self.rung}"


class Nudge(models.Model):
    """Somebody of eLearning reminded whoever owes the next step; its mails have the cause
    ``nudge:<id>``."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="nudges")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    told = models.CharField(max_length=400, help_text=_("The names of those who were mailed."))
    words = models.TextField(max_length=600, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["proposal", "-id"], name="nudge_of_proposal")]

    def __str__(self) -> str:
        return f"{self.told}, {self.at:%Y-%m-%d}"
