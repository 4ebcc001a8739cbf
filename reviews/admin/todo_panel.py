"""Next step, to-dos and what was said outside the tool, as the desk's page tells them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.utils import timezone

from microcreds.accounts.models import Role, User
from proposals.kept import Annotations, kept_for
from proposals.models import Proposal, Stage
from reviews.forms.todos import TalkForm, ToDoForm
from reviews.models import TalkedWith, ToDo

TALKS_SHOWN = DONE_SHOWN = 10


@dataclass(frozen=True)
class Line:
    """One thing to do, or done."""

    pk: int
    words: str
    owner: str
    by_day: date
    is_late: bool
    done_by: str
    done_note: str
    owner_id: int
    stage: str = ""  # at which a checklist laid it out


@dataclass(frozen=True)
class Checklist:
    """What the list of the stage at which it stands has laid out, done or not."""

    lines: list[Line]

    @property
    def done(self) -> int:
        return sum(bool(line.done_by) for line in self.lines)


@dataclass(frozen=True)
class Said:
    """One call, meeting or mail."""

    pk: int
    kind: str
    who: str
    on: date
    said: str
    audience: str
    by: str
    is_struck: bool


def name_of(user: str) -> Coalesce:
    """As ``str`` of this person says it."""
    return Coalesce(NullIf(f"{user}__name", Value("")), f"{user}__email", output_field=CharField())


_TODO = JSONObject(
    pk="pk",
    words="words",
    owner=name_of("owner"),
    owner_id="owner_id",
    by_day="by_day",
    is_next="is_next",
    done_by=name_of("done_by"),
    done_note="done_note",
    made_at="made_at",
    made_by_id="made_by_id",
    done_at="done_at",
    done_by_id="done_by_id",
    laid_by="laid_by",
    stage="laid_by__to_stage",
)
_TALK = JSONObject(
    pk="pk",
    kind="kind",
    who="who",
    on="on",
    said="said",
    audience="audience",
    by=name_of("made_by"),
    struck="struck_at",
    made_at="made_at",
    made_by_id="made_by_id",
)
_ROLE = JSONObject(person="user_id", name=name_of("user"), starts_on="starts_on", ends_on="ends_on")


@kept_for(Proposal)
def with_todos() -> Annotations:
    """Each with the rows that ``todo_panel`` reads: they ride along, as each statement counts."""
    todos = ToDo.objects.filter(proposal=OuterRef("pk")).order_by("by_day", "pk")
    done = todos.filter(done_at__isnull=False).order_by("-done_at")
    standing = todos.filter(done_at__isnull=True, hidden_at__isnull=True)
    laid = todos.filter(laid_by__to_stage=OuterRef("stage"), hidden_at__isnull=True).order_by("pk")
    talks = TalkedWith.objects.filter(proposal=OuterRef("pk")).order_by("-on", "-pk")
    held = Role.objects.filter(
        kind__in=(Role.Kind.ELEARNING, Role.Kind.LEAD), user__is_active=True
    ).order_by("user__name", "user_id")
    return {
        "staff_roles": ArraySubquery(held.values(row=_ROLE)),
        "todos_open": ArraySubquery(standing.values(row=_TODO)),
        "todos_laid": ArraySubquery(laid.values(row=_TODO)),
        "todos_done": ArraySubquery(done.values(row=_TODO)[:DONE_SHOWN]),
        "talks_noted": ArraySubquery(talks.values(row=_TALK)[:TALKS_SHOWN]),
    }


def todo_panel(
    proposal: Any,
    user: User,
    *,
    next_form: ToDoForm | None = None,
    todo_form: ToDoForm | None = None,
    talk_form: TalkForm | None = None,
) -> dict[str, Any]:
    """What is to be done about a proposal loaded ``with_todos``, and the forms to say more."""
    today = timezone.localdate()
    rows, stage = proposal.todos_open, proposal.stage
    others = [row for row in rows if not row["is_next"] and row["stage"] != stage]
    return {
        "next_step": next((_line(row, today) for row in rows if row["is_next"]), None),
        "checklist": _checklist(proposal.todos_laid, today),
        "todos": [_line(row, today) for row in others],
        "todos_done": [_line(row, today) for row in proposal.todos_done],
        "talks": [_said(row) for row in proposal.talks_noted],
        "next_form": next_form or todo_form_for(proposal, user, prefix="next"),
        "todo_form": todo_form or todo_form_for(proposal, user, prefix="todo"),
        "talk_form": talk_form or TalkForm(initial={"on": today}, prefix="talk"),
    }


def todo_form_for(proposal: Any, user: User, data: Any = None, *, prefix: str) -> ToDoForm:
    """The form that gives somebody of eLearning something to do about a proposal loaded
    ``with_todos``."""
    colleagues = _colleagues(proposal.staff_roles, timezone.localdate())
    return ToDoForm(data, proposal=proposal, by=user, colleagues=colleagues, prefix=prefix)


def _colleagues(roles: list[dict[str, Any]], today: date) -> dict[int, str]:
    """Who holds one of these roles today, by name. Which day it is, is not part of SQL that is
    kept."""
    day = today.isoformat()
    return {
        role["person"]: role["name"]
        for role in roles
        if role["starts_on"] <= day and (role["ends_on"] is None or role["ends_on"] >= day)
    }


def _checklist(rows: list[dict[str, Any]], today: date) -> Checklist:
    """What is open of it, and what is done of those laid out last: an earlier stay is over."""
    newest = max((row["laid_by"] for row in rows), default=0)
    shown = [row for row in rows if not row["done_by"] or row["laid_by"] == newest]
    return Checklist([_line(row, today) for row in shown])


def _line(row: dict[str, Any], today: date) -> Line:
    by_day = date.fromisoformat(row["by_day"])
    return Line(
        row["pk"],
        row["words"],
        row["owner"],
        by_day,
        by_day < today,
        row["done_by"] or "",
        row["done_note"],
        row["owner_id"],
        str(Stage(row["stage"]).label) if row["stage"] else "",
    )


def _said(row: dict[str, Any]) -> Said:
    return Said(
        pk=row["pk"],
        kind=str(TalkedWith.Kind(row["kind"]).label),
        who=row["who"],
        on=date.fromisoformat(row["on"]),
        said=row["said"],
        audience=str(TalkedWith.Audience(row["audience"]).label),
        by=row["by"],
        is_struck=row["struck"] is not None,
    )
