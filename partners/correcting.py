"""What staff put right about an engagement: which organization, which contact, and their note."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from partners.directory import add_organization, also_called
from partners.models import Contact, Engagement, EngagementEntry, Organization
from partners.models.engagements import LONGEST_NOTE
from proposals.models import Proposal

Kind = EngagementEntry.Kind


@transaction.atomic
def correct_organization(
    *,
    engagement: Engagement,
    organization: Organization,
    by: User,
    is_another_name: bool = False,
    at: datetime | None = None,
) -> Engagement:
    """The engagement is this organization's, whatever its form says of it from now on; its contact
    is one of that organization. ``is_another_name``: what the form calls it means this organization
    wherever it is named. The same as before: nothing, but for the name.

    Raises ``ValidationError`` when the organization was merged into another.
    """
    at = at or timezone.now()
    row = locked(engagement)
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if organization.merged_into_id:
        raise ValidationError({"organization": _("It was merged into another one. Choose again.")})
    if is_another_name:
        also_called(organization=organization, name=row.named_partner.org_name, at=at)
    if row.organization_id == organization.pk:
        return row
    was, row.organization = row.organization, organization
    row.save(update_fields=["organization"])
    if row.contact:
        row.contact.organizations.add(organization)
    enter(row, Kind.ORGANIZATION, by, at, was=said_of(was), now=said_of(organization))
    return row


@transaction.atomic
def correct_to_new_organization(
    *,
    engagement: Engagement,
    name: str,
    place: str,
    by: User,
    is_another_name: bool = False,
    at: datetime | None = None,
) -> Engagement:
    """The same with one that is new in the directory. Raises ``ValidationError``, by input, where
    one of this name and place is there already."""
    at = at or timezone.now()
    try:
        organization = add_organization(name=name, place=place, website="", at=at)
    except ValidationError as refusal:
        raise ValidationError({"name": refusal}) from refusal
    return correct_organization(
        engagement=engagement,
        organization=organization,
        by=by,
        is_another_name=is_another_name,
        at=at,
    )


@transaction.atomic
def correct_contact(
    *, engagement: Engagement, contact: Contact | None, by: User, at: datetime | None = None
) -> Engagement:
    """This is whom its organization speaks through, whatever its form says from now on; ``None``:
    nobody. What is shared with others stays as it is. The same as before: nothing."""
    at = at or timezone.now()
    row = locked(engagement)
    if row.contact_id == (contact and contact.pk):
        return row
    was, row.contact = row.contact, contact
    row.save(update_fields=["contact"])
    if contact:
        contact.organizations.add(row.organization)
    enter(row, Kind.CONTACT, by, at, was=str(was or ""), now=str(contact or ""))
    return row


@transaction.atomic
def correct_to_new_contact(
    *,
    engagement: Engagement,
    name: str,
    email: str,
    title: str = "",
    phone: str = "",
    by: User,
    at: datetime | None = None,
) -> Engagement:
    """The same with the person who has this address; new in the directory where nobody has it. What
    is known of them is not overwritten."""
    at = at or timezone.now()
    contact = _contact(name=name, email=email, title=title, phone=phone, at=at)
    return correct_contact(engagement=engagement, contact=contact, by=by, at=at)


@transaction.atomic
def write_note(
    *, engagement: Engagement, note: str, seen: str, by: User, at: datetime | None = None
) -> Engagement:
    """The confidential note says this; what it said before is kept. ``seen`` is what it said when
    its writer began.

    Raises ``ValidationError`` when it is too long, or somebody changed it meanwhile.
    """
    at = at or timezone.now()
    row = locked(engagement)
    note = note.replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE:
        raise ValidationError({"note": _("Write at most 2,000 characters.")})
    if note == row.staff_note:
        return row
    if seen.replace("\r\n", "\n").strip() != row.staff_note:
        raise ValidationError(
            {
                "note": _(
                    "Somebody changed the note while you wrote. It is shown above as it is now;"
                    " save again to put yours in its place."
                )
            }
        )
    was, row.staff_note = row.staff_note, note
    row.save(update_fields=["staff_note"])
    enter(row, Kind.NOTE, by, at, was=was, now=note)
    return row


def locked(engagement: Engagement) -> Engagement:
    """The engagement with what staff alone know of it, under the lock of its proposal: while it
    stands, no form is sent and nothing is shared."""
    Proposal.objects.select_for_update(no_key=True).only("pk").get(pk=engagement.proposal_id)
    found = Engagement.objects.select_for_update(of=("self",)).select_related(
        "proposal__assignee", "proposal__submitter", "organization", "contact", "named_partner"
    )
    return found.get(pk=engagement.pk)


def enter(
    row: Engagement,
    kind: EngagementEntry.Kind,
    by: User,
    at: datetime,
    *,
    was: str = "",
    now: str = "",
) -> EngagementEntry:
    """One line of its history."""
    return EngagementEntry.objects.create(engagement=row, kind=kind, at=at, by=by, was=was, now=now)


def said_of(organization: Organization) -> str:
    """Name and place, as the history keeps them."""
    return ", ".join(filter(None, (organization.name, organization.place)))


def _contact(*, name: str, email: str, title: str, phone: str, at: datetime) -> Contact:
    known = Contact.objects.alias(key=Lower("email")).filter(key=Lower(Value(email)))
    if found := known.first():
        return found
    try:
        with transaction.atomic():
            return Contact.objects.create(
                name=name, email=email, title=title, phone=phone, created_at=at
            )
    except IntegrityError:  # somebody else added them in this very instant
        return known.get()
