"""What is wrong with the tables of stages and moves, said by ``manage.py check`` before a reader
meets it. Each problem names its row and how to mend it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from proposals.models import Stage
from reviews.forms.moves import MoveForm
from reviews.guards import ASKS, GUARDS
from reviews.plans import Given
from reviews.workflow import (
    MOVES,
    PARTNER_STEPS,
    REASONS,
    STAGES,
    Audience,
    Kind,
    Move,
    MoveInfo,
    Notice,
    PartnerStep,
    Phase,
    StageInfo,
    Text,
    ends_of,
)

_ROOT = Path(settings.BASE_DIR)
_EMAILS = _ROOT / "templates" / "emails"
_OURS = ("reviews", "partners", "proposals", "microcreds")
# A return asks point by point: those stand in rows of their own below the form's fields.
_IN_ROWS = frozenset({"points"})


def _inputs() -> frozenset[str]:
    """What a person can type with a move and a plan knows what to do with."""
    known = {each.name for each in fields(Given)}
    return frozenset(known & (set(MoveForm.base_fields) | _IN_ROWS))


@dataclass(frozen=True, slots=True)
class Tables:
    """What is checked: the tables as they are, except where a caller puts in another."""

    stages: Mapping[Stage, StageInfo] = field(default_factory=lambda: STAGES)
    moves: Mapping[Move, MoveInfo] = field(default_factory=lambda: MOVES)
    reasons: Mapping[Move, Mapping[str, Text]] = field(default_factory=lambda: REASONS)
    steps: tuple[PartnerStep, ...] = PARTNER_STEPS
    guards: Set[str] = frozenset(GUARDS)
    asks: Set[str] = frozenset(ASKS)
    inputs: Set[str] = field(default_factory=_inputs)
    emails: Path = _EMAILS
    sources: tuple[Path, ...] = tuple(_ROOT / app for app in _OURS)


def check_workflow(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Every problem of the tables as they stand; registered in ``reviews.apps``."""
    return problems_of(Tables())


def problems_of(tables: Tables) -> list[CheckMessage]:
    """Every problem of these tables, by its number."""
    found = [problem for rule in _RULES for problem in rule(tables)]
    return sorted(found, key=lambda problem: problem.id or "")


def _error(number: int, row: str, words: str, hint: str) -> Error:
    return Error(f"{row}: {words}", hint=hint, id=f"reviews.E{number:03}")


def _warning(number: int, row: str, words: str, hint: str) -> Warning:
    return Warning(f"{row}: {words}", hint=hint, id=f"reviews.W{number:03}")


def _rows(tables: Tables) -> Iterator[CheckMessage]:
    """Each value of ``Stage`` and ``Move`` has its row, and each row its value."""
    for known, rows, name in (
        (Stage, tables.stages, "STAGES"),
        (Move, tables.moves, "MOVES"),
    ):
        for key in known:
            if key not in rows:
                yield _error(
                    1, f"{known.__name__}.{key.name}", f"has no row in {name}.", "Write its row."
                )
        for key, row in rows.items():
            if key not in set(known) or row.key != key:
                yield _error(
                    2,
                    f"{name}[{str(key)!r}]",
                    f"is no row of a {known.__name__}.",
                    f"Name the value in {known.__name__}, or take the row out.",
                )


def _legs(tables: Tables) -> Iterator[tuple[MoveInfo, Stage, Stage]]:
    for move in tables.moves.values():
        for start in move.from_stages:
            for end in ends_of(move, start, tables.moves):
                yield move, start, end


def _ways(tables: Tables) -> Iterator[CheckMessage]:
    """Every stage can be reached from the draft and left again unless it ends; one way is next."""
    ways: dict[Stage, set[Stage]] = {}
    for _move, start, end in _legs(tables):
        ways.setdefault(start, set()).add(end)
    reached, ahead = {Stage.DRAFT}, [Stage.DRAFT]
    while ahead:
        new = ways.get(ahead.pop(), set()) - reached
        reached |= new
        ahead += new
    for key, stage in tables.stages.items():
        if key not in reached:
            yield _error(
                3,
                f"STAGES[{key!s}]",
                "no way leads there from the draft.",
                "Let a move of MOVES lead to it, or take the stage out.",
            )
        if stage.phase != Phase.ENDED and not ways.get(key, set()) - {key}:
            yield _error(
                4,
                f"STAGES[{key!s}]",
                "no move leads out of it, and it is no end.",
                "Let a move of MOVES begin there, or give the stage the phase ENDED.",
            )
    forward = Counter(
        start for move in tables.moves.values() if move.is_forward for start in move.from_stages
    )
    for key, number in forward.items():
        if number > 1:
            names = [m.label for m in tables.moves.values() if m.is_forward and key in m.who]
            yield _error(
                5,
                f"STAGES[{key!s}]",
                f"{number} moves are its next step: {', '.join(names)}.",
                "Leave is_forward to one of them: a page has one primary button.",
            )


def _wording(tables: Tables) -> Iterator[CheckMessage]:
    """Somebody owns each stage, and everybody who meets it reads of it."""
    for key, stage in tables.stages.items():
        row = f"STAGES[{key!s}]"
        if not stage.owner and stage.phase != Phase.ENDED:
            yield _error(6, row, "nobody owns it.", "Say in owner whose work it is there.")
        lacks = [
            name
            for name in ("name", "proposer_label", "proposer_text")
            if not str(getattr(stage, name))
        ]
        if lacks:
            yield _error(
                7,
                row,
                f"has no words for staff or proposers: {', '.join(lacks)}.",
                "Write what they read while a proposal stands there.",
            )
        if stage.phase != Phase.ENDED and not stage.proposer_next:
            yield _warning(
                1,
                row,
                "does not tell proposers what comes next.",
                "Write it in proposer_next, one sentence.",
            )
        if not _tells_partners(stage, tables.steps):
            yield _error(
                8,
                row,
                "partners meet it and read nothing.",
                "Write partner_text, or give it a partner_step of PARTNER_STEPS (0: they see"
                " nothing).",
            )


def _tells_partners(stage: StageInfo, steps: tuple[PartnerStep, ...]) -> bool:
    if stage.partner_step == 0:
        return True
    if stage.partner_step is None:  # they keep the step, and with it its name
        return bool(stage.partner_text)
    step = next((step for step in steps if step.number == stage.partner_step), None)
    return bool(step and step.label and (stage.partner_text or step.text))


def _moves(tables: Tables) -> Iterator[CheckMessage]:
    """A move names only what there is."""
    for key, move in tables.moves.items():
        row = f"MOVES[{key!s}]"
        for guard in move.guards:
            if guard not in tables.guards:
                yield _error(
                    9, row, f"there is no guard “{guard}”.", "Write it in reviews.guards.GUARDS."
                )
            elif guard not in tables.asks:
                yield _error(
                    10,
                    row,
                    f"its guard “{guard}” has no words.",
                    "Say in reviews.guards.ASKS what it asks.",
                )
        for name in move.inputs:
            if name not in tables.inputs:
                yield _error(
                    11,
                    row,
                    f"no field of the form takes “{name}”.",
                    "Add it to Given and to MoveForm, or take it out of needs and takes.",
                )
        for name in set(move.needs) & set(move.takes):
            yield _error(12, row, f"both needs and takes “{name}”.", "Leave it in one of the two.")
        if "reason_code" in move.inputs and not tables.reasons.get(key):
            yield _error(
                13, row, "asks for a reason and offers none.", f"Give REASONS[{key!s}] some."
            )
        if tables.reasons.get(key) and "reason_code" not in move.inputs:
            yield _warning(
                2, row, "has reasons that nobody is asked for.", "Add reason_code to its needs."
            )
        if not str(move.explanation):
            yield _error(14, row, "is not explained.", "Say in explanation what it does.")


def _tells(tables: Tables) -> Iterator[CheckMessage]:
    """Somebody hears of every way a move can go, or the table says why nobody does."""
    for move, start, end in _legs(tables):
        if move.tells_nobody_because or end not in tables.stages or start not in tables.stages:
            continue
        if not any(_may_go(notice, start, end, tables) for notice in move.notices):
            yield _error(
                15,
                f"MOVES[{move.key!s}]",
                f"tells nobody on the way from {start!s} to {end!s}.",
                "Add a notice that goes on this way, or say why in tells_nobody_because.",
            )
    for move in tables.moves.values():
        if move.tells_nobody_because and move.notices:
            yield _warning(
                3,
                f"MOVES[{move.key!s}]",
                "says that it tells nobody, and has notices.",
                "Take out tells_nobody_because, or the notices.",
            )


def _may_go(notice: Notice, start: Stage, end: Stage, tables: Tables) -> bool:
    """Whether this mail can leave on this way: a note for information goes only where its readers
    find something changed."""
    if notice.if_stage is not None and notice.if_stage not in (start, end):
        return False
    if notice.if_turn is not None and notice.if_turn != tables.stages[end].turn:
        return False
    if notice.kind != Kind.FYI:
        return True
    if notice.audience == Audience.PROPOSERS:
        return tables.stages[start].proposer_label != tables.stages[end].proposer_label
    return start != end


def _mails(tables: Tables) -> Iterator[CheckMessage]:
    """Every notice has its templates, and every folder of templates somebody who sends it."""
    used = {
        notice.event: f"MOVES[{move.key!s}]"
        for move in tables.moves.values()
        for notice in move.notices
    }
    there = {folder.name for folder in tables.emails.iterdir() if folder.is_dir()}
    for event, row in used.items():
        for name in ("subject.txt", "body.txt"):
            if not (tables.emails / event / name).is_file():
                yield _error(
                    16,
                    row,
                    f"its mail has no templates/emails/{event}/{name}.",
                    "Write that template, or name another event.",
                )
    spare = there - set(used)
    for event in sorted(spare and spare - _named_in(tables.sources, spare)):
        yield _warning(
            4,
            f"templates/emails/{event}",
            "no notice and no service sends it.",
            "Take the folder out, or send it.",
        )


def _named_in(sources: tuple[Path, ...], events: Set[str]) -> set[str]:
    """Those that our code names in quotes."""
    found: set[str] = set()
    for folder in sources:
        for path in folder.rglob("*.py"):
            text = path.read_text()
            found |= {event for event in events if f'"{event}"' in text}
    return found


_RULES: tuple[Callable[[Tables], Iterator[CheckMessage]], ...] = (
    _rows,
    _ways,
    _wording,
    _moves,
    _tells,
    _mails,
)
