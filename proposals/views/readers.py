"""As whom somebody reads a proposal, and what that shows of its people and partners."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from microcreds.accounts.models import Role, User
from partners.models import Engagement
from partners.services import shares_of
from proposals.interest import QUESTIONS
from proposals.kept import Annotations, kept_for
from proposals.models import Participant, Proposal
from proposals.visibility import Audience


@dataclass(frozen=True)
class Following:
    """One named partner, and whether somebody there follows the proposal: on, asked or off; or
    that they left it, ``since`` when."""

    name: str
    contact: str
    firmness: str
    state: str
    since: datetime | None = None


def audience_of(user: User, proposal: Proposal, participants: list[Participant]) -> Audience:
    """As whom this person reads: by their part in the proposal first, then by their roles."""
    capacities = {p.capacity for p in participants if p.user_id == user.pk}
    if user == proposal.submitter or capacities.intersection(Participant.FROM_DRAFT_ON):
        return Audience.PROPOSER
    if user.is_elearning or user.has_role(Role.Kind.AUDITOR):
        return Audience.STAFF
    if Participant.Capacity.CHAIR in capacities or user.has_role(Role.Kind.CHAIR):
        return Audience.CHAIR
    return Audience.REVIEWER


def is_editor(user: User, proposal: Proposal, participants: list[Participant]) -> bool:
    """Whether they may write answers: their own proposal, or one they co-edit."""
    return user == proposal.submitter or any(
        p.user_id == user.pk and p.capacity == Participant.Capacity.EDITOR for p in participants
    )


def following_of(proposal: Any, answers: dict[str, Any]) -> list[Following]:
    """Each organization in the form, and who there can open the status page today, or that it takes
    part no more; why is for eLearning alone. Of a proposal loaded ``with_partners_left``."""
    left = {each["row"]: each for each in proposal.partners_left}
    firmness = next(c for c in QUESTIONS["partners"].columns if c.key == "stage")
    shares: dict[str, list[Any]] = {}
    for share in shares_of([proposal.pk])[proposal.pk]:
        shares.setdefault(str(share.engagement.named_partner_id), []).append(share)
    following = []
    for row in answers["partners"]:
        open_now = shares.get(row["id"], [])
        asked_for = "asked" if row.get("share_status") == "yes" else "off"
        gone = left.pop(row["id"], None)
        following.append(
            Following(
                name=row.get("org_name", ""),
                contact=", ".join(share.contact.name for share in open_now)
                or row.get("contact_name", ""),
                firmness=firmness.label_of(row["stage"]) if row.get("stage") else "",
                state="left" if gone else "on" if open_now else asked_for,
                since=_moment(gone) if gone else open_now[0].since if open_now else None,
            )
        )
        shares.pop(row["id"], None)
    # Partners of a proposal that was merged into this one stand in no row of its form.
    for joined in shares.values():
        following.append(
            Following(
                name=joined[0].engagement.organization.name,
                contact=", ".join(share.contact.name for share in joined),
                firmness="",
                state="on",
                since=joined[0].since,
            )
        )
    for gone in left.values():
        if gone["form"] != proposal.pk:
            following.append(Following(gone["name"], "", "", "left", _moment(gone)))
    return following


@kept_for(Proposal)
def with_partners_left() -> Annotations:
    """Each with the organizations that take part in it no more, by their row in the form."""
    left = Engagement.objects.filter(proposal=OuterRef("pk"), ended_at__isnull=False)
    row = JSONObject(
        row="named_partner_id",
        form="named_partner__proposal",
        name="organization__name",
        at="ended_at",
    )
    return {"partners_left": ArraySubquery(left.order_by("pk").values(left=row))}


def _moment(left: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(left["at"])
