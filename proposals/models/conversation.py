"""What is said about a proposal, and between whom."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from proposals.models.proposal import Proposal


class Thread(models.Model):
    """One conversation of a proposal: between its proposers and staff, internal, or outside."""

    class Kind(models.TextChoices):
        PROPOSERS = "proposers", _("With the proposers")
        INTERNAL = "internal", _("Internal: eLearning only")
        OUTSIDE = "outside", _("With a partner")

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="threads")
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "kind"],
                condition=~Q(kind="outside"),
                name="thread_one_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, proposal {self.proposal_id}"


class Comment(models.Model):
    """One entry in a thread; a university record."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    body = models.TextField(max_length=5000)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.author}, {self.at:%Y-%m-%d}"
