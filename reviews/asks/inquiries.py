"""What is asked where there is no proposal yet: of faculty to begin one, of eLearning to answer an
organization."""

from django.db.models import BooleanField, Case, CharField, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from partners.models import FacultyAsk, Inquiry
from reviews.asks.reader import Reader
from reviews.asks.source import Row, Source, rows_of


def proposals_asked(reader: Reader) -> QuerySet:
    """Open for their address."""
    found = FacultyAsk.objects.filter(state=FacultyAsk.State.OPEN, email=reader.user.email.lower())
    return rows_of(
        found,
        "faculty_ask",
        proposal=None,
        title="working_title",
        since="asked_at",
        said="key",
    )


def answers_due(reader: Reader) -> QuerySet | None:
    """First answers: of whoever has the inquiry, of the whole unit while nobody has it."""
    if not reader.user.is_elearning:
        return None
    found = Inquiry.objects.open().filter(first_answered_at__isnull=True)
    asked = found.filter(reader.is_mine("owner"))
    if queue := reader.in_my_queue("unit"):
        asked |= found.filter(queue, owner__isnull=True)
    nobody = When(owner__isnull=True, then=Value(True))
    return rows_of(
        asked,
        "inquiry",
        proposal=None,
        reference=Concat(Value("INQ-"), Cast("pk", CharField())),
        title="org_name",
        since="state_since",
        by_day="answer_by",
        person="owner_id",
        is_shared=Case(nobody, default=Value(False), output_field=BooleanField()),
    )


def _inquiry(row: Row) -> str:
    return reverse("admin:partners_inquiry_change", args=[row.record])


SOURCES = (
    Source(
        "faculty_ask",
        proposals_asked,
        lambda row: _("Say whether you would begin a proposal"),
        lambda row: reverse("proposals:proposal_asked", args=[row.said]),
    ),
    Source("inquiry", answers_due, lambda row: _("Answer an organization"), _inquiry),
)
