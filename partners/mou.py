"""Every write to the record of an MoU; which move may follow which, ``reviews.mou`` decides."""

from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from partners.models import Contact, Engagement, Mou, MouEntry, MouVersion, Organization
from partners.models.mou import MouQuerySet
from proposals.models import Attachment
from proposals.services.files import attach_to_record

# The heads of a memorandum of understanding, as universities use them (domain.md §3.2).
CLAUSES: dict[str, Promise] = {
    "purpose": _("Purpose"),
    "university_duties": _("What the university does"),
    "partner_duties": _("What the partner does"),
    "money": _("Money"),
    "materials": _("Intellectual property and materials"),
    "names": _("Use of names and logos"),
    "data": _("Data that is shared, and FERPA"),
    "learner_records": _("Who owns the learners' records"),
    "commitment": _("Minimum of learners, or what is promised"),
    "contacts": _("Contact persons"),
    "renewal": _("Renewal and its notice"),
    "termination": _("How it can be terminated"),
}
# What a move overwrites, kept with it.
MOVED = (
    "status",
    "status_since",
    "due_on",
    "not_needed_because",
    "version_id",
    "agreed_by_partner_id",
    "agreed_by_university_id",
    "signed_by_partner_on",
    "signed_by_university_on",
    "terminated_on",
    "terminated_because",
    "let_end_at",
)


def mous_of(organization: Organization) -> MouQuerySet:
    """Every MoU with this organization, the newest first, each with its proposal; one query."""
    return Mou.objects.of_organization(organization)


def columns_of(mou: Mou) -> dict[str, Any]:
    """What moves overwrite, fit for JSON."""
    values = {name: getattr(mou, name) for name in MOVED}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def restore(mou: Mou, before: dict[str, Any]) -> None:
    """The columns as they were; nothing is saved."""
    fields = {field.attname: field for field in Mou._meta.concrete_fields}
    for name, value in before.items():
        setattr(mou, name, fields[name].to_python(value))


@transaction.atomic
def locked(engagement: Engagement) -> Mou:
    """The MoU of this engagement under its lock; a new one, not saved, before its first move. The
    lock of the engagement makes two first moves at once wait for each other."""
    Engagement.objects.only("pk").lock(engagement)
    found = Mou.objects.select_for_update(of=("self",), no_key=True).filter(pk=engagement.pk)
    mou = found.select_related("version").first() or Mou(engagement=engagement, status="")
    mou.engagement = engagement
    return mou


@transaction.atomic
def enter(mou: Mou, status: Mou.Status, *, move: str, at: datetime, **said: Any) -> MouEntry:
    """It stands at ``status`` since ``at``, and its history says so; ``said`` are columns of the
    entry. What the move set on ``mou`` is saved with it."""
    before = said.pop("before", None) or columns_of(mou)
    from_status = before["status"]
    mou.status, mou.status_since = status, at
    mou.save()
    return MouEntry.objects.create(
        mou=mou,
        kind=MouEntry.Kind.MOVED,
        move=move,
        from_status=from_status,
        to_status=status,
        at=at,
        before={name: value for name, value in before.items() if from_status},
        version=mou.version,
        **said,
    )


def note(mou: Mou, kind: MouEntry.Kind, at: datetime, **said: Any) -> MouEntry:
    """One line of its history that is no move."""
    return MouEntry.objects.create(mou=mou, kind=kind, at=at, **said)


@transaction.atomic
def add_version(
    mou: Mou,
    *,
    upload: File,
    changed: str,
    by: User | None = None,
    contact: Contact | None = None,
    at: datetime | None = None,
    **is_what: bool,
) -> MouVersion:
    """The file is the next version of it, or its signed copy (``is_signed_copy``);
    ``is_for_partner`` and ``is_for_proposers`` say who may have it. The newest text is the one that
    is worked on.

    Raises ``ValidationError`` in words that name the file where it is not one of ours.
    """
    at = at or timezone.now()
    file = keep_file(mou, upload, by=by, contact=contact, at=at)
    newest = mou.versions.aggregate(newest=Max("number"))["newest"] or 0
    version = MouVersion.objects.create(
        mou=mou,
        number=newest + 1,
        file=file,
        changed=changed.strip(),
        at=at,
        by=by,
        contact=contact,
        **is_what,
    )
    if not version.is_signed_copy:
        mou.version = version
    return version


def keep_file(
    mou: Mou, upload: File, *, by: User | None, contact: Contact | None, at: datetime
) -> Attachment:
    """The file is kept with it; read where the MoU is, and nowhere else."""
    who = f"{contact.name}, {mou.engagement.organization}"[:255] if contact and not by else ""
    return attach_to_record(
        proposal=mou.engagement.proposal,
        upload=upload,
        record=mou.record,
        by=by,
        brought_by=who,
        at=at,
    )
