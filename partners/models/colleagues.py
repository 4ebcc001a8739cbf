"""Whom a contact names in their place."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.directory import Contact
from partners.models.engagements import Engagement

LONGEST_REASON = 600


class NamedColleague(models.Model):
    """Somebody a contact names because they are not the right person; nothing is sent to them
    before staff approve it. Written by ``reviews.outside.colleagues`` alone."""

    class State(models.TextChoices):
        NAMED = "named", _("Waits for eLearning")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Not approved")

    engagement = models.ForeignKey(
        Engagement, on_delete=models.PROTECT, related_name="colleagues_named"
    )
    named_by = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    words = models.CharField(max_length=LONGEST_REASON, blank=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.NAMED)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_words = models.CharField(max_length=LONGEST_REASON, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["engagement"],
                condition=Q(state="named"),
                name="colleague_named_once_at_a_time",
            ),
            models.CheckConstraint(
                name="colleague_settled_by_somebody",
                condition=Q(state="named", settled_at=None, settled_by=None)
                | ~Q(state="named") & Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
            models.CheckConstraint(
                name="colleague_refused_with_a_reason",
                condition=~Q(state="refused") | ~Q(settled_words=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"
