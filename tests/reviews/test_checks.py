"""``manage.py check`` finds what is wrong with the tables, names the row and how to mend it."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import call_command

from proposals.models import Stage, Turn
from reviews.checks import Tables, problems_of
from reviews.guards import ASKS, GUARDS
from reviews.workflow import MOVES, PARTNER_STEPS, REASONS, STAGES, Audience, Kind, Move, Notice


def stages(key: Stage, **changed: object) -> Tables:
    return Tables(stages={**STAGES, key: replace(STAGES[key], **changed)})


def moves(key: Move, **changed: object) -> Tables:
    return Tables(moves={**MOVES, key: replace(MOVES[key], **changed)})


def without(table: dict, *keys: str) -> dict:
    return {key: row for key, row in table.items() if key not in keys}


FYI_IN_DRAFT = Notice(Audience.DESK, "desk_moved", Kind.FYI, if_stage=Stage.DRAFT)
IF_IT_WERE_THE_DEANS = Notice(Audience.DESK, "desk_turn", Kind.ACTION, if_turn=Turn.DEANS)
PROPOSERS_FYI = Notice(Audience.PROPOSERS, "moved")

PROBLEMS = {
    "a stage without a row": (
        Tables(stages=without(STAGES, Stage.MERGED)),
        "E001 Stage.MERGED",
    ),
    "a move without a row": (Tables(moves=without(MOVES, Move.DEFER)), "E001 Move.DEFER"),
    "a row without a stage": (
        Tables(stages={**STAGES, "attic": STAGES[Stage.DRAFT]}),
        "E002 STAGES['attic']",
    ),
    "a row under another's name": (
        Tables(moves={**MOVES, Move.PULL: MOVES[Move.DEFER]}),
        "E002 MOVES['pull']",
    ),
    "a stage nobody can reach": (
        Tables(moves=without(MOVES, Move.REDIRECT)),
        "E003 STAGES[redirected]",
    ),
    "a circle beside the process": (
        Tables(moves=without(MOVES, Move.LAUNCH)),
        "E003 STAGES[suspended]",
    ),
    "a dead end": (
        Tables(moves=without(MOVES, Move.RESUME, Move.WITHDRAW)),
        "E004 STAGES[on_hold]",
    ),
    "a dead end that only turns on the spot": (
        moves(Move.RETIRE, who=without(MOVES[Move.RETIRE].who, Stage.RENEWAL_REVIEW)),
        "E004 STAGES[renewal_review]",
    ),
    "two next steps": (moves(Move.HOLD, is_forward=True), "E005 STAGES[triage]"),
    "a stage without owner": (stages(Stage.TRIAGE, owner=""), "E006 STAGES[triage]"),
    "a stage without words": (stages(Stage.TRIAGE, proposer_text=""), "E007 STAGES[triage]"),
    "a stage without a label": (stages(Stage.DECLINED, proposer_label=""), "E007 STAGES[declined]"),
    "no word of what comes next": (stages(Stage.TRIAGE, proposer_next=""), "W001 STAGES[triage]"),
    "a step that partners do not have": (
        Tables(steps=PARTNER_STEPS[:5]),
        "E008 STAGES[active]",
    ),
    "nothing for partners of a side stage": (
        stages(Stage.ON_HOLD, partner_text=""),
        "E008 STAGES[on_hold]",
    ),
    "a guard that is none": (moves(Move.LAUNCH, guards=("luck",)), "E009 MOVES[launch]"),
    "a guard without words": (Tables(asks=set(ASKS) - {"cim"}), "E010 MOVES[send_to_committee]"),
    "an input without a field": (moves(Move.LAUNCH, takes=("song",)), "E011 MOVES[launch]"),
    "needed and taken": (moves(Move.DEFER, takes=("meeting_on",)), "E012 MOVES[defer]"),
    "a reason without reasons": (
        Tables(reasons=without(REASONS, Move.HOLD)),
        "E013 MOVES[hold]",
    ),
    "reasons nobody is asked for": (moves(Move.HOLD, needs=("wake_on",)), "W002 MOVES[hold]"),
    "a move nobody explains": (moves(Move.LAUNCH, explanation=""), "E014 MOVES[launch]"),
    "a move that tells nobody": (moves(Move.LAUNCH, notices=()), "E015 MOVES[launch]"),
    "told only elsewhere": (
        moves(Move.LAUNCH, notices=(FYI_IN_DRAFT, IF_IT_WERE_THE_DEANS)),
        "E015 MOVES[launch]",
    ),
    "told only where they read the same": (
        moves(Move.START_TRIAGE, notices=(PROPOSERS_FYI,)),
        "E015 MOVES[start_triage]",
    ),
    "tells nobody, it says, and does": (
        moves(Move.LAUNCH, tells_nobody_because="Everybody knows."),
        "W003 MOVES[launch]",
    ),
    "a mail without templates": (
        moves(Move.LAUNCH, notices=(Notice(Audience.DESK, "party", Kind.ACTION),)),
        "E016 MOVES[launch]",
    ),
}


def said(tables: Tables) -> list[str]:
    return [
        f"{problem.id.removeprefix('reviews.')} {problem.msg.split(': ')[0]}"
        for problem in problems_of(tables)
    ]


def test_the_tables_as_they_are_have_no_problem():
    assert problems_of(Tables()) == []
    assert set(GUARDS) == set(ASKS)


@pytest.mark.parametrize(("tables", "problem"), PROBLEMS.values(), ids=PROBLEMS)
def test_each_problem_is_named_with_its_row(tables, problem):
    assert problem in said(tables)
    assert all(found.hint for found in problems_of(tables))


@pytest.mark.parametrize("number", [f"E{n:03}" for n in range(1, 17)] + ["W001", "W002", "W003"])
def test_every_number_is_provoked_here(number):
    assert any(problem.startswith(number) for _tables, problem in PROBLEMS.values())


def test_a_move_that_says_why_it_tells_nobody_is_sound():
    silent = moves(Move.LAUNCH, notices=(), tells_nobody_because="Everybody is at the launch.")
    assert problems_of(silent) == []


def test_a_mail_that_nothing_sends_or_that_lacks_a_part_is_named(tmp_path):
    for event in {notice.event for move in MOVES.values() for notice in move.notices}:
        (tmp_path / event).mkdir()
        for part in ("subject.txt", "body.txt"):
            (tmp_path / event / part).touch()
    for event in ("todo", "christmas_party"):
        (tmp_path / event).mkdir()
    (tmp_path / "approved" / "body.txt").unlink()
    assert said(Tables(emails=tmp_path)) == [
        "E016 MOVES[consent]",
        "W004 templates/emails/christmas_party",
    ]


def test_it_is_part_of_manage_py_check():
    assert [each for each in run_checks() if (each.id or "").startswith("reviews.")] == []
    out = StringIO()
    call_command("check", stdout=out)
    assert "no issues" in out.getvalue()
