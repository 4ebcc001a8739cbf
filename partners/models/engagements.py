"""An organisation's part in a proposal, what is shared of it with whom, and by which links."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models.directory import Contact, Organization
from proposals.models import Attachment, NamedPartner, Proposal, Stage


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def shared_with(self, contact: Contact) -> "EngagementQuerySet":
        """What this contact may open today; a proposal taken back to draft shows nothing."""
        return self.filter(
            pk__in=Share.objects.current().filter(contact=contact).values("engagement")
        ).exclude(proposal__stage=Stage.DRAFT)

    def for_status(self) -> "EngagementQuerySet":
        """What a status page and its list need, in one query; nothing confidential is loaded."""
        return self.select_related(
            "proposal__unit", "proposal__assignee", "proposal__inquiry", "mou"
        ).order_by("-id")


class Engagement(models.Model):
    """One organisation's part in one proposal, opened when the form is submitted.

    How firm it is, who approached whom and the rest are read through ``named_partner``.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="engagements")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="engagements"
    )
    named_partner = models.OneToOneField(
        NamedPartner, on_delete=models.PROTECT, related_name="engagement"
    )
    contact = models.ForeignKey(
        Contact,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="engagements",
        help_text=_("Whom the proposer named."),
    )
    opened_at = models.DateTimeField()

    objects = EngagementQuerySet.as_manager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.organization} in {self.proposal.reference}"


class ShareQuerySet(models.QuerySet["Share"]):
    def current(self) -> "ShareQuerySet":
        """Open today, and the partner still stands in the form."""
        return self.filter(until__isnull=True, engagement__named_partner__dropped_at__isnull=True)


class Share(models.Model):
    """The status page of one engagement, open to one contact since then; ``until`` ends it."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="shares")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="shares")
    since = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ShareQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "contact"],
                condition=Q(until__isnull=True),
                name="share_open_once_for_a_contact",
            ),
            models.CheckConstraint(
                name="share_ends_after_it_began",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
            ),
            models.CheckConstraint(
                name="share_ended_by_somebody",
                condition=Q(until__isnull=True, ended_by__isnull=True)
                | Q(until__isnull=False, ended_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["contact"], condition=Q(until__isnull=True), name="share_current_of_contact"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement_id} with {self.contact_id}"


class FileShareQuerySet(models.QuerySet["FileShare"]):
    def current(self) -> "FileShareQuerySet":
        """Granted today, of a file that was sent and still stands."""
        sent = ~Q(attachment__form=Attachment.Form.INTEREST) | Q(
            attachment__sent_with__isnull=False
        )
        return self.filter(sent, until__isnull=True, attachment__removed_at__isnull=True)

    def open_now(self) -> "FileShareQuerySet":
        """Whose bytes may leave: where a virus check is set up, it has found nothing."""
        return self.current().filter(attachment__scan__in=safe_scans())


def safe_scans() -> list[str]:
    """What the virus check has to say of a file before its bytes leave for somebody outside."""
    good: list[str] = [Attachment.Scan.CLEAN]
    return good if settings.CLAMD_URL else [*good, Attachment.Scan.NOT_SCANNED]


class FileShare(models.Model):
    """One file of the proposal, open to the contacts of one engagement since then."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="file_shares")
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="partner_shares"
    )
    since = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = FileShareQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "attachment"],
                condition=Q(until__isnull=True),
                name="file_share_open_once_for_an_engagement",
            ),
            models.CheckConstraint(
                name="file_share_ended_by_somebody",
                condition=Q(until__isnull=True, ended_by__isnull=True)
                | Q(until__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attachment_id} with {self.engagement_id}"


class LinkQuerySet(models.QuerySet["Link"]):
    def usable(self) -> "LinkQuerySet":
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())


class Link(models.Model):
    """A personal link of one contact: opens whatever is shared with them, today and later.

    The token is ``microcreds.outbox.links.token_for(uuid)``; stored is only its SHA-256. Using a
    link does not use it up.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Link of {self.contact_id}, until {self.expires_at:%Y-%m-%d}"


class Access(models.Model):
    """When a contact opened what; kept for staff."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="accesses")
    engagement = models.ForeignKey(
        Engagement, null=True, blank=True, on_delete=models.CASCADE, related_name="accesses"
    )
    attachment = models.ForeignKey(
        Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("accesses")

    def __str__(self) -> str:
        return f"{self.link_id}, {self.at:%Y-%m-%d %H:%M}"
