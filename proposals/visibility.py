"""Who may read which answer: letters beside each question, and nothing by default."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Audience(StrEnum):
    """Readers of a proposal's answers inside the university."""

    PROPOSER = "proposer"
    STAFF = "staff"
    REVIEWER = "reviewer"
    CHAIR = "chair"


LETTERS: dict[str, str] = {
    Audience.PROPOSER: "S",
    Audience.STAFF: "E",
    Audience.REVIEWER: "R",
    Audience.CHAIR: "C",
}
# "P" marks what may be granted to the partner it is about. No read view is made for partners: their
# pages are built from partners.visibility alone.


def is_visible(letters: str, audience: str) -> bool:
    """Whether answers with these letters are for this audience; an unknown one sees nothing."""
    letter = LETTERS.get(audience)
    return letter is not None and letter in letters


def is_grantable(letters: str) -> bool:
    """Whether staff may open answers with these letters to the partner it is about."""
    return "P" in letters


# What people outside can read, field by field, and where; whoever comes by a link reads it of what
# is shared with them alone. A field that is in neither table fails tests/partners/test_canaries.py.
OUTSIDE: dict[str, dict[str, str | Promise]] = {
    "proposals.Proposal": {
        "reference": _("on the status page, and in its address"),
        "working_title": _("on the status page, in the list of them, and in mails"),
        "stage": _("as one of six steps, in partner wording"),
        "stage_since": _("on the status page, as the day the step began"),
        "submitted_at": _("on the status page, as the day the first step began"),
        "unit": _("on the status page, as whom to call"),
        "assignee": _("by name, on the status page, as whom to call"),
        "wake_on": _("on the status page, as the day on which a paused idea is taken up again"),
        "submitter": _("by name, on the status page, as who named them"),
        "partner_summary": _("on the status page, and where an endorsement is asked of them"),
        "next_step_partner": _("on the status page"),
        "asked_of_partner": _("on the status page, as what is needed of them"),
    },
    "proposals.Revision": {
        "answers": _(
            "the questions of the outcomes block alone, where staff have switched it on; of them"
            " the outcomes where an endorsement is asked of them"
        ),
        "number": _("beside an endorsement of their own, as the form it speaks of"),
    },
    "proposals.NamedPartner": {
        "will_do": _("on the status page, as what their proposer hopes for from them"),
    },
    "proposals.Comment": {
        "author": _("by name, of a message of eLearning in their own thread"),
        "from_outside": _("of a message of their people in their own thread"),
        "body": _("of a message in their own thread, on the status page and in their history"),
        "at": _("of a message in their own thread, on the status page and in their history"),
    },
    "proposals.Attachment": {
        "id": _("in the address of a file that staff have opened to them, or of their own thread"),
        "name": _("of a file that staff have opened to them, and of what they brought themselves"),
        "stored_name": _(
            "as the content of a file that staff have opened to them, and of a letter of their own;"
            " not its name"
        ),
        "content_type": _("of a file that staff have opened to them, and of a letter of their own"),
        "size": _("of a file that staff have opened to them, and of what they brought themselves"),
    },
}
INSIDE: dict[str, str] = {
    "proposals.Term": "id name starts_on ends_on",
    "proposals.ReferenceCounter": "year last",
    "proposals.Proposal": (
        "id campus division department chair_informed whose_turn due_on "
        "meeting_on open_keys reached_committee_at reached_deans_at approved_on expires_on renews "
        "credential_type is_duplicate_checked duplicate_of priority fit_tags next_step_submitter "
        "form_key created_at last_activity_at"
    ),
    "proposals.Participant": "id proposal user capacity since",
    "proposals.Thread": "id proposal kind",
    "proposals.Comment": "id thread is_for_proposers edited_at post_key mail",
    "proposals.CommentEdit": "id comment body written_at replaced_at",
    "proposals.Mention": "id comment user",
    "proposals.LastRead": "id thread user comment",
    "proposals.InterestForm": "proposal answers version saved_at saved_by last_page",
    "proposals.InterestEdit": "id form version before confidential_before by at page_key sequence",
    "proposals.NamedPartner": (
        "id proposal position org_name kind website place contact_name contact_title "
        "contact_email contact_phone who_approached first_contact stage learners "
        "confidential confidential_text share_status wrote dropped_at"
    ),
    "proposals.Revision": (
        "id proposal form edition confidential_answers form_version created_at created_by"
    ),
    "proposals.Attachment": (
        "proposal comment form record brought_by sha256 uploaded_by uploaded_at after_revision "
        "sent_with scan scan_tried_at scanned_at scan_found removed_at removed_by"
    ),
    "proposals.SearchText": "proposal title jobs outcomes need origin words all_words",
    "proposals.Pair": "id first second verdict note by at ended_at ended_by",
    "proposals.Invitation": (
        "id proposal email name capacity invited_by invited_at state state_since user"
    ),
    "proposals.HandOver": "id proposal number from_user to_user actor at reason",
    "proposals.LookRequest": "id proposal asked_by asked_at question closed_at closed_by",
    "proposals.WithdrawalRequest": (
        "id proposal asked_by asked_at reason answered_at answered_by is_granted reply"
    ),
}
