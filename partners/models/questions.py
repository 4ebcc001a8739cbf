"""Questions that are put to a contact, with what they answer, and what is taken over of it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.asks import PartnerAsk
from proposals.models import Attachment, Proposal

LONGEST_QUESTION = 300
LONGEST_ANSWER = 3000
LONGEST_CHOICE = 120
LARGEST_NUMBER = 1_000_000_000


class Question(models.Model):
    """One question of an ask, and the answer in its contact's own words.

    As long as the ask is open the answer is what they have saved so far, and nobody else reads it;
    once the ask is answered it stands. Written by ``partners.questions`` alone.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Words")
        CHOICE = "choice", _("One of several")
        NUMBER = "number", _("A number")
        FILE = "file", _("A file")

    asked = models.ForeignKey(PartnerAsk, on_delete=models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.TEXT)
    words = models.CharField(max_length=LONGEST_QUESTION)
    choices = ArrayField(models.CharField(max_length=LONGEST_CHOICE), default=list, blank=True)
    text = models.TextField(
        max_length=LONGEST_ANSWER, blank=True, help_text=_("Their words, or what they chose.")
    )
    number = models.PositiveIntegerField(null=True, blank=True)
    attachment = models.OneToOneField(
        Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )

    class Meta:
        ordering = ("asked", "position")
        constraints = [
            models.UniqueConstraint(fields=["asked", "position"], name="question_has_its_place"),
            models.CheckConstraint(
                name="question_of_one_kind_of_answer",
                condition=Q(kind__in=["text", "choice"], number=None, attachment=None)
                | Q(kind="number", text="", attachment=None)
                | Q(kind="file", text="", number=None),
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def is_answered(self) -> bool:
        return bool(self.text) or self.number is not None or self.attachment_id is not None

    @property
    def answer(self) -> str:
        """What stands as their answer, in words; a file by its name."""
        if self.kind == self.Kind.FILE:
            return self.attachment.name if self.attachment else ""
        return f"{self.number:,}" if self.number is not None else self.text


class OutcomeSource(models.Model):
    """An outcome of the form that came of what a partner answered; ``outcome`` is its id there."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="outcome_sources")
    outcome = models.UUIDField()
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="taken_over")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "outcome"], name="outcome_source_once_for_an_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} of {self.question_id}"


class WaitingOutcome(models.Model):
    """What is to become an outcome of the form once that is open, made of one answer."""

    proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, related_name="waiting_outcomes"
    )
    question = models.OneToOneField(Question, on_delete=models.PROTECT, related_name="waiting")
    text = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(name="waiting_outcome_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text
