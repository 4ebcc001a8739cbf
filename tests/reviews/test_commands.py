"""The commands that draw the process and check its history and its mails."""

from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection

from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews.models import StageChange
from tests.factories import make_at, make_cast, make_draft, make_submitted

pytestmark = pytest.mark.django_db


def run(command: str, capsys) -> tuple[int, list[str]]:
    try:
        call_command(command)
    except SystemExit as left:
        return left.code, capsys.readouterr().out.splitlines()
    return 0, capsys.readouterr().out.splitlines()


def test_the_graph_has_every_stage_and_where_back_leads(capsys):
    code, lines = run("workflow_graph", capsys)
    assert (code, lines[0]) == (0, "stateDiagram-v2")
    assert all(any(line.strip().startswith(f"{stage}:") for line in lines) for stage in Stage)
    assert "    returned --> cad_consent: Submit again" in lines
    assert "    on_hold --> returned: Resume" in lines
    assert "    withdrawn --> withdrawn: Reopen" in lines


def test_a_sound_history_has_no_line(capsys):
    make_draft()
    for stage in (Stage.RETURNED, Stage.ON_HOLD, Stage.RENEWAL_REVIEW, Stage.MERGED):
        make_at(stage)
    assert run("verify_history", capsys) == (0, [])
    assert run("notification_coverage", capsys) == (0, [])


@contextmanager
def triggers_off(table: str):
    """As somebody with all rights could; what waits for the commit is checked before."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        connection.check_constraints()
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_each_break_has_a_line(capsys):
    proposal = make_submitted()
    with triggers_off("reviews_stagechange"):
        StageChange.objects.create(
            proposal=proposal,
            move="launch",
            from_stage="triage",
            to_stage="active",
            actor=make_cast().lead,
            at=proposal.stage_since,
        )
        code, lines = run("verify_history", capsys)

    assert code == 1
    assert [line.split(": ")[0] for line in lines] == [proposal.reference] * 3
    assert "launch does not lead from triage to active" in lines[1]
    assert lines[2].endswith("stands at submitted, but its history says active")


def test_a_stage_that_was_written_by_hand_has_a_line(capsys):
    proposal = make_submitted()
    with triggers_off("proposals_proposal"):
        Proposal.objects.filter(pk=proposal.pk).update(stage="triage")
    assert run("verify_history", capsys)[0] == 1


def test_a_mail_that_was_never_written_has_a_line(capsys):
    proposal = make_at(Stage.CONSULTATION)
    Message.objects.filter(event="consultation").delete()

    code, lines = run("notification_coverage", capsys)

    assert code == 1
    assert [line.split(" of ")[0] for line in lines] == [f"{proposal.reference}: “consultation”"]
