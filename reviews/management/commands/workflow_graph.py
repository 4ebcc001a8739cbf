"""The process as a drawing: a Mermaid state diagram of the table, on stdout."""

from typing import Any

from django.core.management.base import BaseCommand

from proposals.models import Stage
from reviews.diagram import NOT_DRAWN
from reviews.workflow import MOVES, STAGES, ends_of


class Command(BaseCommand):
    help = "Prints the stages and moves as a Mermaid state diagram."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("stateDiagram-v2")
        for stage, info in STAGES.items():
            self.stdout.write(f"    {stage.value}: {info.name}")
        self.stdout.write(f"    [*] --> {Stage.DRAFT.value}")
        for move in (each for key, each in MOVES.items() if key not in NOT_DRAWN):
            for start in move.from_stages:
                for end in ends_of(move, start):
                    self.stdout.write(f"    {start.value} --> {end.value}: {move.label}")
