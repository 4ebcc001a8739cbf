"""Every move of a proposal, its submission, its assignment and what triage writes down."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.kept_statements import KeptStatements
from microcreds.outbox.services import enqueue
from partners.services import open_engagements
from proposals.interest import ATTESTATIONS, missing
from proposals.models import Proposal, Stage
from proposals.services import admit_named_people, answers_of, freeze
from reviews.carrying_out import carry_out, take_back
from reviews.clocks import campus_day
from reviews.draft_looks import end_looks
from reviews.edits import edit_of
from reviews.grace import BEING_RECORDED, is_untold, told_copy
from reviews.inquiries.faculty import carry_on
from reviews.ladder.calling_back import call_back_from_owners
from reviews.models import StageChange, TriageEdit
from reviews.notifications.work import assigned, came_to_unit
from reviews.permits import Parties, People, may_work_on, parties_of
from reviews.plans import Given, Plan, build_plan, build_undo, build_undos, refuse_unless_ready
from reviews.return_points import refuse_while_unanswered
from reviews.todo_owners import go_along, hand_on
from reviews.workflow import STAGES, Move
from reviews.workload import LONGEST_HAND_OVER

# A form is sent by ``submit``, which freezes it; ``move`` alone would leave no revision.
SENDS_THE_FORM = (Move.SUBMIT, Move.RESUBMIT)
TRIAGE_FIELDS = (
    "unit",
    "credential_type",
    "is_duplicate_checked",
    "duplicate_of",
    "priority",
    "fit_tags",
    "partner_summary",
    "next_step_submitter",
    "next_step_partner",
    "asked_of_partner",
)


def changes_of(proposal: Proposal) -> QuerySet[StageChange]:
    """The history of a proposal, newest first, with who made each move."""
    return StageChange.objects.filter(proposal=proposal).select_related("actor")


def _history(has_notes: bool, *, proposal: Proposal) -> QuerySet[StageChange]:
    return changes_of(proposal) if has_notes else changes_of(proposal).defer("note")


# What ``changes_of`` gives, read at once; without its notes they are asked for one by one.
HISTORY = KeptStatements(_history)
# The stage changes of several proposals, as their pages for others tell them.
CHANGES = KeptStatements(lambda proposals: StageChange.objects.filter(proposal__any_of=proposals))


@transaction.atomic
def move(
    *,
    plan: Plan,
    seen: Mapping[int, int] | None = None,
    digest: str | None = None,
    at: datetime | None = None,
) -> list[StageChange]:
    """What ``plan`` showed is so: stages, history and the mails that follow, or nothing.

    ``seen`` and ``digest`` are those of the plan its reader saw, where that was an earlier one.
    Raises as ``move_as_seen`` does.
    """
    return move_as_seen(
        proposals=[item.proposal for item in plan.items if item.proposal.pk in plan.proposal_ids],
        move=plan.move,
        actor=plan.actor,
        given=plan.given,
        seen=plan.seen if seen is None else seen,
        digest=plan.digest if digest is None else digest,
        at=at or plan.at,
    )


@transaction.atomic
def move_as_seen(
    *,
    proposals: Iterable[Proposal],
    move: Move,
    actor: User | None,
    given: Given,
    seen: Mapping[int, int] | None = None,
    digest: str | None = None,
    at: datetime | None = None,
) -> list[StageChange]:
    """These proposals are moved as the plan said that ``actor`` saw: stages, history and the mails
    that follow, or nothing.

    The plan is built again under lock. ``seen`` is the newest stage change of each proposal in the
    plan that was seen, ``digest`` that plan's own; where they are given, whatever differs (somebody
    moved a proposal, a guard closed, a recipient changed) is refused in words.

    Raises ``ValidationError`` with messages fit to show, by input where one is missing or wrong;
    nothing is written then.
    """
    if move in SENDS_THE_FORM:
        raise ValidationError(_("Send the form from its own page: “Check your answers”."))
    plan = build_plan(proposals=proposals, move=move, actor=actor, given=given, at=at, lock=True)
    if seen is not None:
        _refuse_if_moved_meanwhile(plan, seen)
    refuse_unless_ready(plan)
    differences = plan.differences_from(digest) if digest is not None else []
    if differences:
        raise ValidationError(differences, code="differs")
    return carry_out(plan)


_ANSWERED = KeptStatements(
    lambda pk: (
        Proposal.objects.with_answers().select_related("campus__unit", "inquiry").filter(pk=pk)
    )
)


@transaction.atomic
def submit(
    *,
    proposal: Proposal,
    actor: User,
    form_version: int,
    attestations: Mapping[str, bool],
    at: datetime | None = None,
) -> StageChange:
    """The form is sent to eLearning, for the first time or again: kept as a revision, the people
    and organizations it names admitted, receipt and notice to the queue written.

    Sent already in this version (a double click, a retry): the standing stage change, and nothing
    is written. Raises ``ValidationError`` when it is not the actor's, was changed since they read
    it, or something is missing.
    """
    at = at or timezone.now()
    Proposal.objects.select_for_update(no_key=True).only("pk").get(pk=proposal.pk)
    # Read after the lock: what is joined to a locked row is as old as the wait for it.
    [locked] = _ANSWERED.rows(pk=proposal.pk)
    if locked.submitter_id != actor.pk:
        raise ValidationError(
            _("Only %(owner)s, who owns this proposal, can submit it.")
            % {"owner": locked.submitter}
        )
    if not locked.is_editable:
        return _sent_already(locked, form_version)
    answers = _fit_to_send(locked, form_version, attestations, at)
    revision = freeze(proposal=locked, by=actor, at=at, attestations=attestations, answers=answers)
    admit_named_people(proposal=locked, at=at)
    end_looks(proposal=locked, by=actor, at=at)
    open_engagements(proposal=locked, at=at)
    plan = build_plan(
        proposals=[locked],
        move=Move.SUBMIT if locked.is_draft else Move.RESUBMIT,
        actor=actor,
        at=at,
    )
    refuse_unless_ready(plan)
    change = carry_out(plan, revision)[0]
    if inquiry := getattr(locked, "inquiry", None):
        carry_on(proposal=locked, inquiry=inquiry, at=at)
    return change


def _fit_to_send(
    locked: Proposal, form_version: int, attestations: Mapping[str, bool], at: datetime
) -> dict[str, Any]:
    """The answers, confidential text included; a ``ValidationError`` where they cannot be sent."""
    if locked.interest.version != form_version:
        raise ValidationError(
            _("%(who)s changed the form after you read it. Check the answers again.")
            % {"who": locked.interest.saved_by},
            code="stale",
        )
    if not all(attestations.get(key) for key in ATTESTATIONS):
        raise ValidationError(_("Check both statements before you submit."), code="attestations")
    answers = answers_of(locked, confidential=True)
    gaps = missing(answers, on=campus_day(at))
    if gaps:
        raise ValidationError([f"{gap.label}: {gap.message}" for gap in gaps], code="missing")
    refuse_while_unanswered(locked)
    return answers


@transaction.atomic
def undo(
    *, proposal: Proposal, by: User, seen: int | None = None, at: datetime | None = None
) -> list[StageChange]:
    """The newest move of ``proposal`` is taken back: its columns are as they were, mails that have
    not left stay here, and history keeps both entries. Nobody is mailed.

    ``seen`` is the stage change that the actor means (default: the newest). Raises
    ``ValidationError`` fit to show when that is another one now, the time is over, something was
    built on top, or it is not theirs to undo; nothing is written then.
    """
    plan = build_undo(proposal=proposal, actor=by, at=at, lock=True)
    if plan.undone is None or plan.refusal:
        raise ValidationError(plan.refusal)
    if seen is not None and plan.undone.pk != seen:
        raise ValidationError(
            _("It has been moved to “%(stage)s” in the meantime, so this is not the move you saw.")
            % {"stage": STAGES[Stage(plan.undone.to_stage)].name},
            code="stale",
        )
    return take_back([plan])


@transaction.atomic
def undo_together(
    *, changes: Iterable[StageChange], by: User, at: datetime | None = None
) -> list[StageChange]:
    """These moves are taken back, as ``undo`` does with one. All or none: raises
    ``ValidationError`` that names each proposal whose move cannot be, and why."""
    meant = {change.proposal_id: change for change in changes}
    plans = build_undos(proposals=meant, actor=by, meant=meant, at=at, lock=True)
    refusals = [
        f"{change.proposal.reference}: {plan.refusal}"
        for change, plan in zip(meant.values(), plans, strict=True)
        if plan.refusal
    ]
    if refusals or not plans:
        raise ValidationError(refusals or [_("Nothing was done that could be undone.")])
    return take_back(plans)


def thaw(*, at: datetime | None = None) -> tuple[list[str], dict[str, list[str]]]:
    """What is on hold until today, or was until an earlier day, goes on from where it was, with the
    days that were left; whoever waits for it is told as by any other resuming.

    Each in a transaction of its own, so that one that cannot go on holds up no other. Returns the
    references of those that went on, and why the others did not.
    """
    at = at or timezone.now()
    asleep = Proposal.objects.filter(stage=Stage.ON_HOLD, wake_on__lte=campus_day(at))
    awake, stuck = [], {}
    for proposal in asleep.order_by("pk"):
        plan = build_plan(proposals=[proposal], move=Move.RESUME, actor=None, at=at)
        try:
            move(plan=plan)
        except ValidationError as refusal:
            stuck[proposal.reference] = refusal.messages
        except OperationalError as fault:  # somebody held it for too long; the next hour comes
            stuck[proposal.reference] = [str(fault).strip()]
        else:
            awake.append(proposal.reference)
    return awake, stuck


@transaction.atomic
def assign(
    *,
    proposals: Iterable[Proposal],
    to: User | None,
    by: User,
    note: str = "",
    at: datetime | None = None,
) -> list[Proposal]:
    """These proposals are the work of ``to`` (``None``: nobody's); a new owner gets one mail each,
    with the ``note`` that hands it over. Who had it before stays on record; what they still had
    to do about it goes along.

    Raises ``ValidationError`` when one is a draft, when ``by`` does not work on it, or ``to`` could
    not; nothing is changed then.
    """
    at = at or timezone.now()
    rows = list(
        Proposal.objects.filter(pk__in=[proposal.pk for proposal in proposals])
        .select_for_update(no_key=True)
        .order_by("pk")
        # A statement of its own: what is joined to a locked row is as old as the wait for it.
        .prefetch_related("unit", "assignee")
    )
    parties = parties_of([row.pk for row in rows])
    note = " ".join(note.split())
    if len(note) > LONGEST_HAND_OVER:
        raise ValidationError({"note": _("Write at most 400 characters.")})
    _refuse_misplaced(rows, to, by, parties)
    changed = [row for row in rows if row.assignee_id != (to.pk if to else None)]
    edits = [edit_of(row=row, values={"assignee": to}, by=by, at=at, note=note) for row in changed]
    handed = TriageEdit.objects.bulk_create(filter(None, edits))
    if owned := [row for row in changed if row.assignee_id]:
        call_back_from_owners(owned, keeps_todos=to is None)
        if to:
            go_along(proposals=owned, to=to)
    for row in changed:
        row.assignee, row.last_activity_at = to, at
    Proposal.objects.bulk_update(changed, ["assignee", "last_activity_at"])
    if to and to != by:
        enqueue(assigned(edit=each, to=to) for each in handed)
    return changed


def _refuse_misplaced(
    rows: list[Proposal], to: User | None, by: User, parties: Mapping[int, Parties]
) -> None:
    """Raises ``ValidationError``, with a line for each proposal that ``by`` does not work on or
    that ``to`` cannot own."""
    refusals = []
    for row in rows:
        refusal = _why_not_work_on(row, by, parties[row.pk].involved(by))
        if not refusal and to and not may_work_on(to, row, involved=parties[row.pk].involved(to)):
            refusal = _(
                "%(who)s cannot own it: they work for another unit, or take part in it."
            ) % {"who": to}
        if refusal:
            refusals.append(f"{row.reference}: {refusal}")
    if refusals:
        raise ValidationError(refusals)


@transaction.atomic
def save_triage(
    *, proposal: Proposal, by: User, values: Mapping[str, Any], at: datetime | None = None
) -> Proposal:
    """The triage fields in ``values`` stand; others stay as they are.

    A proposal that goes to another unit leaves the hands of an owner who does not work there, and
    that unit's staff are told; what that owner still had to do about it is theirs to do
    (``hand_on``). Raises ``ValidationError`` for a draft, or when ``by`` does not work on it.
    """
    at = at or timezone.now()
    # Unit and owner are read when asked for, after the lock: joined, they were as old as the wait.
    row = Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    parties = parties_of([row.pk])[row.pk]
    refusal = _why_not_work_on(row, by, parties.involved(by))
    if refusal:
        raise ValidationError(refusal)
    unknown = set(values) - set(TRIAGE_FIELDS)
    if unknown:
        raise ValueError(f"no fields of triage: {sorted(unknown)}")
    duplicate_of = values.get("duplicate_of")
    if duplicate_of and duplicate_of.pk == row.pk:
        raise ValidationError({"duplicate_of": _("A proposal cannot be a duplicate of itself.")})
    unit_before = row.unit_id
    edit = edit_of(row=row, values=values, by=by, at=at)
    for name, value in values.items():
        setattr(row, name, value)
    row.last_activity_at = at
    if row.unit_id != unit_before and row.assignee:
        involved = parties.involved(row.assignee)
        if not may_work_on(row.assignee, row, involved=involved):
            if edit:
                edit.changed["assignee"] = [str(row.assignee), ""]
            hand_on(proposal=row, parties=parties, by=by, at=at)
            row.assignee = None
    if edit:
        edit.save()
    row.save(update_fields=[*values, "assignee", "last_activity_at"])
    if row.unit_id != unit_before and row.assignee is None:
        after = _newest_changes([row]).get(row.pk, 0)
        enqueue(
            came_to_unit(proposal=row, to=user, by=by, after=after, at=at)
            for user in People().queue_of(row)
            if user != by
        )
    return row


def _refuse_if_moved_meanwhile(fresh: Plan, seen: Mapping[int, int]) -> None:
    """Raises ``ValidationError`` that says who moved what, where to and when."""
    refusals = []
    moved = [
        (item, newest)
        for item in fresh.items
        for newest in [fresh.newest[item.proposal.pk]]
        if seen.get(item.proposal.pk) != (newest.pk if newest else 0)
    ]
    prefetch_related_objects([newest for _item, newest in moved if newest], "actor")
    for item, newest in moved:
        if newest is None or item.proposal.pk not in seen:
            refusals.append(_("This is not the plan you saw. Look at it again."))
            continue
        if fresh.actor and is_untold([newest], fresh.actor, fresh.at):
            refusals.append(str(BEING_RECORDED))
            continue
        who = _("You") if newest.actor == fresh.actor else newest.actor
        refusals.append(
            _("%(who)s moved %(reference)s to “%(stage)s” in the meantime, on %(when)s.")
            % {
                "who": who or _("Microcreds"),
                "reference": item.proposal.reference,
                "stage": STAGES[Stage(newest.to_stage)].name,
                "when": date_format(timezone.localtime(newest.at), "D j M, H:i"),
            }
        )
    if refusals:
        raise ValidationError(refusals, code="stale")


def _sent_already(proposal: Proposal, form_version: int) -> StageChange:
    """The stage change that sent this version; raises ``ValidationError`` if it was another."""
    sent = changes_of(proposal).filter(revision__isnull=False).select_related("revision").first()
    if sent and sent.revision and sent.revision.form_version == form_version:
        return sent
    told = told_copy(proposal, list(changes_of(proposal)))[0]
    raise ValidationError(
        _("This form is with eLearning already, as it was sent. It is at “%(stage)s”.")
        % {"stage": STAGES[Stage(told.stage)].proposer_label},
        code="closed",
    )


def _why_not_work_on(proposal: Proposal, by: User, involved: set[int]) -> str:
    """Why ``by`` does no triage work on it; empty: they do."""
    if proposal.is_draft:
        return _("It is a draft, so only its owner works on it.")
    if may_work_on(by, proposal, involved=involved):
        return ""
    if by.pk in involved:
        return _("You take part in this proposal, so somebody else has to work on it.")
    return _("Staff of %(unit)s can work on it.") % {"unit": proposal.unit or "eLearning"}


def _newest_changes(proposals: Iterable[Proposal]) -> dict[int, int]:
    return dict(
        StageChange.objects.filter(proposal__in=[row.pk for row in proposals])
        .order_by("proposal_id", "-pk")
        .distinct("proposal_id")
        .values_list("proposal_id", "pk")
    )
