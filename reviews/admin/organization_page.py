"""What stands on the page of one organization of the directory. ``PANELS`` is the whole list: a
further kind of record about organizations adds one line there, with its template."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from microcreds.accounts.models import User
from partners.directory import candidates
from partners.endorsements import endorsements_of
from partners.merging import why_not_undo
from partners.models import Engagement, Organization, OrganizationMerge
from partners.models.directory import kind_words
from partners.mou import mous_of
from reviews.organizations import (
    MOST_SHOWN,
    contacts_of,
    inquiries_of,
    last_contact_of,
    parts_of,
)


@dataclass(frozen=True)
class Panel:
    """One panel: what its template reads, in a fixed number of statements, by who reads the page.
    ``is_aside``: in the narrow column."""

    template: str
    read: Callable[[Organization, User], dict[str, Any]]
    is_aside: bool = False


def page_of(organization: Organization, user: User) -> dict[str, Any]:
    """All of the page, in a fixed number of statements whatever points at the organization."""
    read = [(panel, {**panel.read(organization, user)}) for panel in PANELS]
    return {
        "title": str(organization),
        "organization": organization,
        "kind": kind_words(organization.kind),
        "aliases": list(organization.aliases.all()),
        "last_contact": last_contact_of(organization),
        "may_work": user.is_elearning,
        "panels": [(panel, told) for panel, told in read if not panel.is_aside],
        "asides": [(panel, told) for panel, told in read if panel.is_aside],
    }


def desk_address(organization: Organization) -> str:
    """The desk's list with all of its proposals and no other."""
    question = urlencode({"q": f"partner:#{organization.pk}"})
    return f"{reverse('admin:reviews_triageitem_changelist')}?{question}"


def _proposals(organization: Organization, user: User) -> dict[str, Any]:
    rows = parts_of(organization)
    return {
        "rows": rows[:MOST_SHOWN],
        "number": Engagement.objects.filter(organization=organization).count(),
        "more": desk_address(organization) if len(rows) > MOST_SHOWN else "",
    }


def _contacts(organization: Organization, user: User) -> dict[str, Any]:
    rows = list(contacts_of(organization))
    question = urlencode({"q": organization.name})
    address = f"{reverse('admin:partners_contact_changelist')}?{question}"
    return {"rows": rows[:MOST_SHOWN], "more": address if len(rows) > MOST_SHOWN else ""}


def _inquiries(organization: Organization, user: User) -> dict[str, Any]:
    rows = list(inquiries_of(organization))
    address = (
        f"{reverse('admin:partners_inquiry_changelist')}?{urlencode({'q': organization.name})}"
    )
    return {"rows": rows[:MOST_SHOWN], "more": address if len(rows) > MOST_SHOWN else ""}


def _alike(organization: Organization, user: User) -> dict[str, Any]:
    """What may be the same one; a contact's address stands for its mail domain."""
    email = organization.contacts.order_by("pk").values_list("email", flat=True).first() or ""
    found = candidates(
        name=organization.name,
        website=organization.website,
        email=email,
        without=organization.pk,
    )
    return {"candidates": found}


def _merges(organization: Organization, user: User) -> dict[str, Any]:
    """What was merged here, and what came apart again; of the newest that stands, whether it can be
    undone. The others are asked when somebody presses."""
    about = Q(kept=organization) | Q(merged=organization)
    merges = list(
        OrganizationMerge.objects.filter(about)
        .select_related("kept__merged_into", "merged", "by", "undone_by")
        .order_by("-pk")[:MOST_SHOWN]
    )
    standing = next((merge for merge in merges if merge.undone_at is None), None)
    return {
        "merges": merges,
        "newest": standing and standing.pk,
        "obstacles": why_not_undo(standing) if standing else [],
    }


def _memoranda(organization: Organization, user: User) -> dict[str, Any]:
    return _newest(mous_of(organization))


def _endorsements(organization: Organization, user: User) -> dict[str, Any]:
    return _newest(endorsements_of(organization))


def _newest(found: QuerySet) -> dict[str, Any]:
    rows = list(found[: MOST_SHOWN + 1])
    return {"rows": rows[:MOST_SHOWN], "more": len(rows) > MOST_SHOWN}


PANELS: list[Panel] = [
    Panel("admin/partners/organization/_proposals.html", _proposals),
    Panel("admin/partners/organization/_mous.html", _memoranda),
    Panel("admin/partners/organization/_endorsements.html", _endorsements),
    Panel("admin/partners/organization/_inquiries.html", _inquiries),
    Panel("admin/partners/organization/_contacts.html", _contacts, is_aside=True),
    Panel("admin/partners/organization/_alike.html", _alike, is_aside=True),
    Panel("admin/partners/organization/_merges.html", _merges, is_aside=True),
]
