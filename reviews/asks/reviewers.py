"""What is asked of the review bodies: to read before a meeting, to record a decision."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from microcreds.accounts.models import Role
from proposals.models import Proposal, Stage, Turn
from reviews.asks.reader import Reader
from reviews.asks.source import Row, Source, rows_of
from reviews.untold import told_at


def to_read(reader: Reader) -> QuerySet | None:
    """Members read what the next meeting has before it; whoever chairs it has it to decide on."""
    if not reader.holds(Role.Kind.COMMITTEE) or reader.holds(Role.Kind.COMMITTEE_CHAIR):
        return None
    before_it = Proposal.objects.filter(
        told_at("", [Stage.APC_REVIEW], reader.at),
        Q(meeting_on__isnull=True) | Q(meeting_on__gte=reader.today),
        reader.takes_no_part(""),
        reached_committee_at__isnull=False,
    )
    return rows_of(
        before_it, "review", proposal="", since="reached_committee_at", by_day="meeting_on"
    )


def meetings() -> QuerySet:
    """What a meeting of the committee is to decide on."""
    found = Proposal.objects.filter(whose_turn=Turn.COMMITTEE, meeting_on__isnull=False)
    return rows_of(found, "meeting", proposal="", since="stage_since", by_day="meeting_on")


def to_decide(reader: Reader) -> QuerySet | None:
    return _turn_of(reader, Role.Kind.COMMITTEE_CHAIR, Turn.COMMITTEE, "committee")


def to_consent(reader: Reader) -> QuerySet | None:
    return _turn_of(reader, Role.Kind.DEANS, Turn.DEANS, "consent")


def _turn_of(reader: Reader, office: str, turn: Turn, kind: str) -> QuerySet | None:
    if not reader.holds(office):
        return None
    theirs = Proposal.objects.filter(reader.takes_no_part(""), whose_turn=turn)
    return rows_of(theirs, kind, proposal="", since="stage_since", by_day="due_on")


def desk_page(row: Row) -> str:
    """The proposal's page on the desk."""
    return reverse("admin:reviews_triageitem_change", args=[row.proposal])


def _page(row: Row) -> str:
    return reverse("proposals:proposal_detail", args=[row.reference])


SOURCES = (
    Source("review", to_read, lambda row: _("Read it before the committee meets"), _page),
    Source("committee", to_decide, lambda row: _("Record what the committee decides"), desk_page),
    Source("consent", to_consent, lambda row: _("Record the deans' consent"), desk_page),
)
