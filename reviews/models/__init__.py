"""The verbs' records: every stage change, points to answer, the desk's view of a proposal."""

from reviews.models.process import (
    DraftLine,
    Holiday,
    SelfCheck,
    StageChange,
    TriageItem,
    TriageQuerySet,
)
from reviews.models.requests import AskToChange, Request

__all__ = [
    "AskToChange",
    "DraftLine",
    "Holiday",
    "Request",
    "SelfCheck",
    "StageChange",
    "TriageItem",
    "TriageQuerySet",
]
