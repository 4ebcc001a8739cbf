"""What is new on a proposal's page since its reader looked at it last, by panel and by row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from microcreds.accounts.models import User
from proposals.models import Stage
from proposals.services import keys_changed_since
from reviews.edits import Edit
from reviews.looks import seen_until
from reviews.workflow import STAGES


@dataclass(frozen=True)
class Line:
    """One thing said at the head, and the panel it leads to."""

    words: str
    anchor: str


@dataclass(frozen=True)
class Marks:
    """What others did since ``since``: each set holds the keys of rows that are new or changed.

    ``triage`` maps the label of a field to its newest words before and after.
    """

    since: datetime
    answers: set[str] = field(default_factory=set)
    points: set[int] = field(default_factory=set)
    changes: set[int] = field(default_factory=set)
    edits: set[int] = field(default_factory=set)
    mails: set[int] = field(default_factory=set)
    documents: set[Any] = field(default_factory=set)
    partners: set[int] = field(default_factory=set)
    shares: set[int] = field(default_factory=set)
    todos: set[int] = field(default_factory=set)
    done: set[int] = field(default_factory=set)
    talks: set[int] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    triage: dict[str, tuple[str, str]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def marks_of(proposal: Any, user: User, page: Mapping[str, Any]) -> Marks | None:
    """The marks of ``page``, which was composed of a proposal loaded ``with_look``; ``None`` on the
    first visit. One statement where the form was sent since, none otherwise.

    What its reader did is no news to them.
    """
    since = seen_until(proposal)
    if since is None:
        return None
    changes = page["changes"]
    new_moves = [each for each in changes if each.at > since and each.actor_id != user.pk]
    was_sent = any(each.revision_id for each in new_moves)
    audience = page["reader"].audience
    own = {f"stage_change:{each.pk}" for each in changes if each.actor_id == user.pk}
    marks = Marks(
        since=since,
        answers=keys_changed_since(proposal, since, audience=audience) if was_sent else set(),
        points={
            each.pk for each in page["points"] if each.answered_at and each.answered_at > since
        },
        changes={each.pk for each in new_moves},
        mails={m.pk for m in page.get("mails", ()) if m.created_at > since and m.cause not in own},
        documents=_documents(page["files"].rows, since, user),
        partners={
            row.engagement.pk for row in page["engagements"] if row.engagement.opened_at > since
        },
        shares={
            share["contact"]
            for row in page["engagements"]
            for share in row.shares
            if page["reader"].sees_desk
            and share["by"] != user.pk
            and datetime.fromisoformat(share["since"]) > since
        },
        people={person.email for person in page["co_proposers"] if person.since > since},
    )
    if page["reader"].sees_desk:
        _mark_the_desks_own(marks, proposal, user, page)
    marks.lines.extend(_lines(marks, new_moves, page))
    return marks


def _documents(rows: Iterable[Any], since: datetime, user: User) -> set[Any]:
    files = (row.attachment for row in rows)
    return {f.pk for f in files if f.uploaded_at > since and f.uploaded_by_id != user.pk}


def _mark_the_desks_own(marks: Marks, proposal: Any, user: User, page: Mapping[str, Any]) -> None:
    """To-dos, talks and triage, which nobody else reads."""
    todos = [*proposal.todos_open, *proposal.todos_done]
    marks.todos.update(_new(proposal.todos_open, "made", marks.since, user))
    marks.done.update(_new(todos, "done", marks.since, user))
    marks.talks.update(_new(proposal.talks_noted, "made", marks.since, user))
    for event in reversed(page["happened"]):
        if isinstance(event, Edit) and event.at > marks.since and event.by_id != user.pk:
            marks.edits.add(event.pk)
            for label, before, now in event.fields:
                first = marks.triage.get(label, (before, now))[0]
                marks.triage[label] = (first, now)


def _new(rows: Iterable[dict[str, Any]], what: str, since: datetime, user: User) -> set[int]:
    """The rows that somebody else made, or did, since."""
    return {
        row["pk"]
        for row in rows
        if row[f"{what}_at"]
        and row[f"{what}_by_id"] != user.pk
        and datetime.fromisoformat(row[f"{what}_at"]) > since
    }


def _lines(marks: Marks, new_moves: list[Any], page: Mapping[str, Any]) -> list[Line]:
    """What the head says, each with how many; nothing of what did not change."""
    lines = [Line(words, "history") for words in _moves(new_moves, page["changes"])]
    answers, points, mails = len(marks.answers), len(marks.points), len(marks.mails)
    files, people, talks = len(marks.documents), len(marks.people), len(marks.talks)
    partners, shares, fields = len(marks.partners), len(marks.shares), len(marks.triage)
    todos, done = len(marks.todos), len(marks.done)
    counted = [
        (answers, ngettext("%d answer", "%d answers", answers), "answers"),
        (points, ngettext("%d point answered", "%d points answered", points), "points"),
        *(
            (shown.unread, ngettext("%d message", "%d messages", shown.unread), shown.kind)
            for shown in page.get("conversations", ())
        ),
        (files, ngettext("%d document", "%d documents", files), "files"),
        (mails, ngettext("%d mail", "%d mails", mails), "mails"),
        (todos, ngettext("%d thing to do", "%d things to do", todos), "next-step"),
        (done, ngettext("%d thing done", "%d things done", done), "next-step"),
        (talks, ngettext("%d talk", "%d talks", talks), "talks"),
        (fields, ngettext("%d triage field", "%d triage fields", fields), "triage"),
        (people, ngettext("%d person", "%d people", people), "people"),
        (partners, ngettext("%d partner", "%d partners", partners), "partners"),
        (shares, ngettext("%d page shared", "%d pages shared", shares), "partners"),
    ]
    return lines + [Line(words % number, anchor) for number, words, anchor in counted if number]


def _moves(new_moves: list[Any], changes: list[Any]) -> list[str]:
    """Where it went; how many moves, where it stands as before."""
    if not new_moves:
        return []
    newest, oldest = new_moves[0], new_moves[-1]
    if newest == changes[0] and newest.to_stage != oldest.from_stage:
        return [_("moved to %(stage)s") % {"stage": STAGES[Stage(newest.to_stage)].name}]
    return [ngettext("%d move", "%d moves", len(new_moves)) % len(new_moves)]
