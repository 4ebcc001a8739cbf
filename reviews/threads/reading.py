"""The conversations about a proposal as their reader meets them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet

from microcreds.accounts.models import Role, User
from microcreds.kept_statements import KeptStatements
from proposals.kept import Annotations, kept_for
from proposals.models import Attachment, Comment, Proposal
from proposals.services.files import may_open
from reviews.permits import Parties, People
from reviews.threads.access import Access, Kind, access_to

PAGE_SIZE = 50


@dataclass(frozen=True)
class Wording:
    """What a message said until its author changed it."""

    said: str
    at: datetime


@dataclass(frozen=True)
class Entry:
    """One message as a page shows it."""

    comment: Comment
    is_new: bool
    may_edit: bool
    earlier: list[Wording]
    notified: list[str]
    files: list["SentFile"]


@dataclass(frozen=True)
class SentFile:
    """A file that came with a message; one in which the virus check found something stays shut."""

    attachment: Attachment
    may_open: bool


@dataclass(frozen=True)
class Conversation:
    """One thread as its reader meets it: some of its messages, oldest first.

    ``older`` says how many stand before those shown.
    """

    kind: Kind
    entries: list[Entry]
    total: int
    unread: int
    first_unread: int | None
    older: int
    may_write: bool
    why_not: str
    # Goes into the form, so that the same form sent twice makes one message.
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def is_internal(self) -> bool:
        return self.kind == Kind.INTERNAL

    @property
    def newest(self) -> int | None:
        return self.entries[-1].comment.pk if self.entries else None

    @property
    def shows_first_unread(self) -> bool:
        return any(entry.comment.pk == self.first_unread for entry in self.entries)


def conversations(
    proposal: Any, user: User, access: Access, *, size: int | None = PAGE_SIZE
) -> list[Conversation]:
    """The newest messages of each thread this person reads, or all (``size`` is none); one
    statement, and none where the proposal was loaded ``with_talk`` and nothing was said."""
    if not access.reads:
        return []
    found: Iterable[Any] = ()
    if getattr(proposal, "has_talk", True):
        found = _NEWEST.rows(access.reads, size, proposal=proposal, user=user)
    shown: dict[str, list[Any]] = {kind: [] for kind in access.reads}
    for comment in found:
        shown[comment.thread.kind].append(comment)
    return [_conversation(kind, shown[kind], user, access) for kind in access.reads]


def _newest(reads: tuple[Kind, ...], size: int | None, *, proposal: Any, user: User) -> QuerySet:
    return Comment.objects.said_in(proposal, *reads).for_page(user, newest=size)


_NEWEST = KeptStatements(_newest)


@kept_for(Proposal)
def with_talk() -> Annotations:
    """Each with whether anything was ever said about it (``has_talk``), which of few is."""
    said = Comment.objects.filter(thread__proposal=OuterRef("pk"))
    return {"has_talk": Exists(said.order_by())}


def page_of_thread(
    proposal: Proposal,
    kind: Kind,
    user: User,
    access: Access,
    *,
    number: str = "",
    around: int | None = None,
) -> tuple[Conversation, Page]:
    """One page of a thread, its newest by default, or the one on which ``around`` stands."""
    said = Comment.objects.said_in(proposal, kind)
    paginator = Paginator(said.for_page(user).order_by("-pk"), PAGE_SIZE)
    if around and not number:
        number = str(said.filter(pk__gt=around).count() // PAGE_SIZE + 1)
    page = paginator.get_page(number)
    return _conversation(kind, list(page)[::-1], user, access), page


def _conversation(kind: Kind, comments: list[Any], user: User, access: Access) -> Conversation:
    may_write = access.may_write(kind)
    first = comments[0] if comments else None
    return Conversation(
        kind=kind,
        entries=[
            Entry(
                comment=comment,
                is_new=comment.is_new,
                may_edit=may_write and comment.author_id == user.pk,
                earlier=[
                    Wording(edit["body"], datetime.fromisoformat(edit["at"]))
                    for edit in comment.earlier
                ],
                notified=comment.notified,
                files=[SentFile(file, may_open(file)) for file in _files_of(comment)],
            )
            for comment in comments
        ],
        total=first.total if first else 0,
        unread=first.unread if first else 0,
        first_unread=first.first_unread if first else None,
        older=first.total - first.place if first else 0,
        may_write=may_write,
        why_not=access.why_not.get(kind, ""),
    )


def _files_of(comment: Any) -> list[Attachment]:
    """What rode along with a message ``for_page``."""
    return [Attachment(**row) for row in comment.files]


def readers_of(proposal: Proposal, kind: Kind, by: User, parties: Parties) -> list[User]:
    """Whom ``by`` may notify by name: others who read this thread.

    Staff choose among the proposers and their colleagues, the proposers among each other, the
    proposal's person at eLearning and whoever of eLearning wrote to them before.
    """
    proposers = {parties.owner_id, *parties.proposer_ids}
    known: set[int] = set()
    if kind == Kind.PROPOSERS:
        known |= proposers
        said = Comment.objects.said_in(proposal, kind)
        known |= {*said.values_list("author_id", flat=True).order_by().distinct()}
        known |= {proposal.assignee_id} if proposal.assignee_id else set()
    found = {user.pk: user for user in User.objects.filter(pk__in=known, is_active=True)}
    if by.is_elearning and by.pk not in proposers:
        staff = People().holding(Role.Kind.ELEARNING, Role.Kind.LEAD)
        found |= {user.pk: user for user in staff}
    return sorted(
        (
            user
            for user in found.values()
            if user != by and kind in access_to(proposal, user, parties).reads
        ),
        key=str,
    )
