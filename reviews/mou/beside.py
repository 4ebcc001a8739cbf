"""The MoUs of a proposal in the statement that reads it: where each partner's stands."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from partners.models import Engagement, MouVersion
from proposals.kept import Annotations, kept_for
from proposals.models import Attachment, Proposal, Turn
from reviews.mou.table import NOT_BEGUN, StatusInfo, info_of, label_of

_FILE = JSONObject(
    number="number",
    key="file_id",
    name="file__name",
    size="file__size",
    is_signed_copy="is_signed_copy",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the MoU with one partner of a proposal stands; ``files`` are those open to proposers."""

    engagement: int
    organization: str
    status: str
    since: datetime | None
    due_on: date | None
    start_on: date | None
    end_on: date | None
    is_let_end: bool = False
    files: tuple[dict[str, Any], ...] = ()

    @property
    def label(self) -> str:
        return label_of(self)

    @property
    def info(self) -> StatusInfo:
        return info_of(self)

    @property
    def turn(self) -> str:
        """Who has it, empty where nobody does."""
        turn = self.info.turn
        return "" if turn == Turn.NOBODY else str(turn.label)


@kept_for(Proposal)
def with_mous() -> Annotations:
    """Each with what ``mous_in`` reads of it: a partner that stands in the form, and its MoU where
    one was begun."""
    readable = MouVersion.objects.filter(mou=OuterRef("pk"), is_for_proposers=True)
    clean = readable.exclude(file__scan=Attachment.Scan.INFECTED).order_by("-number")
    standing = Engagement.objects.filter(
        proposal=OuterRef("pk"), named_partner__dropped_at__isnull=True
    ).order_by("pk")
    row = JSONObject(
        engagement="pk",
        organization="organization__name",
        status="mou__status",
        since="mou__status_since",
        due_on="mou__due_on",
        start_on="mou__start_on",
        end_on="mou__end_on",
        let_end_at="mou__let_end_at",
        files=ArraySubquery(clean.values(row=_FILE)),
    )
    return {"mous": ArraySubquery(standing.values(row=row))}


def mous_in(proposal: Any) -> list[Standing]:
    """The MoUs of a proposal that was loaded ``with_mous``, in the order of its partners."""
    return [
        Standing(
            engagement=row["engagement"],
            organization=row["organization"],
            status=row["status"] or NOT_BEGUN,
            since=datetime.fromisoformat(row["since"]) if row["since"] else None,
            due_on=_day(row["due_on"]),
            start_on=_day(row["start_on"]),
            end_on=_day(row["end_on"]),
            is_let_end=row["let_end_at"] is not None,
            files=tuple(row["files"] or ()),
        )
        for row in proposal.mous
    ]


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
