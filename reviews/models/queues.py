"""Saved views of the desk's list, who is told of what enters them, and what people took away."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Role, Unit, User

LONGEST_NAME, LONGEST_QUERY, MOST_COLUMNS = 60, 2000, 30


def _columns() -> "ArrayField[list[str], list[str]]":
    return ArrayField(
        models.CharField(max_length=30),
        default=list,
        blank=True,
        size=MOST_COLUMNS,
        help_text=_("By key, in their order. Empty: as its reader has chosen."),
    )


class QueueQuerySet(models.QuerySet["Queue"]):
    def visible_to(self, user: User) -> "QueueQuerySet":
        """One's own; eLearning: those of one's units and of all; auditors: those of all. For
        everybody else there is no such queue."""
        seen = Q(owner=user)
        if user.is_elearning or user.has_role(Role.Kind.AUDITOR):
            seen |= Q(audience=Queue.Audience.ALL)
        if user.is_lead:
            seen |= Q(audience=Queue.Audience.UNIT)
        elif user.unit_ids:
            seen |= Q(audience=Queue.Audience.UNIT, unit__in=user.unit_ids)
        return self.filter(seen)


class Queue(models.Model):
    """A saved view of the desk's list: what it asks, in which order, and in which columns."""

    class Audience(models.TextChoices):
        PRIVATE = "private", _("Only me")
        UNIT = "unit", _("Everybody of a unit")
        ALL = "all", _("All of eLearning")

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="queues")
    name = models.CharField(max_length=LONGEST_NAME)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.PRIVATE)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="queues"
    )
    query = models.CharField(
        max_length=LONGEST_QUERY,
        blank=True,
        help_text=_("What stands in the address of the list: filters, words and order."),
    )
    columns = _columns()
    place = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = QueueQuerySet.as_manager()

    class Meta:
        ordering = ("place", "id")
        indexes = [models.Index(fields=["audience", "unit"], name="queue_of_audience")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="queue_named_once_by_its_owner",
                violation_error_message=_("You have a view of this name."),
            ),
            models.CheckConstraint(
                name="queue_has_a_name",
                condition=~Q(name=""),
                violation_error_message=_("Give the view a name."),
            ),
            models.CheckConstraint(
                name="queue_of_a_unit_names_it",
                condition=Q(audience="unit", unit__isnull=False)
                | ~Q(audience="unit") & Q(unit__isnull=True),
                violation_error_message=_("Choose the unit that sees it."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeskPreference(models.Model):
    """How one person has the desk's list: which columns, and the queue it opens with."""

    person = models.OneToOneField(
        User, primary_key=True, on_delete=models.CASCADE, related_name="desk_preference"
    )
    columns = _columns()
    start = models.CharField(
        max_length=30, blank=True, help_text=_("The key of a queue. Empty: all proposals.")
    )

    def __str__(self) -> str:
        return f"How {self.person_id} has the desk"


class QueueWatch(models.Model):
    """One person is mailed what enters one queue; ``key`` as in the address of the list.

    ``seen`` are the proposals in it when it was looked at last; ``None``: not yet looked at, so
    that nothing is new.
    """

    class How(models.TextChoices):
        AT_ONCE = "at_once", _("At once")
        DAILY = "daily", _("Each working day")

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="queue_watches")
    queue = models.ForeignKey(
        Queue, null=True, blank=True, on_delete=models.CASCADE, related_name="watches"
    )
    key = models.CharField(max_length=30)
    how = models.CharField(max_length=10, choices=How)
    seen = ArrayField(models.BigIntegerField(), null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["how", "person"], name="queue_watch_how")]
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="queue_watched_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} watches {self.key}"


class Export(models.Model):
    """A workbook that the worker makes of a long list, for one person and one day."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Not made")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    columns = _columns()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    stored_name = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        ordering = ("-asked_at",)
        indexes = [
            models.Index(fields=["state", "asked_at"], name="export_state"),
            models.Index(fields=["person", "-asked_at"], name="export_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                name="export_ready_has_its_file", condition=~Q(state="ready") | ~Q(stored_name="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total} proposals for {self.person_id}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (Export.State.WAITING, Export.State.RUNNING)
