"""Messages written and changed, and who is named in them or told."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.models import Incoming
from microcreds.outbox.services import enqueue
from proposals.models import Comment, Participant, Proposal
from proposals.services import attach, conversation
from reviews.permits import Parties, People, parties_of
from reviews.threads.access import Access, Kind, access_to
from reviews.threads.letters import mentioned, told
from reviews.threads.reading import readers_of


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
        enqueue(mentioned(proposal, comment, named, at) + told(proposal, comment, others, at))
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
    enqueue(mentioned(proposal, changed, named, at))
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
