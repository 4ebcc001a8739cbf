"""Every write about what is asked of contacts: asked, opened, settled."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.contacts import mail_of
from microcreds.accounts.models import User
from microcreds.outbox import links
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose, enqueue, recall
from partners.models import Contact, Engagement, PartnerAsk, Share
from partners.models.asks import LONGEST_ASK
from partners.services import issue_links

State = PartnerAsk.State


@transaction.atomic
def ask_contact(
    *,
    engagement: Engagement,
    contact: Contact,
    kind: PartnerAsk.Kind,
    words: str,
    due_on: date,
    by: User,
    at: datetime | None = None,
) -> PartnerAsk:
    """This is asked of the contact: it stands on their page, and a mail with a link says so.

    Raises ``ValidationError`` where the page is not shared with them, the words are missing or too
    long, the day has passed, or the same is asked of them already.
    """
    at = at or timezone.now()
    asked = PartnerAsk(
        engagement=engagement,
        contact=contact,
        kind=kind,
        words=words.strip(),
        due_on=due_on,
        asked_at=at,
        asked_by=by,
    )
    _refuse_unfit(asked, timezone.localdate(at))
    asked.save()
    enqueue([asking_mail(asked, at=at)])
    return asked


@transaction.atomic
def ask_once(
    *,
    engagement: Engagement,
    words: str,
    by: User,
    is_same: Callable[[PartnerAsk], bool],
    at: datetime | None = None,
    **asked: Any,
) -> tuple[PartnerAsk, bool]:
    """As ``ask_contact``, and whether it is new: what ``by`` asks already of the contact in these
    words by that day stands where it ``is_same``, so that the same form posted again (a double
    click, a retry) asks for nothing twice."""
    Engagement.objects.only("pk").lock(engagement)
    open_asks = PartnerAsk.objects.open().filter(engagement=engagement, asked_by=by, **asked)
    for standing in open_asks.filter(words=words.strip()):
        if is_same(standing):
            return standing, False
    return ask_contact(engagement=engagement, words=words, by=by, at=at, **asked), True


@transaction.atomic
def extend(*, asked: PartnerAsk, due_on: date, at: datetime | None = None) -> PartnerAsk:
    """There is time until a later day, and a mail with a link says so; what was to remind them of
    the day before stays here.

    Raises ``ValidationError`` where the day is no later one, or it ended meanwhile.
    """
    locked = _locked_open(asked)
    if due_on <= locked.due_on:
        raise ValidationError({"due_on": _("Choose a later day than the one they have.")})
    if due_on < timezone.localdate(at):
        raise ValidationError({"due_on": _("This day has passed. Choose a later one.")})
    locked.due_on = due_on
    locked.save(update_fields=["due_on"])
    recall(cause=f"partner_ask:{locked.pk}")
    enqueue([asking_mail(locked, at=at or timezone.now())])
    return locked


def asking_mail(asked: PartnerAsk, *, event: str = "partner_asked", at: datetime) -> Message:
    """The mail that says what is asked, not saved; it carries a link of its own."""
    link = issue_links(contacts=[asked.contact], event=event, at=at)[asked.contact_id]
    cause = f"partner_ask:{asked.pk}"
    return compose(
        event=event,
        to=asked.contact.email,
        context={
            "contact": asked.contact.name,
            "title": asked.engagement.proposal.working_title,
            "what": asked.get_kind_display(),
            "asked": asked.words,
            "due_on": asked.due_on,
            "link": links.placeholder(link.uuid),
            "link_days": settings.PARTNER_LINK_DAYS,
        },
        about=asked.engagement.proposal.reference,
        cause=cause,
        dedupe_key=f"{cause}:{event}:{asked.due_on}",
        at=at,
        reply_to=mail_of(asked.engagement.proposal.unit_id),
    )


@transaction.atomic
def note_opened(*, asked: PartnerAsk, at: datetime | None = None) -> None:
    """Its contact has seen it; noted the first time."""
    PartnerAsk.objects.filter(pk=asked.pk, state=State.REQUESTED).update(
        state=State.OPENED, opened_at=at or timezone.now()
    )


@transaction.atomic
def settle(
    *,
    asked: PartnerAsk,
    state: PartnerAsk.State,
    words: str = "",
    by: User | None = None,
    at: datetime | None = None,
) -> PartnerAsk:
    """It ends so, and its mails that have not left stay here. ``by``: whoever took it back, or
    recorded what its contact said elsewhere; ``None``: the contact themselves, or its time.

    Raises ``ValidationError`` where it ended meanwhile, or the words are too long.
    """
    locked = _locked_open(asked)
    if len(words) > LONGEST_ASK:
        raise ValidationError(_("Say it in at most %(n)d characters.") % {"n": LONGEST_ASK})
    locked.state, locked.settled_words, locked.settled_by = state, words.strip(), by
    locked.settled_at = at or timezone.now()
    locked.save(update_fields=["state", "settled_at", "settled_words", "settled_by"])
    recall(cause=f"partner_ask:{locked.pk}")
    return locked


def _locked_open(asked: PartnerAsk) -> PartnerAsk:
    locked = PartnerAsk.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if not locked.is_open:
        raise ValidationError(
            _("This was settled in the meantime: %(state)s.")
            % {"state": locked.get_state_display()}
        )
    return locked


def _refuse_unfit(asked: PartnerAsk, today: date) -> None:
    refused: dict[str, str] = {}
    if not asked.words:
        refused["words"] = _("Say what you need, in words that they understand.")
    elif len(asked.words) > LONGEST_ASK:
        refused["words"] = _("Say it in at most %(n)d characters.") % {"n": LONGEST_ASK}
    if asked.due_on < today:
        refused["due_on"] = _("This day has passed. Choose a later one.")
    shared = Share.objects.current().filter(engagement=asked.engagement, contact=asked.contact)
    if not shared.exists():
        refused["contact"] = _("Share the page with %(contact)s first.") % {
            "contact": asked.contact.name
        }
    if refused:
        raise ValidationError(refused)
    asked.validate_constraints()
