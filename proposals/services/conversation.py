"""What people write to each other about a proposal, and how far each has read it."""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Role, User
from microcreds.kept_statements import KeptStatements
from microcreds.outbox.models import Incoming
from microcreds.outbox.services import recall
from proposals.models import Comment, CommentEdit, LastRead, Mention, Proposal, Thread

LONGEST = 5000


@transaction.atomic
def add_comment(
    *,
    proposal: Proposal,
    kind: Thread.Kind,
    author: User | None,
    body: str,
    key: str = "",
    mail: Incoming | None = None,
    thread: Thread | None = None,
    from_outside: str = "",
    is_for_proposers: bool = False,
    at: datetime | None = None,
) -> tuple[Comment, bool]:
    """A message stands at the end of this thread; and whether it is new. ``mail`` is what it came
    by, where it was not typed on a page.

    ``key`` is what the form carried: the same words posted with it again (a double click, a retry)
    make no second message, other words do. Who may write is asked before (``reviews.threads``). A
    proposal has a thread for each partner: ``thread`` says which; whoever writes there without an
    account is named by ``from_outside``, and ``is_for_proposers`` opens it to the proposers too.

    Raises ``ValidationError`` for ``body`` when there is nothing in it, or too much.
    """
    body, at = _fit(body), at or timezone.now()
    thread = thread or Thread.objects.get_or_create(proposal=proposal, kind=kind)[0]
    said: dict[str, Any] = {"thread": thread, "author": author, "body": body, "at": at}
    said |= {"mail": mail, "from_outside": from_outside, "is_for_proposers": is_for_proposers}
    if key:
        posted = f"{thread.pk}\n{author.pk if author else from_outside}\n{key}\n{body}"
        digest = uuid.UUID(bytes=hashlib.sha256(posted.encode()).digest()[:16])
        comment, is_new = Comment.objects.get_or_create(post_key=digest, defaults=said)
    else:
        comment, is_new = Comment.objects.create(**said), True
    if is_new:
        Proposal.objects.filter(pk=proposal.pk).update(last_activity_at=at)
    return comment, is_new


def add_note(*, proposal: Proposal, author: User, body: str, at: datetime | None = None) -> Comment:
    """An internal note stands on record, and nobody is told."""
    return add_comment(
        proposal=proposal, kind=Thread.Kind.INTERNAL, author=author, body=body, at=at
    )[0]


@transaction.atomic
def change_comment(*, comment: Comment, body: str, at: datetime | None = None) -> Comment:
    """The message says ``body``, and what it said before is kept beside it.

    The same words change nothing. Raises ``ValidationError`` for ``body`` as ``add_comment`` does.
    """
    body, at = _fit(body), at or timezone.now()
    locked = Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)
    if locked.body != body:
        CommentEdit.objects.create(
            comment=locked,
            body=locked.body,
            written_at=locked.edited_at or locked.at,
            replaced_at=at,
        )
        locked.body, locked.edited_at = body, at
        locked.save(update_fields=["body", "edited_at"])
    return locked


def mention(*, comment: Comment, users: Iterable[User]) -> list[User]:
    """The message names these people; returns those it did not name before."""
    named = set(comment.mentions.values_list("user_id", flat=True))
    fresh = [user for user in dict.fromkeys(users) if user.pk not in named]
    Mention.objects.bulk_create(
        [Mention(comment=comment, user=user) for user in fresh], ignore_conflicts=True
    )
    return fresh


@transaction.atomic
def mark_read(*, comment: Comment, by: User) -> None:
    """This person has read the thread as far as ``comment``; never less far than before.

    Once nothing in it is new to them, mails about it that still wait are recalled.
    """
    mark, is_new = LastRead.objects.get_or_create(
        thread_id=comment.thread_id, user=by, defaults={"comment": comment}
    )
    if not is_new:
        earlier = LastRead.objects.filter(pk=mark.pk, comment__lt=comment.pk)
        earlier.update(comment=comment)
    if not Comment.objects.filter(thread=comment.thread_id).new_to(by).exists():
        recall(cause=mail_cause(comment.thread_id, by))


def last_read(*, thread_id: int, users: Iterable[User]) -> dict[int, int]:
    """How far each of these people has read a thread; who has not begun is not in it."""
    marks = LastRead.objects.filter(thread=thread_id, user__in=[user.pk for user in users])
    return dict(marks.values_list("user_id", "comment_id"))


def mail_cause(thread_id: int, to: User) -> str:
    """What mails to this person about this thread have as their cause."""
    return f"thread:{thread_id}:{to.pk}"


def unread_counts(user: User, proposals: Iterable[Proposal]) -> dict[int, int]:
    """How many messages between proposers and eLearning are new to this person, by proposal; those
    without any are not in it. One statement whatever their number.

    Proposals whose conversation they may not read count nothing, whatever list they came from.
    """
    ids = [proposal.pk for proposal in proposals]
    if not ids:
        return {}
    reads_all = user.is_elearning or user.has_role(Role.Kind.AUDITOR)
    return dict(_UNREAD.rows(reads_all, user=user, ids=ids))


def _unread(reads_all: bool, *, user: User, ids: list[int]) -> QuerySet:
    found = Comment.objects.filter(
        thread__proposal__any_of=ids, thread__kind=Thread.Kind.PROPOSERS
    ).new_to(user)
    if not reads_all:
        found = found.filter(thread__proposal__in=Proposal.objects.mine(user).values("pk"))
    counted = found.values("thread__proposal").order_by("thread__proposal")
    return counted.annotate(number=Count("pk")).values_list("thread__proposal", "number")


_UNREAD = KeptStatements(_unread)


def _fit(body: str) -> str:
    """The text as it is kept: trimmed, line breaks as one character."""
    body = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not body:
        raise ValidationError({"body": _("Write a message.")})
    if len(body) > LONGEST:
        raise ValidationError(
            {
                "body": _("Write at most %(limit)d characters; there are %(count)d now.")
                % {"limit": LONGEST, "count": len(body)}
            }
        )
    return body
