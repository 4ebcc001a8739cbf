"""Points to answer: what a return asks of the proposers, and what they ask to change themselves."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from proposals.interest import QUESTIONS
from proposals.models import Proposal
from reviews.models.process import StageChange


class RequestQuerySet(models.QuerySet["Request"]):
    def of(self, proposal: Proposal) -> "RequestQuerySet":
        """Every point ever raised about this proposal, in order, with who asked and answered; those
        of a return that was taken back are not there."""
        standing = self.filter(change__proposal=proposal, change__undone_by__isnull=True)
        return standing.select_related("change__actor", "answered_by", "accepted_by")


class Request(models.Model):
    """One point of a return, pinned to a question of the form or, with an empty ``key``, to none.

    Who asked, and when, are the stage change's. The proposers answer while it is back with them.
    """

    change = models.ForeignKey(StageChange, on_delete=models.PROTECT, related_name="requests")
    key = models.CharField(max_length=40, blank=True)
    text = models.TextField(max_length=2000)
    reason_code = models.CharField(max_length=40)
    due_on = models.DateField()
    answer = models.TextField(max_length=3000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                name="request_says_what_and_why",
                condition=~Q(text="") & ~Q(reason_code=""),
                violation_error_message=_("Say what to change, and choose a reason."),
            ),
            models.CheckConstraint(
                name="request_answered_by_somebody_in_words",
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
                violation_error_message=_("An answer has its words and who gave it."),
            ),
            models.CheckConstraint(
                name="request_accepted_once_answered",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(
                    accepted_at__gte=F("answered_at"),
                    accepted_by__isnull=False,
                    answered_at__isnull=False,
                ),
                violation_error_message=_("Only an answer can be accepted."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.text[:60]}"

    @property
    def label(self) -> str:
        """The question it is pinned to; of one that is asked no more, its key."""
        if not self.key:
            return str(_("The proposal as a whole"))
        return QUESTIONS[self.key].label if self.key in QUESTIONS else self.key

    @property
    def page(self) -> str:
        """The page of the form on which its question stands; empty: none."""
        return QUESTIONS[self.key].page if self.key in QUESTIONS else ""


class AskQuerySet(models.QuerySet["AskToChange"]):
    def open(self) -> "AskQuerySet":
        """Those that nobody has decided."""
        return self.filter(decided_at__isnull=True)


class AskToChange(models.Model):
    """The proposers ask to change answers that eLearning already works on.

    Staff open just these questions as a return (``change``), or say no in ``words``.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="asks_to_change")
    keys = ArrayField(models.CharField(max_length=40))
    reason = models.TextField(max_length=2000)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    change = models.ForeignKey(
        StageChange, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    words = models.TextField(max_length=2000, blank=True, help_text=_("Why not, where it was no."))

    objects = AskQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(decided_at__isnull=True),
                name="ask_to_change_one_open_a_proposal",
                violation_error_message=_("You have asked already, and eLearning has not decided."),
            ),
            models.CheckConstraint(
                name="ask_to_change_names_answers_and_why",
                condition=Q(keys__len__gt=0) & ~Q(reason=""),
                violation_error_message=_("Choose what to change, and say why."),
            ),
            models.CheckConstraint(
                name="ask_to_change_decided_by_somebody_in_one_way",
                condition=Q(
                    decided_at__isnull=True, decided_by__isnull=True, change__isnull=True, words=""
                )
                | Q(decided_at__isnull=False, decided_by__isnull=False)
                & (Q(change__isnull=False, words="") | Q(change__isnull=True) & ~Q(words="")),
                violation_error_message=_("It was opened, or refused in words."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {', '.join(self.labels)}"

    @property
    def labels(self) -> list[str]:
        """The questions asked for, as the form words them."""
        return [QUESTIONS[key].label if key in QUESTIONS else key for key in self.keys]
