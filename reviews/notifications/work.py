"""Mails about work: a proposal or something to do is somebody's now, answers are to change."""

from datetime import datetime

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from microcreds.outbox.services import quoted
from proposals.letters import desk_url, letter, page_url
from proposals.models import Proposal, Stage
from reviews.models import AskToChange, ToDo, TriageEdit
from reviews.workflow import STAGES


def assigned(*, edit: TriageEdit, to: User) -> Message:
    """Tells ``to`` that a proposal is theirs now, in the words of whoever hands it over; once."""
    cause, words = f"triage_edit:{edit.pk}", quoted(edit.note)
    return _came_to("assigned", edit.proposal, to, edit.by, edit.at, cause, words)


def came_to_unit(*, proposal: Proposal, to: User, by: User, after: int, at: datetime) -> Message:
    """Tells ``to`` that a proposal came into their unit's queue from another."""
    cause = f"unit_changed:{proposal.pk}:{after}:{proposal.unit_id or 0}"
    return _came_to("unit_changed", proposal, to, by, at, cause)


def todo_given(*, todo: ToDo, by: User | None = None, at: datetime | None = None) -> Message:
    """Tells its owner of something to do, that ``by`` gave them (default: whoever noted it); once
    for each owner."""
    cause = f"todo:{todo.pk}"
    return letter(
        "todo",
        proposal=todo.proposal,
        to=todo.owner,
        cause=cause,
        key=cause,
        at=at or todo.made_at,
        actor=by or todo.made_by,
        due_on=todo.by_day,
        quoted=quoted(todo.words),
        url=desk_url(todo.proposal),
    )


def _came_to(
    event: str, proposal: Proposal, to: User, by: User, at: datetime, cause: str, words: str = ""
) -> Message:
    return letter(
        event,
        proposal=proposal,
        to=to,
        cause=cause,
        key=cause,
        at=at,
        stage=STAGES[Stage(proposal.stage)].name,
        due_on=proposal.due_on,
        actor=by,
        quoted=words,
        url=desk_url(proposal),
    )


def change_asked(*, ask: AskToChange, to: User) -> Message:
    """Tells ``to`` that the proposers want to change answers eLearning already works on."""
    url = desk_url(ask.proposal)
    return _about_ask("change_asked", ask, to, ask.asked_at, ask.reason, url)


def change_refused(*, ask: AskToChange, to: User) -> Message:
    """Tells a proposer that the answers stay as they are, and why."""
    at, url = ask.decided_at or ask.asked_at, page_url(ask.proposal)
    return _about_ask("change_refused", ask, to, at, ask.words, url)


def _about_ask(
    event: str, ask: AskToChange, to: User, at: datetime, words: str, url: str
) -> Message:
    cause = f"ask_to_change:{ask.pk}"
    return letter(
        event,
        proposal=ask.proposal,
        to=to,
        cause=cause,
        key=f"{cause}:{event}",
        at=at,
        asked_by=ask.asked_by,
        decided_by=ask.decided_by,
        labels=ask.labels,
        quoted=quoted(words),
        url=url,
    )
