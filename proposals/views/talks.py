"""What was said outside the tool, as far as eLearning shares it with the proposers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from reviews.models import TalkedWith


@dataclass(frozen=True)
class Talk:
    """One call, meeting or mail."""

    kind: str
    who: str
    on: date
    said: str
    by: str


def talks_told() -> ArraySubquery:
    """The rows that ``talks_of`` reads; they ride along with their proposal."""
    told = TalkedWith.objects.filter(
        proposal=OuterRef("pk"), audience=TalkedWith.Audience.PROPOSERS, struck_at__isnull=True
    )
    row = JSONObject(kind="kind", who="who", on="on", said="said", by="made_by__name")
    return ArraySubquery(told.order_by("-on", "-pk").values(row=row))


def talks_of(proposal: Any) -> list[Talk]:
    """The newest first, of a proposal loaded with ``talks_told``."""
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
