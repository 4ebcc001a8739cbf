"""Every stage change, the desk's view of a proposal, holidays."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from partners.models import Engagement
from proposals.kept import Annotations, kept_for
from proposals.models import Proposal, ProposalQuerySet, Revision, Stage
from reviews.models.todos import ToDo

# The newest stage change says where a proposal stands; a draft that was never submitted has none.
# Deferred, because one move writes both rows: whichever is written is held to the other at commit.
_STAGE_IS_THE_NEWEST_CHANGES = """
    SELECT stage INTO current_stage FROM proposals_proposal WHERE id = NEW.{proposal};
    IF current_stage IS NULL THEN RETURN NULL; END IF;
    SELECT to_stage INTO newest FROM reviews_stagechange
        WHERE proposal_id = NEW.{proposal} ORDER BY id DESC LIMIT 1;
    IF COALESCE(newest, 'draft') <> current_stage THEN
        RAISE EXCEPTION 'proposal % stands at % but its history says %',
            NEW.{proposal}, current_stage, COALESCE(newest, 'draft')
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


def _follows_history(name: str, operation: pgtrigger.Operation, proposal: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        declare=[("newest", "varchar"), ("current_stage", "varchar")],
        func=_STAGE_IS_THE_NEWEST_CHANGES.format(proposal=proposal),
    )


# The moves that decide on a proposal, and the one that opens it again (reviews.decisions).
DECIDING = (
    "cancel",
    "consent",
    "decline",
    "merge",
    "recommend_with_conditions",
    "redirect",
    "reopen",
    "withdraw",
)


class StageChangeQuerySet(models.QuerySet["StageChange"]):
    def in_force(self) -> "StageChangeQuerySet":
        """Without those that were taken back, and those that took them back."""
        return self.filter(undoes__isnull=True, undone_by__isnull=True)


class StageChange(models.Model):
    """One move of one proposal: who, from where to where, when, why. Written once.

    ``before`` keeps the proposal's columns as they were, under ``left`` those that the move wrote
    and how it left them, and under ``carried`` what a merge took along. Their order is that of
    ``id``. One with ``undoes`` takes another back: both stay, and neither counts any more.
    """

    proposal = models.ForeignKey(
        Proposal,
        on_delete=models.PROTECT,
        related_name="stage_changes",
        db_index=False,  # stage_change_of_proposal begins with it
    )
    move = models.CharField(max_length=30)
    from_stage = models.CharField(max_length=20, choices=Stage)
    to_stage = models.CharField(max_length=20, choices=Stage)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stage_changes",
        help_text=_("Empty: the system itself."),
    )
    at = models.DateTimeField()
    reason_code = models.CharField(max_length=40, blank=True)
    message = models.TextField(blank=True, help_text=_("What the proposers were told."))
    partner_message = models.TextField(blank=True)
    note = models.TextField(blank=True, help_text=_("For eLearning only."))
    target = models.CharField(max_length=200, blank=True)
    revision = models.ForeignKey(
        Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    before = models.JSONField(default=dict)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    is_forced = models.BooleanField(default=False)
    overridden = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text=_("What was not so when a lead forced the move."),
    )
    silent_because = models.CharField(
        max_length=400, blank=True, help_text=_("Why nobody was mailed.")
    )

    objects = StageChangeQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        get_latest_by = "id"
        indexes = [
            models.Index(fields=["proposal", "-id"], name="stage_change_of_proposal"),
            models.Index(fields=["at"], name="stage_change_at"),
            models.Index(
                fields=["at", "move"], condition=Q(move__in=DECIDING), name="stage_change_decides"
            ),
            models.Index(
                fields=["at"], condition=Q(move="take_back"), name="stage_change_taken_back"
            ),
            models.Index(
                fields=["proposal", "-id"],
                condition=Q(move__in=DECIDING),
                name="stage_change_decided_of",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="stage_change_says_why",
                condition=~Q(
                    move__in=["return", "decline", "hold", "suspend", "cancel"],
                )
                | ~Q(reason_code=""),
                violation_error_message=_("Choose a reason."),
            ),
            models.CheckConstraint(
                name="stage_change_undo_names_what_it_takes_back",
                condition=Q(move="undo", undoes__isnull=False)
                | ~Q(move="undo") & Q(undoes__isnull=True),
            ),
            models.CheckConstraint(
                name="stage_change_forced_says_why_and_over_what",
                condition=Q(is_forced=False, overridden__len=0)
                | Q(is_forced=True, overridden__len__gt=0) & ~Q(note=""),
                violation_error_message=_("Say why you force it."),
            ),
            models.CheckConstraint(
                name="submission_has_its_revision",
                condition=~Q(move__in=["submit", "resubmit"]) | Q(revision__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="stage_change_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            _follows_history("stage_change_leads_to_stage", pgtrigger.Insert, "proposal_id"),
        ]

    def __str__(self) -> str:
        return f"{self.move}: {self.from_stage} → {self.to_stage}"


class SelfCheck(models.Model):
    """How a proposer sees their own proposal by the rubric; read by that person alone.

    ``levels`` maps a criterion's key to 0–4; what was not looked at is not in it.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="self_checks")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="self_checks"
    )
    edition = models.CharField(max_length=20, help_text=_("Which edition of the rubric it was."))
    levels = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "by"], name="self_check_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"Self-check of proposal {self.proposal_id}"


class TriageQuerySet(ProposalQuerySet):
    def for_list(self) -> "TriageQuerySet":
        """One row of the desk, partners and next step included, in one statement."""
        return with_partners(with_next_step(self)).select_related("submitter", "assignee", "unit")


@kept_for(Proposal)
def with_partners() -> Annotations:
    """Each with ``partners``: the organizations it was shared with, by ``name``, in the order they
    joined; ``left``: when, where they have. As rows of their own they would cost a list more than
    all else of it."""
    engaged = Engagement.objects.filter(proposal=OuterRef("pk")).order_by("pk")
    row = JSONObject(name="organization__name", left="ended_at")
    return {"partners": ArraySubquery(engaged.values(row=row))}


@kept_for(Proposal)
def with_next_step() -> Annotations:
    """Each with the next step that stands (``next_todo``), in the same statement."""
    steps = ToDo.objects.open().filter(proposal=OuterRef("pk"), is_next=True)
    row = JSONObject(words="words", on="by_day", who="owner__name")
    return {"next_todo": Subquery(steps.values(row=row)[:1])}


class TriageItem(Proposal):
    """A proposal on the desk of eLearning: own list, own permission, own pages."""

    objects: ClassVar[models.Manager["TriageItem"]] = TriageQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("proposal")
        verbose_name_plural = _("triage desk")
        triggers = [
            _follows_history(
                "stage_follows_history", pgtrigger.Insert | pgtrigger.UpdateOf("stage"), "id"
            ),
        ]


class DraftLine(Proposal):
    """A draft as eLearning may know of it: reference, title, owner, age; no answer."""

    class Meta:
        proxy = True
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")


class Holiday(models.Model):
    """A day on which the university owes nobody a step."""

    on = models.DateField(unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ("on",)

    def __str__(self) -> str:
        return f"{self.name}, {self.on:%Y-%m-%d}"
