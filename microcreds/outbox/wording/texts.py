"""Every write of a text: changed by staff, back to what it was, tried by a mail to oneself."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.events import Kind
from microcreds.outbox.models import MailText, Message
from microcreds.outbox.services import enqueued, one_line
from microcreds.outbox.wording import in_force, occasions, trying
from microcreds.outbox.wording.mail import Wording
from microcreds.outbox.wording.source import Source

LONGEST_SUBJECT, LONGEST_BODY, LONGEST_WHY = 200, 6000, 400
TEST = "text_test"


def history_of(wording: Wording) -> QuerySet[MailText]:
    """Every version that staff made of it, newest first."""
    return MailText.objects.filter(key=wording.key).select_related("by").order_by("-pk")


def words_of(wording: Wording, text: MailText | None) -> tuple[str, str]:
    """Subject and body of a version; the program's where it has none or there is none."""
    return (text.subject, text.body) if text and text.subject else wording.default


def cleaned(wording: Wording, subject: str, body: str) -> tuple[str, str]:
    """The text as it is kept: one line, then lines without spaces at their ends.

    Raises ``ValidationError`` by field where it cannot be filled or would tell a link.
    """
    subject = " ".join(subject.split())
    body = "\n".join(line.rstrip() for line in body.splitlines()).strip("\n")
    errors: dict[str, list[str]] = {}
    for field, words, most in (("subject", subject, LONGEST_SUBJECT), ("body", body, LONGEST_BODY)):
        if not words:
            errors[field] = [_("A mail needs this.")]
        elif len(words) > most:
            errors[field] = [_("Write at most %(most)d characters.") % {"most": most}]
        elif trying.leaks(words):
            errors[field] = [_("Somebody's own link stands in it; everybody would get it.")]
    if errors:
        raise ValidationError(errors)
    wording.read(subject, body)
    return subject, body


def tried(wording: Wording, subject: str, body: str, *, by: User) -> Source:
    """The text, read and found fit for the newest real proposals and for the examples.

    Raises ``ValidationError`` by field.
    """
    source = wording.read(*cleaned(wording, subject, body))
    everywhere = [*occasions.real_ones(wording, by), *occasions.examples_of(wording)]
    if found := trying.refusals(wording, source, everywhere):
        raise ValidationError(found)
    return source


@transaction.atomic
def save_text(
    *,
    wording: Wording,
    subject: str,
    body: str,
    why: str,
    by: User,
    seen: int,
    at: datetime | None = None,
) -> MailText:
    """Mails composed from now on say this; every version before stays on record.

    ``seen`` is the number of the version that ``by`` changed, 0 where there was none. Raises
    ``ValidationError``, by field where one is wrong: it cannot be filled, fails for a proposal,
    somebody was faster, or ``by`` is no lead.
    """
    if not by.is_lead:
        raise ValidationError(_("Only the eLearning lead can change what mails say."))
    why = " ".join(why.split())
    if not why or len(why) > LONGEST_WHY:
        raise ValidationError({"why": _("Say in up to 400 characters why.")})
    subject, body = cleaned(wording, subject, body)
    tried(wording, subject, body, by=by)
    newest = history_of(wording).first()
    if (newest.number if newest else 0) != seen:
        raise ValidationError(
            _(
                "%(who)s has changed it meanwhile. What you typed is still here; look at theirs "
                "first."
            )
            % {"who": newest.by if newest else ""}
        )
    if (subject, body) == words_of(wording, newest):
        raise ValidationError(_("Nothing is changed: this is the text already."))
    if (subject, body) == wording.default:
        subject = body = ""
    text = MailText(
        key=wording.key,
        number=seen + 1,
        subject=subject,
        body=body,
        why=why,
        by=by,
        at=at or timezone.now(),
    )
    try:
        with transaction.atomic():
            text.save(force_insert=True)
    except IntegrityError:
        raise ValidationError(_("Somebody else has changed it meanwhile.")) from None
    transaction.on_commit(lambda: in_force.refresh() and None)
    return text


def bring_back(*, wording: Wording, number: int, by: User, at: datetime | None = None) -> MailText:
    """What version ``number`` said holds again; 0: what the program says.

    Raises ``ValidationError`` where there is no such version or it does not fit any more.
    """
    newest = history_of(wording).first()
    wanted = history_of(wording).filter(number=number).first() if number else None
    if number and wanted is None:
        raise ValidationError(_("There is no such version."))
    subject, body = words_of(wording, wanted)
    return save_text(
        wording=wording,
        subject=subject,
        body=body,
        why=_("Back to version %(n)d.") % {"n": number} if number else _("Back to the default."),
        by=by,
        seen=newest.number if newest else 0,
        at=at,
    )


@transaction.atomic
def send_test(
    *, look: trying.Look, wording: Wording, to: User, at: datetime | None = None
) -> Message:
    """The mail, as it was looked at, leaves at once to who tries it, marked as a test; pressed
    twice in a minute it leaves once. Nobody's own link is in it."""
    at = at or timezone.now()
    said = sha256(f"{look.subject}\n{look.body}".encode()).hexdigest()[:16]
    cause = f"{TEST}:{wording.key}:{to.pk}"
    mail = Message(
        event=TEST,
        to=to.email,
        user=to,
        cause=cause,
        dedupe_key=f"{cause}:{said}:{at:%Y%m%d%H%M}",
        subject=one_line(_("[Test] %(subject)s") % {"subject": look.subject}),
        body=look.body,
        kind=Kind.RECEIPT,
        priority=Message.Priority.AWAITED,
        created_at=at,
        due_at=at,
    )
    return enqueued([mail])[0]


def newest_by_key() -> Mapping[str, MailText]:
    """The newest version of each text that staff ever changed; one statement."""
    newest = MailText.objects.order_by("key", "-pk").distinct("key").select_related("by")
    return {text.key: text for text in newest}
