"""An organization takes part in a proposal no more, or again."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from microcreds.outbox.services import enqueue, recall
from partners.correcting import enter, locked
from partners.models import Contact, Engagement, EngagementEntry, FileShare, Share
from partners.models.engagements import LONGEST_END_WORDS, LONGEST_REMARK
from proposals.letters import desk_url, letter, page_url

Kind = EngagementEntry.Kind


@transaction.atomic
def end_engagement(
    *,
    engagement: Engagement,
    reason: str,
    words: str = "",
    remark: str = "",
    by: User,
    at: datetime | None = None,
) -> Engagement:
    """The organization has left: what was shared is shared no more, and whoever could open its page
    reads there that it ended, with ``words``. ``reason`` and ``remark`` are for eLearning. The
    proposal's owner and whoever works on it are told, ``by`` aside.

    Raises ``ValidationError``, by input where one is wrong, when it has ended already.
    """
    row = locked(engagement)
    words, remark = (text.replace("\r\n", "\n").strip() for text in (words, remark))
    _refuse_misfits(row, reason, words, remark)
    shares = list(Share.objects.select_for_update().filter(engagement=row, until=None))
    files = list(FileShare.objects.select_for_update().filter(engagement=row, until=None))
    began = [share.since for share in shares] + [granted.since for granted in files]
    row.ended_at = max(at or timezone.now(), row.opened_at, *began)
    row.ended_by, row.end_reason, row.end_words = by, reason, words
    row.save(update_fields=["ended_at", "ended_by", "end_reason", "end_words"])
    Share.objects.filter(pk__in=[share.pk for share in shares]).update(
        until=row.ended_at, ended_by=by
    )
    FileShare.objects.filter(pk__in=[share.pk for share in files]).update(
        until=row.ended_at, ended_by=by
    )
    for share in shares:
        recall(cause=f"share:{share.pk}")
    said = "\n\n".join(filter(None, (str(Engagement.End(reason).label), remark)))
    entry = enter(row, Kind.ENDED, by, row.ended_at, now=said)
    enqueue(_letters(row, entry, by))
    return row


@transaction.atomic
def close_page(
    *, engagement: Engagement, contact: Contact, by: User, at: datetime | None = None
) -> None:
    """This contact reads no more that their organization has left, from now: to them the page is
    as if it had never been. Others there go on reading it. Should the organization come back, this
    contact is not back with it.

    Raises ``ValidationError`` where they do not read it.
    """
    row = locked(engagement)
    shares = Share.objects.select_for_update(of=("self",)).reading_the_end()
    reading = list(shares.filter(engagement=row, contact=contact))
    if not reading:
        raise ValidationError(_("%(who)s no longer reads it.") % {"who": contact})
    at = at or timezone.now()
    for share in reading:
        share.closed_at, share.closed_by = max(at, share.until or at), by
        share.save(update_fields=["closed_at", "closed_by"])


@transaction.atomic
def reopen_engagement(
    *, engagement: Engagement, by: User, at: datetime | None = None
) -> Engagement:
    """The organization takes part again: whoever could follow it when it ended, and still reads
    that it did, can do so again and has its files; nobody outside is mailed. The proposal's owner
    and whoever works on it are told.

    Raises ``ValidationError`` when it has not ended.
    """
    row = locked(engagement)
    if row.ended_at is None:
        raise ValidationError(_("It has not ended."))
    at = max(at or timezone.now(), row.ended_at)
    for share in Share.objects.filter(engagement=row, until=row.ended_at, closed_at=None):
        Share.objects.create(engagement=row, contact_id=share.contact_id, since=at, by=by)
    for granted in FileShare.objects.filter(engagement=row, until=row.ended_at):
        FileShare.objects.create(
            engagement=row, attachment_id=granted.attachment_id, since=at, by=by
        )
    row.ended_at = row.ended_by = None
    row.end_reason = row.end_words = ""
    row.save(update_fields=["ended_at", "ended_by", "end_reason", "end_words"])
    entry = enter(row, Kind.REOPENED, by, at)
    enqueue(_letters(row, entry, by))
    return row


def _refuse_misfits(row: Engagement, reason: str, words: str, remark: str) -> None:
    if row.ended_at:
        raise ValidationError(_("It has ended already."))
    wrong = {}
    if reason not in Engagement.End.values:
        wrong["reason"] = _("Choose a reason.")
    if len(words) > LONGEST_END_WORDS:
        wrong["words"] = _("Write at most 600 characters.")
    if len(remark) > LONGEST_REMARK:
        wrong["remark"] = _("Write at most 1,000 characters.")
    if wrong:
        raise ValidationError(wrong)


def _letters(row: Engagement, entry: EngagementEntry, by: User) -> list[Message]:
    """To the proposal's owner and to whoever works on it; neither hears of what they did."""
    proposal = row.proposal
    there = {
        proposal.submitter: page_url(proposal),
        proposal.assignee: desk_url(proposal),
    }
    return [
        letter(
            "partner_left",
            proposal=proposal,
            to=to,
            cause=f"engagement_entry:{entry.pk}",
            key=f"engagement_entry:{entry.pk}:partner_left",
            at=entry.at,
            organization=row.organization,
            is_back=entry.kind == Kind.REOPENED,
            url=url,
        )
        for to, url in there.items()
        if to and to != by
    ]
