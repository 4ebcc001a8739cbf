"""A file that belongs to a proposal: with its form, added later, or in a conversation."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from proposals.models.conversation import Comment, Thread
from proposals.models.form import Revision
from proposals.models.proposal import Participant, Proposal
from proposals.visibility import Audience

# The record of a file with which a partner answers begins so; what follows is its number.
PARTNER_ANSWER = "question:"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def keyed(self, key: str) -> "AttachmentQuerySet":
        """The one with this key as an address has it; none for nonsense."""
        try:
            return self.filter(pk=uuid.UUID(key))
        except ValueError:
            return self.none()

    def documents(self) -> "AttachmentQuerySet":
        """Those of the proposal itself, not of its conversations or records, as they came."""
        return self.filter(comment__isnull=True, record="").order_by("uploaded_at", "pk")

    def of_record(self, record: str) -> "AttachmentQuerySet":
        """What came with this record of another app."""
        return self.filter(record=record)

    def kept(self) -> "AttachmentQuerySet":
        return self.filter(removed_at__isnull=True)

    def answering(self) -> "AttachmentQuerySet":
        """What stands in the interest form now."""
        return self.documents().kept().filter(form=Attachment.Form.INTEREST)

    def rows(self) -> models.QuerySet:
        """As a form and its revisions keep them: what each was, proven by its SHA-256."""
        return self.values_list(
            JSONObject(
                id="id", name="name", size="size", content_type="content_type", sha256="sha256"
            ),
            flat=True,
        )

    def readable_as(self, audience: str) -> "AttachmentQuerySet":
        """What this audience may know of.

        Proposers: what is theirs and what was added, and what was said to them. eLearning:
        whatever was ever sent, removed or not, and their own conversation. Chair, committee and
        deans: the documents that stand, once sent; one that is taken out of a returned form until
        that is sent again, for they read the form as it was sent. Nobody but the proposers sees a
        file of a form that was not sent with it yet. What came with a record of another app is read
        there, and nowhere else; but for answers of partners, which proposers and eLearning read.
        """
        found = self.filter(record="")._readable_as(audience)
        if audience in (Audience.PROPOSER, Audience.STAFF):
            found |= self.filter(record__startswith=PARTNER_ANSWER)
        return found

    def _readable_as(self, audience: str) -> "AttachmentQuerySet":
        sent = ~Q(form=Attachment.Form.INTEREST) | Q(sent_with__isnull=False)
        match audience:
            case Audience.PROPOSER:
                spoken = Q(comment__isnull=True) | Q(comment__thread__kind=Thread.Kind.PROPOSERS)
                return self.kept().filter(spoken)
            case Audience.STAFF:
                return self.filter(sent | Q(comment__isnull=False))
            case Audience.CHAIR | Audience.REVIEWER:
                clean = Q(scan__in=(Attachment.Scan.CLEAN, Attachment.Scan.NOT_SCANNED))
                newest = Revision.objects.filter(
                    proposal=OuterRef("proposal"), form=Attachment.Form.INTEREST
                ).order_by("-number")
                is_of_form = Q(form=Attachment.Form.INTEREST, sent_with__isnull=False)
                after_it = Q(removed_at__gt=Subquery(newest.values("created_at")[:1]))
                editors = Participant.objects.filter(
                    proposal=OuterRef("proposal"), capacity=Participant.Capacity.EDITOR
                )
                by_proposer = Q(removed_by=F("proposal__submitter")) | Q(
                    removed_by__in=editors.values("user")
                )
                stands = Q(removed_at__isnull=True) | (is_of_form & after_it & by_proposer)
                return self.filter(sent & clean & stands, comment__isnull=True)
            case _:
                return self.none()


class Attachment(models.Model):
    """One file, kept under a random name that no address shows.

    ``form`` says which form it answers, empty for one added later or said in a conversation.
    ``sent_with`` is the first revision it was part of: from then on it is a university record, and
    removing it hides it. ``after_revision`` counts what had been sent when it came. ``record`` is
    the record of another app that it came with, which says who may read it. Somebody outside, who
    has no account, brings such a file, or one with a message (``brought_by``).
    """

    class Form(models.TextChoices):
        INTEREST = "interest", _("Initial Interest Form")
        FULL_PROPOSAL = "full_proposal", _("Full proposal")

    class Scan(models.TextChoices):
        PENDING = "pending", _("Virus check to come")
        CLEAN = "clean", _("No virus found")
        INFECTED = "infected", _("Virus found")
        NOT_SCANNED = "not_scanned", _("Not checked for viruses")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="attachments")
    comment = models.ForeignKey(
        Comment, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    form = models.CharField(max_length=20, choices=Form, blank=True)
    record = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=100, help_text=_("What people call it; never a path."))
    stored_name = models.CharField(max_length=100, unique=True, editable=False)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    brought_by = models.CharField(
        max_length=255, blank=True, help_text=_("Who brought it, where they have no account.")
    )
    uploaded_at = models.DateTimeField()
    after_revision = models.PositiveSmallIntegerField(default=0)
    sent_with = models.PositiveSmallIntegerField(null=True, blank=True)
    scan = models.CharField(max_length=12, choices=Scan)
    scan_tried_at = models.DateTimeField(null=True, blank=True)
    scanned_at = models.DateTimeField(null=True, blank=True)
    scan_found = models.CharField(max_length=100, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["proposal", "uploaded_at"], name="attachment_of_proposal"),
            models.Index(fields=["record"], condition=~Q(record=""), name="attachment_of_record"),
            models.Index(
                fields=["uploaded_at"], condition=Q(scan="pending"), name="attachment_to_scan"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "form", "record", "sha256"],
                condition=Q(comment__isnull=True, removed_at__isnull=True),
                name="attachment_once_in_a_form",
                violation_error_message=_("This file is there already."),
            ),
            models.CheckConstraint(
                name="attachment_was_brought_by_somebody",
                condition=Q(uploaded_by__isnull=False, brought_by="")
                | Q(uploaded_by__isnull=True)
                & ~Q(brought_by="")
                & (~Q(record="") | Q(comment__isnull=False)),
            ),
            models.CheckConstraint(
                name="attachment_is_not_empty",
                condition=Q(size__gt=0),
                violation_error_message=_("This file is empty."),
            ),
            models.CheckConstraint(
                name="attachment_has_its_sha256",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="attachment_was_scanned_when_it_says_so",
                condition=Q(scan__in=["pending", "not_scanned"]) | Q(scanned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="attachment_removed_by_somebody",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="attachment_sent_after_it_came",
                condition=Q(sent_with__isnull=True) | Q(sent_with__gt=F("after_revision")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_added_later(self) -> bool:
        """It stands beside what was sent, not in it."""
        return self.form != self.Form.INTEREST

    @property
    def is_infected(self) -> bool:
        return self.scan == self.Scan.INFECTED

    @property
    def is_unscanned(self) -> bool:
        return self.scan in (self.Scan.PENDING, self.Scan.NOT_SCANNED)

    @property
    def download_name(self) -> str:
        """Safe on any computer and in any header: the reference and plain letters."""
        stem, _dot, ending = self.name.rpartition(".")
        plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in stem)
        words = "-".join(filter(None, plain.split("-")))[:60]
        return "-".join(filter(None, [self.proposal.reference, words or "file"])) + f".{ending}"
