"""How an inquiry comes in: sent by the organization and confirmed, or typed by staff; swept."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox import links
from microcreds.outbox.services import enqueue
from partners.models import Contact, Inquiry, InquiryEntry, Link
from partners.services import link_for
from reviews.clocks import add_business_days, campus_day
from reviews.inquiries import letters
from reviews.inquiries.desk import ANSWERED_WITHIN, note, put_in_hands, workers_of
from reviews.models import Holiday

# So long whoever sent it may correct it from the page that followed; it may be a shared computer.
CORRECTED_WITHIN = timedelta(hours=1)
# What its sender says; the columns of ``Inquiry`` by these names.
SAID = (
    "abilities",
    "jobs",
    "how_many",
    "by_when",
    "by_day",
    "place",
    "org_name",
    "website",
    "contact_name",
    "contact_title",
    "contact_email",
    "contact_phone",
)


@transaction.atomic
def begin(*, said: Mapping[str, Any], form_key: uuid.UUID, at: datetime | None = None) -> Inquiry:
    """An inquiry waits until its address is confirmed, and one mail asks for that. Nobody is told.

    The same ``form_key`` makes no second inquiry: until it is confirmed it says what was sent last,
    and another mail leaves where the address is another one.
    """
    at = at or timezone.now()
    inquiry, is_new = Inquiry.objects.get_or_create(
        form_key=form_key, defaults={**_new(said, at), "mailed_at": at}
    )
    if is_new or _say_anew(inquiry, said, at):
        enqueue([letters.confirmation(inquiry, at=at)])
    return inquiry


def begun(*, form_key: str, at: datetime | None = None) -> Inquiry | None:
    """What was sent with this page's key within ``CORRECTED_WITHIN`` and is not confirmed yet, to
    be corrected by whoever sent it."""
    since = (at or timezone.now()) - CORRECTED_WITHIN
    waiting = Inquiry.objects.filter(state=Inquiry.State.UNCONFIRMED, sent_at__gt=since)
    return waiting.filter(form_key=form_key).first() if form_key else None


def _say_anew(inquiry: Inquiry, said: Mapping[str, Any], at: datetime) -> bool:
    """It says this instead, unless it is confirmed; ``True``: to another address, which has to be
    confirmed by a link of its own. The one that went to the wrong address opens nothing."""
    row = Inquiry.objects.select_for_update(of=("self",), no_key=True).get(pk=inquiry.pk)
    if row.state != Inquiry.State.UNCONFIRMED:
        return False
    anew = _new(said, at)
    is_elsewhere = row.contact_email.lower() != str(said["contact_email"]).lower()
    if not is_elsewhere:
        del anew["uuid"], anew["token_sha256"], anew["sent_at"], anew["state_since"]
    else:
        anew["mailed_at"] = at
    for name, value in anew.items():
        setattr(inquiry, name, value)
    inquiry.save(update_fields=list(anew))
    return is_elsewhere


def awaiting(*, token: str, at: datetime | None = None) -> Inquiry | None:
    """The inquiry whose address this token of a mailed link can confirm. Reads only, so a mail
    scanner that follows the link changes nothing."""
    since = (at or timezone.now()) - timedelta(days=letters.CONFIRM_DAYS)
    waiting = Inquiry.objects.filter(confirmed_at__isnull=True, mailed_at__gt=since)
    return waiting.filter(token_sha256=links.sha256_of(token)).first()


@transaction.atomic
def confirm(*, token: str, at: datetime | None = None) -> Link | None:
    """Whoever has this token reads the address: the inquiry is received, the clock of its first
    answer runs, its queue is told, and the same link opens its status page from now on.

    Confirmed already (a second click): the standing link. ``None`` where there is nothing to
    confirm (any more).
    """
    at = at or timezone.now()
    found = awaiting(token=token, at=at)
    if found is None:
        return Link.objects.usable().filter(token_sha256=links.sha256_of(token)).first()
    row = Inquiry.objects.select_for_update(no_key=True).get(pk=found.pk)
    if row.confirmed_at:
        return Link.objects.usable().filter(token_sha256=row.token_sha256).first()
    row.contact, row.confirmed_at = _contact_of(row, at), at
    is_new = row.state == Inquiry.State.UNCONFIRMED
    if is_new:
        row.state, row.state_since = Inquiry.State.RECEIVED, at
        row.answer_by = first_answer_due(at)
    row.save()
    note(row, InquiryEntry.Kind.CONFIRMED, at)
    if is_new:
        enqueue(
            letters.to_staff("inquiry_new", row, to, key="received", at=at)
            for to in workers_of(row.unit_id)
        )
    return link_for(contact=row.contact, key=row.uuid, at=at)


@transaction.atomic
def type_in(
    *,
    said: Mapping[str, Any],
    channel: str,
    heard_on: date | None,
    by: User,
    form_key: uuid.UUID,
    at: datetime | None = None,
) -> Inquiry:
    """What an organization told staff stands in the queue, in the hands of whoever typed it. Nobody
    outside is mailed; the first mail to the address asks that it be confirmed.

    The same ``form_key`` makes no second one. Raises ``ValidationError``, by input where one is
    wrong, and for whoever is not of eLearning.
    """
    at = at or timezone.now()
    if not by.is_elearning:
        raise ValidationError(_("Only eLearning staff can type in what organizations told them."))
    errors = {}
    if channel not in set(Inquiry.Channel.values) - {Inquiry.Channel.WEB}:
        errors["channel"] = _("Choose how you heard about it.")
    if heard_on is None or heard_on > campus_day(at) or heard_on.year < 2000:
        errors["heard_on"] = _("Choose today or an earlier day.")
    if errors or heard_on is None:
        raise ValidationError(errors)
    inquiry, is_new = Inquiry.objects.get_or_create(
        form_key=form_key,
        defaults={
            **_new(said, at),
            "state": Inquiry.State.RECEIVED,
            "channel": channel,
            "heard_on": heard_on,
            "typed_by": by,
            "answer_by": first_answer_due(at),
        },
    )
    if not is_new:
        return inquiry
    put_in_hands(inquiry, by, at)
    inquiry.save()
    note(inquiry, InquiryEntry.Kind.TYPED, at, by=by, words=str(inquiry.get_channel_display()))
    return inquiry


@transaction.atomic
def sweep(*, at: datetime | None = None) -> int:
    """Inquiries whose address nobody confirmed within a week are gone. Returns how many."""
    since = (at or timezone.now()) - timedelta(days=letters.CONFIRM_DAYS)
    old = Inquiry.objects.filter(state=Inquiry.State.UNCONFIRMED, sent_at__lte=since)
    return old.delete()[0]


def first_answer_due(at: datetime) -> date:
    """The working day by which an inquiry that came at that moment is answered."""
    today = campus_day(at)
    holidays = frozenset(
        Holiday.objects.filter(on__gte=today, on__lte=today + timedelta(days=60)).values_list(
            "on", flat=True
        )
    )
    return add_business_days(today, ANSWERED_WITHIN, holidays)


def _new(said: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    key = uuid.uuid4()
    return {
        **{name: said[name] for name in SAID if name in said},
        "uuid": key,
        "token_sha256": links.sha256_of(links.token_for(key)),
        "sent_at": at,
        "state_since": at,
    }


def _contact_of(inquiry: Inquiry, at: datetime) -> Contact:
    """Whoever has the address; what the directory says of them already is not overwritten."""
    Contact.objects.bulk_create(
        [
            Contact(
                name=inquiry.contact_name,
                title=inquiry.contact_title,
                email=inquiry.contact_email,
                phone=inquiry.contact_phone,
                created_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    known = Contact.objects.alias(key=Lower("email"))
    contact: Contact = known.get(key=Lower(Value(inquiry.contact_email)))
    if inquiry.organization:
        contact.organizations.add(inquiry.organization)
    return contact
