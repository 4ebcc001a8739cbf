"""Every write to a proposal and its form, except its stage: that is ``reviews.services``."""

from proposals.services.answers import answers_of, freeze, sent_answers_of
from proposals.services.drafts import copy_as_draft, create_draft, delete_draft
from proposals.services.notes import add_note, notes_of
from proposals.services.people import admit_named_people, join_invited
from proposals.services.saving import Conflict, Saved, Typed, save_page, save_typed

__all__ = [
    "Conflict",
    "Saved",
    "Typed",
    "add_note",
    "admit_named_people",
    "answers_of",
    "sent_answers_of",
    "copy_as_draft",
    "create_draft",
    "delete_draft",
    "freeze",
    "join_invited",
    "notes_of",
    "save_page",
    "save_typed",
]
