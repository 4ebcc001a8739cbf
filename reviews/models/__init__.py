"""The verbs' records: every stage change, points to answer, the desk's view of a proposal."""

from reviews.models.looks import Look, Reading, TriageEdit
from reviews.models.process import (
    DraftLine,
    Holiday,
    SelfCheck,
    StageChange,
    TriageItem,
    TriageQuerySet,
)
from reviews.models.requests import AskToChange, Request
from reviews.models.todos import TalkedWith, ToDo

__all__ = [
    "AskToChange",
    "DraftLine",
    "Holiday",
    "Look",
    "Reading",
    "Request",
    "SelfCheck",
    "StageChange",
    "TalkedWith",
    "ToDo",
    "TriageEdit",
    "TriageItem",
    "TriageQuerySet",
]
