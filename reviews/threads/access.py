"""Who reads which conversation about a proposal, and who writes in it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from microcreds.accounts.models import Role, User
from proposals.models import Participant, Proposal, Thread
from reviews.permits import Parties, may_work_on

Kind = Thread.Kind


@dataclass(frozen=True)
class Access:
    """The threads of one proposal that a person may read; with ``why_not``, may not write in."""

    reads: tuple[Kind, ...] = ()
    why_not: dict[Kind, str] = field(default_factory=dict)
    is_proposer: bool = False

    def may_write(self, kind: Kind) -> bool:
        return kind in self.reads and kind not in self.why_not


def access_of(
    user: User, proposal: Proposal, *, capacities: Collection[str], is_involved: bool
) -> Access:
    """Which conversations of ``proposal`` this person reads and where they write.

    ``capacities`` are those of a participant, ``is_involved`` says whether the form names them at
    all. The internal thread is closed to whoever takes part in the proposal or is recused, whatever
    their roles; committee, deans and chairs read neither.
    """
    if not user.is_active:
        return Access()
    is_proposer = user.pk == proposal.submitter_id or bool(
        set(capacities).intersection(Participant.FROM_DRAFT_ON)
    )
    if is_proposer:
        return _proposers_access(user, proposal, capacities)
    is_auditor = user.has_role(Role.Kind.AUDITOR)
    if not proposal.is_open_to_staff or not (user.is_elearning or is_auditor):
        return Access()
    why_not = {}
    is_recused = Participant.Capacity.RECUSED in capacities
    if not user.is_elearning:
        why_not = dict.fromkeys(
            Kind, _("You can read this conversation; only eLearning writes in it.")
        )
    elif is_involved or is_recused:
        why_not[Kind.PROPOSERS] = _(
            "You take part in this proposal, so somebody else has to answer."
        )
    elif not may_work_on(user, proposal, involved=set()):
        why_not[Kind.PROPOSERS] = _("Staff of %(unit)s can write to the proposers.") % {
            "unit": proposal.unit
        }
    if is_involved or is_recused:
        return Access((Kind.PROPOSERS,), why_not)
    return Access((Kind.PROPOSERS, Kind.INTERNAL), why_not)


def _proposers_access(user: User, proposal: Proposal, capacities: Collection[str]) -> Access:
    why_not = {}
    if not proposal.is_open_to_staff:
        why_not[Kind.PROPOSERS] = _("You can write to eLearning once they can read this proposal.")
    elif user.pk != proposal.submitter_id and Participant.Capacity.EDITOR not in capacities:
        why_not[Kind.PROPOSERS] = _(
            "You can read this. Only those who can edit the proposal can write here."
        )
    return Access((Kind.PROPOSERS,), why_not, is_proposer=True)


def access_to(proposal: Proposal, user: User, parties: Parties) -> Access:
    """The same, by the parties of the proposal."""
    return access_of(
        user,
        proposal,
        capacities=parties.capacities_of(user),
        is_involved=user.pk in parties.involved(user),
    )
