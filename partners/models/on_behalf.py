"""What staff recorded on behalf of a contact: from where, by whom, and whether they were told."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.asks import PartnerAsk
from proposals.models import Attachment

LONGEST_SAID, LONGEST_OBJECTION = 2000, 1000


class OnBehalf(models.Model):
    """An answer that came by mail, letter or call, typed in by staff for its contact.

    It stays with the record for ever; what may be added later is the contact's objection alone.
    Written by ``partners.on_behalf``.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", _("Mail")
        LETTER = "letter", _("Letter")
        CALL = "call", _("Telephone")
        MEETING = "meeting", _("Meeting")

    # What comes so can be kept as it came.
    IN_WRITING = (Channel.MAIL, Channel.LETTER)

    asked = models.OneToOneField(PartnerAsk, on_delete=models.PROTECT, related_name="on_behalf")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    said_on = models.DateField()
    channel = models.CharField(max_length=10, choices=Channel)
    words = models.TextField(
        max_length=LONGEST_SAID, blank=True, help_text=_("What they said, as staff heard it.")
    )
    evidence = models.ForeignKey(
        Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    untold_because = models.CharField(
        max_length=300, blank=True, help_text=_("Why the contact was not told; empty: they were.")
    )
    objected_at = models.DateTimeField(null=True, blank=True)
    objection = models.TextField(max_length=LONGEST_OBJECTION, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("records on behalf")
        constraints = [
            models.CheckConstraint(
                name="on_behalf_in_writing_has_its_file",
                condition=~Q(channel__in=["mail", "letter"]) | Q(evidence__isnull=False),
                violation_error_message=_("Add the mail or the letter as a file."),
            ),
            models.CheckConstraint(
                name="on_behalf_spoken_has_its_words",
                condition=~Q(channel__in=["call", "meeting"]) | ~Q(words=""),
                violation_error_message=_("Write down what they said."),
            ),
            models.CheckConstraint(
                name="on_behalf_objection_has_words",
                condition=Q(objected_at__isnull=True, objection="")
                | Q(objected_at__isnull=False) & ~Q(objection=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="on_behalf_stays", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="on_behalf_is_written_once", exclude=["objected_at", "objection"]
            ),
            # Said once, it is not taken out again by anybody.
            pgtrigger.Protect(
                name="on_behalf_objection_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__objected_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}, {self.said_on:%Y-%m-%d}"

    @property
    def is_told(self) -> bool:
        """Whether the contact was told of it by mail."""
        return not self.untold_because
