"""What a contact signs of a proposal: as they write it, and as it stands for ever."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.asks import PartnerAsk
from partners.models.directory import Organization
from proposals.models import Attachment, Proposal, Revision

LONGEST_REMARK, LONGEST_WORDS, MOST_LEARNERS = 300, 2000, 100_000


class Verdict(models.TextChoices):
    """What somebody says of one outcome."""

    RELEVANT = "relevant", _("Relevant")
    PARTLY = "partly", _("Partly")
    NOT = "not", _("Not relevant")
    UNSURE = "unsure", _("I cannot judge")


class Recognition(models.TextChoices):
    """Where somebody would recognize the credential."""

    HIRING = "hiring", _("When we hire")
    PROMOTION = "promotion", _("When we promote")
    PAY = "pay", _("In what we pay")
    ENTRY = "entry", _("As a way into a job or a course of ours")
    NOT_YET = "not_yet", _("Not yet")


class AssessedBy(models.TextChoices):
    """Who is to say whether people can do it."""

    THEM = "them", _("We do")
    TOGETHER = "together", _("We do, together with the university")
    UNIVERSITY = "university", _("The university does")
    UNSURE = "unsure", _("Not sure yet")


class EndorsementDraft(models.Model):
    """What a contact has written and not signed; gone once it is signed or will not be.

    ``answers`` are those of ``partners.endorsement_form`` by field; ``revision`` the form as they
    had it before them; ``version`` rises with every save.
    """

    asked = models.OneToOneField(
        PartnerAsk, primary_key=True, on_delete=models.CASCADE, related_name="draft"
    )
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    letter = models.ForeignKey(
        Attachment, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Draft {self.version} of {self.asked_id}"


class EndorsementQuerySet(models.QuerySet["Endorsement"]):
    def with_remarks(self) -> "EndorsementQuerySet":
        """Also what is meant for eLearning alone."""
        return self.defer(None)

    def counting(self) -> "EndorsementQuerySet":
        """Of partners that stand in the form, without those to whose record the contact objects."""
        return self.filter(
            asked__engagement__named_partner__dropped_at__isnull=True,
            asked__on_behalf__objected_at__isnull=True,
        )

    def of(self, proposal: Proposal) -> "EndorsementQuerySet":
        return self.filter(asked__engagement__proposal=proposal)

    def of_organization(self, organization: Organization) -> "EndorsementQuerySet":
        """All of one organization, the newest first, each with its proposal and who signed."""
        found = self.filter(asked__engagement__organization=organization)
        loaded = found.select_related(
            "asked__engagement__proposal", "asked__contact", "asked__on_behalf__by", "revision"
        )
        return loaded.order_by("-signed_at", "-pk")


class EndorsementManager(models.Manager["Endorsement"]):
    """Leaves the private remarks in the database unless asked for them by name."""

    def get_queryset(self) -> models.QuerySet["Endorsement"]:
        return super().get_queryset().defer("remarks")


class Endorsement(models.Model):
    """What one contact signed, or said elsewhere and staff recorded (``OnBehalf``). Written once.

    ``outcomes`` are rows with ``id``, ``text`` as it was, ``verdict`` and ``words``; ``sha256`` is
    that of everything in it (``partners.endorsements.sha256_of``). ``remarks`` are for staff alone.
    """

    asked = models.OneToOneField(PartnerAsk, on_delete=models.PROTECT, related_name="endorsement")
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="+", help_text=_("Of which it speaks.")
    )
    outcomes = models.JSONField()
    recognition = models.JSONField()
    learners = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("In a year; empty: not sure.")
    )
    assessed_by = models.CharField(max_length=12, choices=AssessedBy)
    words = models.TextField(max_length=LONGEST_WORDS, blank=True)
    remarks = models.TextField(max_length=LONGEST_WORDS, blank=True)
    letter = models.ForeignKey(
        Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signer_name = models.CharField(max_length=120)
    signer_title = models.CharField(max_length=120, blank=True)
    signer_email = models.EmailField(help_text=_("Their address on file when it was signed."))
    signed_on = models.DateField()
    signed_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    objects = EndorsementManager.from_queryset(EndorsementQuerySet)()

    class Meta:
        ordering = ("signed_at", "id")
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                name="endorsement_has_its_sha256",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="endorsement_is_signed_by_name", condition=~Q(signer_name="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="endorsement_is_written_once",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signer_name}, {self.signed_on:%Y-%m-%d}"
