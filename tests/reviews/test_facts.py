"""What the database itself refuses, whoever asks."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from proposals.models import Proposal, Revision, Stage
from reviews.models import StageChange
from tests.factories import make_at, make_cast, make_draft, make_submitted

pytestmark = pytest.mark.django_db


def refused(*, kind: type[Exception] = IntegrityError):
    return pytest.raises(kind)


def change_of(proposal: Proposal, **changed) -> StageChange:
    fields = {
        "proposal": proposal,
        "move": "hold",
        "from_stage": proposal.stage,
        "to_stage": "on_hold",
        "actor": make_cast().oxford,
        "at": timezone.now(),
    }
    return StageChange(**fields | changed)


@pytest.mark.parametrize("sql", ["UPDATE {} SET {} = 'other'", "DELETE FROM {}"])
@pytest.mark.parametrize(("model", "column"), [(StageChange, "note"), (Revision, "edition")])
def test_history_and_revisions_are_written_once(sql, model, column):
    make_submitted()
    with (
        refused(kind=InternalError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(model._meta.db_table, column))


def test_a_change_that_leaves_the_stage_behind_is_refused_at_commit():
    proposal = make_submitted()
    with refused(), transaction.atomic():
        change_of(proposal, reason_code="timing").save()
        connection.check_constraints()


def test_a_stage_without_history_is_refused_at_commit():
    proposal = make_submitted()
    with refused(), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(stage=Stage.TRIAGE)
        connection.check_constraints()


def test_a_new_proposal_past_draft_without_history_is_refused():
    draft = make_draft()
    with refused(), transaction.atomic():
        Proposal.objects.filter(pk=draft.pk).update(
            stage=Stage.SUBMITTED, submitted_at=timezone.now()
        )
        connection.check_constraints()


@pytest.mark.parametrize("move", ["return", "decline", "hold", "suspend", "cancel"])
def test_a_change_that_needs_a_reason_has_one(move):
    with refused(), transaction.atomic():
        change_of(make_submitted(), move=move).save()


@pytest.mark.parametrize("move", ["submit", "resubmit"])
def test_a_submission_has_its_revision(move):
    with refused(), transaction.atomic():
        change_of(make_submitted(), move=move).save()


@pytest.mark.parametrize(
    ("stage", "values"),
    [
        (Stage.SUBMITTED, {"submitted_at": None}),
        (Stage.ON_HOLD, {"wake_on": None}),
        (Stage.APPROVED, {"approved_on": None}),
        (Stage.RETIRED, {"expires_on": None}),
        (Stage.APC_REVIEW, {"reached_committee_at": None}),
        (Stage.CAD_CONSENT, {"reached_deans_at": None}),
    ],
)
def test_a_stage_has_the_facts_it_stands_on(stage, values):
    proposal = make_at(stage, at=timezone.now() - timedelta(days=1))
    with refused(), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(**values)


def test_a_proposal_is_no_duplicate_of_itself():
    proposal = make_submitted()
    with refused(), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(duplicate_of=proposal.pk)


def test_a_submitted_proposal_is_not_deleted():
    proposal = make_submitted()
    with refused(), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).delete()
        connection.check_constraints()
