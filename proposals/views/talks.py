"""What was said outside the tool, as far as eLearning shares it with the proposers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from proposals.kept import Annotations, kept_for
from proposals.models import Proposal
from reviews.models import TalkedWith


@dataclass(frozen=True)
class Talk:
    """One call, meeting or mail."""

    kind: str
    who: str
    on: date
    said: str
    by: str


@kept_for(Proposal)
def with_talks() -> Annotations:
    """Each with the rows that ``talks_of`` reads."""
    told = TalkedWith.objects.filter(
        proposal=OuterRef("pk"), audience=TalkedWith.Audience.PROPOSERS, struck_at__isnull=True
    )
    row = JSONObject(kind="kind", who="who", on="on", said="said", by="made_by__name")
    return {"talks_told": ArraySubquery(told.order_by("-on", "-pk").values(row=row))}


def talks_of(proposal: Any) -> list[Talk]:
    """The newest first, of a proposal loaded ``with_talks``."""
    return [
        Talk(
            kind=str(TalkedWith.Kind(row["kind"]).label),
            who=row["who"],
            on=date.fromisoformat(row["on"]),
            said=row["said"],
            by=row["by"],
        )
        for row in proposal.talks_told
    ]
