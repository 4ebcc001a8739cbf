"""The queues that are always there, by who works with them (domain.md §4.3)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Role, User
from reviews.desk import sees_desk


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """One of them; ``query`` as in the address of the list."""

    key: str
    name: str | Promise
    query: str


_MINE = BuiltIn("mine", _("Mine, my turn"), "turn=university&owner=me")
_LATE = BuiltIn("late", _("Past target"), "due=late")
_BEFORE_COMMITTEE = BuiltIn("committee", _("Before the committee"), "turn=committee")
_NEXT_MEETING = BuiltIn("meeting", _("Next meeting"), "q=meeting%3Anext")
_DEANS = BuiltIn("deans", _("With the deans"), "stage=cad_consent")
_DESK = (
    BuiltIn("unassigned", _("Nobody's yet"), "stage=open&owner=nobody"),
    _LATE,
    BuiltIn("proposer", _("Proposer, over 10 days"), "turn=submitter&q=waits%3A%3E10"),
    BuiltIn("partner", _("Waiting on the partner"), "turn=partner"),
    _NEXT_MEETING,
    _DEANS,
    BuiltIn("mou-ends", _("MoU expiring"), "q=mou%3Aexpiring"),
    BuiltIn("adrift", _("No next step"), "stage=open&step=none"),
    BuiltIn("waking", _("Wakes this month"), "q=wakes%3Amonth"),
    BuiltIn("standing-in", _("You stand in for"), "q=owner%3Aaway"),
    BuiltIn("left", _("Owner has left"), "q=owner%3Aleft"),
)


def built_in_for(user: User) -> list[BuiltIn]:
    """Those this person works with, the most pressing first."""
    queues: list[BuiltIn] = []
    if user.has_role(Role.Kind.COMMITTEE_CHAIR):
        queues += [_BEFORE_COMMITTEE, _NEXT_MEETING]
    if user.has_role(Role.Kind.DEANS):
        queues += [_DEANS]
    if user.is_elearning:
        queues += [_MINE]
    queues += _DESK if sees_desk(user) else (_LATE,)
    return list(dict.fromkeys(queues))
