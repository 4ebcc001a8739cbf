"""What is asked of partners: what their page says we need from them, in the words of staff."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.any_of import keys_of
from partners.models import Contact, Engagement, PartnerAsk
from proposals.models import Comment, Proposal
from reviews.asks.memoranda import running_out
from reviews.asks.source import ContactSource, Row, rows_of
from reviews.models import TriageEdit
from reviews.untold import untold_decisions
from reviews.workflow import STAGES, Phase

_UNDER_WAY = [stage for stage, info in STAGES.items() if info.phase == Phase.CURRENT]


# What the button that leads to the page of each kind says.
ACTIONS: dict[str, str | Promise] = {
    PartnerAsk.Kind.QUESTIONS: gettext_lazy("Answer the questions"),
    PartnerAsk.Kind.MEETING: gettext_lazy("Pick a time"),
    PartnerAsk.Kind.ENDORSEMENT: gettext_lazy("Endorse it, or not"),
    PartnerAsk.Kind.MOU: gettext_lazy("Read and answer"),
}


def needed(contact: Contact, at: datetime) -> QuerySet:
    """What we need from them for each proposal that is shared with them and, as they are told,
    under way; since somebody wrote it."""
    edits = TriageEdit.objects.filter(
        proposal=OuterRef("pk"), changed__has_key="asked_of_partner"
    ).order_by("-pk")
    shared = Engagement.objects.shared_with(contact).order_by()
    asked = Proposal.objects.filter(
        Q(stage__in=_UNDER_WAY) | Q(pk__in=untold_decisions(at).values("proposal")),
        pk__any_of=keys_of(shared, "proposal"),
    ).exclude(asked_of_partner="")
    return rows_of(
        asked,
        "needed",
        proposal="",
        since=Coalesce(Subquery(edits.values("at")[:1]), "stage_since"),
        said="asked_of_partner",
    )


def asked_by_record(kind: PartnerAsk.Kind) -> ContactSource:
    """What records of this kind ask; each is answered at ``partners:<kind>``."""

    def rows(contact: Contact, at: datetime) -> QuerySet:
        shared = Engagement.objects.shared_with(contact).order_by()
        asks = PartnerAsk.objects.open().filter(contact=contact, kind=kind)
        return rows_of(
            asks.filter(engagement__any_of=keys_of(shared, "pk")),
            kind,
            proposal="engagement__proposal__",
            by_day="due_on",
            since="asked_at",
            said="words",
        )

    return ContactSource(kind, rows, _said, _page_of_record, ACTIONS[kind])


def memoranda_ending(contact: Contact, at: datetime) -> QuerySet:
    """Memoranda of whose end they were told, until somebody of theirs has written since."""
    shared = Engagement.objects.shared_with(contact).order_by()
    wrote = Comment.objects.filter(
        thread=OuterRef("engagement__thread"), author=None, at__gte=OuterRef("partner_told_at")
    )
    told = running_out().filter(
        ~Exists(wrote), partner_told_at__isnull=False, engagement__any_of=keys_of(shared, "pk")
    )
    return rows_of(
        told,
        "mou_ends",
        proposal="engagement__proposal__",
        by_day="end_on",
        since="partner_told_at",
    )


def _said(row: Row) -> str:
    return row.said


def _page(row: Row) -> str:
    return reverse("partners:engagement_detail", args=[row.reference])


def _page_of_record(row: Row) -> str:
    return reverse(f"partners:{row.kind}", args=[row.reference, row.record])


def _where_they_write(row: Row) -> str:
    return f"{_page(row)}#messages"


# A kind of ``PartnerAsk`` that has a page adds its line.
SOURCES = (
    ContactSource("needed", needed, _said, _where_they_write, gettext_lazy("Write to us")),
    asked_by_record(PartnerAsk.Kind.MOU),
    asked_by_record(PartnerAsk.Kind.ENDORSEMENT),
    asked_by_record(PartnerAsk.Kind.QUESTIONS),
    asked_by_record(PartnerAsk.Kind.MEETING),
    ContactSource(
        "mou_ends",
        memoranda_ending,
        lambda row: _(
            "Our memorandum of understanding ends. Tell us whether you want to go on together."
        ),
        _where_they_write,
        gettext_lazy("Write to us"),
    ),
)
