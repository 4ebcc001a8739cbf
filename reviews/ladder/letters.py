"""Whom a mark tells, with which mail, and the line that stands for it among others."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from microcreds.accounts.models import Role, User
from proposals.letters import desk_url, page_url
from proposals.models import Participant, Proposal, Stage, Turn
from reviews import durations
from reviews.asks.ask import due_words
from reviews.asks.listing import SOURCES
from reviews.clocks import add_business_days
from reviews.ladder.passed import Kind, Passed
from reviews.ladder.table import IDLE_HOLD_AFTER, MARKS
from reviews.permits import Parties, People
from reviews.stage_clock import Mark
from reviews.workflow import STAGES


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to come. With a ``line`` it may stand in one mail with others to the same person."""

    to: User
    event: str
    context: dict[str, Any]
    line: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What letters are written from, besides the proposal: read once for many."""

    people: People
    parties: dict[int, Parties]
    participants: dict[int, list[Participant]]
    named: dict[int, User]  # those whom asks name
    today: date
    holidays: Set[date]


def letters_of(passed: Passed, around: Around) -> list[Letter]:
    """The mails of one mark, one for each person; accounts that are closed get none."""
    letters: dict[int, Letter] = {}
    for letter in _letters(passed, around):
        if letter.to.is_active:
            letters.setdefault(letter.to.pk, letter)
    return list(letters.values())


def _letters(passed: Passed, around: Around) -> Iterator[Letter]:
    owner, about = passed.proposal.submitter, _about(passed.proposal)
    match passed.kind:
        case Kind.TARGET:
            yield from _of_target(passed, around)
        case Kind.IDLE:
            context = {
                "days": passed.days,
                "since": passed.on,
                "hold_after": IDLE_HOLD_AFTER,
                "url": page_url(passed.proposal),
            }
            yield Letter(owner, "idle_full_proposal", about | context)
        case Kind.REPLY:
            is_today = passed.on == around.today
            context = {"due_on": passed.on, "is_today": is_today, "url": page_url(passed.proposal)}
            yield Letter(owner, "reply_due", about | context)
        case Kind.EXPIRY:
            yield from _of_approval(passed, around)
        case Kind.ASK:
            yield from _of_asks(passed, around)


def _of_target(passed: Passed, around: Around) -> Iterator[Letter]:
    row, tells = passed.proposal, MARKS[Mark(int(passed.rung))]
    owing = who_owes(row, around.people, around.parties[row.pk])
    leads = around.people.holding(Role.Kind.LEAD) if tells.lead or not owing else []
    line, context = _line(passed, around), _about(row) | _of_clock(passed, around)
    for user in [*owing, *leads] if not passed.desk_knows else []:
        yield Letter(
            user,
            "ladder",
            context | {"url": desk_url(row), "is_theirs": user in owing},
            line,
        )
    if tells.proposers and passed.is_first_late:
        editors = [each.user for each in around.participants[row.pk]]
        for user in [row.submitter, *editors]:
            yield Letter(user, "later_than_planned", context | {"url": page_url(row)})


def _of_approval(passed: Passed, around: Around) -> Iterator[Letter]:
    row = passed.proposal
    context = _about(row) | {
        "expires_on": passed.on,
        "is_over": bool(passed.on and passed.on < around.today),
        "owner": row.submitter,
    }
    if not passed.owner_knows:
        yield Letter(
            row.submitter, "approval_ends", context | {"is_lead": False, "url": page_url(row)}
        )
    line = _("%(what)s: its approval ends on %(day)s") % {
        "what": row,
        "day": date_format(passed.on, "D j M Y") if passed.on else "",
    }
    for lead in around.people.holding(Role.Kind.LEAD):
        yield Letter(lead, "approval_ends", context | {"is_lead": True, "url": desk_url(row)}, line)


def who_owes(row: Proposal, people: People, parties: Parties) -> list[User]:
    """Who owes the next step of the university: the committee's chair or the deans where it is with
    them, else whoever it is assigned to, else its unit's queue. Nobody who takes part in it."""
    if row.whose_turn == Turn.COMMITTEE:
        found = people.holding(Role.Kind.COMMITTEE_CHAIR)
    elif row.whose_turn == Turn.DEANS:
        found = people.holding(Role.Kind.DEANS)
    else:
        found = people.at_work_on(row)
    return _without_parties(found, parties)


def _without_parties(found: list[User], parties: Parties) -> list[User]:
    return [
        user
        for user in found
        if user.pk not in parties.involved(user)
        and Participant.Capacity.RECUSED not in parties.capacities_of(user)
    ]


def _of_asks(passed: Passed, around: Around) -> Iterator[Letter]:
    """A mail for each of whom it is asked; many to-dos of one person, or what one meeting has, may
    become one."""
    ask, row = passed.asks[0], passed.proposal
    source = SOURCES.get(ask.kind)
    due = due_words(passed.on, around.today, around.holidays)
    context = _about(row) | {
        "asks": [source.words(each) for each in passed.asks] if source else [],
        "due_on": passed.on,
        "due": due,
        "url": settings.SITE_URL + source.url(ask) if source else page_url(row),
    }
    is_late = passed.on is not None and passed.on < around.today
    event = "meeting_soon" if ask.kind == "meeting" else "ask_late" if is_late else "ask_soon"
    line = ""
    if ask.kind in ("meeting", "todo") and passed.on:
        line = _("%(row)s: %(what)s, %(due)s, %(day)s") % {
            "row": row,
            "what": ask.said or _("the committee meets"),
            "due": due,
            "day": date_format(passed.on, "D j M"),
        }
    for user in _asked(passed, around, is_late=is_late):
        yield Letter(user, event, context, line)


def _asked(passed: Passed, around: Around, *, is_late: bool) -> list[User]:
    """Who is asked. Whoever is away has a stand-in; of points that are late on the proposal's own
    day its owner knows already (``Kind.REPLY``)."""
    row, ask, people = passed.proposal, passed.asks[0], around.people
    match ask.kind:
        case "meeting":
            members = people.holding(Role.Kind.COMMITTEE, Role.Kind.COMMITTEE_CHAIR)
            return _without_parties(members, around.parties[row.pk])
        case "todo":
            owner = around.named[ask.person or 0]
            here = people.holding(Role.Kind.ELEARNING, Role.Kind.LEAD)
            found = filter(None, (owner, people.stand_in_of(owner)))
            return [user for user in found if user in here or user.is_superuser]
        case "mou":
            return _without_parties(people.at_work_on(row), around.parties[row.pk])
        case "point":
            parts = around.participants[row.pk]
            editors = [p.user for p in parts if p.capacity == Participant.Capacity.EDITOR]
            return editors if is_late and passed.on == row.due_on else [row.submitter, *editors]
        case _:
            return [row.submitter]


def _about(row: Proposal) -> dict[str, Any]:
    info = STAGES[Stage(row.stage)]
    return {
        "title": row.working_title,
        "reference": row.reference,
        "stage": info.name,
        "label": info.proposer_label,
        "next": row.next_step_submitter or info.proposer_next,
        "turn": row.get_whose_turn_display(),
    }


def _of_clock(passed: Passed, around: Around) -> dict[str, Any]:
    """What the clock says, and a new day where the last year allows to name one."""
    clock, row = passed.clock, passed.proposal
    usual = durations.usual_of(Stage(row.stage))
    expected_on = None
    if clock and usual and usual.p80 > clock.used:
        expected_on = add_business_days(around.today, usual.p80 - clock.used, around.holidays)
    return {
        "mark": int(passed.rung),
        "clock": clock.words if clock else "",
        "left_words": _left(passed),
        "due_on": row.due_on,
        "usual": usual,
        "expected_on": expected_on,
    }


def _left(passed: Passed) -> str:
    """How much is left of its time, for a subject."""
    left = (passed.clock.left if passed.clock else 0) or 0
    if left > 0:
        return ngettext("%(n)d working day left", "%(n)d working days left", left) % {"n": left}
    if left == 0:
        return _("due today")
    return ngettext("%(n)d working day over", "%(n)d working days over", -left) % {"n": -left}


def _line(passed: Passed, around: Around) -> str:
    row = passed.proposal
    return _("%(what)s: %(stage)s, %(left)s (%(turn)s)") % {
        "what": row,
        "stage": STAGES[Stage(row.stage)].name,
        "left": _left(passed),
        "turn": row.assignee
        if row.whose_turn == Turn.UNIVERSITY and row.assignee
        else row.get_whose_turn_display(),
    }
