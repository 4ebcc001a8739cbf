"""The interest form: its answers, what each save replaced, named partners, what was sent."""

import uuid

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from proposals.models.proposal import Proposal


def wants_a_partner(of: str = "") -> Q:
    """Its proposers ask for help finding an organization outside; ``of`` leads to the form."""
    said = {"partner_status": "looking"}, {"help_wanted": ["find_partner"]}
    looking, helped = (Q(**{f"{of}answers__contains": answer}) for answer in said)
    return looking | helped


class InterestForm(models.Model):
    """The answers of a proposal's Initial Interest Form, by key of ``proposals.interest``.

    ``answers`` maps a question's key to its answer: text, choice, list of choices, number or list
    of rows (each a mapping with its ``id``); ``answers["together"]`` lists the keys answered with
    "let's work this out together". ``version`` rises with every save. Named partners are rows of
    their own.
    """

    proposal = models.OneToOneField(
        Proposal, on_delete=models.CASCADE, related_name="interest", primary_key=True
    )
    answers = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    last_page = models.CharField(max_length=10, default="about")

    class Meta:
        indexes = [
            GinIndex(
                OpClass(KeyTransform("co_proposers", "answers"), name="jsonb_path_ops"),
                name="interest_co_proposers",
            ),
            models.Index(
                fields=["proposal"], condition=wants_a_partner(), name="interest_wants_a_partner"
            ),
        ]

    def __str__(self) -> str:
        return f"Interest form of proposal {self.proposal_id}, version {self.version}"


class InterestEdit(models.Model):
    """What one save replaced, so that a save on an older version can tell what the person changed.

    ``before`` maps the path of each changed answer (``need_statement``, ``outcomes.<uuid>.text``,
    ``partners.<uuid>.org_name``) to its value before, ``None`` where it was not there.
    """

    form = models.ForeignKey(InterestForm, on_delete=models.CASCADE, related_name="edits")
    version = models.PositiveIntegerField(help_text=_("The version this save made."))
    before = models.JSONField(default=dict)
    confidential_before = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    page_key = models.UUIDField(
        null=True, help_text=_("The open page that saved; its own saves never contradict it.")
    )
    sequence = models.PositiveIntegerField(
        default=0, help_text=_("Which save of that page it was, so that a late one is known.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "version"], name="edit_once_a_version"),
        ]

    def __str__(self) -> str:
        return f"Version {self.version} of form {self.form_id}"


class NamedPartnerQuerySet(models.QuerySet["NamedPartner"]):
    def with_confidential(self) -> "NamedPartnerQuerySet":
        """Also what must not be passed on: for the proposers and eLearning only."""
        return self.defer(None)

    def named(self) -> "NamedPartnerQuerySet":
        """Rows that stand in the form now."""
        return self.filter(dropped_at__isnull=True)


class NamedPartnerManager(models.Manager["NamedPartner"]):
    """Leaves the confidential column in the database unless asked for it by name."""

    def get_queryset(self) -> models.QuerySet["NamedPartner"]:
        return super().get_queryset().defer("confidential_text")


class NamedPartner(models.Model):
    """One outside organization as the proposer described it: an answer of the interest form.

    An Engagement in ``partners`` points here and reads firmness and the rest through it. A row
    taken out after the first submission is dropped, not deleted: an engagement may stand on it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="named_partners")
    position = models.PositiveSmallIntegerField(default=0)
    org_name = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=30, blank=True)
    website = models.URLField(max_length=300, blank=True)
    place = models.CharField(max_length=120, blank=True)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_title = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    who_approached = models.CharField(max_length=30, blank=True)
    first_contact = models.DateField(null=True, blank=True)
    stage = models.CharField(max_length=30, blank=True)
    will_do = models.JSONField(default=list, blank=True)
    learners = models.PositiveIntegerField(null=True, blank=True)
    confidential = models.CharField(max_length=3, blank=True)
    confidential_text = models.TextField(max_length=400, blank=True)
    share_status = models.CharField(max_length=3, blank=True)
    wrote = models.TextField(max_length=5000, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = NamedPartnerManager.from_queryset(NamedPartnerQuerySet)()

    class Meta:
        ordering = ("position", "id")
        base_manager_name = "objects"
        # As ``iexact`` asks for an address.
        indexes = [models.Index(Upper("contact_email"), name="named_partner_of_address")]

    def __str__(self) -> str:
        return self.org_name


class RevisionManager(models.Manager["Revision"]):
    """Leaves the confidential column in the database unless asked for it by name."""

    def get_queryset(self) -> models.QuerySet["Revision"]:
        return super().get_queryset().defer("confidential_answers")


class Revision(models.Model):
    """A form as it was sent: written once, never changed."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="revisions")
    form = models.CharField(max_length=20, default="interest")
    number = models.PositiveSmallIntegerField()
    edition = models.CharField(max_length=20, help_text=_("Which wording of the form it was."))
    answers = models.JSONField()
    confidential_answers = models.JSONField(default=dict)
    form_version = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = RevisionManager()

    class Meta:
        ordering = ("number",)
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "form", "number"], name="revision_number_once"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="revision_is_frozen", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.number} of proposal {self.proposal_id}"
