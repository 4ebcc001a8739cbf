"""Who takes part in a proposal, as the desk's page tells it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf

from microcreds.outbox.addresses import is_broken
from proposals.models import HandOver, Invitation, Participant, ProposalQuerySet


@dataclass(frozen=True)
class Taking:
    """Somebody who takes part, or was asked to and has not answered."""

    name: str
    email: str
    may_edit: bool
    is_broken: bool
    since: datetime


@dataclass(frozen=True)
class Handed:
    """From whose hands into whose; ``by`` is empty where the owner did it."""

    old: str
    new: str
    by: str
    at: datetime
    reason: str


def with_people(proposals: ProposalQuerySet) -> ProposalQuerySet:
    """Each with the rows that ``people_panel`` reads: they ride along, as each statement counts."""
    takes_part = Participant.objects.filter(
        proposal=OuterRef("pk"), capacity__in=Participant.FROM_DRAFT_ON
    )
    invited = Invitation.objects.filter(proposal=OuterRef("pk"), state=Invitation.State.OPEN)
    handed = HandOver.objects.filter(proposal=OuterRef("pk"))
    part = JSONObject(
        name=_name("user"),
        email="user__email",
        capacity="capacity",
        since="since",
        broken=is_broken("user__email"),
    )
    asked = JSONObject(
        name="name",
        email="email",
        capacity="capacity",
        since="invited_at",
        broken=is_broken("email"),
    )
    change = JSONObject(
        old=_name("from_user"),
        new=_name("to_user"),
        by=_name("actor"),
        by_id="actor_id",
        old_id="from_user_id",
        at="at",
        reason="reason",
    )
    return proposals.annotate(
        owner_is_broken=is_broken("submitter__email"),
        taking_part=ArraySubquery(takes_part.order_by("since", "pk").values(row=part)),
        invited=ArraySubquery(invited.order_by("pk").values(row=asked)),
        handed_over=ArraySubquery(handed.order_by("-number").values(row=change)),
    )


def people_panel(proposal: Any, *, sees_desk: bool) -> dict[str, Any]:
    """The people of a proposal loaded ``with_people``; who was only asked, and why it changed
    hands, is for eLearning."""
    return {
        "co_proposers": [_taking(row) for row in proposal.taking_part],
        "invited": [_taking(row) for row in proposal.invited if sees_desk],
        "handed_over": [
            Handed(
                row["old"],
                row["new"],
                "" if row["by_id"] == row["old_id"] else row["by"],
                datetime.fromisoformat(row["at"]),
                row["reason"] if sees_desk else "",
            )
            for row in proposal.handed_over
        ],
    }


def _taking(row: dict[str, Any]) -> Taking:
    return Taking(
        row["name"] or row["email"],
        row["email"],
        row["capacity"] == Participant.Capacity.EDITOR,
        row["broken"],
        datetime.fromisoformat(row["since"]),
    )


def _name(user: str) -> Coalesce:
    """As ``str`` of this person says it."""
    return Coalesce(NullIf(f"{user}__name", Value("")), f"{user}__email", output_field=CharField())
