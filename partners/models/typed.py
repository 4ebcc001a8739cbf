"""What a contact typed into a form of their pages and has not sent yet."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models.directory import Contact

KEPT_DAYS = 3


class TypedQuerySet(models.QuerySet["Typed"]):
    def fresh(self, at: datetime | None = None) -> "TypedQuerySet":
        """What is still offered; older ones are deleted at night."""
        return self.filter(at__gt=(at or timezone.now()) - timedelta(days=KEPT_DAYS))


class Typed(models.Model):
    """The form at one address as one contact left it; it is offered to them alone, once they came
    by a link of theirs. ``was_sent``: they pressed its button, but were not known any more."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="typed")
    path = models.CharField(max_length=200, help_text=_("Where the form is sent to."))
    fields = models.JSONField(help_text=_("By name, the values of each, as they were posted."))
    was_sent = models.BooleanField()
    at = models.DateTimeField()

    objects = TypedQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)
        constraints = [
            models.UniqueConstraint(fields=["contact", "path"], name="typed_once_a_form"),
        ]
        indexes = [models.Index(fields=["at"], name="typed_by_age")]

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.path}"

    @property
    def words(self) -> list[str]:
        """All that stands in it, to be read or copied."""
        return [value for values in self.fields.values() for value in values]
