"""The newest move of an MoU turns out to be wrong after its mails left: it is taken back with a
reason, and whoever was told hears of it. Within grace ``moving.undo`` does it silently."""

from dataclasses import dataclass
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
from microcreds.outbox.preferences import settle as by_preference
from microcreds.outbox.services import compose, enqueue, recall
from partners import mou as records
from partners.models import Contact, Engagement, Mou, MouEntry, PartnerAsk
from partners.models.mou import LONGEST_MOU_WORDS
from partners.services import issue_links
from proposals.letters import page_url
from proposals.models import Proposal, Turn
from reviews.clocks import campus_day
from reviews.mou.letters import Around, about, desk_url
from reviews.mou.moving import (
    ask_contacts,
    call_back_reminders_of,
    cause_of,
    close_text_of,
    open_asks_of,
    take_asks_back,
)
from reviews.mou.plan import around_of, newest_of, works_on
from reviews.mou.table import STATUSES, Status

Kind = MouEntry.Kind
# A mail that has left, or may have.
_LEFT = (Message.State.SENDING, Message.State.SENT, Message.State.BOUNCED, Message.State.DIGESTED)


@dataclass(frozen=True, slots=True)
class Correction:
    """What taking back the move by which it stands would do. ``asked``: who is asked once more;
    ``untold``: contacts who hear that what they were asked is taken back."""

    mou: Mou
    entry: MouEntry | None
    refusal: str
    letters: list[Message]
    asked: list[Contact]
    untold: list[Contact]
    newest: int
    around: Around

    @property
    def to(self) -> str:
        return self.entry.from_status if self.entry else ""

    @property
    def needs_day(self) -> bool:
        """It is with the partner again, who answers by a day."""
        return self.to == Status.WITH_PARTNER

    @property
    def mailed(self) -> list[Message]:
        """What leaves, at once or in a digest."""
        return [each for each in self.letters if each.state != Message.State.SUPPRESSED]


def correction_of(mou: Mou, by: User, words: str = "", *, at: datetime) -> Correction:
    """What it would do; nothing is written."""
    around, entry = around_of(mou.engagement), standing_move(mou)
    refusal = refusal_of(mou, by, around)
    if entry is None or refusal:
        return Correction(mou, entry, refusal, [], [], [], newest_of(mou), around)
    letters = _letters(mou, entry, by, words, around, at)
    by_preference(letters)
    is_partners = entry.from_status == Status.WITH_PARTNER
    return Correction(
        mou=mou,
        entry=entry,
        refusal="",
        letters=letters,
        asked=around.contacts if is_partners else [],
        untold=[each.contact for each in _told_asks(mou) if each.contact in around.contacts],
        newest=newest_of(mou),
        around=around,
    )


@transaction.atomic
def correct(
    *,
    engagement: Engagement,
    words: str,
    due_on: date | None = None,
    by: User,
    seen: int | None = None,
    at: datetime | None = None,
) -> MouEntry:
    """The newest move counts no more: it stands where it stood before, its history keeps both with
    the reason, and whoever was told of the move is told that and why. Back with the partner, they
    are asked once more until ``due_on``; out of their hands, they hear that nothing is asked.

    Raises ``ValidationError``, by input where one is wrong, when ``by`` does not work on it, the
    move was nobody's of eLearning, or something was built on it.
    """
    at, words = at or timezone.now(), words.replace("\r\n", "\n").strip()
    mou = records.locked(engagement)
    plan = correction_of(mou, by, words, at=at)
    entry = plan.entry
    if plan.refusal or entry is None:
        raise ValidationError(plan.refusal)
    if seen is not None and seen != plan.newest:
        raise ValidationError(
            _("Something has happened to it in the meantime. Look at this page again.")
        )
    _refuse_unfit(plan, words, due_on, campus_day(at))
    now_at = mou.status
    _put_back(mou, entry, due_on if plan.needs_day else None, by, at)
    undone = records.note(
        mou,
        Kind.UNDONE,
        at,
        move=entry.move,
        from_status=now_at,
        to_status=mou.status,
        by=by,
        words=words,
        version=mou.version,
        undoes=entry,
    )
    if plan.needs_day and due_on:
        ask_contacts(engagement, plan.asked, _asked_before(mou), due_on, by, at)
    for letter in plan.letters:
        letter.cause = cause_of(undone)
        letter.dedupe_key = f"{letter.cause}:{letter.event}:{letter.to}"
    enqueue(plan.letters, is_settled=True)
    enqueue(_to_partner(mou, plan, cause_of(undone), at))
    return undone


def _put_back(mou: Mou, entry: MouEntry, due_on: date | None, by: User, at: datetime) -> None:
    """It stands as before this move, since now; what the move asked and its mails that have not
    left stay here."""
    take_asks_back(mou, by, at)
    recall(cause=cause_of(entry))
    call_back_reminders_of(mou, mou.due_on)
    close_text_of(mou, entry)
    records.restore(mou, entry.before | ({"due_on": due_on} if due_on else {}))
    mou.status_since = at
    mou.save()
    Proposal.objects.filter(pk=mou.engagement.proposal_id).update(last_activity_at=at)


def standing_move(mou: Mou) -> MouEntry | None:
    """The move by which it stands where it stands, if it was begun."""
    moves = mou.entries.filter(kind=Kind.MOVED, undone_by__isnull=True)
    return moves.select_related("by", "contact", "version").first()


def refusal_of(mou: Mou, by: User, around: Around) -> str:
    """Why its newest move cannot be taken back with a reason; empty: it can."""
    entry = standing_move(mou)
    if not works_on(by, around):
        return _("Staff of %(unit)s who take no part in it can do this.") % {
            "unit": around.proposal.unit or "eLearning"
        }
    if entry is None or not entry.from_status:
        return _("There is nothing before its first move. Make another move instead.")
    if entry.by is None and entry.contact:
        return _("%(who)s did this themselves. Make another move instead.") % {
            "who": entry.contact.name
        }
    if entry.by is None:
        return _("This happened automatically, by date. Make another move instead.")
    if mou.entries.filter(kind=Kind.VERSION, pk__gt=entry.pk).exists():
        return _("A version was added since. Make another move instead.")
    return ""


def _refuse_unfit(plan: Correction, words: str, due_on: date | None, today: date) -> None:
    wrong = {}
    if not words:
        wrong["words"] = _("Say why it is taken back.")
    elif len(words) > LONGEST_MOU_WORDS:
        wrong["words"] = _("Write at most 2,000 characters.")
    if plan.needs_day and due_on is None:
        wrong["due_on"] = _("Say by when you need their answer.")
    elif plan.needs_day and due_on and due_on < today:
        wrong["due_on"] = _("This day has passed. Choose a later one.")
    if wrong:
        raise ValidationError(wrong)


def _letters(
    mou: Mou, entry: MouEntry, by: User, words: str, around: Around, at: datetime
) -> list[Message]:
    """To whom the move was told, and to staff where it is theirs again; nobody of what they did
    themselves."""
    left = Message.objects.filter(cause=cause_of(entry), state__in=_LEFT)
    told = set(left.values_list("to", flat=True))
    to = Status(entry.from_status)
    is_theirs = STATUSES[to].turn == Turn.UNIVERSITY
    readers = {user: page_url(around.proposal) for user in around.proposers if user.email in told}
    readers |= {user: desk_url(mou) for user in around.staff if is_theirs or user.email in told}
    context: dict[str, Any] = about(mou, around) | {
        "actor": by,
        "was": mou.get_status_display(),
        "status": to.label,
        "text": STATUSES[to].tells,
        "reason": words,
    }
    return [
        compose(
            event="mou_corrected",
            to=user.email,
            user=user,
            context=context | {"name": user, "url": url},
            about=around.proposal.reference,
            cause="",
            dedupe_key="",
            at=at,
        )
        for user, url in readers.items()
        if user != by
    ]


def _told_asks(mou: Mou) -> list[PartnerAsk]:
    """What is asked of contacts of this text, of which a mail has left."""
    asks = {f"partner_ask:{asked.pk}": asked for asked in open_asks_of(mou)}
    left = Message.objects.filter(cause__in=asks, state__in=_LEFT)
    return [asks[cause] for cause in sorted(set(left.values_list("cause", flat=True)))]


def _to_partner(mou: Mou, plan: Correction, cause: str, at: datetime) -> list[Message]:
    """Tells those contacts that nothing is asked of them now, with a live link for each."""
    fresh = issue_links(contacts=plan.untold, event="mou_corrected_partner", at=at)
    return [
        compose(
            event="mou_corrected_partner",
            to=contact.email,
            context=about(mou, plan.around)
            | {
                "contact": contact.name,
                "link": links.placeholder(fresh[contact.pk].uuid),
                "link_days": settings.PARTNER_LINK_DAYS,
            },
            about=plan.around.proposal.reference,
            cause=cause,
            dedupe_key=f"{cause}:{contact.email}",
            at=at,
            reply_to=mail_of(plan.around.proposal.unit_id),
        )
        for contact in plan.untold
    ]


def _asked_before(mou: Mou) -> str:
    """What the move that passed it to the partner asked."""
    passed = mou.entries.filter(kind=Kind.MOVED, to_status=Status.WITH_PARTNER).first()
    return passed.words if passed else ""
