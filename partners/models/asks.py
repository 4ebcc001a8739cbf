"""What is asked of a contact: one kind of record, whatever is asked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.directory import Contact
from partners.models.engagements import Engagement

LONGEST_ASK = 600


class PartnerAskQuerySet(models.QuerySet["PartnerAsk"]):
    def open(self) -> "PartnerAskQuerySet":
        """Waits for its contact."""
        return self.filter(state__in=PartnerAsk.OPEN)


class PartnerAsk(models.Model):
    """Something asked of one contact by a day, about one engagement; it ends with its state.

    What is asked in detail stands in a record of its own that points here (questions, offered
    times, an endorsement, a turn of the MoU). Written by ``partners.asks`` alone.
    """

    class Kind(models.TextChoices):
        QUESTIONS = "questions", _("Questions")
        MEETING = "meeting_time", _("A time to meet")
        ENDORSEMENT = "endorsement", _("Endorsement")
        MOU = "mou_turn", _("Memorandum of understanding")

    class State(models.TextChoices):
        REQUESTED = "requested", _("Asked")
        OPENED = "opened", _("Opened")
        ANSWERED = "answered", _("Answered")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        TAKEN_BACK = "taken_back", _("Taken back")

    OPEN = (State.REQUESTED, State.OPENED)

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="asks")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="asks")
    kind = models.CharField(max_length=20, choices=Kind)
    words = models.CharField(max_length=LONGEST_ASK, help_text=_("What we need, as they read it."))
    due_on = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=12, choices=State, default=State.REQUESTED)
    opened_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Who took it back, or recorded the answer for its contact."),
    )
    settled_words = models.CharField(
        max_length=LONGEST_ASK, blank=True, help_text=_("Why it was declined or taken back.")
    )

    objects = PartnerAskQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "id")
        constraints = [
            models.CheckConstraint(
                name="partner_ask_settled_at_its_end",
                condition=Q(state__in=["requested", "opened"], settled_at__isnull=True)
                | Q(
                    state__in=["answered", "declined", "expired", "taken_back"],
                    settled_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="partner_ask_taken_back_by_somebody",
                condition=~Q(state="taken_back") | Q(settled_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["engagement", "contact", "kind"],
                condition=Q(
                    state__in=["requested", "opened"], kind__in=["endorsement", "mou_turn"]
                ),
                name="partner_ask_once_at_a_time",
                violation_error_message=_("They are asked for that already."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["contact", "due_on"],
                condition=Q(state__in=["requested", "opened"]),
                name="partner_ask_of_contact",
            ),
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=["requested", "opened"]),
                name="partner_ask_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.contact_id}, {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
