"""Which organization of the directory a name means, and what may be the same one."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.contrib.postgres.search import TrigramSimilarity
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest, Lower
from django.utils.translation import gettext as _

from microcreds.any_of import keys_of
from microcreds.kept_statements import KeptStatements
from microcreds.plain_text import Plain
from partners.models import Alias, Contact, Organization
from proposals.models import NamedPartner

MOST_ALIKE = 5
# Where anybody gets an address: it says nothing of an organization.
FREE_MAIL = frozenset(
    (
        *("gmail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com"),
        *("aol.com", "icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com"),
        *("gmx.com", "mail.com", "comcast.net", "att.net", "verizon.net"),
    )
)


@dataclass(frozen=True)
class Candidate:
    """An organization that may be the one somebody named, and what speaks for it, in words."""

    organization: Organization
    why: list[str] = field(default_factory=list)


def organizations_of(rows: Iterable[NamedPartner], at: datetime) -> dict[uuid.UUID, Organization]:
    """The one of each row in the directory, by name and place or by a name that staff confirmed;
    new where there is none.

    The unique index decides between two at once; in one order, so that they never wait for each
    other in a circle.
    """
    known = {row.pk: _named(row.org_name, row.place) for row in rows}
    new = [row for row in rows if known[row.pk] is None]
    if new:
        Organization.objects.bulk_create(
            [
                Organization(
                    name=row.org_name,
                    place=row.place,
                    kind=row.kind,
                    website=row.website,
                    created_at=at,
                )
                for row in sorted(new, key=lambda row: (row.org_name.lower(), row.place.lower()))
            ],
            ignore_conflicts=True,
        )
        known |= {row.pk: _named(row.org_name, row.place) for row in new}
    return {key: found for key, found in known.items() if found}


def contacts_of(rows: Iterable[NamedPartner], at: datetime) -> dict[uuid.UUID, Contact]:
    """The person the proposer speaks to; nobody as long as name or address is missing."""
    rows = [row for row in rows if row.contact_name and row.contact_email]
    Contact.objects.bulk_create(
        [
            Contact(
                name=row.contact_name,
                title=row.contact_title,
                email=row.contact_email,
                phone=row.contact_phone,
                created_at=at,
            )
            for row in sorted(rows, key=lambda row: row.contact_email.lower())
        ],
        ignore_conflicts=True,
    )
    return {row.pk: _CONTACT.rows(email=row.contact_email)[0] for row in rows}


_CONTACT = KeptStatements(
    lambda *, email: Contact.objects.alias(key=Lower("email")).filter(key=Lower(Value(email)))
)


def candidates(
    *, name: str, website: str = "", email: str = "", without: int = 0
) -> list[Candidate]:
    """What may be this organization, the most alike first: by one of its names, its website's host
    or the part after the @ of a contact's address; never that with the key ``without``. One
    statement; nothing is decided here."""
    host, domain = _host_of(website), _domain_of(email)
    named = Organization.objects.filter(name__plain__trigram_similar=name)
    by_alias = Alias.objects.filter(name__plain__trigram_similar=name)
    fits = Q(pk__any_of=keys_of(named, "pk")) | Q(pk__any_of=keys_of(by_alias, "organization"))
    if host:
        there = Organization.objects.filter(website__icontains=host)
        fits |= Q(pk__any_of=keys_of(there, "pk"))
    if domain:
        known = Contact.objects.filter(email__iendswith=f"@{domain}")
        fits |= Q(pk__any_of=keys_of(known, "organizations"))
    found = (
        Organization.objects.standing()
        .filter(fits)
        .annotate(
            alike=Greatest(_alike("name", name), Coalesce(Max(_alike("aliases__name", name)), 0.0))
        )
        .exclude(pk=without)
        .order_by("-alike", "pk")[: MOST_ALIKE * 2]
    )
    ranked = [Candidate(each, _why(each, host, domain)) for each in found]
    return sorted(ranked, key=lambda each: -len(each.why))[:MOST_ALIKE]


@transaction.atomic
def add_organization(*, name: str, place: str, website: str, at: datetime) -> Organization:
    """It is new in the directory. Raises ``ValidationError`` where it stands there already."""
    try:
        with transaction.atomic():
            return Organization.objects.create(
                name=name, place=place, website=website, created_at=at
            )
    except IntegrityError as error:
        raise ValidationError(
            _("An organization of this name and place is in the directory already. Choose it.")
        ) from error


@transaction.atomic
def also_called(*, organization: Organization, name: str, at: datetime) -> None:
    """``name`` is one of its names from now on; the one it has already is not kept twice."""
    if organization.name.casefold() != name.casefold():
        Alias.objects.bulk_create(
            [Alias(organization=organization, name=name, since=at)], ignore_conflicts=True
        )


def _named(name: str, place: str) -> Organization | None:
    """By name and place, whatever the case; else by the one confirmed name that fits the place. A
    name of one that was merged means the one it is part of now."""
    found = _CALLED.rows(name=name, place=place)
    same = [
        each
        for each in found
        if (each.name.lower(), each.place.lower()) == (name.lower(), place.lower())
    ]
    if same:
        return same[0].merged_into or same[0]
    meant = {each.pk: each for each in (one.merged_into or one for one in found)}
    near = [each for each in meant.values() if not place or not each.place or _is_at(each, place)]
    return near[0] if len(near) == 1 else None


def _called(*, name: str, place: str) -> QuerySet[Organization]:
    called = Alias.objects.alias(key=Lower("name")).filter(key=Lower(Value(name)))
    by_name = Q(name_key=Lower(Value(name)), place_key=Lower(Value(place)))
    keyed = Organization.objects.alias(name_key=Lower("name"), place_key=Lower("place"))
    found = keyed.filter(by_name | Q(pk__any_of=keys_of(called, "organization")))
    return found.select_related("merged_into")


_CALLED = KeptStatements(_called)


def _alike(column: str, name: str) -> TrigramSimilarity:
    return TrigramSimilarity(Plain(column), Plain(Value(name)))  # type: ignore[arg-type]


def _is_at(organization: Organization, place: str) -> bool:
    return organization.place.lower() == place.lower()


def _why(organization: Organization, host: str, domain: str) -> list[str]:
    alike = round(100 * getattr(organization, "alike", 0))
    why = [_("Name %(share)s %% the same") % {"share": alike}] if alike >= 30 else []
    if host and host == _host_of(organization.website):
        why.append(_("Same website"))
    elif domain and domain == _host_of(organization.website):
        why.append(_("Address and website agree"))
    if domain and len(why) == 0:
        why.append(_("A contact there has an address at %(domain)s") % {"domain": domain})
    return why


def _host_of(website: str) -> str:
    return (urlsplit(website).hostname or "").removeprefix("www.") if website else ""


def _domain_of(email: str) -> str:
    domain = email.rpartition("@")[2].lower()
    return "" if domain in FREE_MAIL else domain
