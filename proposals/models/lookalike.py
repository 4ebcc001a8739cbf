"""By what look-alikes find a proposal, and what eLearning said of two that look alike."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from microcreds.plain_text import Plain, words_in
from proposals.models.proposal import Proposal


class SearchText(models.Model):
    """The title, jobs, outcomes, need and origin of a proposal as they were sent last.

    Look-alikes are compared by ``words``, in which the need would only be noise; the desk searches
    in ``all_words``, and counts by ``origin``. In a table of its own, so that no list of proposals
    carries it. Written by ``proposals.services.freeze`` alone; a draft never sent has none.
    """

    proposal = models.OneToOneField(
        Proposal, on_delete=models.CASCADE, related_name="search_text", primary_key=True
    )
    title = models.CharField(max_length=120)
    jobs = models.TextField(blank=True)
    outcomes = models.TextField(blank=True)
    need = models.TextField(blank=True)
    origin = models.CharField(
        max_length=30, blank=True, db_default="", help_text=_("How the idea started.")
    )
    words = models.GeneratedField(
        expression=words_in("title", "A") + words_in("jobs", "B") + words_in("outcomes", "C"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    all_words = models.GeneratedField(
        expression=words_in("title", "A")
        + words_in("jobs", "B")
        + words_in("outcomes", "C")
        + words_in("need", "D"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            GinIndex(fields=["all_words"], name="search_text_all_words"),
            GinIndex(fields=["words"], name="search_text_words"),
            GinIndex(OpClass(Plain("title"), name="gin_trgm_ops"), name="search_text_title"),
            models.Index(fields=["origin", "proposal"], name="search_text_origin"),
        ]

    def __str__(self) -> str:
        return self.title


class PairQuerySet(models.QuerySet["Pair"]):
    def standing(self) -> "PairQuerySet":
        """What is said today; what was taken back stays on record."""
        return self.filter(ended_at__isnull=True)

    def of(self, proposal: Proposal) -> "PairQuerySet":
        return self.filter(Q(first=proposal) | Q(second=proposal))


class Pair(models.Model):
    """What eLearning says of two proposals that look alike; the same read from either side."""

    class Verdict(models.TextChoices):
        RELATED = "related", _("Related")
        DIFFERENT = "different", _("Not a duplicate")

    first = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"],
                condition=Q(ended_at__isnull=True),
                name="pair_has_one_standing_verdict",
                violation_error_message=_("Somebody answered this already."),
            ),
            models.CheckConstraint(
                name="pair_in_order_of_its_keys",
                condition=Q(first__lt=F("second")),
                violation_error_message=_("A proposal does not look like itself."),
            ),
            models.CheckConstraint(
                name="pair_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.verdict}"

    def other_than(self, proposal: Proposal) -> int:
        """The key of the other one of the two."""
        return self.second_id if self.first_id == proposal.pk else self.first_id
