"""The demo's proposals as their files in ``proposals/`` tell them. All are invented.

One file is one proposal, numbered as in the domain brief: whose idea it is, how many days ago it
began, what happened since (``story``, ``notes``, ``talk``, ``files``, ``shares``, ``memoranda``),
what is to be done and was said by telephone (``todos``, ``calls``), what the desk wrote
(``triage``) and the ``answers`` by key of ``proposals.interest``. Days are counted from today, so
the demo does not age: ``ago`` days before it, ``…_in`` days after it. Whoever adds a question or a
record to the product adds it to some of these files, so that the demo shows it.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from reviews.clocks import campus_day, is_business_day

FOLDER = Path(__file__).parent / "proposals"
Step = dict[str, Any]


@dataclass(frozen=True)
class Past:
    """Moments before ``now`` at which people at a university do things."""

    now: datetime
    holidays: frozenset[date]

    def moment(self, ago: int, minute: int = 0) -> datetime:
        """Some minutes after nine on the working day that was ``ago`` days ago, or just before."""
        day = self.day(-ago)
        while not is_business_day(day, self.holidays):
            day -= timedelta(days=1)
        nine = datetime.combine(day, time(9), tzinfo=timezone.get_default_timezone())
        return nine + timedelta(minutes=minute)

    def working_day(self, days: int) -> date:
        """The day that many days after today, or the next one on which people meet."""
        day = self.day(days)
        while not is_business_day(day, self.holidays):
            day += timedelta(days=1)
        return day

    def day(self, days: int) -> date:
        """The day that many days after today."""
        return campus_day(self.now) + timedelta(days=days)


@dataclass(frozen=True)
class Idea:
    """One proposal of the demo, as its file tells it."""

    owner: str
    began: int
    answers: dict[str, Any]
    together: tuple[str, ...]
    triage: dict[str, Any]
    steps: tuple[Step, ...]

    @property
    def working_title(self) -> str:
        return self.answers["working_title"]


def read_ideas(past: Past) -> list[Idea]:
    """Every proposal of the demo, the oldest first, its dates counted from ``past.now``."""
    files = sorted(FOLDER.glob("*.toml"))
    ideas = [_idea(tomllib.loads(file.read_text(encoding="utf-8")), past) for file in files]
    return sorted(ideas, key=lambda idea: -idea.began)


def _idea(told: dict[str, Any], past: Past) -> Idea:
    steps = [*told.get("story", ()), *told.get("notes", ()), *told.get("shares", ())]
    steps += [*told.get("talk", ()), *told.get("files", ())]
    steps += [*told.get("todos", ()), *told.get("calls", ()), *told.get("memoranda", ())]
    return Idea(
        owner=told["owner"],
        began=told["began"],
        answers=_dated(told["answers"], past),
        together=tuple(told.get("together", ())),
        triage=told.get("triage", {}),
        steps=tuple(_dated(step, past) for step in sorted(steps, key=lambda step: -step["ago"])),
    )


def _dated(told: dict[str, Any], past: Past) -> dict[str, Any]:
    return dict(_entries(told, past))


def _entries(told: dict[str, Any], past: Past) -> Iterator[tuple[str, Any]]:
    """The entries with days turned into dates, and the line breaks of the file taken out."""
    for key, value in told.items():
        if key == "start_in":
            yield "start_on", past.day(value).isoformat()
        elif key == "first_contact_ago":
            yield "first_contact", past.day(-value).replace(day=1).isoformat()
        elif key == "ends_in":
            yield "ends_on", past.day(value)
        elif key in ("meeting_in", "wake_in", "todo_in"):
            yield key.replace("_in", "_on"), past.working_day(value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield key, [_dated(row, past) for row in value]
        elif isinstance(value, str):
            paragraphs = value.strip().split("\n\n")
            yield key, "\n\n".join(" ".join(lines.split("\n")) for lines in paragraphs)
        else:
            yield key, value
