"""The verbs' records: every stage change, points to answer, the desk's view of a proposal."""

from reviews.models.checklists import ChecklistItem
from reviews.models.process import (
    DraftLine,
    Holiday,
    SelfCheck,
    StageChange,
    TriageItem,
    TriageQuerySet,
)
from reviews.models.reminders import LadderStep, Nudge
from reviews.models.requests import AskToChange, Request
from reviews.models.todos import TalkedWith, ToDo

__all__ = [
    "AskToChange",
    "ChecklistItem",
    "DraftLine",
    "Holiday",
    "LadderStep",
    "Nudge",
    "Request",
    "SelfCheck",
    "StageChange",
    "TalkedWith",
    "ToDo",
    "TriageItem",
    "TriageQuerySet",
]
