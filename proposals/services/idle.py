"""Drafts that nobody has saved for long: their owners are reminded, the lead hears of old ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Greatest
from django.utils import timezone

from microcreds.accounts.models import Role, User
from microcreds.outbox.models import Message
from microcreds.outbox.services import enqueue
from proposals.letters import letter, page_url
from proposals.models import Proposal, Revision, Stage

# After how many days without a save the owner is reminded; after the last the lead is told too.
DAYS = (14, 60)


@dataclass(frozen=True)
class Idle:
    """A draft that was left alone since then; ``version`` is that of its form."""

    proposal: Proposal
    since: datetime
    version: int
    was_sent: bool

    def step(self, at: datetime) -> int:
        """The last of ``DAYS`` that has passed."""
        return max(days for days in DAYS if days <= (at - self.since).days)


@transaction.atomic
def remind_of_idle_drafts(*, at: datetime | None = None) -> int:
    """Each owner of a draft that was not saved for 14 or 60 days has one mail about that; at 60
    the lead has one too. Once for each time it is left alone: a save begins the count anew.

    Returns how many mails were written.
    """
    at = at or timezone.now()
    idle = (
        Proposal.objects.filter(stage=Stage.DRAFT)
        .annotate(
            idle_since=Greatest("interest__saved_at", "stage_since"),
            version=F("interest__version"),
            was_sent=Exists(Revision.objects.filter(proposal=OuterRef("pk"))),
        )
        .filter(idle_since__lte=at - timedelta(days=DAYS[0]))
        .select_related("submitter")
        .order_by("pk")
    )
    drafts = [Idle(draft, draft.idle_since, draft.version, draft.was_sent) for draft in idle]
    leads = list(User.objects.holding(Role.Kind.LEAD).order_by("pk"))
    wanted: dict[str, tuple[Idle, User, str]] = {}
    for draft in drafts:
        owner, step = draft.proposal.submitter, draft.step(at)
        key = f"idle_draft:{draft.proposal.pk}:{draft.version}:{draft.since:%Y%m%d%H%M%S}:{step}"
        if owner.is_active:
            wanted[f"{key}:{owner.email}"] = (draft, owner, key)
        for lead in leads if step == DAYS[-1] else ():
            wanted.setdefault(f"{key}:{lead.email}", (draft, lead, key))
    written = set(
        Message.objects.filter(dedupe_key__in=wanted).values_list("dedupe_key", flat=True)
    )
    new = [told for key, told in wanted.items() if key not in written]
    enqueue(_reminder(draft, to, key, at) for draft, to, key in new)
    return len(new)


def _reminder(draft: Idle, to: User, key: str, at: datetime) -> Message:
    proposal = draft.proposal
    owner = proposal.submitter
    return letter(
        "idle_draft" if to == owner else "idle_draft_lead",
        proposal=proposal,
        to=to,
        key=key,
        at=at,
        owner=owner,
        has_left=not owner.is_active,
        since=draft.since,
        days=(at - draft.since).days,
        continue_url=page_url(proposal, "proposal_resume"),
        look_url=page_url(proposal, "proposal_look"),
        # What was sent before is submitted again or stays; its history does.
        delete_url="" if draft.was_sent else page_url(proposal, "proposal_delete"),
        hand_over_url=page_url(proposal, "proposal_hand_over"),
    )
