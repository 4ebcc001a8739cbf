"""Does every stage follow from its changes? For the nightly check."""

import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from proposals.models import Proposal, Stage
from reviews.models import StageChange
from reviews.workflow import BACK, MOVES, STAY, UNDO, Move, in_force, way_back


class Command(BaseCommand):
    help = "Prints a line for each break between history and stage; exit code 1 if there is any."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        is_broken = False
        proposals = Proposal.objects.order_by("pk").prefetch_related("stage_changes")
        for proposal in proposals.iterator(chunk_size=500):
            history = sorted(proposal.stage_changes.all(), key=lambda change: change.pk)
            for line in breaks_of(proposal, history):
                is_broken = True
                self.stdout.write(f"{proposal.reference}: {line}")
        if is_broken:
            sys.exit(1)


def breaks_of(proposal: Proposal, history: list[StageChange]) -> Iterator[str]:
    """What does not fit: a change that does not begin where the last ended, a move the table does
    not know there, a stage that is not the newest change's."""
    stage: str = Stage.DRAFT
    for number, change in enumerate(history):
        if change.from_stage != stage:
            yield f"change {change.pk} begins at {change.from_stage}, but it stood at {stage}"
        if not _is_in_table(change, history[:number]):
            yield (
                f"change {change.pk}: {change.move} does not lead from {change.from_stage}"
                f" to {change.to_stage}"
            )
        stage = change.to_stage
    if proposal.stage != stage:
        yield f"stands at {proposal.stage}, but its history says {stage}"


def _is_in_table(change: StageChange, before: list[StageChange]) -> bool:
    if change.move == UNDO:
        standing = in_force(before)
        ends = (change.to_stage, change.from_stage)
        return bool(standing) and (
            standing[-1].pk == change.undoes_id
            and (standing[-1].from_stage, standing[-1].to_stage) == ends
        )
    info = MOVES[Move(change.move)] if change.move in Move.values else None
    if info is None or change.from_stage not in info.from_stages:
        return False
    if info.to is STAY or change.from_stage in info.copies_from:
        return change.to_stage == change.from_stage
    if info.to is BACK:
        return change.to_stage == way_back(change.from_stage, in_force(before))
    return change.to_stage == info.to
