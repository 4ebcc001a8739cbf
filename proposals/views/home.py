"""My proposals as a home: where it is my turn first, then what others have, then what is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from proposals.addresses import page_path
from proposals.interest import PAGES
from proposals.models import Proposal, ProposalQuerySet, Stage, Turn
from proposals.services import unread_counts
from proposals.views.standing import Standing, standings
from reviews.holidays import days_off
from reviews.untold import told_activity, untold_decisions, untold_since
from reviews.workflow import STAGES, Phase

WAITING, UNDER_WAY, OVER = range(3)
HAS_ENDED = [stage for stage, info in STAGES.items() if info.phase == Phase.ENDED]


@dataclass(frozen=True)
class Row:
    """One proposal in my list. ``asked`` and ``asked_url`` say what I do next, where it is my
    turn."""

    stands: Standing
    asked: str = ""
    asked_url: str = ""

    @property
    def url(self) -> str:
        """The proposal's page."""
        return page_path(self.stands.proposal)


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    heading: str
    rows: list[Row]


def in_home_order(proposals: ProposalQuerySet, at: datetime) -> ProposalQuerySet:
    """Each with its ``group``, as its proposers are told; what waits on them first, what is over
    last."""
    # A decision that nobody is told: before it none was over, nor was it the proposers' turn.
    # What is cheap to ask is asked first: hardly a row goes on to the second.
    lately, untold = Q(stage_since__gt=untold_since(at)), untold_decisions(at)
    group = Case(
        When(lately & Q(pk__in=untold.values("proposal")), then=Value(UNDER_WAY)),
        When(stage__in=HAS_ENDED, then=Value(OVER)),
        When(whose_turn=Turn.SUBMITTER, then=Value(WAITING)),
        default=Value(UNDER_WAY),
        output_field=IntegerField(),
    )
    ordered: ProposalQuerySet = (
        proposals.select_related("interest")
        .defer("interest__answers")
        .annotate(group=group)
        .order_by("group", told_activity(at).desc(), "-pk")
    )
    return ordered


def as_told_to_readers(proposals: ProposalQuerySet, at: datetime) -> ProposalQuerySet:
    """What others propose, what something happened to last first, as its readers are told. Hardly
    ever does a decision wait to be told; without one, an index has this order."""
    if not untold_decisions(at).exists():
        return proposals
    return proposals.order_by(told_activity(at).desc(), "-pk")


def groups_of(proposals: Iterable[Any], user: User) -> list[Group]:
    """The rows of one page of the list under their headings; ``proposals`` are ``in_home_order``.

    Two statements whatever their number.
    """
    headings = {
        WAITING: _("Your turn"),
        UNDER_WAY: _("Under way, with others"),
        OVER: _("Closed"),
    }
    proposals = list(proposals)
    rows: dict[int, list[Row]] = {}
    unread, off = unread_counts(user, proposals), days_off()
    for stands in standings(proposals, is_proposer=True, unread=unread, holidays=off):
        asked, url = _asked(stands.proposal, user) if stands.is_my_turn else ("", "")
        rows.setdefault(_group_of(stands.proposal), []).append(Row(stands, asked, url))
    return [Group(headings[number], found) for number, found in sorted(rows.items())]


def _group_of(proposal: Proposal) -> int:
    """As ``in_home_order`` has it, by what its proposers are told: a decision may still wait."""
    if proposal.stage in HAS_ENDED:
        return OVER
    return WAITING if proposal.whose_turn == Turn.SUBMITTER else UNDER_WAY


def others_of(proposals: Iterable[Proposal]) -> list[Group]:
    """What I may read of others, as one group without a heading."""
    found = standings(list(proposals), is_proposer=False, holidays=days_off())
    rows = [Row(stands) for stands in found]
    return [Group("", rows)] if rows else []


def _asked(proposal: Proposal, user: User) -> tuple[str, str]:
    """What its proposer does next, and where."""

    match proposal.stage:
        case Stage.DRAFT:
            page = PAGES[proposal.interest.last_page]
            return (
                _("Continue the form at “%(page)s”") % {"page": page.title},
                page_path(proposal, "proposal_edit", page.key),
            )
        case Stage.RETURNED:
            return _("Read what was asked, and answer"), page_path(proposal)
        case Stage.FULL_PROPOSAL if proposal.submitter_id == user.pk:
            return _("Submit the full proposal"), page_path(proposal, "proposal_full")
        case _:
            return _("Open it"), page_path(proposal)
