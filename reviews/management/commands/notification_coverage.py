"""Was everyone mailed who had to be? For the nightly check."""

import sys
from collections import defaultdict
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Prefetch

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from proposals.models import HandOver
from reviews.models import StageChange
from reviews.workflow import MOVES, Audience, Kind, Move, Notice

_CHUNK = 1000


class Command(BaseCommand):
    """Compares the ledger with what the table says can never be left out: the receipts, requests
    and decisions for the person who owns the proposal. What may rightly be left out (a label that
    did not change, a role nobody held that day) is no gap.
    """

    help = "Prints a line for each mail that should have been written; exit code 1 if any."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        has_gap = False
        last = 0
        while chunk := _changes_after(last):
            last = chunk[-1].pk
            told = _told_by(chunk)
            for change in chunk:
                for notice in _owed_to_owner(change):
                    if _owner_then(change).pk not in told[change.pk, notice.event]:
                        has_gap = True
                        self.stdout.write(
                            f"{change.proposal.reference}: “{notice.event}” of stage change"
                            f" {change.pk} ({change.move}) never reached its owner"
                        )
        if has_gap:
            sys.exit(1)


def _changes_after(pk: int) -> list[StageChange]:
    # Who moved silently said why; what was taken back told nobody, and had to tell nobody.
    told = StageChange.objects.in_force().filter(silent_because="")
    changes = told.filter(pk__gt=pk).select_related("proposal__submitter")
    handed_over = HandOver.objects.select_related("from_user")
    changes = changes.prefetch_related(Prefetch("proposal__hand_overs", handed_over))
    return list(changes.order_by("pk")[:_CHUNK])


def _owner_then(change: StageChange) -> User:
    """Who owned the proposal when it moved: whoever handed it over next, or who owns it now."""
    later = (each for each in change.proposal.hand_overs.all() if each.at > change.at)
    return next((each.from_user for each in later), change.proposal.submitter)


def _told_by(changes: list[StageChange]) -> dict[tuple[int, str], set[int]]:
    """Who has a mail, whatever became of it, by stage change and event."""
    causes = {f"stage_change:{change.pk}": change.pk for change in changes}
    told: dict[tuple[int, str], set[int]] = defaultdict(set)
    mails = Message.objects.filter(cause__in=causes, user__isnull=False)
    for cause, event, user_id in mails.values_list("cause", "event", "user_id"):
        told[causes[cause], event].add(user_id)
    return told


def _owed_to_owner(change: StageChange) -> list[Notice]:
    """Notices that had to reach the owner, unless the account is closed or the move their own."""
    owner = _owner_then(change)
    if not owner.is_active:
        return []
    return [
        notice
        for notice in MOVES[Move(change.move)].notices
        if notice.audience == Audience.PROPOSERS
        and notice.if_stage in (None, change.from_stage, change.to_stage)
        and (
            notice.kind == Kind.RECEIPT
            or (notice.kind == Kind.ACTION and change.actor_id != owner.pk)
        )
    ]
