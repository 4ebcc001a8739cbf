"""The verbs' records: every stage change, points to answer, the desk's view of a proposal."""

from reviews.models.process import (
    DraftLine,
    Holiday,
    SelfCheck,
    StageChange,
    TriageItem,
    TriageQuerySet,
)
from reviews.models.queues import DeskPreference, Export, Queue, QueueWatch
from reviews.models.requests import AskToChange, Request
from reviews.models.todos import TalkedWith, ToDo

__all__ = [
    "AskToChange",
    "DeskPreference",
    "DraftLine",
    "Export",
    "Holiday",
    "Queue",
    "QueueWatch",
    "Request",
    "SelfCheck",
    "StageChange",
    "TalkedWith",
    "ToDo",
    "TriageItem",
    "TriageQuerySet",
]
