"""What goes along when a proposal is merged into another, and comes back when that is undone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from partners.models import Engagement, Share
from proposals.models import Participant, Proposal, Stage
from reviews.models import StageChange
from reviews.plans.given import Given
from reviews.plans.reading import Reading
from reviews.workflow import Move, MoveInfo


@dataclass(frozen=True, slots=True)
class Along:
    """What moves between ``proposal`` and ``into``, as ids, and in words for the plan.

    ``is_back``: a merge is undone, and exactly what it took along returns; ``recalls`` is the cause
    of the mails that told of it. ``obstacle``: why it cannot be; empty: it can.
    """

    proposal: Proposal
    into: Proposal
    engagement_ids: list[int]
    reader_ids: list[int]
    readers: list[str]
    partners: list[str]
    lines: list[str]
    shares: list[Share]
    is_back: bool = False
    recalls: str = ""
    obstacle: str = ""

    @property
    def kept(self) -> dict[str, Any]:
        """What the stage change remembers of it."""
        return {
            "into": self.into.pk,
            "engagements": self.engagement_ids,
            "readers": self.reader_ids,
        }


def along_of(
    row: Proposal, info: MoveInfo, history: list[StageChange], given: Given, reading: Reading
) -> Along | None:
    """What goes along with this move of ``row``; ``None`` where it is no merge and undoes none."""
    into = reading.into.get(row.pk)
    if into is None or into.pk == row.pk or row.stage not in info.from_stages:
        return None
    if info.key == Move.MERGE:
        return _there(row, into, given, reading)
    return _back(row, into, history[-1], reading)


def _there(row: Proposal, into: Proposal, given: Given, reading: Reading) -> Along:
    there = {user.pk for user in proposers_of(into, reading)}
    ours = [user for user in proposers_of(row, reading) if user.is_active]
    people = [user for user in ours if user.pk not in there]
    readers = [] if into.pk in reading.confidential else people
    engagements = reading.engagements[row.pk]
    moved = engagements if given.carry_partners else []
    lines = [_stays(row, into)]
    if readers:
        lines.append(
            _("Who may read %(into)s from now on: %(people)s.")
            % {"into": into.reference, "people": _names(readers)}
        )
    elif people:
        lines.append(
            _("%(into)s holds something confidential, so nobody is added; its owner may do that.")
            % {"into": into.reference}
        )
    if moved:
        lines.append(
            _("Partners who go along, with their access: %(partners)s.")
            % {"partners": _names(_organizations(moved))}
        )
    elif engagements:
        lines.append(
            _("Partners who stay with %(reference)s: %(partners)s.")
            % {"reference": row.reference, "partners": _names(_organizations(engagements))}
        )
    return Along(
        proposal=row,
        into=into,
        engagement_ids=[engagement.pk for engagement in moved],
        reader_ids=[user.pk for user in readers],
        readers=[str(user) for user in readers],
        partners=_organizations(moved),
        lines=lines,
        shares=reading.shares[row.pk],
    )


def _back(row: Proposal, into: Proposal, merge: StageChange, reading: Reading) -> Along:
    kept: dict[str, Any] = merge.before.get("carried", {})
    moved = [
        engagement
        for engagement in reading.engagements[into.pk]
        if engagement.pk in kept.get("engagements", ())
    ]
    readers = [
        participant.user
        for participant in reading.participants[into.pk]
        if participant.user_id in kept.get("readers", ())
        and participant.capacity == Participant.Capacity.VIEWER
        and participant.user_id not in reading.readers_by_others[row.pk]
    ]
    shares = [
        share
        for share in reading.shares[into.pk]
        if share.engagement_id in {engagement.pk for engagement in moved}
    ]
    lines = [
        _("Answers and conversations are where they were."),
        _("Mails about the merge that have not left yet are not sent."),
    ]
    if readers:
        lines.append(
            _("Who may no longer read %(into)s: %(people)s.")
            % {"into": into.reference, "people": _names(readers)}
        )
    if moved:
        lines.append(
            _("Partners who come back, with their access: %(partners)s.")
            % {"partners": _names(_organizations(moved))}
        )
    return Along(
        proposal=row,
        into=into,
        engagement_ids=[engagement.pk for engagement in moved],
        reader_ids=[user.pk for user in readers],
        readers=[str(user) for user in readers],
        partners=_organizations(moved),
        lines=lines,
        shares=[*reading.shares[row.pk], *shares],
        is_back=True,
        recalls=f"stage_change:{merge.pk}",
        obstacle=_built_on(into, merge, kept.get("engagements", ()), moved, shares),
    )


def _built_on(
    into: Proposal,
    merge: StageChange,
    kept: Iterable[int],
    moved: list[Engagement],
    shares: list[Share],
) -> str:
    """What was done since on top of the merge, so that it cannot simply be taken away."""
    if into.stage == Stage.MERGED:
        return _("%(into)s has itself been merged in the meantime. Undo that first.") % {
            "into": into.reference
        }
    if len(moved) < len(list(kept)):
        return _("A partner it brought along is no longer with %(into)s.") % {
            "into": into.reference
        }
    since = [share.contact.name for share in shares if share.since > merge.at]
    if since:
        return _("Shared since the merge with %(who)s. Stop that sharing first.") % {
            "who": _names(since)
        }
    return ""


def _stays(row: Proposal, into: Proposal) -> str:
    return _(
        "Answers and conversations of %(reference)s stay readable there, linked from %(into)s."
    ) % {"reference": row.reference, "into": into.reference}


def proposers_of(proposal: Proposal, reading: Reading) -> list[User]:
    """Its owner and co-proposers."""
    return [proposal.submitter] + [
        participant.user
        for participant in reading.participants[proposal.pk]
        if participant.capacity in Participant.FROM_DRAFT_ON
    ]


def _organizations(engagements: list[Engagement]) -> list[str]:
    return [engagement.organization.name for engagement in engagements]


def _names(people: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(map(str, people)))
