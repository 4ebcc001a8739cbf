"""What must be met before a move: met, unmet (it blocks) or not checked yet (it does not)."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from microcreds.accounts.models import User
from proposals.models import Proposal
from reviews.mou.beside import mous_in
from reviews.mou.table import FIT_FOR_COMMITTEE, FIT_FOR_DEVELOPMENT
from reviews.permits import Parties
from reviews.workflow import LIMITS


class GuardState(TextChoices):
    """Whether what a guard asks for is so; ``UNCHECKED``: nothing records it yet."""

    MET = "met", _lazy("Met")
    UNMET = "unmet", _lazy("Not met")
    UNCHECKED = "unchecked", _lazy("Not checked yet")


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition of a move, and the page where it can be met; no address: nowhere."""

    label: str
    state: GuardState
    fix_url: str = ""


# ``None``: as the process is set, it is not asked.
Check = Callable[[Proposal, User | None, Parties], Guard | None]


def _fact(label: str, is_met: bool, proposal: Proposal) -> Guard:
    if is_met:
        return Guard(label, GuardState.MET)
    page = reverse("admin:reviews_triageitem_change", args=[proposal.pk])
    return Guard(label, GuardState.UNMET, f"{page}#triage")


def _assignee_or_actor(proposal: Proposal, actor: User | None, parties: Parties) -> Guard:
    return Guard(
        _("Somebody is responsible: %(who)s") % {"who": proposal.assignee or actor or "–"},
        GuardState.MET if proposal.assignee or actor else GuardState.UNMET,
    )


def _assignee(proposal: Proposal, actor: User | None, parties: Parties) -> Guard:
    return _fact(_("Somebody is responsible"), proposal.assignee_id is not None, proposal)


def _unit(proposal: Proposal, actor: User | None, parties: Parties) -> Guard:
    return _fact(_("The eLearning unit is set"), proposal.unit_id is not None, proposal)


def _credential_type(proposal: Proposal, actor: User | None, parties: Parties) -> Guard:
    return _fact(_("The type of credential is set"), bool(proposal.credential_type), proposal)


def _duplicate_check(proposal: Proposal, actor: User | None, parties: Parties) -> Guard:
    return _fact(_("Somebody has looked for duplicates"), proposal.is_duplicate_checked, proposal)


def _mou(label: Promise, fit: Collection[str]) -> Check:
    """A memorandum of understanding matters only where the form names a partner; of several, each
    counts. Asked of a proposal that was loaded ``with_mous``."""

    def check(proposal: Proposal, actor: User | None, parties: Parties) -> Guard:
        mous = mous_in(proposal)
        if not mous:
            return Guard(_("No memorandum of understanding is needed"), GuardState.MET)
        unmet = [each for each in mous if each.status not in fit]
        if not unmet:
            return Guard(str(label), GuardState.MET)
        names = ", ".join(f"{each.organization} ({each.label})" for each in unmet)
        page = reverse("admin:partners_mou_change", args=[unmet[0].engagement])
        return Guard(f"{label}: {names}", GuardState.UNMET, page)

    return check


def _partner_endorsements(proposal: Proposal, actor: User | None, parties: Parties) -> Guard | None:
    """As many contacts endorse it as staff have set; only where the form names a partner."""
    needed, found = LIMITS["endorsements"], parties.endorsed_by
    if not needed:
        return None
    if not parties.partner_names:
        return Guard(_("No partner is named who could endorse it"), GuardState.MET)
    label = ngettext(
        "Partners endorse it: %(found)d of %(needed)d endorsement",
        "Partners endorse it: %(found)d of %(needed)d endorsements",
        needed,
    ) % {"found": found, "needed": needed}
    if found >= needed:
        return Guard(label, GuardState.MET)
    page = reverse("admin:reviews_triageitem_endorsements", args=[proposal.pk])
    return Guard(label, GuardState.UNMET, page)


def _unchecked(label: Promise) -> Check:
    """Its record comes with a later issue: said on the plan, blocks nothing."""
    return lambda proposal, actor, parties: Guard(str(label), GuardState.UNCHECKED)


GUARDS: dict[str, Check] = {
    "assignee_or_actor": _assignee_or_actor,
    "assignee": _assignee,
    "unit": _unit,
    "credential_type": _credential_type,
    "duplicate_check": _duplicate_check,
    "consultation_record": _unchecked(_lazy("The consultation is on record")),
    "full_proposal": _unchecked(_lazy("The full proposal is complete")),
    "endorsement": _unchecked(_lazy("The chair endorses it")),
    "partner_endorsements": _partner_endorsements,
    "feasibility": _unchecked(_lazy("The market check is final")),
    "mou_agreed": _mou(_lazy("The memorandum of understanding is agreed"), FIT_FOR_COMMITTEE),
    "mou_signed": _mou(_lazy("The memorandum of understanding is signed"), FIT_FOR_DEVELOPMENT),
    "cim": _unchecked(_lazy("Courses are filed in CIM, if it bears credit")),
    "scores": _unchecked(_lazy("Enough reviewers have scored it")),
    "conditions": _unchecked(_lazy("What had to be met before is met")),
    "launch_checklist": _unchecked(_lazy("The launch checklist is done")),
}


# What each of them asks, as the table of moves is read where there is no proposal to ask it of.
ASKS: dict[str, Promise] = {
    "assignee_or_actor": _lazy("Somebody is responsible, or becomes so by this move"),
    "assignee": _lazy("Somebody is responsible"),
    "unit": _lazy("The eLearning unit is set"),
    "credential_type": _lazy("The type of credential is set"),
    "duplicate_check": _lazy("Somebody has looked for duplicates"),
    "consultation_record": _lazy("The consultation is on record"),
    "full_proposal": _lazy("The full proposal is complete"),
    "endorsement": _lazy("The chair endorses it"),
    "partner_endorsements": _lazy("With a partner: as many endorse it as is set"),
    "feasibility": _lazy("The market check is final"),
    "mou_agreed": _lazy("With a partner: the memorandum of understanding is agreed"),
    "mou_signed": _lazy("With a partner: the memorandum of understanding is signed"),
    "cim": _lazy("Courses are filed in CIM, if it bears credit"),
    "scores": _lazy("Enough reviewers have scored it"),
    "conditions": _lazy("What had to be met before is met"),
    "launch_checklist": _lazy("The launch checklist is done"),
}


def guards_of(
    names: Iterable[str], proposal: Proposal, actor: User | None, parties: Parties
) -> list[Guard]:
    """The guards of a move for this proposal, in the order of the table."""
    found = (GUARDS[name](proposal, actor, parties) for name in names)
    return [guard for guard in found if guard is not None]
