"""The code asked before anything is signed: mailed to the contact, good once and for ten minutes.

A personal link may lie in a mailbox for weeks or be passed on; whoever types the code reads the
contact's mail now (OWASP ASVS 6.5.5: an out-of-band code lives ten minutes at most).
"""

import hmac
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from microcreds.outbox import links
from microcreds.outbox.models import Message
from microcreds.outbox.services import enqueue_email
from partners.models import MOST_TRIES, Code, Contact

CODE_MINUTES = 10
MOST_AN_HOUR = 5
# How long an old code stays on record, for the count of an hour and for whoever looks into a case.
KEPT = timedelta(days=1)


@transaction.atomic
def send(*, contact: Contact, purpose: str, about: str = "", at: datetime | None = None) -> Message:
    """A fresh code for this purpose is on its way to the contact; older ones of it work no more.

    ``purpose`` says in a few letters what it is for ("endorsement:12"), ``about`` is the reference
    of the proposal. The mail leaves at once; its text is emptied then. Raises ``ValidationError``
    after ``MOST_AN_HOUR`` codes in an hour.
    """
    at = at or timezone.now()
    # The lock makes two requests at once wait for each other, so that both are counted.
    Contact.objects.select_for_update(no_key=True).only("pk").get(pk=contact.pk)
    Code.objects.filter(contact=contact, sent_at__lt=at - KEPT).delete()
    if contact.codes.filter(sent_at__gt=at - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise ValidationError(
            _("We have sent you several codes already. Use the newest, or try again in an hour.")
        )
    key = uuid4()
    code = Code.objects.create(
        contact=contact,
        purpose=purpose,
        keyed_hash=_hash(contact, purpose, links.code_for(key)),
        sent_at=at,
        expires_at=at + timedelta(minutes=CODE_MINUTES),
    )
    return enqueue_email(
        event="partner_code",
        to=contact.email,
        context={
            "contact": contact.name,
            "code": links.code_placeholder(key),
            "code_minutes": CODE_MINUTES,
        },
        about=about,
        cause=f"code:{code.pk}",
        dedupe_key=f"code:{key}",
        at=at,
        priority=Message.Priority.AWAITED,
        is_secret=True,
    )


def confirm(*, contact: Contact, purpose: str, code: str, at: datetime | None = None) -> None:
    """The code is used up: whoever typed it reads the contact's mail.

    Ask it last, once the form is valid, and before the service that signs: a transaction around it
    would take a wrong try back, so there may be none (``RuntimeError``). Raises ``ValidationError``
    where the code is wrong, used, older than ten minutes, or was tried too often.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        newest = (
            Code.objects.select_for_update(no_key=True)
            .filter(contact=contact, purpose=purpose)
            .first()
        )
        refusal = _use(newest, _hash(contact, purpose, _digits(code)), at)
    if refusal:
        raise ValidationError(refusal)


def _use(code: Code | None, typed: str, at: datetime) -> str:
    """Why not; empty where it was right, and it is used up then. A wrong try is counted."""
    if code is None:
        return _("Ask for a code first.")
    if code.used_at:
        return _("This code was used already. Ask for another one.")
    if code.tries >= MOST_TRIES:
        return _too_often()
    if code.expires_at <= at:
        return _("This code has run out. Ask for another one.")
    if hmac.compare_digest(code.keyed_hash, typed):
        code.used_at = at
        code.save(update_fields=["used_at"])
        return ""
    code.tries += 1
    code.save(update_fields=["tries"])
    left = MOST_TRIES - code.tries
    if not left:
        return _too_often()
    return ngettext(
        "This is not the code of our newest mail. You can try once more.",
        "This is not the code of our newest mail. You can try %(n)s more times.",
        left,
    ) % {"n": left}


def _too_often() -> str:
    return _("That was too many wrong codes. Ask for another one.")


def _digits(typed: str) -> str:
    """What was meant: people copy blanks and dashes along."""
    return "".join(each for each in typed if not each.isspace() and each != "-")


def _hash(contact: Contact, purpose: str, code: str) -> str:
    return links.keyed_hash_of("code", contact.pk, purpose, code)
