"""Everything a plan is built from, read in a fixed number of statements."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from microcreds.accounts.models import User
from microcreds.kept_statements import KeptStatements
from partners.models import Engagement, Share
from partners.services import shares_of
from proposals.models import NamedPartner, Participant, Proposal, Stage, WithdrawalRequest
from reviews import policies
from reviews.checklists import checklists_for, with_open_items
from reviews.holidays import days_off
from reviews.models import ChecklistItem, RoutingRule, StageChange
from reviews.models.process import with_next_step
from reviews.mou.beside import with_mous
from reviews.permits import Parties, People, parties_of
from reviews.routing import active_rules
from reviews.workflow import AFTER_THE_COMMITTEE, Move, MoveInfo


@dataclass(frozen=True, slots=True)
class Reading:
    """``into``: what each row is merged into, or was; the five after it are read only where there
    is any. ``readers_by_others``: who may read that because of other merges. ``policies``: the
    number of the newest setting of the process, which holds for this plan."""

    rows: list[Proposal]
    changes: dict[int, list[StageChange]]
    parties: dict[int, Parties]
    participants: dict[int, list[Participant]]
    shares: dict[int, list[Share]]
    copies: dict[int, str]
    asked_to_withdraw: frozenset[int]
    holidays: frozenset[date]
    people: People
    merge_into: Proposal | None
    into: dict[int, Proposal]
    engagements: dict[int, list[Engagement]]
    confidential: set[int]
    readers_by_others: dict[int, set[int]]
    policies: int
    rules: list[RoutingRule]
    checklists: dict[str, list[ChecklistItem]]


def read(asked: set[int], info: MoveInfo, actor: User | None, target: str, lock: bool) -> Reading:
    policy = policies.refresh()
    ids = asked
    if info.key == Move.LAUNCH:
        ends = Proposal.objects.filter(renewals__in=asked, stage=Stage.RENEWAL_REVIEW)
        ids = asked | set(ends.values_list("pk", flat=True))
    into_ids = _into(asked, info, actor, target)
    known_ids = ids | set(into_ids.values())
    if lock:
        # Before anything is read: what is joined to a locked row is as old as the wait for it.
        found = Proposal.objects.filter(pk__in=known_ids).order_by("pk")
        list(found.select_for_update(no_key=True).values_list("pk"))
    known_rows: list[Proposal] = _PROPOSALS.rows(info.key == Move.SUBMIT, ids=list(known_ids))
    known = {row.pk: row for row in known_rows}
    rows = [row for row in known.values() if row.pk in ids]
    changes: dict[int, list[StageChange]] = {row.pk: [] for row in rows}
    for change in _HISTORY.rows(ids=list(ids)):
        changes[change.proposal_id].append(change)
    participants: dict[int, list[Participant]] = defaultdict(list)
    for participant in _PARTICIPANTS.rows(ids=list(known_ids)):
        participants[participant.proposal_id].append(participant)
    into = {pk: known[other] for pk, other in into_ids.items()}
    return Reading(
        rows=rows,
        changes=changes,
        parties=parties_of(ids),
        participants=participants,
        shares=shares_of(known_ids),
        copies=copies_of(rows, info),
        asked_to_withdraw=asked_to_withdraw(rows, info, actor),
        holidays=days_off(),  # as ``policies.refresh`` has just read them
        people=People(),
        merge_into=next(iter(into.values()), None) if info.key == Move.MERGE else None,
        into=into,
        engagements=_engagements_of(known_ids) if into else {},
        confidential=_confidential(set(into_ids.values())) if into else set(),
        readers_by_others=_readers_by_others(into_ids) if info.key == Move.REOPEN else {},
        policies=policy,
        rules=active_rules() if info.key == Move.SUBMIT else [],
        checklists=checklists_for(info),
    )


def _proposals(is_routed: bool, *, ids: list[int]) -> QuerySet:
    loaded = Proposal.objects.filter(pk__any_of=ids).order_by("pk")
    loaded = loaded.select_related("submitter", "assignee", "unit")
    loaded = loaded.select_related("campus__unit") if is_routed else loaded
    return with_mous(with_next_step(with_open_items(loaded)))


def _history(*, ids: list[int]) -> QuerySet:
    return StageChange.objects.filter(proposal__any_of=ids).order_by("pk")


def _participants(*, ids: list[int]) -> QuerySet:
    return Participant.objects.filter(proposal__any_of=ids).select_related("user").order_by("pk")


_PROPOSALS, _HISTORY = KeptStatements(_proposals), KeptStatements(_history)
_PARTICIPANTS = KeptStatements(_participants)


def _into(asked: set[int], info: MoveInfo, actor: User | None, target: str) -> dict[int, int]:
    """What each row is to be merged into, or was: ids by id, in one statement."""
    if info.key == Move.MERGE and target and actor:
        visible = Proposal.objects.visible_to(actor).filter(submitted_at__isnull=False)
        into = visible.filter(reference__iexact=target).values_list("pk", flat=True).first()
        return dict.fromkeys(asked, into) if into else {}
    if info.key == Move.REOPEN:
        merges = StageChange.objects.filter(proposal__in=asked, move=Move.MERGE)
        merges = merges.filter(proposal__stage=Stage.MERGED).order_by("pk")
        pairs = merges.values_list("proposal_id", "before__carried__into")
        return {pk: into for pk, into in pairs if into}
    return {}


def _engagements_of(ids: set[int]) -> dict[int, list[Engagement]]:
    """Those whose partner still stands in the form, by proposal."""
    engagements: dict[int, list[Engagement]] = {pk: [] for pk in ids}
    standing = Engagement.objects.filter(proposal__in=ids, named_partner__dropped_at=None)
    for engagement in standing.select_related("organization").order_by("pk"):
        engagements[engagement.proposal_id].append(engagement)
    return engagements


def _confidential(ids: set[int]) -> set[int]:
    """Those that name something not to be passed on, or did once."""
    named = NamedPartner.objects.filter(proposal__in=ids, confidential="yes")
    return set(named.values_list("proposal_id", flat=True))


def _readers_by_others(into_ids: dict[int, int]) -> dict[int, set[int]]:
    """Whom other proposals that stay merged into the same one let read it, by row."""
    others = Proposal.objects.filter(duplicate_of__in=into_ids.values(), stage=Stage.MERGED)
    into_of = dict(others.exclude(pk__in=into_ids).values_list("pk", "duplicate_of_id"))
    parties = parties_of(into_of) if into_of else {}
    return {
        pk: {
            user
            for other, its in into_of.items()
            if its == into
            for user in parties[other].involved()
        }
        for pk, into in into_ids.items()
    }


def copies_of(rows: list[Proposal], info: MoveInfo) -> dict[int, str]:
    """The proposals that were copied already: the copy's reference by the original's id."""
    if not info.copies_from:
        return {}
    copies = Proposal.objects.filter(renews__in=[row.pk for row in rows])
    return {each.renews_id: each.reference for each in copies if each.renews_id}


def asked_to_withdraw(rows: list[Proposal], info: MoveInfo, actor: User | None) -> frozenset[int]:
    """Those whose owner, who is not ``actor``, asks eLearning to withdraw them; asked of the
    database only where a withdrawal may need it."""
    late = {*AFTER_THE_COMMITTEE, Stage.ON_HOLD}
    ids = [row.pk for row in rows if row.stage in late and (not actor or row.submitter != actor)]
    if info.key != Move.WITHDRAW or not ids:
        return frozenset()
    found = WithdrawalRequest.objects.filter(proposal__in=ids, answered_at__isnull=True)
    return frozenset(found.values_list("proposal_id", flat=True))
