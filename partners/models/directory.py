"""The directory: outside organizations under all their names, and the people there."""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from microcreds.plain_text import Plain
from proposals.interest import QUESTIONS


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def standing(self) -> "OrganizationQuerySet":
        """Those that count: what was merged into another is on record, and chosen no more."""
        return self.filter(merged_into__isnull=True)


class Organization(models.Model):
    """An outside organization in the directory; a draft never reaches it.

    One that was merged into another stays, with nothing that points at it, so that the name it had
    goes on meaning the other.
    """

    name = models.CharField(max_length=160)
    place = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=30, blank=True)
    website = models.URLField(max_length=300, blank=True)
    is_fictional = models.BooleanField(
        default=False, help_text=_("Invented for the demo; said wherever it is shown to staff.")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="merged_here",
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                Lower("place"),
                name="organization_once_at_a_place",
                violation_error_message=_("This organization is in the directory already."),
            ),
            models.CheckConstraint(
                name="organization_merged_into_another",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
                violation_error_message=_("Choose another organization."),
            ),
        ]
        indexes = [
            # Names that are much alike, and addresses that hold a host (``partners.directory``);
            # names that hold a word, which the desk's search asks for.
            GinIndex(OpClass(Upper("website"), name="gin_trgm_ops"), name="organization_website"),
            GinIndex(OpClass(Plain("name"), name="gin_trgm_ops"), name="organization_name_parts"),
        ]

    def __str__(self) -> str:
        return self.name


class Alias(models.Model):
    """Another name of an organization, as somebody wrote it and staff confirmed it."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=160)
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = _("aliases")
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                name="alias_once_of_an_organization",
                violation_error_message=_("This name is among its names already."),
            ),
        ]
        indexes = [
            models.Index(Lower("name"), name="alias_name_whatever_case"),
            GinIndex(OpClass(Plain("name"), name="gin_trgm_ops"), name="alias_name_alike"),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person outside the university: one person, one address; may serve several organizations."""

    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    email = models.EmailField()
    phone = models.CharField(max_length=30, blank=True)
    organizations = models.ManyToManyField(Organization, blank=True, related_name="contacts")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="contact_email_once_whatever_case",
                violation_error_message=_("There is a contact with this address already."),
            ),
        ]
        indexes = [
            GinIndex(OpClass(Upper("email"), name="gin_trgm_ops"), name="contact_email_parts"),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


class OrganizationMerge(models.Model):
    """Staff said that two organizations of the directory are one: who, when, and what moved.

    ``moved`` has the keys of what pointed at ``merged`` by model, the contacts that came along and
    the facts that were empty before. Stays for ever; undone, it says so.
    """

    kept = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["merged"],
                condition=Q(undone_at__isnull=True),
                name="organization_merged_once",
                violation_error_message=_("This organization is merged already."),
            ),
            models.CheckConstraint(
                name="organization_merge_is_of_two", condition=~Q(kept=F("merged"))
            ),
            models.CheckConstraint(
                name="organization_merge_undone_by_somebody",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__gte=F("at"), undone_by__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="organization_merge_is_written_once",
                fields=["kept", "merged", "moved", "at", "by"],
            ),
            pgtrigger.Protect(name="organization_merge_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.merged} → {self.kept}"


def kind_words(kind: str) -> str:
    """What the form calls this kind of organization; empty where nobody said it."""
    columns = {column.key: column for column in QUESTIONS["partners"].columns}
    return str(columns["kind"].label_of(kind))
