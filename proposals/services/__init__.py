"""Every write to a proposal and its form, except its stage: that is ``reviews.services``."""

from proposals.services.answers import answers_of, freeze, sent_answers_of
from proposals.services.comparing import Comparison, compare_revisions, keys_changed_since
from proposals.services.conversation import add_note, unread_counts
from proposals.services.drafts import copy_as_draft, copy_own, create_draft, delete_draft
from proposals.services.files import attach, remove
from proposals.services.idle import remind_of_idle_drafts
from proposals.services.leaving_open import leave_open
from proposals.services.ownership import hand_over, hand_over_left, hand_overs_of, take_out
from proposals.services.people import (
    accept_invitation,
    admit_named_people,
    co_proposers_in,
    decline_invitation,
    invite_again,
)
from proposals.services.saving import Conflict, Saved, Typed, save_page, save_typed

__all__ = [
    "Comparison",
    "compare_revisions",
    "Conflict",
    "Saved",
    "accept_invitation",
    "Typed",
    "add_note",
    "admit_named_people",
    "answers_of",
    "attach",
    "remove",
    "sent_answers_of",
    "co_proposers_in",
    "copy_as_draft",
    "copy_own",
    "create_draft",
    "decline_invitation",
    "delete_draft",
    "freeze",
    "unread_counts",
    "hand_over",
    "hand_over_left",
    "hand_overs_of",
    "invite_again",
    "keys_changed_since",
    "leave_open",
    "remind_of_idle_drafts",
    "save_page",
    "take_out",
    "save_typed",
]
