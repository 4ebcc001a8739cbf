"""Everything a plan is built from, read in a fixed number of statements."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from microcreds.accounts.models import User
from partners.models import Share
from partners.services import shares_of
from proposals.models import Participant, Proposal, Stage
from reviews.models import Holiday, StageChange
from reviews.permits import Parties, People, parties_of
from reviews.workflow import Move, MoveInfo


@dataclass(frozen=True, slots=True)
class Reading:
    rows: list[Proposal]
    changes: dict[int, list[StageChange]]
    parties: dict[int, Parties]
    participants: dict[int, list[Participant]]
    shares: dict[int, list[Share]]
    copies: dict[int, str]
    holidays: frozenset[date]
    people: People
    merge_into: Proposal | None


def read(asked: set[int], info: MoveInfo, actor: User | None, target: str, lock: bool) -> Reading:
    ids = asked
    if info.key == Move.LAUNCH:
        ends = Proposal.objects.filter(renewals__in=asked, stage=Stage.RENEWAL_REVIEW)
        ids = asked | set(ends.values_list("pk", flat=True))
    found = Proposal.objects.filter(pk__in=ids).order_by("pk")
    if lock:
        # Before anything is read: what is joined to a locked row is as old as the wait for it.
        list(found.select_for_update(no_key=True).values_list("pk"))
    rows = list(found.select_related("submitter", "assignee", "unit", "campus__unit"))
    changes: dict[int, list[StageChange]] = {row.pk: [] for row in rows}
    history = StageChange.objects.filter(proposal__in=ids).select_related("actor").order_by("pk")
    for change in history:
        changes[change.proposal_id].append(change)
    participants: dict[int, list[Participant]] = defaultdict(list)
    for participant in (
        Participant.objects.filter(proposal__in=ids).select_related("user").order_by("pk")
    ):
        participants[participant.proposal_id].append(participant)
    merge_into = None
    if info.key == Move.MERGE and target and actor:
        merge_into = (
            Proposal.objects.visible_to(actor)
            .filter(reference__iexact=target, submitted_at__isnull=False)
            .first()
        )
    return Reading(
        rows=rows,
        changes=changes,
        parties=parties_of(ids),
        participants=participants,
        shares=shares_of(ids),
        copies=copies_of(rows, info),
        holidays=frozenset(Holiday.objects.values_list("on", flat=True)),
        people=People(),
        merge_into=merge_into,
    )


def copies_of(rows: list[Proposal], info: MoveInfo) -> dict[int, str]:
    """The proposals that were copied already: the copy's reference by the original's id."""
    if not info.copies_from:
        return {}
    copies = Proposal.objects.filter(renews__in=[row.pk for row in rows])
    return {each.renews_id: each.reference for each in copies if each.renews_id}
