"""An MoU changes hands: by staff, by a contact on their own page, by the day; and taken back."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.services import enqueue, recall
from partners import mou as records
from partners import on_behalf
from partners.asks import ask_contact, settle
from partners.models import (
    Contact,
    Engagement,
    Mou,
    MouEntry,
    MouSignatory,
    OnBehalf,
    PartnerAsk,
)
from proposals.models import Attachment, Proposal
from reviews.ladder.calling_back import call_back_reminders
from reviews.mou.plan import Given, MouPlan, newest_of, plan_of
from reviews.mou.table import MOVES, MouMove, Status

Side = MouSignatory.Side


@transaction.atomic
def move(
    *,
    engagement: Engagement,
    move: MouMove,
    by: User | None,
    given: Given | None = None,
    seen: int | None = None,
    at: datetime | None = None,
) -> MouEntry:
    """It stands where the table says, its history says so, and whoever is to know is told: in one
    transaction, or nothing. With ``send_to_partner`` and ``pass_to_partner`` the newest version is
    open to the partner, and every contact who follows the proposal is asked; a move out of their
    hands ends that. ``seen``: the newest line of its history that ``by`` saw.

    Raises ``ValidationError``, by input where one is wrong, when it stands elsewhere meanwhile,
    ``by`` does not work on it, or something has to be on record first.
    """
    mou = records.locked(engagement)
    return _carry_out(mou, move, by, given or Given(), seen, at or timezone.now())


@transaction.atomic
def answer(
    *,
    asked: PartnerAsk,
    move: MouMove,
    given: Given | None = None,
    at: datetime | None = None,
) -> MouEntry:
    """Its contact agrees, or says what should change; that is the answer to all who were asked.

    Raises ``ValidationError``, by input where one is wrong, when somebody answered meanwhile.
    """
    engagement = asked.engagement
    mou = records.locked(engagement)
    asked.refresh_from_db()
    if not asked.is_open or asked.kind != PartnerAsk.Kind.MOU:
        raise ValidationError(
            _("This was settled in the meantime: %(state)s.") % {"state": asked.get_state_display()}
        )
    return _carry_out(mou, move, asked.contact, given or Given(), None, at or timezone.now())


@transaction.atomic
def object_to(*, recorded: OnBehalf, words: str, at: datetime | None = None) -> MouEntry | None:
    """Its contact did not say what staff recorded: where it counted as their agreement and is not
    signed, the text goes back to be written and staff are told. ``None``: nothing rests on it."""
    asked = recorded.asked
    mou = records.locked(asked.engagement)
    agreed = mou.entries.filter(kind=MouEntry.Kind.MOVED, move=MouMove.AGREE).first()
    is_it = agreed is not None and (agreed.contact_id, agreed.by_id, agreed.at) == (
        asked.contact_id,
        recorded.by_id,
        recorded.recorded_at,
    )
    if not is_it or mou.status not in MOVES[MouMove.OBJECT].starts:
        return None
    given = Given(words=words)
    return _carry_out(mou, MouMove.OBJECT, asked.contact, given, None, at or timezone.now())


@transaction.atomic
def undo(*, entry: MouEntry, by: User, at: datetime | None = None) -> MouEntry:
    """The newest move is taken back, as long as its mails wait: it stands where it stood, its mails
    stay here, and what the partner was asked by it is taken back.

    Raises ``ValidationError`` where it is not the newest any more, its time is over, it took
    something out of the partner's hands, or somebody else made it.
    """
    mou = records.locked(entry.mou.engagement)
    at = at or timezone.now()  # after the wait: mails may have left in it
    why_not = why_not_undo(entry, by, at)
    if why_not or entry.pk != newest_of(mou):
        raise ValidationError(why_not or _("Something happened since. Look at its page again."))
    now_at = mou.status
    take_asks_back(mou, by, at)
    call_back_reminders_of(mou, mou.due_on)
    close_text_of(mou, entry)
    records.restore(mou, entry.before)
    mou.save()
    recall(cause=cause_of(entry))
    return MouEntry.objects.create(
        mou=mou,
        kind=MouEntry.Kind.UNDONE,
        move=entry.move,
        from_status=now_at,
        to_status=mou.status,
        at=at,
        by=by,
        undoes=entry,
    )


def why_not_undo(entry: MouEntry, by: User, at: datetime) -> str:
    """Why this move cannot be taken back by this person; empty: it can, if it is the newest."""
    if entry.kind != MouEntry.Kind.MOVED or not entry.from_status or entry.by is None:
        return _("This cannot be taken back. Make another move instead.")
    if entry.from_status == Status.WITH_PARTNER:
        return _("The partner was told that it is settled. Take it back with a reason instead.")
    if at >= entry.at + timedelta(seconds=settings.NOTIFICATION_GRACE_SECONDS):
        return _("Its mails have left. Take it back with a reason instead.")
    if by != entry.by and not by.is_lead:
        return _("%(who)s or the lead takes it back.") % {"who": entry.by}
    return ""


def _carry_out(
    mou: Mou,
    which: MouMove,
    by: User | Contact | None,
    given: Given,
    seen: int | None,
    at: datetime,
) -> MouEntry:
    plan = plan_of(mou, which, by, given, at=at)
    _refuse(plan, seen)
    before, had_until = records.columns_of(mou), mou.due_on
    staff = by if isinstance(by, User) else None
    contact = by if isinstance(by, Contact) else given.contact
    _write(mou, plan, given, by=staff, contact=contact, at=at)
    said: dict[str, Any] = {"by": staff, "contact": contact, "words": given.words.strip()}
    if staff and contact and given.heard_on:
        said |= {"channel": given.channel, "heard_on": given.heard_on}
        said["evidence"] = _record_for(mou, contact, given, given.heard_on, staff, at)
    entry = records.enter(mou, plan.to, move=which, at=at, before=before, **said)
    if before["status"] == Status.WITH_PARTNER:
        _settle_asks(mou, staff, contact, at)
    call_back_reminders_of(mou, had_until)
    if plan.to == Status.WITH_PARTNER and staff:
        due_on = given.due_on or at.date()
        ask_contacts(mou.engagement, plan.asked, given.words, due_on, staff, at)
    for letter in plan.letters:
        letter.cause = cause_of(entry)
        letter.dedupe_key = f"{letter.cause}:{letter.event}:{letter.to}"
    enqueue(plan.letters, is_settled=True)
    Proposal.objects.filter(pk=mou.engagement.proposal_id).update(last_activity_at=at)
    return entry


def _refuse(plan: MouPlan, seen: int | None) -> None:
    if plan.refusal:
        raise ValidationError(plan.refusal)
    if seen is not None and seen != plan.newest:
        raise ValidationError(
            _("Something has happened to it in the meantime. Look at this page again.")
        )
    if plan.wrong:
        raise ValidationError(plan.wrong)
    if plan.unmet:
        raise ValidationError(plan.unmet)


def _write(
    mou: Mou,
    plan: MouPlan,
    given: Given,
    *,
    by: User | None,
    contact: Contact | None,
    at: datetime,
) -> None:
    """What this move says of the record besides its status; nothing of it is saved yet."""
    which, words = plan.move, given.words.strip()
    mou.due_on = given.due_on
    mou.not_needed_because = words if which == MouMove.NOT_NEEDED else ""
    match which:
        case MouMove.SEND_TO_PARTNER | MouMove.PASS_TO_PARTNER if mou.version:
            if which == MouMove.PASS_TO_PARTNER:
                mou.agreed_by_university = mou.version
            mou.version.is_for_partner = True
            mou.version.save(update_fields=["is_for_partner"])
        case MouMove.AGREE | MouMove.OBJECT:
            mou.agreed_by_partner = mou.version if which == MouMove.AGREE else None
        case MouMove.CLEAR:
            mou.agreed_by_university = mou.version
        case MouMove.ASK_CHANGES if given.upload:
            records.add_version(
                mou,
                upload=given.upload,
                changed=words,
                by=by,
                contact=contact,
                at=at,
                is_for_partner=True,
            )
        case MouMove.SIGN:
            days = mou.signatories.values_list("side", "signed_on")
            signed = {side: max(on for s, on in days if s == side and on) for side in Side}
            mou.signed_by_partner_on = signed[Side.PARTNER]
            mou.signed_by_university_on = signed[Side.UNIVERSITY]
        case MouMove.LET_END:
            mou.let_end_at = at
        case MouMove.TERMINATE:
            mou.terminated_on, mou.terminated_because = given.ended_on, words


def _record_for(
    mou: Mou, contact: Contact, given: Given, said_on: date, by: User, at: datetime
) -> Attachment | None:
    """It is on record that staff heard it, and the contact is told, or why not; the file that
    shows it. Raises ``ValidationError``, by input where one is wrong."""
    source = on_behalf.Source(
        said_on=said_on,
        channel=OnBehalf.Channel(given.channel),
        words=given.words,
        evidence=given.evidence,
        untold_because=given.untold_because,
    )
    engagement = mou.engagement
    recorded = on_behalf.record_turn(
        engagement=engagement, contact=contact, source=source, by=by, at=at
    )
    return recorded.evidence


def ask_contacts(
    engagement: Engagement,
    contacts: Iterable[Contact],
    words: str,
    due_on: date,
    by: User,
    at: datetime,
) -> None:
    """It is their turn, each by a mail and on their page."""
    for contact in contacts:
        ask_contact(
            engagement=engagement,
            contact=contact,
            kind=PartnerAsk.Kind.MOU,
            words=words,
            due_on=due_on,
            by=by,
            at=at,
        )


def close_text_of(mou: Mou, entry: MouEntry) -> None:
    """The text that this move passed to the partner is closed to them again, unless it was open
    before it or is theirs."""
    version = entry.version
    if entry.to_status != Status.WITH_PARTNER or version is None or version.contact_id:
        return
    opened = Q(kind=MouEntry.Kind.GRANTED) | Q(
        kind=MouEntry.Kind.MOVED, to_status=Status.WITH_PARTNER, undone_by__isnull=True
    )
    if not mou.entries.filter(opened, version=version).exclude(pk=entry.pk).exists():
        version.is_for_partner = False
        version.save(update_fields=["is_for_partner"])


def call_back_reminders_of(mou: Mou, day: date | None) -> None:
    """It is no longer asked of the university by this day."""
    if day:
        call_back_reminders(proposal_id=mou.engagement.proposal_id, of=f"mou:{mou.pk}", day=day)


def _settle_asks(mou: Mou, staff: User | None, contact: Contact | None, at: datetime) -> None:
    """Answered by one is answered for all; moved by staff otherwise, it is taken back."""
    state = PartnerAsk.State.ANSWERED if contact else PartnerAsk.State.TAKEN_BACK
    for asked in open_asks_of(mou):
        is_theirs = asked.contact_id == getattr(contact, "pk", None)
        words = "" if is_theirs or not contact else _("Answered by %(who)s") % {"who": contact.name}
        settle(asked=asked, state=state, words=words, by=staff, at=at)


def take_asks_back(mou: Mou, by: User, at: datetime) -> None:
    """Nobody there is asked any more."""
    for asked in open_asks_of(mou):
        settle(asked=asked, state=PartnerAsk.State.TAKEN_BACK, by=by, at=at)


def open_asks_of(mou: Mou) -> list[PartnerAsk]:
    """What is asked of its contacts now."""
    asks = PartnerAsk.objects.open().filter(engagement=mou.pk, kind=PartnerAsk.Kind.MOU)
    return list(asks.select_related("contact").order_by("pk"))


def cause_of(entry: MouEntry) -> str:
    """What its mails are found by."""
    return f"mou_entry:{entry.pk}"
