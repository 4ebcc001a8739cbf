"""Nothing a contact typed is lost: kept until they came back, offered to nobody else."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from partners.models import Contact, Link, Typed
from partners.models.typed import KEPT_DAYS

LONGEST_KEPT = 60_000  # characters of one form, about ten times our longest
MOST_KEPT = 20
_SIGNER = signing.TimestampSigner(salt="partners.typed")
# What the page put into the form by itself, and the code, which is a secret and soon too old.
_NOT_TYPED = {"csrfmiddlewaretoken", "whose", "keep", "leave_out", "key", "code", "another"}
_BUTTONS = {"action", "save", "sign", "shown", "version"}


def mark_of(link: Link) -> str:
    """Stands in each form: proves to whom it was handed out, once no session does any more."""
    return _SIGNER.sign(f"{link.pk}:{link.contact_id}")


def contact_named_in(mark: str) -> tuple[int, int] | None:
    """The ids of link and contact in a genuine mark; ``None`` for anything else."""
    try:
        said = _SIGNER.unsign(mark, max_age=timedelta(days=settings.PARTNER_LINK_DAYS))
    except signing.BadSignature:
        return None
    link, _colon, contact = said.partition(":")
    return int(link), int(contact)


def fields_in(posted: QueryDict) -> dict[str, list[str]]:
    """What was typed and chosen, by the name of its field; files are not in it."""
    found = {
        name: [value.replace("\x00", "") for value in posted.getlist(name)]
        for name in posted
        if name not in _NOT_TYPED
    }
    return {name: values for name, values in found.items() if any(map(str.strip, values))}


def words_in(posted: QueryDict) -> list[str]:
    """The same to be read, without what buttons say."""
    fields = fields_in(posted)
    return [value for name in fields if name not in _BUTTONS for value in fields[name]]


@transaction.atomic
def keep(
    *,
    contact: Contact,
    path: str,
    fields: dict[str, list[str]],
    was_sent: bool = False,
    at: datetime | None = None,
) -> bool:
    """The form at this address is offered to the contact as it was left. Where several forms go to
    one address, each of them. ``False``: there was nothing in it, or too much, or the contact has
    ``MOST_KEPT`` of them, and nothing is kept.
    """
    # The lock makes two tabs at once wait for each other.
    Contact.objects.select_for_update(no_key=True).only("pk").get(pk=contact.pk)
    known = {each.path: each for each in contact.typed.fresh()}
    if path in known and not fields.keys() & known[path].fields.keys():
        fields = known[path].fields | fields
    size = sum(len(value) for values in fields.values() for value in values)
    is_full = path not in known and len(known) >= MOST_KEPT
    longest = Typed._meta.get_field("path").max_length or 0
    if not fields or is_full or size > LONGEST_KEPT or len(path) > longest:
        return False
    values = {"fields": fields, "was_sent": was_sent, "at": at or timezone.now()}
    Typed.objects.update_or_create(contact=contact, path=path, defaults=values)
    return True


def keep_unsent(*, mark: str, path: str, fields: dict[str, list[str]]) -> bool:
    """What was sent when the session had ended is kept for whom the form was handed to, as
    ``keep`` says; ``False`` where nobody knows to whom, or that link was withdrawn."""
    named = contact_named_in(mark)
    if named is None:
        return False
    link = Link.objects.filter(pk=named[0], contact=named[1], revoked_at=None)
    known = link.select_related("contact").first()
    return known is not None and keep(
        contact=known.contact, path=path, fields=fields, was_sent=True
    )


def forget(*, contact: Contact, path: str) -> None:
    """It was sent, or they do not want it."""
    Typed.objects.filter(contact=contact, path=path).delete()


def forget_old(*, at: datetime | None = None) -> int:
    """Nothing is kept longer than ``KEPT_DAYS``; returns how many went."""
    before = (at or timezone.now()) - timedelta(days=KEPT_DAYS)
    return Typed.objects.filter(at__lte=before).delete()[0]


def fill_in(typed: Typed, forms: Iterable[Any]) -> None:
    """These forms, not posted yet, show what was typed into them; a file is chosen again."""
    posted = QueryDict(mutable=True)
    for name, values in typed.fields.items():
        posted.setlist(name, values)
    for form in forms:
        for name, field in form.fields.items():
            key = form.add_prefix(name)
            if field.widget.needs_multipart_form:
                continue
            if not field.widget.value_omitted_from_data(posted, {}, key):
                form.initial[name] = field.widget.value_from_datadict(posted, {}, key)
