"""An organization's part in a proposal, what is shared of it with whom, and by which links."""

import uuid
from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from microcreds.any_of import keys_of
from microcreds.outbox.events import event_of
from microcreds.outbox.wording.source import Text
from partners.models.directory import Contact, Organization
from proposals.models import Attachment, NamedPartner, Proposal, Stage, Thread

LONGEST_NOTE, LONGEST_REMARK, LONGEST_END_WORDS = 2000, 1000, 600


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def shared_with(self, contact: Contact) -> "EngagementQuerySet":
        """What this contact may open today; a proposal taken back to draft shows nothing."""
        current = Share.objects.current().filter(contact=contact)
        return self.filter(pk__any_of=keys_of(current, "engagement")).exclude(
            proposal__stage=Stage.DRAFT
        )

    def left_by(self, contact: Contact | OuterRef) -> "EngagementQuerySet":
        """Those that ended while this contact could open their page, which says so now, until it is
        closed to them, too."""
        return self.filter(
            ended_at__isnull=False,
            shares__contact=contact,
            shares__until__gte=F("ended_at"),
            shares__closed_at__isnull=True,
        ).exclude(proposal__stage=Stage.DRAFT)

    def for_status(self) -> "EngagementQuerySet":
        """What a status page and its list need, in one query; nothing confidential is loaded."""
        return (
            self.select_related(
                "proposal__unit",
                "proposal__assignee",
                "proposal__inquiry",
                "proposal__submitter",
                "named_partner",
                "organization",
                "mou",
            )
            .defer(
                *Engagement.STAFF_ONLY,
                "named_partner__confidential_text",
                "named_partner__wrote",
            )
            .order_by("-id")
        )

    def lock(self, engagement: "Engagement") -> "Engagement":
        """As it stands under its lock: until the transaction ends, whoever else locks it waits."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=engagement.pk)


class Engagement(models.Model):
    """One organization's part in one proposal, opened when the form is submitted.

    How firm it is, who approached whom and the rest are read through ``named_partner``. What staff
    corrected, noted or ended of it is told by its entries. Since ``outcomes_since`` its page shows
    the outcomes and the shape, too (``partners.outcomes``).
    """

    class End(models.TextChoices):
        """Why an organization takes part no more; for eLearning alone."""

        WITHDREW = "withdrew", _("They withdrew")
        NEED_CHANGED = "need_changed", _("Their need changed")
        NO_MONEY = "no_money", _("No money or time on their side")
        PERSON_LEFT = "person_left", _("Whom we spoke to left, nobody took over")
        NO_ANSWER = "no_answer", _("They do not answer any more")
        CLOSED = "closed", _("The organization closed")
        OUR_SIDE = "our_side", _("The university ended it")

    # For eLearning; no page or mail for anybody else loads it.
    STAFF_ONLY = ("staff_note", "end_reason")

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
    staff_note = models.TextField(max_length=LONGEST_NOTE, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_reason = models.CharField(max_length=20, choices=End, blank=True)
    end_words = models.TextField(
        max_length=LONGEST_END_WORDS, blank=True, help_text=_("What its contacts read.")
    )
    outcomes_since = models.DateTimeField(null=True, blank=True)
    outcomes_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    thread = models.OneToOneField(
        Thread,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="engagement",
        help_text=_("What this organisation and eLearning write to each other."),
    )

    objects = EngagementQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                name="engagement_ended_by_somebody_and_why",
                condition=Q(
                    ended_at__isnull=True, ended_by__isnull=True, end_reason="", end_words=""
                )
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason=""),
                violation_error_message=_("Say why it ended."),
            ),
            models.CheckConstraint(
                name="engagement_ends_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("opened_at")),
            ),
            models.CheckConstraint(
                name="engagement_shows_outcomes_by_somebody",
                condition=Q(outcomes_since__isnull=True, outcomes_by__isnull=True)
                | Q(outcomes_since__isnull=False, outcomes_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["proposal"], condition=Q(ended_at__isnull=False), name="engagement_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} in {self.proposal.reference}"


class EngagementEntry(models.Model):
    """One thing that staff did to an engagement: who, when, what was so before and is now.
    Written once, never changed; read by eLearning and the auditor alone."""

    class Kind(models.TextChoices):
        ORGANIZATION = "organization", _("Organization corrected")
        CONTACT = "contact", _("Contact corrected")
        NOTE = "note", _("Confidential note changed")
        ENDED = "ended", _("The partner left")
        REOPENED = "reopened", _("The partner is back")

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    was = models.TextField(max_length=LONGEST_NOTE, blank=True)
    now = models.TextField(max_length=LONGEST_NOTE, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("engagement entries")
        triggers = [
            pgtrigger.Protect(
                name="engagement_entry_is_written_once",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement_id}: {self.get_kind_display()}"


class ShareQuerySet(models.QuerySet["Share"]):
    def current(self) -> "ShareQuerySet":
        """Open today, and the partner still stands in the form."""
        return self.filter(until__isnull=True, engagement__named_partner__dropped_at__isnull=True)

    def reading_the_end(self) -> "ShareQuerySet":
        """Of contacts who read that their organization takes part no more."""
        return self.filter(until__gte=F("engagement__ended_at"), closed_at__isnull=True)


class Share(models.Model):
    """The status page of one engagement, open to one contact since then; ``until`` ends it. Where
    that was because the organization left, they read so until ``closed_at``."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="shares")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="shares")
    since = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
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
            models.CheckConstraint(
                name="share_closed_by_somebody_once_it_ended",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__gte=F("until"), closed_by__isnull=False, until__isnull=False),
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
    def usable(self, at: datetime | None = None) -> "LinkQuerySet":
        return self.filter(revoked_at__isnull=True, expires_at__gt=at or timezone.now())

    def with_use(self) -> "LinkQuerySet":
        """Each with ``networks``: from how many it was ever used."""
        known = Q(accesses__network__gt="")
        return self.annotate(networks=Count("accesses__network", filter=known, distinct=True))


class Link(models.Model):
    """A personal link of one contact: opens whatever is shared with them, today and later.

    The token is ``microcreds.outbox.links.token_for(uuid)``; stored is only its SHA-256. Using a
    link does not use it up. ``event`` names the mail that carries it, where one does.
    ``network`` is whence it is used in this request (``partners.views.session``), not stored here.
    """

    network: str = ""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    last_used_at = models.DateTimeField(null=True, blank=True)
    event = models.CharField(_("mail"), max_length=60, blank=True, editable=False)

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Link of {self.contact_id}, until {self.expires_at:%Y-%m-%d}"

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def mail(self) -> Text:
        """The name of the mail that carried it."""
        return event_of(self.event).name if self.event else _("No mail on record")


class AccessQuerySet(models.QuerySet["Access"]):
    def for_log(self) -> "AccessQuerySet":
        """With all that a line of the log says, in one query."""
        return self.select_related(
            "link__contact", "engagement__proposal", "engagement__organization", "attachment"
        )

    def flagged(self) -> "AccessQuerySet":
        """Those that staff should look at."""
        return self.filter(Access.STANDS_OUT)


class Access(models.Model):
    """When a contact opened what, from where; kept for staff.

    ``network`` is a keyed hash of the shortened address of the network (``partners.access``), so
    that two can be told apart and none can be read. What stands out is noted once, as it was then.
    """

    FLAGS: dict[str, Text] = {
        "after_bounce": _("after mail to the address came back"),
        "from_many_networks": _("from more than 3 networks in a day"),
        "after_end": _("after it was withdrawn or they left"),
    }
    STANDS_OUT = Q(after_bounce=True) | Q(from_many_networks=True) | Q(after_end=True)

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="accesses")
    engagement = models.ForeignKey(
        Engagement, null=True, blank=True, on_delete=models.CASCADE, related_name="accesses"
    )
    attachment = models.ForeignKey(
        Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    network = models.CharField(max_length=64, blank=True, editable=False)
    after_bounce = models.BooleanField(default=False)
    from_many_networks = models.BooleanField(default=False)
    after_end = models.BooleanField(default=False)

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("accesses")
        indexes = [
            models.Index(fields=["link", "at"], name="access_of_a_link"),
            models.Index(
                fields=["-id"],
                condition=Q(after_bounce=True) | Q(from_many_networks=True) | Q(after_end=True),
                name="access_stands_out",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.link_id}, {self.at:%Y-%m-%d %H:%M}"

    @property
    def flags(self) -> list[str]:
        """What stands out about it, in words."""
        return [str(words) for name, words in self.FLAGS.items() if getattr(self, name)]
