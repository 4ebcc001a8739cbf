"""The short code by which whoever opened a page proves that they read the contact's mail now."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.directory import Contact

MOST_TRIES = 5


class Code(models.Model):
    """One code that was mailed to one contact for one purpose ("endorsement:12").

    The newest of a contact and purpose is the only one that counts. Of the code itself only a keyed
    hash is stored: six digits without a key would be guessed from it at once.
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="codes")
    purpose = models.CharField(max_length=60)
    keyed_hash = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["contact", "purpose", "-id"], name="code_newest_for_a_purpose"),
            models.Index(fields=["contact", "sent_at"], name="code_sent_lately"),
        ]
        constraints = [
            models.CheckConstraint(
                name="code_is_tried_a_few_times", condition=Q(tries__lte=MOST_TRIES)
            ),
            models.CheckConstraint(
                name="code_expires_after_it_was_sent", condition=Q(expires_at__gt=F("sent_at"))
            ),
        ]

    def __str__(self) -> str:
        return str(_("Code for %(purpose)s") % {"purpose": self.purpose})
