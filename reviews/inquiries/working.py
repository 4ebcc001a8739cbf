"""What staff do with an inquiry: own it, answer it, pass it on, close it, name its organization."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import Unit, User
from microcreds.outbox.services import enqueue, recall
from partners.directory import add_organization, also_called
from partners.models import FacultyAsk, Inquiry, InquiryEntry, Organization
from partners.models.inquiries import LONGEST_WORDS
from reviews.inquiries import letters
from reviews.inquiries.desk import enter, locked, may_work_on, note, put_in_hands, workers_of

Kind = InquiryEntry.Kind


@transaction.atomic
def give(*, inquiry: Inquiry, to: User, by: User, at: datetime | None = None) -> Inquiry:
    """``to`` owns it and is told, unless they took it themselves; owned by them already: nothing.

    Raises ``ValidationError`` when ``by`` does not work on it, or ``to`` could not.
    """
    at = at or timezone.now()
    row = locked(inquiry, by)
    if row.owner_id == to.pk:
        return row
    if not may_work_on(to, row):
        raise ValidationError({"to": _("Choose somebody who works for its unit.")})
    put_in_hands(row, to, at)
    row.save()
    entry = note(row, Kind.TAKEN, at, by=by, words=str(to))
    if to != by:
        enqueue([letters.to_staff("inquiry_assigned", row, to, key=entry.pk, at=at, by=by)])
    return row


@transaction.atomic
def answer(*, inquiry: Inquiry, words: str, by: User, at: datetime | None = None) -> Inquiry:
    """A mail with these words is on its way to the sender, who finds them on the status page too;
    the clock of the first answer stops. Whoever answers what nobody owns, owns it.

    Raises ``ValidationError``, by input where one is wrong, when ``by`` does not work on it, it is
    closed, or an address that nobody has confirmed was mailed to within a week.
    """
    at = at or timezone.now()
    row = locked(inquiry, by)
    words = _fit(words, _("Write your answer."))
    _refuse_second_mail(row, at)
    if row.owner is None:
        put_in_hands(row, by, at)
    row.first_answered_at = row.first_answered_at or at
    entry = note(row, Kind.ANSWERED, at, by=by, words=words)
    _mail_sender("inquiry_answer", row, entry, by, at, quoted=words)
    row.save()
    return row


@transaction.atomic
def close(
    *, inquiry: Inquiry, reason: str, words: str = "", by: User, at: datetime | None = None
) -> Inquiry:
    """It goes no further now: its sender is told the reason, and ``words`` where there are some. An
    open ask is taken back. Of one that is not genuine nobody is told.

    Raises ``ValidationError``, by input where one is wrong, when ``by`` does not work on it or it
    is closed already.
    """
    at = at or timezone.now()
    row = locked(inquiry, by)
    if reason not in Inquiry.Reason.values:
        raise ValidationError({"reason": _("Choose a reason.")})
    more = _fit(words) if words.strip() else ""
    said = "\n\n".join(filter(None, (str(Inquiry.Reason(reason).label), more)))
    for ask in row.asks.filter(state=FacultyAsk.State.OPEN):
        recall(cause=f"faculty_ask:{ask.pk}")
        ask.state, ask.state_since = FacultyAsk.State.ENDED, at
        ask.save()
    row.closed_from, row.reason, row.closing_words = row.state, reason, said
    enter(row, Inquiry.State.CLOSED, at)
    entry = note(row, Kind.CLOSED, at, by=by, words=said)
    is_told = reason != Inquiry.Reason.NOT_GENUINE and may_be_mailed(row, at)
    if is_told:
        row.first_answered_at = row.first_answered_at or at
        _mail_sender("inquiry_closed", row, entry, by, at, quoted=said)
    row.save()
    return row


@transaction.atomic
def reopen(*, inquiry: Inquiry, by: User, at: datetime | None = None) -> Inquiry:
    """What was closed is read again, in the hands of ``by``. Raises ``ValidationError`` when they
    do not work on it or it is not closed."""
    at = at or timezone.now()
    row = locked(inquiry, by, must_be_open=False)
    if row.state != Inquiry.State.CLOSED:
        raise ValidationError(_("It is not closed."))
    row.reason = row.closing_words = row.closed_from = ""
    put_in_hands(row, by, at)
    enter(row, Inquiry.State.READING, at)
    row.save()
    note(row, Kind.REOPENED, at, by=by)
    return row


@transaction.atomic
def pass_on(
    *, inquiry: Inquiry, unit: Unit, words: str, by: User, at: datetime | None = None
) -> Inquiry:
    """It waits in the queue of ``unit``, whose staff are told why; the promised day stays.

    Raises ``ValidationError``, by input where one is wrong, when ``by`` does not work on it, it is
    that unit's already, or a member of the faculty is asked.
    """
    at = at or timezone.now()
    row = locked(inquiry, by)
    words = _fit(words, _("Say why, for your colleagues."))
    if row.unit_id == unit.pk:
        raise ValidationError({"unit": _("They own it already.")})
    if row.asks.filter(state=FacultyAsk.State.OPEN).exists():
        raise ValidationError(_("Take back the ask to the faculty first, or wait for its answer."))
    row.unit, row.owner = unit, None
    enter(row, Inquiry.State.RECEIVED, at)
    row.save()
    entry = note(row, Kind.PASSED_ON, at, by=by, words=f"{unit}: {words}")
    enqueue(
        letters.to_staff("inquiry_passed_on", row, to, key=entry.pk, at=at, by=by, words=words)
        for to in workers_of(unit.pk)
        if to != by
    )
    return row


@transaction.atomic
def name_organization(
    *, inquiry: Inquiry, organization: Organization | None, by: User, at: datetime | None = None
) -> Inquiry:
    """Staff confirm which organization of the directory asks; ``None``: it is a new one there. The
    name it gave itself counts among its names from now on. Nothing is merged, and what is
    confirmed already is not noted twice.

    Raises ``ValidationError`` when ``by`` does not work on it, or the new one is there already.
    """
    at = at or timezone.now()
    row = locked(inquiry, by, must_be_open=False)
    if organization and row.organization_id == organization.pk:
        return row
    if organization is None:
        organization = add_organization(
            name=row.org_name, place=row.place, website=row.website, at=at
        )
        words = _("New in the directory: %(name)s")
    else:
        also_called(organization=organization, name=row.org_name, at=at)
        words = _("The same as %(name)s")
    row.organization = organization
    row.save(update_fields=["organization"])
    if row.contact:
        row.contact.organizations.add(organization)
    note(row, Kind.MATCHED, at, by=by, words=words % {"name": organization})
    return row


def may_be_mailed(inquiry: Inquiry, at: datetime) -> bool:
    """Its address is confirmed, or was not mailed to within a week."""
    lately = at - timedelta(days=letters.CONFIRM_DAYS)
    return bool(inquiry.confirmed_at) or not inquiry.mailed_at or inquiry.mailed_at < lately


def _refuse_second_mail(row: Inquiry, at: datetime) -> None:
    if not may_be_mailed(row, at):
        raise ValidationError(
            _(
                "Nobody has confirmed this address yet, and a mail went there less than a week"
                " ago. Call them, or wait until they open its link."
            )
        )


def _mail_sender(
    event: str, row: Inquiry, entry: InquiryEntry, by: User, at: datetime, **words: str
) -> None:
    """The mail is in the outbox; to an address nobody has confirmed, when it left is kept."""
    enqueue([letters.to_its_sender(event, row, number=entry.pk, by=by, at=at, **words)])
    if row.confirmed_at is None:
        row.mailed_at = at


def _fit(words: str, if_missing: str = "") -> str:
    words = words.replace("\r\n", "\n").strip()
    if not words:
        raise ValidationError({"words": if_missing})
    if len(words) > LONGEST_WORDS:
        raise ValidationError({"words": _("Write at most 2,000 characters.")})
    return words
