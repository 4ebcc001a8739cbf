"""What is asked of partners: what their page says we need from them, in the words of staff."""

from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from partners.models import Contact, Engagement
from proposals.models import Proposal
from reviews.asks.source import ContactSource, Row, rows_of, untold_decisions
from reviews.models import TriageEdit
from reviews.workflow import STAGES, Phase

_UNDER_WAY = [stage for stage, info in STAGES.items() if info.phase == Phase.CURRENT]


def needed(contact: Contact, at: datetime) -> QuerySet:
    """What we need from them for each proposal that is shared with them and, as they are told,
    under way; since somebody wrote it."""
    edits = TriageEdit.objects.filter(
        proposal=OuterRef("pk"), changed__has_key="asked_of_partner"
    ).order_by("-pk")
    shared = Engagement.objects.shared_with(contact).order_by()
    asked = Proposal.objects.filter(
        Q(stage__in=_UNDER_WAY) | Q(pk__in=untold_decisions(at).values("proposal")),
        pk__in=shared.values("proposal"),
    ).exclude(asked_of_partner="")
    return rows_of(
        asked,
        "needed",
        proposal="",
        since=Coalesce(Subquery(edits.values("at")[:1]), "stage_since"),
        said="asked_of_partner",
    )


def _page(row: Row) -> str:
    return reverse("partners:engagement_detail", args=[row.reference])


SOURCES = (ContactSource("needed", needed, lambda row: row.said, _page),)
