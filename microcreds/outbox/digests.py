"""Digests: what was gathered for a reader leaves as one mail, by proposal, below what waits on
them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from microcreds.accounts.models import User
from microcreds.outbox import links
from microcreds.outbox.events import Kind
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose

MOST = 200  # readers a round; the next round has the others


@dataclass(slots=True)
class Part:
    """What a digest says of one proposal: the subjects of its mails, oldest first, and the address
    that the newest of them names."""

    subjects: list[str] = field(default_factory=list)
    url: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits on a reader: a line for each of the most pressing, how much it is in all, and the
    path of the page that has the others; empty: there is none. ``name``: of a reader without an
    account, where they are known."""

    lines: list[str] = field(default_factory=list)
    number: int = 0
    path: str = ""
    name: str = ""


# Of an address, and the account where it has one, at a moment. Who knows lies left of this app and
# says so when it is ready (``reviews.apps``).
_waiting_on: list[Callable[[str, User | None, datetime], Waiting]] = []


def open_with(waiting_on: Callable[[str, User | None, datetime], Waiting]) -> None:
    """Digests open with this from now on."""
    _waiting_on[:] = [waiting_on]


def send_digests(*, at: datetime | None = None) -> int:
    """Everybody for whom something was gathered until ``at`` has it in one mail, due at once; each
    reader in a transaction of their own. Returns how many digests were written."""
    at = at or timezone.now()
    waiting = Message.objects.filter(state=Message.State.GATHERED, due_at__lte=at)
    readers = waiting.order_by("to").values_list("to", flat=True).distinct()[:MOST]
    return sum(_send_one(to, at) for to in list(readers))


@transaction.atomic
def _send_one(to: str, at: datetime) -> bool:
    gathered = list(
        Message.objects.filter(state=Message.State.GATHERED, due_at__lte=at, to=to)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .order_by("pk")
    )
    if not gathered:
        return False
    digest = _digest_of(gathered, at)
    digest.save()
    Message.objects.filter(pk__in=[message.pk for message in gathered]).update(
        state=Message.State.DIGESTED, digest=digest
    )
    return True


def _digest_of(gathered: list[Message], at: datetime) -> Message:
    first, last = gathered[0], gathered[-1]
    waiting = _waiting_on[0](first.to, first.user, at) if _waiting_on else Waiting()
    asked = [message for message in gathered if message.kind == Kind.ACTION]
    told = [message for message in gathered if message.kind != Kind.ACTION]
    return compose(
        event="digest",
        to=first.to,
        user=first.user,
        cause=f"digest:{last.pk}",
        dedupe_key=f"digest:{last.pk}:{first.to}",
        at=at,
        due_at=at,
        context={
            "name": first.user or waiting.name,
            "waiting": waiting,
            "waiting_more": waiting.number - len(waiting.lines),
            "waiting_url": waiting.path and f"{settings.SITE_URL}{waiting.path}",
            "asked": _parts(asked),
            "told": _parts(told),
            "link": next(filter(None, map(links.first_in, [m.body for m in gathered[::-1]])), ""),
            "mail_url": settings.SITE_URL + mails_path(has_account=first.user is not None),
        },
    )


def mails_path(*, has_account: bool) -> str:
    """Where a reader reads their mails again: with an account, or as a partner by their link."""
    return reverse("mail:mail_list" if has_account else "partners:mail_list")


def _parts(messages: list[Message]) -> list[Part]:
    parts: dict[str, Part] = {}
    for message in messages:
        part = parts.setdefault(message.about, Part())
        if message.subject not in part.subjects:
            part.subjects.append(message.subject)
        part.url = links.first_address_in(message.body) or part.url
    return list(parts.values())
