"""The memorandum of understanding (MoU) of one engagement: its facts, texts, people and history."""

import pgtrigger
from django.db import models
from django.db.models import DateField, F, Func, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from partners.models.directory import Contact, Organization
from partners.models.engagements import Engagement, safe_scans
from proposals.models import Attachment

LONGEST_MOU_WORDS, LONGEST_CLAUSE = 2000, 3000
# Everything expires after five years (miamioh.edu, alternative credentials: domain.md §1.1).
MOST_YEARS = 5


class MouQuerySet(models.QuerySet["Mou"]):
    def standing(self) -> "MouQuerySet":
        """Of partners that still stand in the form."""
        return self.filter(engagement__named_partner__dropped_at__isnull=True)

    def of_organization(self, organization: Organization) -> "MouQuerySet":
        """All of one organization, the newest first, each with its proposal."""
        found = self.filter(engagement__organization=organization)
        return found.select_related("engagement__proposal", "version").order_by("-engagement")


class Mou(models.Model):
    """The MoU of one engagement, a track beside the stages of its proposal.

    There is no row before its first move. ``version`` is the text that is worked on, and from
    ``with_partner`` on the one that was passed on; both sides agree to one version. Written by
    ``partners.mou``, moved by ``reviews.mou``.
    """

    class Status(models.TextChoices):
        NOT_NEEDED = "not_needed", _("Not needed")
        TEMPLATE_REQUESTED = "template_requested", _("Template requested")
        DRAFTING = "drafting", _("Being drafted")
        WITH_PARTNER = "with_partner", _("With the partner")
        WITH_UNIVERSITY = "with_university", _("With the university's offices")
        AGREED_TEXT = "agreed_text", _("Text agreed")
        SIGNED = "signed", _("Signed")
        ACTIVE = "active", _("In force")
        EXPIRING = "expiring", _("Runs out soon")
        EXPIRED = "expired", _("Run out")
        TERMINATED = "terminated", _("Terminated")

    # Signed once, whatever came of it.
    SIGNED_ONCE = (
        Status.SIGNED,
        Status.ACTIVE,
        Status.EXPIRING,
        Status.EXPIRED,
        Status.TERMINATED,
    )
    AGREED = (Status.AGREED_TEXT, *SIGNED_ONCE)

    engagement = models.OneToOneField(
        Engagement, primary_key=True, on_delete=models.PROTECT, related_name="mou"
    )
    status = models.CharField(max_length=20, choices=Status)
    status_since = models.DateTimeField()
    due_on = models.DateField(
        null=True, blank=True, help_text=_("By when whoever has it is to pass it on.")
    )
    not_needed_because = models.TextField(max_length=LONGEST_MOU_WORDS, blank=True)
    template_version = models.CharField(max_length=60, blank=True)
    minimum_learners = models.PositiveIntegerField(null=True, blank=True)
    buyway_number = models.CharField(max_length=40, blank=True)
    start_on = models.DateField(null=True, blank=True)
    end_on = models.DateField(null=True, blank=True)
    renewal_notice_days = models.PositiveSmallIntegerField(null=True, blank=True)
    version = models.ForeignKey(
        "MouVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agreed_by_partner = models.ForeignKey(
        "MouVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agreed_by_university = models.ForeignKey(
        "MouVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_by_partner_on = models.DateField(
        null=True, blank=True, help_text=_("When the last of them signed.")
    )
    signed_by_university_on = models.DateField(null=True, blank=True)
    terminated_on = models.DateField(null=True, blank=True)
    terminated_because = models.TextField(max_length=LONGEST_MOU_WORDS, blank=True)
    let_end_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When staff said that it ends with its time.")
    )
    told_days_left = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("The last mark before its end that staff were told of.")
    )
    partner_told_at = models.DateTimeField(null=True, blank=True)

    objects = MouQuerySet.as_manager()

    class Meta:
        ordering = ("-status_since",)
        verbose_name = _("memorandum of understanding")
        verbose_name_plural = _("memoranda of understanding")
        indexes = [
            models.Index(fields=["status", "end_on"], name="mou_status_end"),
            models.Index(fields=["-status_since"], name="mou_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="mou_not_needed_says_why",
                condition=Q(status="not_needed") & ~Q(not_needed_because="")
                | ~Q(status="not_needed") & Q(not_needed_because=""),
                violation_error_message=_("Say why none is needed."),
            ),
            models.CheckConstraint(
                name="mou_passed_on_has_its_text",
                condition=Q(status__in=["not_needed", "template_requested", "drafting"])
                | Q(version__isnull=False),
                violation_error_message=_("Add the text as a version first."),
            ),
            models.CheckConstraint(
                name="mou_with_partner_has_a_day",
                condition=~Q(status="with_partner") | Q(due_on__isnull=False),
                violation_error_message=_("Say by when the partner is to answer."),
            ),
            models.CheckConstraint(
                name="mou_agreed_by_both_to_one_text",
                condition=~Q(
                    status__in=[
                        "agreed_text",
                        "signed",
                        "active",
                        "expiring",
                        "expired",
                        "terminated",
                    ]
                )
                | Q(
                    agreed_by_partner__isnull=False,
                    agreed_by_partner=F("version"),
                    agreed_by_university__isnull=False,
                    agreed_by_university=F("version"),
                ),
                violation_error_message=_("Both sides have to agree to the same version."),
            ),
            models.CheckConstraint(
                name="mou_signed_by_both_with_its_time",
                condition=~Q(status__in=["signed", "active", "expiring", "expired", "terminated"])
                | Q(
                    start_on__isnull=False,
                    end_on__isnull=False,
                    signed_by_partner_on__isnull=False,
                    signed_by_university_on__isnull=False,
                ),
                violation_error_message=_("Both sides sign, and it says from when until when."),
            ),
            models.CheckConstraint(
                name="mou_lasts_five_years_at_most",
                condition=Q(start_on__isnull=True)
                | Q(end_on__isnull=True)
                | Q(
                    end_on__gt=F("start_on"),
                    end_on__lte=Func(
                        F("start_on"),
                        template="(%(expressions)s + INTERVAL '5 years')::date",
                        output_field=DateField(),
                    ),
                ),
                violation_error_message=_("It ends after it starts, and within five years."),
            ),
            models.CheckConstraint(
                name="mou_let_end_once_it_runs_out",
                condition=Q(let_end_at__isnull=True)
                | Q(status__in=["expiring", "expired", "terminated"]),
                violation_error_message=_("It does not run out yet."),
            ),
            models.CheckConstraint(
                name="mou_terminated_says_when_and_why",
                condition=Q(status="terminated", terminated_on__isnull=False)
                & ~Q(terminated_because="")
                | ~Q(status="terminated") & Q(terminated_on__isnull=True, terminated_because=""),
                violation_error_message=_("Say when and why it was terminated."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement_id}: {self.get_status_display()}"

    @property
    def is_let_end(self) -> bool:
        """Staff said that it ends with its time."""
        return self.let_end_at is not None

    @property
    def record(self) -> str:
        """What its files, mails and history call it by."""
        return f"mou:{self.pk}"


class MouVersionQuerySet(models.QuerySet["MouVersion"]):
    def for_partner(self) -> "MouVersionQuerySet":
        """Those that are open to the partner, whose bytes may leave, the newest first."""
        return self.filter(is_for_partner=True, file__scan__in=safe_scans()).select_related("file")


class MouVersion(models.Model):
    """One text of it, by number, as a file; or the signed copy. Who brought it: somebody of the
    university, a contact, or both where it was recorded for the contact."""

    mou = models.ForeignKey(Mou, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    changed = models.TextField(
        max_length=LONGEST_MOU_WORDS,
        help_text=_("What changed; whoever may have the file reads it."),
    )
    is_signed_copy = models.BooleanField(default=False)
    is_for_partner = models.BooleanField(default=False)
    is_for_proposers = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MouVersionQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["mou", "number"], name="mou_version_by_number"),
            models.CheckConstraint(
                name="mou_version_was_brought_by_somebody",
                condition=Q(by__isnull=False) | Q(contact__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mou_id}, version {self.number}"


class MouClause(models.Model):
    """How far one head of the text is; a head without a row is open."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        WORDED = "worded", _("Worded")
        AGREED = "agreed", _("Agreed")
        NOT_APPLICABLE = "not_applicable", _("Does not apply")

    mou = models.ForeignKey(Mou, on_delete=models.CASCADE, related_name="clauses")
    head = models.CharField(max_length=30)
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    words = models.TextField(max_length=LONGEST_CLAUSE, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["mou", "head"], name="mou_clause_once"),
        ]

    def __str__(self) -> str:
        return f"{self.mou_id}, {self.head}: {self.get_state_display()}"


class MouSignatory(models.Model):
    """Who signs it for which side, and when they did."""

    class Side(models.TextChoices):
        UNIVERSITY = "university", _("Miami University")
        PARTNER = "partner", _("The partner")

    mou = models.ForeignKey(Mou, on_delete=models.CASCADE, related_name="signatories")
    side = models.CharField(max_length=12, choices=Side)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    signed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("side", "id")
        verbose_name_plural = _("MoU signatories")
        constraints = [
            models.UniqueConstraint(
                "mou",
                "side",
                Lower("name"),
                name="mou_signatory_once",
                violation_error_message=_("They stand here already."),
            ),
            models.CheckConstraint(
                name="mou_signatory_has_a_name",
                condition=~Q(name=""),
                violation_error_message=_("Name who signs."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_side_display()}"


class MouEntry(models.Model):
    """One thing that happened to an MoU: who did what, when. Written once, never changed.

    ``by`` empty: ``contact`` did it on their own page, or Microcreds, by the day. Both: staff
    recorded what the contact said, by which way (``channel``), on which day and by what
    (``evidence``). ``before``: the columns that a move overwrote, for taking it back.
    """

    class Kind(models.TextChoices):
        MOVED = "moved", _("Moved")
        UNDONE = "undone", _("Taken back")
        VERSION = "version", _("A version added")
        GRANTED = "granted", _("A file opened or closed")
        FACTS = "facts", _("Dates and numbers")
        CLAUSES = "clauses", _("Clauses")
        SIGNATORIES = "signatories", _("Signatories")

    class Channel(models.TextChoices):
        MAIL = "mail", _("Mail")
        LETTER = "letter", _("Letter")
        CALL = "call", _("Telephone")
        MEETING = "meeting", _("Meeting")

    mou = models.ForeignKey(Mou, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=Kind)
    move = models.CharField(max_length=20, blank=True)
    from_status = models.CharField(max_length=20, choices=Mou.Status, blank=True)
    to_status = models.CharField(max_length=20, choices=Mou.Status, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    words = models.TextField(max_length=LONGEST_MOU_WORDS, blank=True)
    version = models.ForeignKey(
        MouVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    heard_on = models.DateField(null=True, blank=True)
    evidence = models.ForeignKey(
        Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    before = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("MoU entries")
        constraints = [
            models.CheckConstraint(
                name="mou_entry_moved_says_where_to",
                condition=~Q(kind__in=["moved", "undone"]) | Q(kind="undone") | ~Q(to_status=""),
            ),
            models.CheckConstraint(
                name="mou_entry_for_somebody_says_how_and_when",
                condition=Q(channel="", heard_on__isnull=True)
                | ~Q(channel="")
                & Q(heard_on__isnull=False, by__isnull=False, contact__isnull=False),
                violation_error_message=_("Say how and when you heard of it."),
            ),
            models.CheckConstraint(
                name="mou_entry_undone_names_what",
                condition=Q(kind="undone", undoes__isnull=False)
                | ~Q(kind="undone") & Q(undoes__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="mou_entry_is_written_once",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mou_id}: {self.get_kind_display()}"
