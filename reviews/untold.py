"""Decisions that are told to nobody outside the desk yet, asked of the database: who narrows or
orders a list finds each proposal where people outside are told that it stands (``grace.as_told``).
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from reviews.grace import ACTIVITY, DECISIONS
from reviews.models import StageChange


def untold_since(at: datetime) -> datetime:
    """Decisions made after this moment are not told outside the desk yet."""
    return at - timedelta(seconds=settings.NOTIFICATION_GRACE_SECONDS)


def untold_decisions(at: datetime) -> QuerySet[StageChange]:
    """Decisions that are not told outside the desk yet."""
    found = StageChange.objects.in_force().filter(move__in=DECISIONS, at__gt=untold_since(at))
    return found.order_by()


def told_at(proposal: str, stages: Collection[str], at: datetime) -> Q:
    """It stands at one of these as its proposers are told; ``proposal`` is the path to its
    columns."""
    return _told(proposal, Q(**{f"{proposal}stage__in": stages}), Q(from_stage__in=stages), at)


def told_turn(turn: str, at: datetime) -> Q:
    """It is their turn, as its proposers are told."""
    return _told("", Q(whose_turn=turn), Q(before__whose_turn=turn), at)


def told_activity(at: datetime) -> Case:
    """When something last happened to a proposal, as its proposers are told, to order by."""
    before = Cast(KT(f"before__{ACTIVITY}"), DateTimeField())
    untold = untold_decisions(at).filter(proposal=OuterRef("pk")).values(told=before)[:1]
    last = F("last_activity_at")
    # What is cheap to ask is asked first: hardly a row goes on to the history.
    by_a_move = Q(stage_since__gt=untold_since(at), last_activity_at=F("stage_since"))
    return Case(When(by_a_move, then=Coalesce(Subquery(untold), last)), default=last)


def _told(proposal: str, now: Q, before: Q, at: datetime) -> Q:
    """``now`` is said of the proposal, ``before`` of a decision that counts as not made. Said so
    that indexes answer it."""
    untold = untold_decisions(at)
    came = untold.exclude(before).values("proposal")
    went = untold.filter(before).values("proposal")
    return now & ~Q(**{f"{proposal}pk__in": came}) | Q(
        **{f"{proposal}stage_since__gt": untold_since(at), f"{proposal}pk__in": went}
    )
