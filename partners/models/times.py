"""Times at which we could meet a contact."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.asks import PartnerAsk


class OfferedTime(models.Model):
    """One of the times that an ask offers; its contact picks one, or says that none suits."""

    asked = models.ForeignKey(PartnerAsk, on_delete=models.PROTECT, related_name="times")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=200, help_text=_("Where, or how: a room, a call, a link."))
    is_picked = models.BooleanField(default=False)

    class Meta:
        ordering = ("asked", "starts_at")
        constraints = [
            models.UniqueConstraint(fields=["asked", "starts_at"], name="time_offered_once"),
            models.UniqueConstraint(
                fields=["asked"], condition=Q(is_picked=True), name="time_picked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}, {self.place}"
