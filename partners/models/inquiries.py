"""What organizations ask of the university, what became of it, and which faculty was asked."""

from datetime import date
from uuid import uuid4

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Unit, User
from microcreds.plain_text import words_in
from partners.models.directory import Contact, Organization
from proposals.models import Proposal

LONGEST_NEED, LONGEST_WORDS = 1200, 2000


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def received(self) -> "InquiryQuerySet":
        """What the university knows of: all but those whose address nobody confirmed."""
        return self.exclude(state=Inquiry.State.UNCONFIRMED)

    def open(self) -> "InquiryQuerySet":
        """What somebody still has to work on."""
        return self.filter(state__in=Inquiry.OPEN)

    def late(self, on: date) -> "InquiryQuerySet":
        """Open, never answered, and past the day on which the answer was due."""
        return self.open().filter(first_answered_at__isnull=True, answer_by__lt=on)

    def of(self, contact: Contact) -> "InquiryQuerySet":
        """What this contact sent, the newest first, with all that its status page says."""
        return self.filter(contact=contact).select_related("unit", "owner").order_by("-pk")


class Inquiry(models.Model):
    """An organization says what people there should be able to do; empty words: not sure yet.

    Sent by themselves, it waits until its address is confirmed by the mailed link whose token
    follows from ``uuid``; typed by staff (``typed_by``), it counts at once. After that the same
    token opens its status page: ``Link`` has the same ``uuid``. Written by ``reviews.inquiries``.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("Address not confirmed")
        RECEIVED = "received", _("Received")
        READING = "reading", _("Being read")
        SEEKING = "seeking", _("Looking for a faculty team")
        PROPOSAL = "proposal", _("Became a proposal")
        CLOSED = "closed", _("Not now")

    class When(models.TextChoices):
        SOON = "soon", _("As soon as possible")
        DATE = "date", _("By a certain day")
        NO_RUSH = "no_rush", _("There is no hurry")
        UNSURE = "unsure", _("Not sure yet")

    class Channel(models.TextChoices):
        WEB = "web", _("This site")
        CALL = "call", _("Telephone")
        MEETING = "meeting", _("Meeting")
        MAIL = "mail", _("Mail or letter")

    class Reason(models.TextChoices):
        """Why it goes no further now, in the words its sender reads."""

        FITS_ALREADY = "fits_already", _("There is something already that fits your need.")
        NO_TEAM = "no_team", _("We found no faculty team for it just now.")
        NOT_OURS = "not_ours", _("This lies outside of what the university teaches.")
        TIMING = "timing", _("We cannot have it ready by the time you need it.")
        WITHDRAWN = "withdrawn", _("You told us that you do not need it any more.")
        NO_ANSWER = "no_answer", _("We could not reach you.")
        NOT_GENUINE = "not_genuine", _("We could not take this up.")

    OPEN = (State.RECEIVED, State.READING, State.SEEKING)

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    form_key = models.UUIDField(
        default=uuid4,
        unique=True,
        editable=False,
        help_text=_("What the page of the form carried, so that a repeat makes no second."),
    )
    state = models.CharField(max_length=12, choices=State, default=State.UNCONFIRMED)
    state_since = models.DateTimeField()

    abilities = models.TextField(max_length=LONGEST_NEED, blank=True)
    jobs = models.CharField(max_length=300, blank=True)
    how_many = models.PositiveIntegerField(null=True, blank=True)
    by_when = models.CharField(max_length=10, choices=When, default=When.UNSURE)
    by_day = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True)

    org_name = models.CharField(_("organization"), max_length=160)
    website = models.URLField(max_length=300, blank=True)
    contact_name = models.CharField(max_length=120)
    contact_title = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField()
    contact_phone = models.CharField(max_length=30, blank=True)

    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    heard_on = models.DateField(null=True, blank=True)
    typed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField()
    mailed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When a mail last left to an address not confirmed yet.")
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="inquiries"
    )
    organization = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inquiries",
        help_text=_("The one in the directory, as staff confirmed it."),
    )

    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT)
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="inquiries"
    )
    answer_by = models.DateField(null=True, blank=True)
    first_answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    closing_words = models.TextField(max_length=LONGEST_WORDS, blank=True)
    closed_from = models.CharField(max_length=12, choices=State, blank=True)
    proposal = models.OneToOneField(
        Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="inquiry"
    )
    words = models.GeneratedField(
        expression=words_in("jobs", "A") + words_in("abilities", "B"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = InquiryQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("inquiries")
        indexes = [
            models.Index(fields=["state", "answer_by"], name="inquiry_state_due"),
            models.Index(fields=["unit", "state"], name="inquiry_unit_state"),
            models.Index(fields=["owner", "state"], name="inquiry_owner_state"),
            models.Index(fields=["state", "sent_at"], name="inquiry_state_sent"),
            GinIndex(fields=["words"], name="inquiry_words"),
        ]
        constraints = [
            models.CheckConstraint(
                name="inquiry_counts_once_confirmed_or_typed_by_staff",
                condition=Q(state="unconfirmed", confirmed_at__isnull=True, typed_by__isnull=True)
                | ~Q(state="unconfirmed")
                & (Q(confirmed_at__isnull=False) | Q(typed_by__isnull=False)),
                violation_error_message=_("The address has to be confirmed first."),
            ),
            models.CheckConstraint(
                name="inquiry_confirmed_by_its_contact",
                condition=Q(confirmed_at__isnull=True, contact__isnull=True)
                | Q(confirmed_at__isnull=False, contact__isnull=False),
            ),
            models.CheckConstraint(
                name="inquiry_unconfirmed_is_in_nobodys_hands",
                condition=~Q(state="unconfirmed")
                | Q(
                    unit__isnull=True,
                    owner__isnull=True,
                    organization__isnull=True,
                    first_answered_at__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="inquiry_typed_by_staff_says_how_and_when",
                condition=Q(channel="web", typed_by__isnull=True, heard_on__isnull=True)
                | ~Q(channel="web") & Q(typed_by__isnull=False, heard_on__isnull=False),
                violation_error_message=_("Say how and when you heard of it."),
            ),
            models.CheckConstraint(
                name="inquiry_received_has_a_day_for_its_answer",
                condition=Q(state="unconfirmed", answer_by__isnull=True)
                | ~Q(state="unconfirmed") & Q(answer_by__isnull=False),
            ),
            models.CheckConstraint(
                name="inquiry_in_work_has_an_owner",
                condition=~Q(state__in=["reading", "seeking", "proposal"]) | Q(owner__isnull=False),
                violation_error_message=_("Somebody has to own it first."),
            ),
            models.CheckConstraint(
                name="inquiry_closed_says_why",
                condition=Q(state="closed") & ~Q(reason="") & ~Q(closing_words="")
                | ~Q(state="closed") & Q(reason="", closing_words=""),
                violation_error_message=_("Say why it goes no further now."),
            ),
            models.CheckConstraint(
                name="inquiry_became_a_proposal_has_it",
                condition=Q(state="proposal", proposal__isnull=False)
                | ~Q(state="proposal") & Q(proposal__isnull=True),
            ),
            models.CheckConstraint(
                name="inquiry_by_a_day_names_it",
                condition=Q(by_when="date", by_day__isnull=False)
                | ~Q(by_when="date") & Q(by_day__isnull=True),
                violation_error_message=_("Name the day."),
            ),
            models.CheckConstraint(
                name="inquiry_says_who_asks",
                condition=~Q(org_name="") & ~Q(contact_name="") & ~Q(contact_email=""),
                violation_error_message=_("Name the organization and whom to call."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.org_name}"

    @property
    def reference(self) -> str:
        """What people and mails call it by."""
        return f"INQ-{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    def said(self) -> list[tuple[str, str]]:
        """What its sender said, as they said it: what was asked, and their words."""
        unsure = str(_("Not sure yet"))
        when = self.get_by_when_display()
        return [
            (str(_("What people should be able to do")), self.abilities or unsure),
            (str(_("In which jobs")), self.jobs or unsure),
            (str(_("How many people")), str(self.how_many) if self.how_many else unsure),
            (str(_("By when")), f"{self.by_day:%Y-%m-%d}" if self.by_day else str(when)),
            (str(_("Where")), self.place or unsure),
        ]


class InquiryEntry(models.Model):
    """One thing that happened to an inquiry: who did what, when. Written once, never changed.

    ``by`` empty: its sender did it, or Microcreds. ``words`` of an answer are those that were
    mailed; all others are for eLearning.
    """

    class Kind(models.TextChoices):
        SENT = "sent", _("Sent by the organization")
        TYPED = "typed", _("Typed in by eLearning")
        CONFIRMED = "confirmed", _("Address confirmed")
        TAKEN = "taken", _("Owner")
        PASSED_ON = "passed_on", _("Passed on")
        MATCHED = "matched", _("Organization confirmed")
        ANSWERED = "answered", _("Answered by mail")
        ASKED = "asked", _("Faculty asked")
        ASK_ENDED = "ask_ended", _("Ask taken back")
        PASSED = "passed", _("Faculty passed")
        ACCEPTED = "accepted", _("Faculty accepted")
        DRAFT_GONE = "draft_gone", _("The draft was deleted")
        SHARED = "shared", _("The proposal is shared with the organization")
        CLOSED = "closed", _("Closed")
        REOPENED = "reopened", _("Taken up again")

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(max_length=LONGEST_WORDS, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("inquiry entries")
        constraints = [
            models.CheckConstraint(
                name="inquiry_answer_has_words", condition=~Q(kind="answered") | ~Q(words="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="inquiry_entry_is_written_once",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id}: {self.get_kind_display()}"


class FacultyAsk(models.Model):
    """A named member of the faculty is asked to begin a proposal: of an inquiry, or, where there is
    none, of what they told staff themselves (``need``). The draft is theirs once they accept."""

    class State(models.TextChoices):
        OPEN = "open", _("Asked")
        ACCEPTED = "accepted", _("Accepted")
        PASSED = "passed", _("Passed")
        ENDED = "ended", _("Taken back")

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    inquiry = models.ForeignKey(
        Inquiry, null=True, blank=True, on_delete=models.PROTECT, related_name="asks"
    )
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    working_title = models.CharField(max_length=120)
    need = models.TextField(max_length=LONGEST_NEED, blank=True)
    words = models.TextField(max_length=LONGEST_WORDS, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    state_since = models.DateTimeField()
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.TextField(max_length=LONGEST_WORDS, blank=True)
    reference = models.CharField(
        max_length=20, blank=True, help_text=_("Of the draft that came of it.")
    )

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["email"], condition=Q(state="open"), name="faculty_ask_open_for"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["inquiry"],
                condition=Q(state="open"),
                name="faculty_ask_one_open_an_inquiry",
                violation_error_message=_("Somebody is asked already and has not answered."),
            ),
            models.CheckConstraint(
                name="faculty_ask_says_of_what",
                condition=Q(inquiry__isnull=False, need="") | Q(inquiry__isnull=True) & ~Q(need=""),
                violation_error_message=_("Say what the proposal is about."),
            ),
            models.CheckConstraint(
                name="faculty_ask_answered_by_somebody",
                condition=Q(state__in=["accepted", "passed"], user__isnull=False)
                | Q(state="open", user__isnull=True)
                | Q(state="ended"),
            ),
            models.CheckConstraint(
                name="faculty_ask_accepted_has_its_draft",
                condition=~Q(state="accepted") | ~Q(reference=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.email}, {self.get_state_display()}"
