"""Who works on what: rules of routing, and who stands in for whom."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Campus, Department, Division, Unit, User
from proposals.models import Proposal


class RoutingRule(models.Model):
    """Where a proposal goes when it is submitted. The first active rule that fits wins, by
    ``place``; where none does, the unit of its campus takes it."""

    place = models.PositiveSmallIntegerField(
        _("order"), default=10, help_text=_("Rules are tried from the lowest number up.")
    )
    campus = models.ForeignKey(Campus, null=True, blank=True, on_delete=models.PROTECT)
    division = models.ForeignKey(Division, null=True, blank=True, on_delete=models.PROTECT)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="routing_rules")
    assignee = models.ForeignKey(
        User,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="routing_rules",
        help_text=_("Empty: it waits in the unit's queue."),
    )
    is_active = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True, help_text=_("Why there is this rule."))

    class Meta:
        ordering = ("place", "pk")
        verbose_name = _("rule of routing")
        verbose_name_plural = _("rules of routing")
        constraints = [
            models.CheckConstraint(
                name="routing_rule_has_a_condition",
                condition=Q(campus__isnull=False)
                | Q(division__isnull=False)
                | Q(department__isnull=False),
                violation_error_message=_("Choose a campus, a division or a department."),
            ),
            # The second one would never be reached.
            models.UniqueConstraint(
                fields=["campus", "division", "department"],
                condition=Q(is_active=True),
                nulls_distinct=False,
                name="routing_rule_for_a_place_stands_once",
                violation_error_message=_("There is an active rule for exactly this already."),
            ),
        ]

    def __str__(self) -> str:
        places = [self.campus, self.division, self.department]
        return f"{', '.join(str(place) for place in places if place)} → {self.unit}"

    def fits(self, proposal: Proposal) -> bool:
        """Whether every condition of the rule is so."""
        return all(
            wanted is None or wanted == found
            for wanted, found in (
                (self.campus_id, proposal.campus_id),
                (self.division_id, proposal.division_id),
                (self.department_id, proposal.department_id),
            )
        )


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: object = None) -> "AbsenceQuerySet":
        """Those of that day (default: today), the one that ends last first."""
        day = day or timezone.localdate()
        return self.filter(starts_on__lte=day, ends_on__gte=day).order_by("-ends_on", "-pk")


class Absence(models.Model):
    """Somebody on the desk is away, and who stands in for them: gets the mails too, meets their
    work in a queue of its own."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    stand_in = models.ForeignKey(User, on_delete=models.PROTECT, related_name="stands_in")
    starts_on = models.DateField(_("first day away"))
    ends_on = models.DateField(_("last day away"))

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ("-ends_on", "-pk")
        indexes = [
            models.Index(fields=["person", "ends_on"], name="absence_of_person"),
            models.Index(fields=["stand_in", "ends_on"], name="absence_by_stand_in"),
        ]
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_starts",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day must not lie before the first."),
            ),
            models.CheckConstraint(
                name="absence_stand_in_is_somebody_else",
                condition=~Q(person=F("stand_in")),
                violation_error_message=_("Choose somebody else to stand in."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.starts_on:%Y-%m-%d} to {self.ends_on:%Y-%m-%d}"
