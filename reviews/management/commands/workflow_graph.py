"""The process as a drawing: a Mermaid state diagram of the table, on stdout."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from proposals.models import Stage
from reviews.workflow import BACK, COMEBACKS, MOVES, STAGES, STAY, MoveInfo


class Command(BaseCommand):
    help = "Prints the stages and moves as a Mermaid state diagram."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("stateDiagram-v2")
        for stage, info in STAGES.items():
            self.stdout.write(f"    {stage.value}: {info.name}")
        self.stdout.write(f"    [*] --> {Stage.DRAFT.value}")
        for move in MOVES.values():
            for start in move.from_stages:
                for end in _ends(move, start):
                    self.stdout.write(f"    {start.value} --> {end.value}: {move.label}")


def _ends(move: MoveInfo, start: Stage) -> Iterator[Stage]:
    """Where the move leads from there; "back" leads to every stage one can have come from."""
    if move.to is STAY or start in move.copies_from:
        yield start
    elif move.to is BACK:
        for other in MOVES.values():
            if other.to == start and other.key not in COMEBACKS:
                yield from other.from_stages
    elif isinstance(move.to, Stage):
        yield move.to
