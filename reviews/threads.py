"""Who reads and writes which conversation of a proposal, what a page shows of it, who is told."""

import re
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import Role, User
from microcreds.outbox.models import Incoming, Message
from microcreds.outbox.services import compose, enqueue
from proposals.kept import Annotations, kept_for
from proposals.kept_statements import KeptStatements
from proposals.models import Attachment, Comment, Participant, Proposal, Thread
from proposals.services import attach, conversation
from proposals.services.files import may_open
from reviews.clocks import campus_day
from reviews.permits import Parties, People, may_work_on, parties_of

Kind = Thread.Kind
PAGE_SIZE = 50


@dataclass(frozen=True)
class Access:
    """The threads of one proposal that a person may read; with ``why_not``, may not write in."""

    reads: tuple[Kind, ...] = ()
    why_not: dict[Kind, str] = field(default_factory=dict)
    is_proposer: bool = False

    def may_write(self, kind: Kind) -> bool:
        return kind in self.reads and kind not in self.why_not


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


def access_of(
    user: User, proposal: Proposal, *, capacities: Collection[str], is_involved: bool
) -> Access:
    """Which conversations of ``proposal`` this person reads and where they write.

    ``capacities`` are those of a participant, ``is_involved`` says whether the form names them at
    all. The internal thread is closed to whoever takes part in the proposal or is recused, whatever
    their roles; committee, deans and chairs read neither.
    """
    if not user.is_active:
        return Access()
    is_proposer = user.pk == proposal.submitter_id or bool(
        set(capacities).intersection(Participant.FROM_DRAFT_ON)
    )
    if is_proposer:
        return _proposers_access(user, proposal, capacities)
    is_auditor = user.has_role(Role.Kind.AUDITOR)
    if not proposal.is_open_to_staff or not (user.is_elearning or is_auditor):
        return Access()
    why_not = {}
    is_recused = Participant.Capacity.RECUSED in capacities
    if not user.is_elearning:
        why_not = dict.fromkeys(Kind, _("You read this conversation, and eLearning writes in it."))
    elif is_involved or is_recused:
        why_not[Kind.PROPOSERS] = _("You take part in this proposal, so somebody else answers.")
    elif not may_work_on(user, proposal, involved=set()):
        why_not[Kind.PROPOSERS] = _("Staff of %(unit)s write to the proposers.") % {
            "unit": proposal.unit
        }
    if is_involved or is_recused:
        return Access((Kind.PROPOSERS,), why_not)
    return Access((Kind.PROPOSERS, Kind.INTERNAL), why_not)


def _proposers_access(user: User, proposal: Proposal, capacities: Collection[str]) -> Access:
    why_not = {}
    if not proposal.is_open_to_staff:
        why_not[Kind.PROPOSERS] = _("You can write to eLearning once they can read this proposal.")
    elif user.pk != proposal.submitter_id and Participant.Capacity.EDITOR not in capacities:
        why_not[Kind.PROPOSERS] = _("You may read this. Who may edit the proposal writes here.")
    return Access((Kind.PROPOSERS,), why_not, is_proposer=True)


def access_to(proposal: Proposal, user: User, parties: Parties) -> Access:
    """The same, by the parties of the proposal."""
    return access_of(
        user,
        proposal,
        capacities=parties.capacities_of(user),
        is_involved=user.pk in parties.involved(user),
    )


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


@transaction.atomic
def write(
    *,
    proposal: Proposal,
    kind: Kind,
    by: User,
    body: str,
    key: str = "",
    seen: int | None = None,
    notify: Iterable[User] = (),
    uploads: Iterable[File] = (),
    mail: Incoming | None = None,
    at: datetime | None = None,
) -> Comment:
    """``by`` has said ``body`` in this thread, and whom it concerns is told: who is named in it or
    in ``notify``, the proposers by staff, eLearning by a proposer.

    The same post again (``key``) makes no second message. ``seen`` is the newest message its writer
    had before them: it and all before it are read. Files go with the message or it is not sent.
    ``mail`` is what it came by.
    Raises ``ValidationError`` for a text that is empty or too long, for a file that is not taken,
    and when the person may not write there.
    """
    at = at or timezone.now()
    parties = parties_of([proposal.pk])[proposal.pk]
    access = access_to(proposal, by, parties)
    _refuse_unless_open(access, kind)
    comment, is_new = conversation.add_comment(
        proposal=proposal, kind=kind, author=by, body=body, key=key, mail=mail, at=at
    )
    if is_new:
        if seen and (last := comment.thread.comments.filter(pk=seen).first()):
            conversation.mark_read(comment=last, by=by)
        named = _mention(proposal, comment, parties, notify)
        others = _addressed(proposal, kind, by, parties, but=named)
        enqueue(_mentioned(proposal, comment, named, at) + _told(proposal, comment, others, at))
        for upload in uploads:
            attach(
                proposal=proposal,
                upload=upload,
                by=by,
                comment=comment,
                is_staff=not access.is_proposer,
                at=at,
            )
    return comment


@transaction.atomic
def edit(
    *, proposal: Proposal, comment: Comment, by: User, body: str, at: datetime | None = None
) -> Comment:
    """An own message says ``body``; what it said before stays to be read. Who is named in it now
    and was not before is told.

    Raises ``ValidationError`` for a text that is empty or too long, for somebody else's message,
    and when its author may not write there any more.
    """
    at = at or timezone.now()
    if comment.author_id != by.pk:
        raise ValidationError(_("Only who wrote a message can change it."))
    parties = parties_of([proposal.pk])[proposal.pk]
    _refuse_unless_open(access_to(proposal, by, parties), Kind(comment.thread.kind))
    changed = conversation.change_comment(comment=comment, body=body, at=at)
    named = _mention(proposal, changed, parties)
    enqueue(_mentioned(proposal, changed, named, at))
    return changed


def _refuse_unless_open(access: Access, kind: Kind) -> None:
    if not access.may_write(kind):
        raise ValidationError(access.why_not.get(kind) or _("This conversation is closed to you."))


def named_in(text: str, people: Iterable[User]) -> list[User]:
    """Those of ``people`` whom the text addresses as "@Name", by the name that pages show.

    Where "@Ann Lee" stands, Ann is not meant; of two people of one name both are.
    """
    by_name: dict[str, list[User]] = {}
    for user in people:
        by_name.setdefault(str(user), []).append(user)
    found = []
    for name in sorted(by_name, key=len, reverse=True):
        sign = re.compile(rf"(?<!\w)@{re.escape(name)}(?!\w)", re.IGNORECASE)
        text, times = sign.subn(" ", text)
        found += by_name[name] if times else []
    return found


def _mention(
    proposal: Proposal, comment: Comment, parties: Parties, chosen: Iterable[User] = ()
) -> list[User]:
    """Who is named in the message or was chosen beside it, and was not before."""
    wanted = {user.pk for user in chosen}
    if comment.author is None or (not wanted and "@" not in comment.body):
        return []
    people = readers_of(proposal, Kind(comment.thread.kind), comment.author, parties)
    named = named_in(comment.body, people) + [user for user in people if user.pk in wanted]
    return conversation.mention(comment=comment, users=named)


def _addressed(
    proposal: Proposal, kind: Kind, by: User, parties: Parties, but: Collection[User]
) -> list[User]:
    """To whom a message is written: one of staff to the owner and who may edit, one of a proposer
    to the desk; an internal one to whoever has the proposal in hand."""
    is_proposer = by.pk in {parties.owner_id, *parties.proposer_ids}
    people: list[User] = []
    if kind == Kind.PROPOSERS and not is_proposer:
        editor = Participant.Capacity.EDITOR
        editors = {user_id for user_id, capacity in parties.capacities if capacity == editor}
        people = list(User.objects.filter(pk__in={parties.owner_id, *editors}))
    elif proposal.assignee and proposal.assignee.is_active:
        people = [proposal.assignee]
    elif kind == Kind.PROPOSERS:
        people = People().queue_of(proposal)
    return [
        user
        for user in people
        if user != by and user not in but and kind in access_to(proposal, user, parties).reads
    ]


def _mentioned(
    proposal: Proposal, comment: Comment, people: Iterable[User], at: datetime
) -> list[Message]:
    return [_letter("mentioned", proposal, comment, user, str(comment.pk), at) for user in people]


def _told(
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
