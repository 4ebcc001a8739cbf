"""Mails that somebody wrote, or named their reader."""

from collections.abc import Collection, Iterable
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose
from proposals.models import Comment, Proposal
from proposals.services import conversation
from reviews.clocks import campus_day
from reviews.threads.access import Kind


def mentioned(
    proposal: Proposal, comment: Comment, people: Iterable[User], at: datetime
) -> list[Message]:
    return [_letter("mentioned", proposal, comment, user, str(comment.pk), at) for user in people]


def told(
    proposal: Proposal, comment: Comment, people: Collection[User], at: datetime
) -> list[Message]:
    """One mail until its reader has read the thread; while they have not, one a day that more is
    written."""
    marks = conversation.last_read(thread_id=comment.thread_id, users=people)
    day = campus_day(at).isoformat()
    return [
        _letter("message", proposal, comment, user, f"{marks.get(user.pk, 0)}:{day}", at)
        for user in people
    ]


def _letter(
    event: str, proposal: Proposal, comment: Comment, to: User, key: str, at: datetime
) -> Message:
    """Says who wrote where, and leads there; what was written is read on the page."""
    kind = Kind(comment.thread.kind)
    address = reverse("proposals:conversation", args=[proposal.reference, kind.value])
    query = urlencode({"message": comment.pk})
    return compose(
        event=event,
        to=to.email,
        user=to,
        about=proposal.reference,
        cause=conversation.mail_cause(comment.thread_id, to),
        dedupe_key=f"{event}:{comment.thread_id}:{to.pk}:{key}",
        at=at,
        context={
            "name": to,
            "author": comment.author,
            "title": proposal.working_title,
            "reference": proposal.reference,
            "is_internal": kind == Kind.INTERNAL,
            "url": f"{settings.SITE_URL}{address}?{query}#message-{comment.pk}",
        },
    )
