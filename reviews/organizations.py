"""What the desk knows of one organization of the directory, each in one statement."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from microcreds.outbox.addresses import is_broken
from microcreds.outbox.models import Message
from partners.models import (
    Contact,
    Engagement,
    Inquiry,
    InquiryEntry,
    Link,
    MouEntry,
    Organization,
    PartnerAsk,
    Share,
)
from proposals import interest
from proposals.models import Stage
from reviews.models import TalkedWith

# Of each list on the page of an organization; the others are a link away.
MOST_SHOWN = 20
_WORDS = {column.key: column for column in interest.QUESTIONS["partners"].columns}


@dataclass(frozen=True)
class PartRow:
    """An organization's part in one proposal, in the words of the form; ``shares`` are the names of
    those it is open to."""

    engagement: Engagement
    firmness: str
    who_approached: str
    shares: list[str]

    @property
    def is_draft(self) -> bool:
        """Taken back since: it stands on nobody's desk."""
        return self.engagement.proposal.stage == Stage.DRAFT


@dataclass(frozen=True)
class LastContact:
    """The newest thing between an organization and the university, and what it was."""

    on: date
    words: Promise


def parts_of(organization: Organization) -> list[PartRow]:
    """Its part in proposals, the newest first, at most ``MOST_SHOWN`` and one."""
    shared = Share.objects.current().filter(engagement=OuterRef("pk")).order_by("pk")
    found = (
        Engagement.objects.filter(organization=organization)
        .select_related("proposal", "named_partner", "contact")
        # What is confidential in the form is read with the proposal, not here.
        .defer("named_partner__confidential_text", *Engagement.STAFF_ONLY)
        .annotate(open_to=ArraySubquery(shared.values("contact__name")))
        .order_by("-pk")[: MOST_SHOWN + 1]
    )
    return [
        PartRow(
            engagement=each,
            firmness=_WORDS["stage"].label_of(each.named_partner.stage),
            who_approached=_WORDS["who_approached"].label_of(each.named_partner.who_approached),
            shares=each.open_to,
        )
        for each in found
    ]


def contacts_of(organization: Organization) -> QuerySet[Contact]:
    """Its people by name, each with the links that open something today (``alive``), when one was
    last opened (``opened_at``), and whether mail to them comes back (``is_broken``)."""
    alive = Q(links__revoked_at__isnull=True, links__expires_at__gt=timezone.now())
    return organization.contacts.annotate(
        alive=Count("links", filter=alive),
        opened_at=Max("links__last_used_at"),
        is_broken=is_broken("email"),
    ).order_by("name", "pk")[: MOST_SHOWN + 1]


def inquiries_of(organization: Organization) -> QuerySet[Inquiry]:
    """What it asked the university for, the newest first."""
    inquiries = Inquiry.objects.received().filter(organization=organization)
    return inquiries.select_related("owner", "proposal")[: MOST_SHOWN + 1]


def last_contact_of(organization: Organization) -> LastContact | None:
    """The newest of all that ``SOURCES`` name; ``None`` where there is nothing. One statement."""
    asked = {name: Subquery(source) for name, (source, _words) in SOURCES.items()}
    found = Organization.objects.filter(pk=organization.pk).annotate(**asked).values(*asked).get()
    known = [
        LastContact(_day(moment), SOURCES[name][1]) for name, moment in found.items() if moment
    ]
    return max(known, key=lambda each: each.on, default=None)


def _day(moment: datetime | date) -> date:
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


def _newest(rows: QuerySet, moment: str) -> QuerySet:
    """Of ``rows``, as a subquery of the organization."""
    return rows.filter(**{f"{moment}__isnull": False}).order_by(f"-{moment}").values(moment)[:1]


_PROPOSALS = Engagement.objects.filter(organization=OuterRef(OuterRef("pk"))).order_by()
_PEOPLE = Contact.objects.filter(organizations=OuterRef(OuterRef("pk"))).order_by()
# What counts as contact: the moment of the newest, as a subquery of the organization, in words.
SOURCES: dict[str, tuple[QuerySet, Promise]] = {
    "talked": (
        _newest(
            TalkedWith.objects.filter(struck_at=None, proposal__in=_PROPOSALS.values("proposal")),
            "on",
        ),
        _("a call, meeting or mail that somebody noted"),
    ),
    "opened": (
        _newest(Link.objects.filter(contact__organizations=OuterRef("pk")), "last_used_at"),
        _("somebody there opened a page"),
    ),
    "mailed": (
        _newest(
            Message.objects.alias(address=Lower("to")).filter(
                address__in=_PEOPLE.values(address=Lower("email"))
            ),
            "sent_at",
        ),
        _("a mail to somebody there"),
    ),
    "wrote": (
        _newest(
            InquiryEntry.objects.filter(
                inquiry__organization=OuterRef("pk"), kind__in=["sent", "confirmed", "typed"]
            ),
            "at",
        ),
        _("they asked for something"),
    ),
    "answered": (
        _newest(
            InquiryEntry.objects.filter(
                inquiry__organization=OuterRef("pk"), kind__in=["answered", "closed"]
            ),
            "at",
        ),
        _("they had an answer"),
    ),
    "settled": (
        _newest(
            PartnerAsk.objects.filter(
                engagement__organization=OuterRef("pk"), state__in=["answered", "declined"]
            ),
            "settled_at",
        ),
        _("they answered what was asked of them"),
    ),
    "moved": (
        _newest(
            MouEntry.objects.filter(
                mou__engagement__organization=OuterRef("pk"), contact__isnull=False
            ),
            "at",
        ),
        _("they said something about a memorandum"),
    ),
}
