"""Mail that waits, left or failed: one row for each event and recipient, and the worker's pulse."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

# A worker that took a message and was never heard of again has lost it after this long.
LEASE = timedelta(minutes=5)


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self) -> "MessageQuerySet":
        """What may leave now: queued and due, or taken by a worker whose lease ran out."""
        return self.filter(
            Q(state=Message.State.QUEUED, due_at__lte=Now())
            | Q(state=Message.State.SENDING, claimed_at__lt=Now() - LEASE)
        )

    def claim(self, *, limit: int, worker: str) -> list["Message"]:
        """Take up to ``limit`` due messages, urgent ones first; no other worker gets the same."""
        with transaction.atomic():
            batch = list(
                self.due()
                .select_for_update(skip_locked=True)
                .order_by("priority", "due_at", "pk")[:limit]
            )
            self.filter(pk__in=[message.pk for message in batch]).update(
                state=Message.State.SENDING,
                claimed_at=Now(),
                claimed_by=worker,
                attempts=F("attempts") + 1,
            )
        return batch


class Message(models.Model):
    """One mail to one person about one event, rendered when it was written.

    ``about`` (a proposal's reference) and ``cause`` ("stage_change:41") remember what lies left of
    this app as values (design.md §3, rule 3). A stored body holds no secret: personal links stand
    in it as ``[[link:<uuid>]]``, bodies of account mails are emptied when sent.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        RECALLED = "recalled", _("Recalled")

    class Priority(models.IntegerChoices):
        AWAITED = 0, _("Somebody waits for it")
        NOTICE = 5, _("Notice")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    event = models.CharField(max_length=60)
    about = models.CharField(max_length=40, blank=True)
    cause = models.CharField(max_length=80, blank=True)
    dedupe_key = models.CharField(max_length=255, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="messages",
    )
    to = models.EmailField(_("to"))
    subject = models.CharField(max_length=255)
    body = models.TextField(blank=True)
    is_secret = models.BooleanField(default=False)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NOTICE)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(
                fields=["priority", "due_at"],
                condition=Q(state__in=["queued", "sending"]),
                name="message_waiting",
            ),
            models.Index(fields=["about", "-id"], name="message_about"),
            models.Index(fields=["cause"], name="message_cause"),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_sent_has_its_moment",
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"


class Heartbeat(models.Model):
    """The last moment a task came through the broker and reached a worker; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    beat_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="heartbeat_is_one_row", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return f"{self.beat_at:%Y-%m-%d %H:%M:%S}"
