"""What a partner and eLearning write to each other: that partner's own thread, and who reads it."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.contacts import mail_of
from microcreds.accounts.models import User
from microcreds.outbox import links
from microcreds.outbox.models import Incoming, Message
from microcreds.outbox.services import compose, enqueue
from partners.models import Contact, Engagement, Share
from partners.questions import named
from partners.services import issue_links
from proposals.models import Comment, Proposal, Thread
from proposals.services.conversation import add_comment
from reviews.clocks import campus_day
from reviews.outside import letters
from reviews.permits import may_work_on, parties_of


@transaction.atomic
def write_as_contact(
    *,
    engagement: Engagement,
    contact: Contact,
    body: str,
    key: str = "",
    mail: Incoming | None = None,
    at: datetime | None = None,
) -> Comment:
    """A contact has written to eLearning, in the thread of their organization; who works on the
    proposal is told, once a day. The same post again makes no second message.

    Raises ``ValidationError`` for a text that is empty or too long, and where the page is not
    shared with them any more.
    """
    at = at or timezone.now()
    shared = Share.objects.current().filter(engagement=engagement, contact=contact)
    if not shared.exists():
        raise ValidationError(_("This page is no longer shared with you."))
    comment, is_new = add_comment(
        proposal=engagement.proposal,
        kind=Thread.Kind.OUTSIDE,
        author=None,
        from_outside=named(contact, engagement),
        thread=_thread_of(engagement),
        body=body,
        key=key,
        mail=mail,
        at=at,
    )
    if is_new:
        day = f"{contact.pk}:{campus_day(at)}"
        enqueue(
            letters.of_writing(
                engagement, contact=contact.name, key=day, names_somebody=False, at=at
            )
        )
    return comment


@transaction.atomic
def write_to_partner(
    *,
    engagement: Engagement,
    by: User,
    body: str,
    is_for_proposers: bool = False,
    key: str = "",
    at: datetime | None = None,
) -> Comment:
    """One of eLearning has written to a partner; everybody there who follows the page is mailed
    that there is something to read. The proposers read it where it is ``is_for_proposers``.

    Raises ``ValidationError`` for a text that is empty or too long, where ``by`` does not work on
    the proposal, and where nobody there follows it.
    """
    at = at or timezone.now()
    proposal = engagement.proposal
    involved = parties_of([proposal.pk])[proposal.pk].involved(by)
    if not may_work_on(by, proposal, involved=involved):
        raise ValidationError(_("Staff of its unit who take no part in it can write to partners."))
    shares = list(Share.objects.current().filter(engagement=engagement).select_related("contact"))
    if not shares:
        raise ValidationError(
            _("Nobody at %(who)s follows it. Share the page first.")
            % {"who": engagement.organization}
        )
    comment, is_new = add_comment(
        proposal=proposal,
        kind=Thread.Kind.OUTSIDE,
        author=by,
        thread=_thread_of(engagement),
        body=body,
        key=key,
        is_for_proposers=is_for_proposers,
        at=at,
    )
    if is_new:
        contacts = [share.contact for share in shares]
        enqueue(_to_contacts(proposal, contacts, comment, by, at))
    return comment


def said_to_all(proposal: Proposal) -> list[Comment]:
    """What eLearning wrote to partners for the proposers to read as well, oldest first."""
    said = Comment.objects.said_in(proposal, Thread.Kind.OUTSIDE).filter(is_for_proposers=True)
    return list(said.select_related("author", "thread__engagement__organization").order_by("pk"))


def _thread_of(engagement: Engagement) -> Thread:
    """Its thread, made when the first word is written."""
    locked = Engagement.objects.lock(engagement)
    if locked.thread is None:
        locked.thread = Thread.objects.create(
            proposal_id=locked.proposal_id, kind=Thread.Kind.OUTSIDE
        )
        locked.save(update_fields=["thread"])
    engagement.thread = locked.thread
    return locked.thread


def _to_contacts(
    proposal: Proposal, contacts: Iterable[Contact], comment: Comment, by: User, at: datetime
) -> list[Message]:
    """Each with a live link of its own; what was written is read on the page."""
    contacts = list(contacts)
    fresh = issue_links(contacts=contacts, event="partner_message", at=at)
    cause = f"comment:{comment.pk}"
    return [
        compose(
            event="partner_message",
            to=contact.email,
            context={
                "contact": contact.name,
                "author": by,
                "title": proposal.working_title,
                "link": links.placeholder(fresh[contact.pk].uuid),
                "link_days": settings.PARTNER_LINK_DAYS,
            },
            about=proposal.reference,
            cause=cause,
            dedupe_key=f"{cause}:partner_message:{contact.pk}",
            at=at,
            reply_to=mail_of(proposal.unit_id),
        )
        for contact in contacts
    ]
