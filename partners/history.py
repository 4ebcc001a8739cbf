"""A contact's own history: what they sent about one idea, and what was sent to them."""

from django.urls import reverse
from django.utils.translation import gettext as _

from microcreds.outbox.reading import mails_of
from partners.models import Contact, Engagement, NamedColleague, PartnerAsk
from partners.questions import named
from partners.visibility import HistoryLine
from proposals.models import Comment

MOST = 200
State = PartnerAsk.State


def history_of(engagement: Engagement, contact: Contact) -> list[HistoryLine]:
    """Newest first, at most ``MOST``; mails, answers, messages, and whom they named. The same few
    statements however much there is."""
    lines = [
        *_mails(engagement, contact),
        *_settled(engagement, contact),
        *_messages(engagement, contact),
        *_colleagues(engagement, contact),
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOST]


def _mails(engagement: Engagement, contact: Contact) -> list[HistoryLine]:
    reference = engagement.proposal.reference
    mails = mails_of(contact.email).filter(about=reference, user__isnull=True)[:MOST]
    return [
        HistoryLine(
            at=mail.created_at,
            words=mail.subject,
            is_theirs=False,
            url=reverse("partners:mail_detail", args=[mail.uuid]),
        )
        for mail in mails
    ]


def _settled(engagement: Engagement, contact: Contact) -> list[HistoryLine]:
    """Of what was asked of them: what they answered, declined, or let pass."""
    said = {
        State.ANSWERED: _("You answered: %(words)s"),
        State.DECLINED: _("You declined: %(words)s"),
        State.EXPIRED: _("Nobody answered, so it is closed: %(words)s"),
    }
    found = PartnerAsk.objects.filter(engagement=engagement, contact=contact, state__in=said)
    return [
        HistoryLine(
            at=each.settled_at,
            words=said[State(each.state)] % {"words": each.words},
            is_theirs=each.state != State.EXPIRED,
            url=_page_of(each, engagement.proposal.reference),
        )
        for each in found.select_related("on_behalf").order_by("-settled_at")[:MOST]
        if each.settled_at
    ]


def _page_of(asked: PartnerAsk, reference: str) -> str:
    """Where it is read; of what staff recorded for them, where they can object to it."""
    if hasattr(asked, "on_behalf"):
        return reverse("partners:recorded", args=[reference, asked.pk])
    with_page = (PartnerAsk.Kind.QUESTIONS, PartnerAsk.Kind.MEETING, PartnerAsk.Kind.ENDORSEMENT)
    if asked.kind not in with_page:
        return ""
    return reverse(f"partners:{asked.kind}", args=[reference, asked.pk])


def _messages(engagement: Engagement, contact: Contact) -> list[HistoryLine]:
    """Their own; those of eLearning stand among the mails that told of them."""
    if engagement.thread_id is None:
        return []
    own = Comment.objects.filter(
        thread=engagement.thread_id, from_outside=named(contact, engagement)
    )
    return [
        HistoryLine(
            at=each.at, words=_("You wrote: %(words)s") % {"words": each.body[:200]}, is_theirs=True
        )
        for each in own.order_by("-pk")[:MOST]
    ]


def _colleagues(engagement: Engagement, contact: Contact) -> list[HistoryLine]:
    found = NamedColleague.objects.filter(engagement=engagement, named_by=contact)
    return [
        HistoryLine(at=each.at, words=_("You named %(name)s") % {"name": each.name}, is_theirs=True)
        for each in found[:MOST]
    ]
