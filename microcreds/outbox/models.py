"""Mail that waits, left or failed: one row for each event and recipient; what its readers chose,
which addresses do not work, whether all is held, and the worker's pulse."""

import re
import uuid
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from microcreds.outbox.events import Frequency, Kind, Topic

# A worker that took a message and was never heard of again has lost it after this long.
LEASE = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self) -> "MessageQuerySet":
        """What may leave now: queued and due, or taken by a worker whose lease ran out. While all
        is held, only what somebody waits for and what was released."""
        due = self.filter(
            Q(state=Message.State.QUEUED, due_at__lte=Now())
            | Q(state=Message.State.SENDING, claimed_at__lt=Now() - LEASE)
        )
        free = Q(priority=Message.Priority.AWAITED) | Q(is_released=True)
        if settings.OUTBOX_HOLD:
            return due.filter(free)
        return due.filter(free | ~Q(Exists(Hold.objects.all())))

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
        BOUNCED = "bounced", _("Came back")
        RECALLED = "recalled", _("Recalled")
        GATHERED = "gathered", _("Waits for a digest")
        DIGESTED = "digested", _("Told in a digest")
        SUPPRESSED = "suppressed", _("Not mailed")

    class Priority(models.IntegerChoices):
        AWAITED = 0, _("Somebody waits for it")
        NOTICE = 5, _("Notice")

    # Not left yet, and can still stay here.
    WAITING = (State.QUEUED, State.GATHERED)

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
    error = models.TextField(blank=True, help_text=_("Why it failed, or was not mailed."))
    answer = models.TextField(blank=True, help_text=_("What the mail server said last."))
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ACTION)
    reply_to = models.EmailField(max_length=320, blank=True)
    digest = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="gathered"
    )
    repeats = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="repeated_by"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    why = models.CharField(max_length=300, blank=True, help_text=_("Why it was sent again."))
    is_released = models.BooleanField(default=False, help_text=_("Leaves although all is held."))

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
            models.Index(Lower("to"), F("id").desc(), name="message_to"),
            models.Index(fields=["state", "-id"], name="message_state"),
            models.Index(fields=["due_at"], condition=Q(state="gathered"), name="message_gathered"),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_not_mailed_says_why",
                condition=~Q(state__in=["suppressed", "failed"]) | ~Q(error=""),
            ),
            models.CheckConstraint(
                name="message_digested_names_its_digest",
                condition=~Q(state="digested") | Q(digest__isnull=False),
            ),
            models.CheckConstraint(
                name="message_sent_again_says_who_and_why",
                condition=Q(repeats__isnull=True, asked_by__isnull=True, why="")
                | Q(repeats__isnull=False, asked_by__isnull=False) & ~Q(why=""),
            ),
            models.CheckConstraint(
                name="message_sent_has_its_moment",
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"

    @property
    def leaves_at(self) -> datetime | None:
        """When it leaves; ``None``: it has left, or never will."""
        return self.due_at if self.state in self.WAITING else None

    @property
    def message_id(self) -> str:
        """The Message-ID that it carries each time it is sent."""
        return f"<o-{self.uuid}@{urlsplit(settings.SITE_URL).hostname}>"

    @property
    def thread_id(self) -> str:
        """What all mails about the same refer to, as if there had been a first one."""
        about = re.sub(r"[^A-Za-z0-9.-]", "-", self.about)
        return f"<about-{about}@{urlsplit(settings.SITE_URL).hostname}>"


class Preference(models.Model):
    """How often an address wants the mails of a topic, where it chose otherwise than usual."""

    address = models.EmailField()
    topic = models.CharField(max_length=12, choices=Topic)
    frequency = models.CharField(max_length=8, choices=Frequency)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("address"), "topic", name="preference_once_an_address_and_topic"
            ),
            models.CheckConstraint(
                name="preference_never_silences_a_decision_or_request",
                condition=~Q(topic="decisions") & ~Q(topic="requests", frequency="off")
                | Q(topic="decisions", frequency="at_once"),
                violation_error_message=_("Decisions and requests are always mailed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.topic} {self.frequency}"


class MailText(models.Model):
    """What staff made of one text (``outbox.wording``), written once; the newest of a key holds.

    Without words it is as the program has it again.
    """

    key = models.CharField(max_length=80)
    number = models.PositiveIntegerField(help_text=_("Its versions, counted from 1."))
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(max_length=6000, blank=True)
    why = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("text of a mail")
        verbose_name_plural = _("texts of mails")
        indexes = [models.Index(fields=["key", "-id"], name="mailtext_newest_of_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "number"],
                name="mailtext_one_after_another",
                violation_error_message=_("Somebody else has changed it meanwhile."),
            ),
            models.CheckConstraint(
                name="mailtext_is_whole_or_the_programs",
                condition=Q(subject="", body="") | ~Q(subject="") & ~Q(body=""),
                violation_error_message=_("A mail needs a subject and a text."),
            ),
            models.CheckConstraint(
                name="mailtext_says_why",
                condition=~Q(why=""),
                violation_error_message=_("Say why it is changed."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="mailtext_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}, {self.at:%Y-%m-%d}"


class Undeliverable(models.Model):
    """An address from which mail came back, or whose owner called it spam. While ``cleared_at`` is
    empty nothing but account mail is tried there."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("Mail came back")
        COMPLAINED = "complained", _("Called it spam")

    address = models.EmailField()
    reason = models.CharField(max_length=12, choices=Reason)
    detail = models.CharField(max_length=500, blank=True)
    since = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-since",)
        verbose_name = _("address that does not work")
        verbose_name_plural = _("addresses that do not work")
        constraints = [
            models.UniqueConstraint(
                Lower("address"),
                condition=Q(cleared_at__isnull=True),
                name="undeliverable_once_an_address",
            ),
        ]

    def __str__(self) -> str:
        return self.address


class Incoming(models.Model):
    """One mail that came in. Unsorted, staff say where it belongs; ``about`` (a proposal's
    reference) is known where it names a mail of ours. ``text`` is what is new in it. One of very
    many that a sender wrote in a day waits apart (``replies.taking``); of an old one only that it
    came is kept, since ``emptied_at``."""

    class State(models.TextChoices):
        JOINED = "joined", _("Joined")
        UNSORTED = "unsorted", _("Unsorted")
        MANY = "many", _("One of very many")
        ASIDE = "aside", _("Set aside")
        DROPPED = "dropped", _("Automatic")

    message_id = models.CharField(max_length=255, unique=True)
    sender = models.CharField(_("from"), max_length=320, blank=True)
    to = models.CharField(_("to"), max_length=320, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)
    whole = models.TextField(blank=True)
    sent_at = models.DateTimeField(_("date"), null=True, blank=True)
    received_at = models.DateTimeField(_("came in"))
    state = models.CharField(max_length=8, choices=State)
    why = models.CharField(_("why it did not join"), max_length=300, blank=True)
    about = models.CharField(max_length=40, blank=True)
    answers = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="replies"
    )
    files = models.JSONField(default=list, blank=True, help_text=_("Names of what came with it."))
    not_taken = models.JSONField(default=list, blank=True, help_text=_("Which of them, and why."))
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_why = models.CharField(_("reason"), max_length=300, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Staff can still say where these belong.
    WAITING = (State.UNSORTED, State.MANY)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("unsorted mail")
        verbose_name_plural = _("unsorted mail")
        indexes = [
            models.Index(fields=["state", "-id"], name="incoming_state"),
            models.Index(fields=["about"], name="incoming_about"),
            models.Index(Lower("sender"), "received_at", name="incoming_of_a_sender"),
            models.Index(
                fields=["received_at"],
                condition=Q(emptied_at=None) & ~Q(state="unsorted"),
                name="incoming_to_empty",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="incoming_not_joined_says_why",
                condition=Q(state="joined") | ~Q(why=""),
            ),
            models.CheckConstraint(
                name="incoming_set_aside_says_who_and_why",
                condition=~Q(state="aside")
                | Q(settled_by__isnull=False, settled_at__isnull=False) & ~Q(settled_why=""),
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.sender or self.message_id


class Hold(models.Model):
    """All mail is held: nothing leaves but what somebody waits for. One row, or none."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    since = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(name="hold_is_one_row", condition=Q(id=1)),
            models.CheckConstraint(name="hold_says_why", condition=~Q(why="")),
        ]

    def __str__(self) -> str:
        return self.why


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
