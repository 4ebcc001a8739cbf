"""What is to be done at a stage, whatever the proposal; eLearning edits it."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from proposals.models import Stage


class ChecklistItem(models.Model):
    """One thing to do at a stage, laid out as a to-do when a proposal comes to it. Switched off
    rather than deleted: to-dos that came of it stay."""

    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    words = models.CharField(_("what is to be done"), max_length=300)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    days = models.PositiveSmallIntegerField(
        _("working days"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(250)],
        help_text=_("How long after the stage begins it is due; empty: with the stage."),
    )
    is_active = models.BooleanField(
        _("in use"), default=True, help_text=_("No longer laid out when this is off.")
    )

    class Meta:
        ordering = ("stage", "position", "id")
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")
        constraints = [
            models.UniqueConstraint(
                "stage",
                Lower("words"),
                name="checklist_item_once_at_a_stage",
                violation_error_message=_("This stands on the checklist of that stage already."),
            ),
            models.CheckConstraint(name="checklist_item_has_words", condition=~Q(words="")),
        ]

    def __str__(self) -> str:
        return self.words
