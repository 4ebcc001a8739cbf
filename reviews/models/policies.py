"""How staff have set the process otherwise than the code does, with every setting before."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User


class Policy(models.Model):
    """One setting of one thing (``reviews.policies``), written once; the newest of a key holds.

    ``value`` ``None``: it is as the code has it again.
    """

    key = models.CharField(max_length=60)
    value = models.JSONField(null=True, blank=True)
    why = models.CharField(max_length=400)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        indexes = [models.Index(fields=["key", "-id"], name="policy_newest_of_key")]
        constraints = [
            models.CheckConstraint(
                name="policy_says_why",
                condition=~models.Q(why=""),
                violation_error_message=_("Say why it is set anew."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="policy_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}, {self.at:%Y-%m-%d}"
