"""What the nightly check of the mails found."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class CoverageRun(models.Model):
    """One comparison of history with the ledger (``reviews.coverage``): so many moves since then
    (empty: all there are), so many mails due, ``count`` of them missing or lost, the first of
    those in words."""

    at = models.DateTimeField(_("checked"))
    since = models.DateTimeField(_("moves since"), null=True, blank=True)
    moves = models.PositiveIntegerField(_("moves"))
    due = models.PositiveIntegerField(_("mails due"))
    count = models.PositiveIntegerField(_("missing or lost"))
    gaps = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("check of the mails")
        verbose_name_plural = _("checks of the mails")

    def __str__(self) -> str:
        words = ngettext("%(n)d mail missing or lost", "%(n)d mails missing or lost", self.count)
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M}, {words % {'n': self.count}}"
