"""The verbs' records: every stage change, points to answer, the desk's view of a proposal."""

from reviews.models.checklists import ChecklistItem
from reviews.models.coverage import CoverageRun
from reviews.models.looks import Look, Reading, TriageEdit
from reviews.models.owners import Absence, RoutingRule
from reviews.models.policies import Policy
from reviews.models.process import (
    DraftLine,
    Holiday,
    SelfCheck,
    StageChange,
    TriageItem,
    TriageQuerySet,
)
from reviews.models.queues import DeskPreference, Export, Queue, QueueWatch
from reviews.models.reminders import LadderStep, Nudge
from reviews.models.requests import AskToChange, Request
from reviews.models.todos import TalkedWith, ToDo

__all__ = [
    "Absence",
    "AskToChange",
    "CoverageRun",
    "DeskPreference",
    "ChecklistItem",
    "DraftLine",
    "Export",
    "Holiday",
    "Look",
    "Policy",
    "Reading",
    "Queue",
    "QueueWatch",
    "LadderStep",
    "Nudge",
    "Request",
    "RoutingRule",
    "SelfCheck",
    "StageChange",
    "TalkedWith",
    "ToDo",
    "TriageEdit",
    "TriageItem",
    "TriageQuerySet",
]
