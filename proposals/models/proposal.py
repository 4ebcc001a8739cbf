"""A proposal, who takes part in it, and the reference data of its process."""

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Campus, Department, Division, Role, Unit, User
from microcreds.any_of import keys_of
from microcreds.plain_text import Plain
from proposals.kept import Annotations, kept_for


class Stage(models.TextChoices):
    """Where a proposal stands. The values are data and never renamed; names for readers are in
    ``reviews.workflow``."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    TRIAGE = "triage", _("Triage")
    CONSULTATION = "consultation", _("Consultation")
    FULL_PROPOSAL = "full_proposal", _("Full proposal")
    READINESS = "readiness", _("Readiness check")
    APC_REVIEW = "apc_review", _("Committee review")
    CAD_CONSENT = "cad_consent", _("Deans' consent")
    APPROVED = "approved", _("Approved")
    DEVELOPMENT = "development", _("Development")
    ACTIVE = "active", _("Active")
    RENEWAL_REVIEW = "renewal_review", _("Renewal review")
    RETURNED = "returned", _("Returned for revision")
    ON_HOLD = "on_hold", _("On hold")
    DECLINED = "declined", _("Not moving forward")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REDIRECTED = "redirected", _("Redirected")
    MERGED = "merged", _("Merged")
    SUSPENDED = "suspended", _("Suspended")
    CANCELLED = "cancelled", _("Cancelled before launch")
    RETIRED = "retired", _("Ended")


class Turn(models.TextChoices):
    """Who owes the next step."""

    SUBMITTER = "submitter", _("The proposer")
    UNIVERSITY = "university", _("eLearning")
    COMMITTEE = "committee", _("The committee")
    DEANS = "deans", _("The deans' office")
    PARTNER = "partner", _("The partner")
    NOBODY = "nobody", _("Nobody")


class CredentialType(models.TextChoices):
    MICROCREDENTIAL = "microcredential", _("Microcredential")
    PROFESSIONAL_EDUCATION = "professional_education", _("Professional Education")
    TECHCRED = "techcred", _("TechCred")
    OTHER = "other", _("Other")


class Term(models.Model):
    """A semester or other term of the university; staff keep the list."""

    name = models.CharField(max_length=60, unique=True)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ("starts_on",)
        constraints = [
            models.CheckConstraint(
                name="term_ends_after_it_starts",
                condition=Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("A term ends after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReferenceCounter(models.Model):
    """The last number given to a proposal in a year; raised under its row lock."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


def _belongs_to(user: User, capacities: Collection[str]) -> Q:
    """Their own, and where they take part as one of these."""
    taking_part = Participant.objects.filter(user=user, capacity__in=capacities)
    return Q(submitter=user) | Q(pk__any_of=keys_of(taking_part, "proposal_id"))


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, user: User) -> "ProposalQuerySet":
        """The proposals this person may open as a reader (design.md §3.1); nothing else exists.

        eLearning, lead, auditor and superuser: everything ever submitted; of drafts eLearning reads
        those whose owner asks it to look, of the others there is a line and no page. Committee and
        deans: what reached them. Chair: what names them or their department, once submitted and
        once the proposer says the chair knows.
        Everyone: what they own or take part in.
        """
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self.all()
        seen = _belongs_to(user, Participant.FROM_DRAFT_ON)
        named = Participant.objects.filter(user=user).exclude(
            capacity__in=[*Participant.FROM_DRAFT_ON, Participant.Capacity.RECUSED]
        )
        recused = Participant.objects.filter(user=user, capacity=Participant.Capacity.RECUSED)
        seen |= Q(submitted_at__isnull=False, pk__any_of=keys_of(named, "proposal_id"))
        if user.is_elearning or user.has_role(Role.Kind.AUDITOR):
            seen |= Q(submitted_at__isnull=False)
        if user.is_elearning:
            looked_at = Proposal.objects.filter(looks__isnull=False, looks__closed_at__isnull=True)
            seen |= Q(stage=Stage.DRAFT, pk__in=looked_at.values("pk"))
        if user.has_role(Role.Kind.COMMITTEE, Role.Kind.COMMITTEE_CHAIR):
            seen |= Q(reached_committee_at__isnull=False) & ~Q(pk__in=recused.values("proposal_id"))
        if user.has_role(Role.Kind.DEANS):
            seen |= Q(reached_deans_at__isnull=False)
        departments = [r.department_id for r in user.current_roles if r.kind == Role.Kind.CHAIR]
        if departments:
            seen |= Q(
                submitted_at__isnull=False,
                chair_informed__in=Proposal.CHAIR_KNOWS,
                department__in=departments,
            )
        return self.filter(seen)

    def editable_by(self, user: User) -> "ProposalQuerySet":
        """Where this person may write answers: their own and those they co-edit."""
        return self.filter(_belongs_to(user, [Participant.Capacity.EDITOR]))

    def mine(self, user: User) -> "ProposalQuerySet":
        """What this person owns or was invited to: the list at /proposals/."""
        return self.filter(_belongs_to(user, Participant.FROM_DRAFT_ON))

    def for_list(self) -> "ProposalQuerySet":
        """Everything one list row shows of proposals' own, in one query whatever the length."""
        return self.select_related("submitter", "assignee", "unit", "department").order_by(
            "-last_activity_at", "-pk"
        )

    def with_answers(self) -> "ProposalQuerySet":
        """What ``services.answers_of`` reads of the proposal itself, in one query."""
        related = ("interest", "submitter", "campus", "division", "department")
        return _with_form_files(self.select_related(*related))


class Proposal(models.Model):
    """A microcredential idea from its first draft to its sunset.

    ``stage``, ``stage_since``, ``whose_turn``, ``due_on``, ``wake_on``, ``open_keys`` and the dates
    of the process are written by ``reviews.services`` and nowhere else. Answers that route or
    filter are columns here, all others are in ``InterestForm.answers``.
    """

    # Answers by which the chair may read it.
    CHAIR_KNOWS = ("yes", "i_am_the_chair")

    reference = models.CharField(max_length=20, unique=True, editable=False)
    # ``db_index=False``: an index below begins with it. Every move writes every index.
    submitter = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="proposals", db_index=False
    )
    working_title = models.CharField(max_length=120)
    campus = models.ForeignKey(Campus, null=True, blank=True, on_delete=models.PROTECT)
    division = models.ForeignKey(Division, null=True, blank=True, on_delete=models.PROTECT)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    chair_informed = models.CharField(max_length=20, blank=True)

    stage = models.CharField(max_length=20, choices=Stage, default=Stage.DRAFT, editable=False)
    stage_since = models.DateTimeField(editable=False)
    whose_turn = models.CharField(
        max_length=12, choices=Turn, default=Turn.SUBMITTER, editable=False
    )
    due_on = models.DateField(null=True, blank=True, editable=False)
    wake_on = models.DateField(null=True, blank=True, editable=False)
    meeting_on = models.DateField(null=True, blank=True, editable=False)
    open_keys = ArrayField(
        models.CharField(max_length=40),
        null=True,
        blank=True,
        editable=False,
        help_text=_("The only answers open while it is returned; empty: all are."),
    )
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    reached_committee_at = models.DateTimeField(null=True, blank=True, editable=False)
    reached_deans_at = models.DateTimeField(null=True, blank=True, editable=False)
    approved_on = models.DateField(null=True, blank=True, editable=False)
    expires_on = models.DateField(null=True, blank=True, editable=False)
    renews = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="renewals",
        help_text=_("The proposal this draft was copied from, to renew or reopen it."),
    )

    # What eLearning adds at triage; staff only, except the texts written for others.
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    assignee = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assigned",
        db_index=False,
    )
    credential_type = models.CharField(max_length=30, choices=CredentialType, blank=True)
    is_duplicate_checked = models.BooleanField(_("duplicate check done"), default=False)
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates"
    )
    priority = models.PositiveSmallIntegerField(
        choices=[(1, _("High")), (2, _("Normal")), (3, _("Low"))], default=2
    )
    fit_tags = models.CharField(max_length=200, blank=True)
    partner_summary = models.TextField(max_length=600, blank=True)
    next_step_submitter = models.CharField(max_length=300, blank=True)
    next_step_partner = models.CharField(max_length=300, blank=True)
    asked_of_partner = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty: nothing is asked of them."),
    )

    form_key = models.UUIDField(
        null=True,
        editable=False,
        help_text=_("What the page of the new proposal carried, so that a repeat makes no second."),
    )
    created_at = models.DateTimeField(editable=False)
    last_activity_at = models.DateTimeField(editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["submitter", "-last_activity_at"], name="proposal_of_submitter"),
            models.Index(fields=["stage", "-id"], name="proposal_stage"),
            models.Index(fields=["unit", "stage", "-id"], name="proposal_unit_stage"),
            models.Index(fields=["assignee", "stage"], name="proposal_assignee_stage"),
            models.Index(fields=["whose_turn", "-id"], name="proposal_turn"),
            models.Index(fields=["-last_activity_at", "-id"], name="proposal_activity"),
            models.Index(fields=["stage_since", "id"], name="proposal_stage_since"),
            models.Index(fields=["wake_on"], name="proposal_wake"),
            models.Index(fields=["reached_committee_at"], name="proposal_reached_committee"),
            models.Index(fields=["reached_deans_at"], name="proposal_reached_deans"),
            models.Index(fields=["whose_turn", "due_on", "stage"], name="proposal_turn_due"),
            # The other orders that the desk's list offers, and what its queues ask.
            models.Index(fields=["unit", "-id"], name="proposal_unit"),
            models.Index(fields=["assignee", "-id"], name="proposal_assignee"),
            models.Index(fields=["due_on", "-id"], name="proposal_due"),
            models.Index(fields=["submitted_at", "id"], name="proposal_submitted"),
            models.Index(fields=["whose_turn", "stage_since"], name="proposal_turn_since"),
            models.Index(
                fields=["stage", "meeting_on"],
                condition=Q(meeting_on__isnull=False),
                name="proposal_meeting",
            ),
            # What the desk's search asks: does it contain this?
            GinIndex(
                OpClass(Plain("working_title"), name="gin_trgm_ops"), name="proposal_title_parts"
            ),
            GinIndex(
                OpClass(Upper("reference"), name="gin_trgm_ops"), name="proposal_reference_parts"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["submitter", "form_key"], name="proposal_once_for_a_form_key"
            ),
            models.CheckConstraint(
                name="proposal_past_draft_was_submitted",
                condition=Q(stage="draft") | Q(submitted_at__isnull=False),
                violation_error_message=_("Submit the interest form first."),
            ),
            models.CheckConstraint(
                name="proposal_on_hold_has_a_wake_date",
                condition=~Q(stage="on_hold") | Q(wake_on__isnull=False),
                violation_error_message=_("Say when we look at it again."),
            ),
            models.CheckConstraint(
                name="proposal_approved_has_its_dates",
                condition=~Q(
                    stage__in=[
                        "approved",
                        "development",
                        "active",
                        "renewal_review",
                        "suspended",
                        "retired",
                    ]
                )
                | Q(approved_on__isnull=False, expires_on__isnull=False),
                violation_error_message=_("An approved proposal has its dates."),
            ),
            models.CheckConstraint(
                name="proposal_with_committee_reached_it",
                condition=~Q(stage__in=["apc_review", "cad_consent"])
                | Q(reached_committee_at__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_with_deans_reached_them",
                condition=~Q(stage="cad_consent") | Q(reached_deans_at__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_is_no_duplicate_of_itself",
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("id")),
                violation_error_message=_("A proposal cannot be a duplicate of itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.working_title}"

    @property
    def is_draft(self) -> bool:
        return self.stage == Stage.DRAFT

    @property
    def is_open_to_staff(self) -> bool:
        """eLearning reads it, so its proposers and eLearning can talk about it."""
        return not self.is_draft

    @property
    def is_editable(self) -> bool:
        """Answers are open to its proposers: before submission and while returned to them."""
        return self.stage in (Stage.DRAFT, Stage.RETURNED)


@kept_for(Proposal)
def _with_form_files() -> Annotations:
    # A relation that points here is asked for its model; importing it would be a circle.
    files: Any = Proposal._meta.get_field("attachments").related_model
    of_this = files.objects.filter(proposal=OuterRef("pk")).answering().rows()
    return {"form_files": ArraySubquery(of_this)}


class Participant(models.Model):
    """Somebody other than the submitter who may see a proposal, and as what."""

    class Capacity(models.TextChoices):
        EDITOR = "editor", _("Co-proposer, may edit")
        VIEWER = "viewer", _("Co-proposer, may read")
        CHAIR = "chair", _("Department chair")
        DESIGNER = "designer", _("Instructional designer")
        ANALYST = "analyst", _("Market analyst")
        REVIEWER = "reviewer", _("Reviewer")
        RECUSED = "recused", _("Recused")

    FROM_DRAFT_ON = (Capacity.EDITOR, Capacity.VIEWER)

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="participations")
    capacity = models.CharField(max_length=12, choices=Capacity)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "user", "capacity"], name="participant_once_in_a_capacity"
            ),
        ]
        indexes = [models.Index(fields=["user", "capacity"], name="participant_user")]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_capacity_display()}"
