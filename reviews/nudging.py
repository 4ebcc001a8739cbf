"""Reminding whoever owes the next step: whom it would reach, why not, and the writing of it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from microcreds.outbox.services import enqueue, quoted
from proposals.letters import desk_url, letter, page_url
from proposals.models import Participant, Proposal, Stage, Turn
from reviews.clocks import business_days_between, campus_day
from reviews.ladder.letters import who_owes
from reviews.models import Holiday, Nudge
from reviews.permits import People, may_work_on, parties_of
from reviews.workflow import STAGES

# Whoever was reminded has this many working days before anybody reminds them again.
QUIET_DAYS = 5
LONGEST_NUDGE = 600


@dataclass(frozen=True, slots=True)
class NudgeItem:
    """One proposal of a plan: who would be mailed, or why nobody."""

    proposal: Proposal
    people: list[User]
    refusal: str
    mails: list[Message] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        return not self.refusal

    @property
    def names(self) -> str:
        return ", ".join(map(str, self.people))

    @property
    def token(self) -> str:
        """What a reader of the plan saw of it, whatever they then typed."""
        people = [str(user.pk) for user in self.people]
        parts = [str(self.proposal.stage_since), self.proposal.whose_turn, *people]
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class NudgePlan:
    """Reminders about a set of proposals: shown, and carried out by ``nudge``."""

    items: list[NudgeItem]
    by: User
    words: str
    at: datetime

    @property
    def ready(self) -> list[NudgeItem]:
        return [item for item in self.items if item.is_ready]

    @property
    def mails(self) -> list[Message]:
        return [mail for item in self.ready for mail in item.mails]

    @property
    def seen(self) -> str:
        return " ".join(f"{item.proposal.pk}:{item.token}" for item in self.ready)


@dataclass(frozen=True, slots=True)
class _Reading:
    editors: dict[int, list[User]]
    last: dict[int, Nudge]
    people: People
    today: date
    holidays: frozenset[date]


def plan_nudges(
    *,
    proposals: Iterable[Proposal],
    by: User,
    words: str = "",
    at: datetime | None = None,
    lock: bool = False,
) -> NudgePlan:
    """Whom ``by`` would remind about each; nothing is written. As many statements for a hundred as
    for one. ``lock`` keeps the rows as they are until the transaction ends."""
    at, words = at or timezone.now(), words.replace("\r\n", "\n").strip()
    found = Proposal.objects.filter(pk__in=[row.pk for row in proposals]).order_by("pk")
    if lock:
        # Before anything is read: what is joined to a locked row is as old as the wait for it.
        list(found.select_for_update(no_key=True).values_list("pk"))
    rows = list(found.select_related("submitter", "assignee", "unit"))
    reading, parties = _read(rows, at), parties_of([row.pk for row in rows])
    items = []
    for row in rows:
        people = _whom(row, reading, parties[row.pk])
        refusal = _refusal(row, by, people, reading, parties[row.pk])
        mails = [] if refusal else [_letter(row, to, by, words, at) for to in _awake(people)]
        items.append(NudgeItem(row, [] if refusal else _awake(people), refusal, mails))
    return NudgePlan(items, by, words, at)


@transaction.atomic
def nudge(
    *,
    proposals: Iterable[Proposal],
    by: User,
    seen: Mapping[int, str],
    words: str = "",
    at: datetime | None = None,
) -> list[Nudge]:
    """Those in ``seen`` (by id, the ``token`` their reader saw) are reminded, each on record with
    its mails, which leave after the grace; or nobody is.

    Raises ``ValidationError`` in words, a line for each that is not as it was shown.
    """
    if len(words) > LONGEST_NUDGE:
        raise ValidationError({"words": _("Write at most 600 characters.")})
    asked = [row for row in proposals if row.pk in seen]
    plan = plan_nudges(proposals=asked, by=by, words=words, at=at, lock=True)
    refusals = [
        f"{item.proposal.reference}: {item.refusal or _('who would be mailed has changed.')}"
        for item in plan.items
        if item.refusal or item.token != seen[item.proposal.pk]
    ]
    if not plan.items or len(plan.items) != len(seen):
        refusals.append(_("This is not the plan you saw. Look at it again."))
    if refusals:
        raise ValidationError(refusals, code="stale")
    nudges = Nudge.objects.bulk_create(
        Nudge(proposal=item.proposal, by=by, at=plan.at, told=item.names[:400], words=plan.words)
        for item in plan.items
    )
    for item, written in zip(plan.items, nudges, strict=True):
        for mail in item.mails:
            mail.cause = f"nudge:{written.pk}"
            mail.dedupe_key = f"{mail.cause}:{mail.to}"
    enqueue(plan.mails)
    return nudges


def _read(rows: list[Proposal], at: datetime) -> _Reading:
    ids = [row.pk for row in rows]
    editors: dict[int, list[User]] = defaultdict(list)
    found = Participant.objects.filter(proposal__in=ids, capacity=Participant.Capacity.EDITOR)
    for participant in found.select_related("user").order_by("pk"):
        editors[participant.proposal_id].append(participant.user)
    newest = Nudge.objects.filter(proposal__in=ids).select_related("by")
    newest = newest.order_by("proposal_id", "-pk").distinct("proposal_id")
    return _Reading(
        editors=editors,
        last={each.proposal_id: each for each in newest},
        people=People(),
        today=campus_day(at),
        holidays=frozenset(Holiday.objects.values_list("on", flat=True)),
    )


def _whom(row: Proposal, reading: _Reading, parties: Any) -> list[User]:
    if row.whose_turn == Turn.SUBMITTER:
        return [row.submitter, *reading.editors[row.pk]]
    if row.whose_turn == Turn.UNIVERSITY:
        return [row.assignee] if row.assignee else []
    if row.whose_turn in (Turn.COMMITTEE, Turn.DEANS):
        return who_owes(row, reading.people, parties)
    return []


def _awake(people: list[User]) -> list[User]:
    return [user for user in people if user.is_active]


def _refusal(row: Proposal, by: User, people: list[User], reading: _Reading, parties: Any) -> str:
    """Why nobody is reminded of this one, the first reason that holds; empty: somebody is."""
    involved = parties.involved(by)
    if row.is_draft or not may_work_on(by, row, involved=involved):
        if by.pk in involved:
            return _(
                "You take part in this proposal, so somebody else has to send reminders about it."
            )
        return _("Staff of %(unit)s can send reminders about it.") % {
            "unit": row.unit or "eLearning"
        }
    if row.whose_turn in (Turn.NOBODY, Turn.PARTNER):
        return _("Nobody owes a step now: it is at “%(stage)s”.") % {
            "stage": STAGES[Stage(row.stage)].name
        }
    if people == [by]:
        return _("It is your own turn.")
    if not people:
        if row.whose_turn == Turn.UNIVERSITY:
            return _("It is nobody's yet. Assign it first.")
        return _("Nobody holds that office now.")
    if not _awake(people):
        return _("Their account is closed: %(who)s.") % {"who": ", ".join(map(str, people))}
    last = reading.last.get(row.pk)
    # A reminder before the last move was about another step.
    if last and last.at >= row.stage_since:
        day = campus_day(last.at)
        if business_days_between(day, reading.today, reading.holidays) < QUIET_DAYS:
            who = _("you") if last.by == by else last.by
            return _("Nudged by %(who)s on %(day)s already.") % {
                "who": who,
                "day": date_format(day, "D j M"),
            }
    return ""


def _letter(row: Proposal, to: User, by: User, words: str, at: datetime) -> Message:
    info, is_theirs = STAGES[Stage(row.stage)], row.whose_turn == Turn.SUBMITTER
    return letter(
        "nudge",
        proposal=row,
        to=to,
        key=f"nudge:{row.pk}",
        at=at,
        actor=by,
        label=info.proposer_label if is_theirs else info.name,
        asked=_asked(row),
        due_on=row.due_on,
        is_office=row.whose_turn in (Turn.COMMITTEE, Turn.DEANS),
        quoted=quoted(words),
        url=page_url(row) if is_theirs else desk_url(row),
    )


def _asked(row: Proposal) -> str:
    if row.stage == Stage.RETURNED:
        return _("change your answers and submit again, or write to us if something is unclear.")
    if row.whose_turn == Turn.SUBMITTER:
        return _("go on with the full proposal, or write to us if something is in the way.")
    if row.whose_turn == Turn.UNIVERSITY:
        return _("make the next move, or say what it waits for.")
    return _("decide on it, or tell eLearning when you will.")
