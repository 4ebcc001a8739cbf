"""Every write to a proposal and its form, except its stage: that is ``reviews.services``."""

from proposals.services.answers import answers_of, freeze, sent_answers_of
from proposals.services.comparing import Comparison, compare_revisions
from proposals.services.conversation import add_note, unread_counts
from proposals.services.drafts import copy_as_draft, create_draft, delete_draft
from proposals.services.files import attach, remove
from proposals.services.people import admit_named_people, join_invited
from proposals.services.saving import Conflict, Saved, save_page

__all__ = [
    "Comparison",
    "compare_revisions",
    "Conflict",
    "Saved",
    "add_note",
    "admit_named_people",
    "answers_of",
    "attach",
    "remove",
    "sent_answers_of",
    "copy_as_draft",
    "create_draft",
    "delete_draft",
    "freeze",
    "join_invited",
    "save_page",
    "unread_counts",
]
