"""Every mail by name: what kind of mail it is, and with which others its reader tunes it."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What a mail is to its reader."""

    ACCOUNT = "account", _("Account: codes, links, invitations")
    RECEIPT = "receipt", _("Receipt")
    DECISION = "decision", _("Decision")
    ACTION = "action", _("Asks for something")
    FYI = "fyi", _("For information")
    DIGEST = "digest", _("Digest")


class Topic(TextChoices):
    """What a reader can tune, as their page of preferences names it."""

    DECISIONS = "decisions", _("Decisions")
    REQUESTS = "requests", _("What is asked of you")
    PROGRESS = "progress", _("How your proposals move on")
    TALK = "talk", _("Messages and mentions")
    DESK = "desk", _("What happens on the desk")
    DEPARTMENT = "department", _("What your department proposes")


class Frequency(TextChoices):
    """How often mails of a topic leave; ``OFF``: they stand on the reader's page only."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    OFF = "off", _("Not by mail")


# What can be chosen, the first by default. A decision or a request is never off (domain.md §4.1).
CHOICES: dict[Topic, tuple[Frequency, ...]] = {
    Topic.DECISIONS: (Frequency.AT_ONCE,),
    Topic.REQUESTS: (Frequency.AT_ONCE, Frequency.DAILY),
    Topic.PROGRESS: tuple(Frequency),
    Topic.TALK: tuple(Frequency),
    Topic.DESK: (Frequency.DAILY, Frequency.AT_ONCE, Frequency.WEEKLY, Frequency.OFF),
    Topic.DEPARTMENT: (Frequency.DAILY, Frequency.AT_ONCE, Frequency.WEEKLY, Frequency.OFF),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of mail; ``topic`` ``None``: it always leaves at once and cannot be tuned."""

    name: str | Promise
    kind: Kind
    topic: Topic | None = None
    is_for_partners: bool = False


EVENTS: dict[str, Event] = {
    "account": Event(_("Account"), Kind.ACCOUNT),
    "invitation": Event(_("Invitation to the site"), Kind.ACCOUNT),
    "partner_invitation": Event(_("Invitation of a partner"), Kind.ACCOUNT),
    "partner_fresh_link": Event(_("A fresh link for a partner"), Kind.ACCOUNT),
    "partner_code": Event(_("A code for a partner"), Kind.ACCOUNT),
    "receipt": Event(_("Receipt of a form"), Kind.RECEIPT),
    "text_test": Event(_("A test of a text"), Kind.RECEIPT),
    "inquiry_confirm": Event(_("An organization confirms its address"), Kind.ACCOUNT),
    "endorsement_signed": Event(_("Receipt of an endorsement"), Kind.RECEIPT),
    "recorded_on_behalf": Event(_("Something is recorded on behalf of a partner"), Kind.RECEIPT),
    "record_objected": Event(_("A partner objects to a record"), Kind.ACTION, Topic.REQUESTS),
    "endorsement_answered": Event(_("A partner endorses or declines"), Kind.FYI, Topic.PROGRESS),
    "draft_deleted": Event(_("A draft is deleted"), Kind.RECEIPT),
    "approved": Event(_("Approved"), Kind.DECISION, Topic.DECISIONS),
    "conditions": Event(_("Recommended with conditions"), Kind.DECISION, Topic.DECISIONS),
    "decision": Event(_("Another decision"), Kind.DECISION, Topic.DECISIONS),
    "change_refused": Event(_("A change is refused"), Kind.DECISION, Topic.DECISIONS),
    "withdrawal_refused": Event(_("It is not withdrawn"), Kind.DECISION, Topic.DECISIONS),
    "consultation": Event(_("Invitation to a consultation"), Kind.ACTION, Topic.REQUESTS),
    "full_proposal": Event(_("The full proposal is opened"), Kind.ACTION, Topic.REQUESTS),
    "returned": Event(_("Returned for revision"), Kind.ACTION, Topic.REQUESTS),
    "committee_date": Event(_("Date of the committee"), Kind.FYI, Topic.PROGRESS),
    "review_asked": Event(_("A review is asked for"), Kind.ACTION, Topic.REQUESTS),
    "consent_asked": Event(_("Consent is asked for"), Kind.ACTION, Topic.REQUESTS),
    "co_proposer_invited": Event(_("Invitation to take part"), Kind.ACTION, Topic.REQUESTS),
    "look_asked": Event(_("A look at a draft is asked for"), Kind.ACTION, Topic.REQUESTS),
    "change_asked": Event(_("A change is asked for"), Kind.ACTION, Topic.REQUESTS),
    "withdrawal_asked": Event(_("A withdrawal is asked for"), Kind.ACTION, Topic.REQUESTS),
    "assigned": Event(_("A proposal is assigned"), Kind.ACTION, Topic.REQUESTS),
    "todo": Event(_("Something to do"), Kind.ACTION, Topic.REQUESTS),
    "desk_turn": Event(_("It is eLearning's turn"), Kind.ACTION, Topic.REQUESTS),
    "queue_new": Event(_("New in the queue"), Kind.ACTION, Topic.REQUESTS),
    "nudge": Event(_("A nudge"), Kind.ACTION, Topic.REQUESTS),
    "reply_due": Event(_("A returned form is due"), Kind.ACTION, Topic.REQUESTS),
    "ask_soon": Event(_("What is asked is due soon"), Kind.ACTION, Topic.REQUESTS),
    "ask_late": Event(_("What is asked is late"), Kind.ACTION, Topic.REQUESTS),
    "meeting_soon": Event(_("The committee meets soon"), Kind.ACTION, Topic.REQUESTS),
    "idle_full_proposal": Event(_("A full proposal lies idle"), Kind.ACTION, Topic.REQUESTS),
    "ladder": Event(_("A stage takes long"), Kind.ACTION, Topic.REQUESTS),
    "ladder_list": Event(_("Several stages take long"), Kind.ACTION, Topic.REQUESTS),
    # How often it comes is chosen with the queue.
    "queue_entered": Event(_("Something entered a queue"), Kind.ACTION),
    "draft_copied": Event(_("A draft is copied"), Kind.ACTION, Topic.REQUESTS),
    "handed_over": Event(_("A proposal changes hands"), Kind.ACTION, Topic.REQUESTS),
    "inquiry_new": Event(_("An organization asks for something"), Kind.ACTION, Topic.REQUESTS),
    "inquiry_assigned": Event(_("An inquiry is assigned"), Kind.ACTION, Topic.REQUESTS),
    "inquiry_passed_on": Event(_("An inquiry comes to a unit"), Kind.ACTION, Topic.REQUESTS),
    "faculty_asked": Event(_("Faculty are asked to begin a proposal"), Kind.ACTION, Topic.REQUESTS),
    "faculty_answered": Event(_("Faculty accept or pass"), Kind.ACTION, Topic.REQUESTS),
    # Somebody wrote it to this one reader, who asked for it.
    "inquiry_answer": Event(_("An inquiry is answered"), Kind.FYI, is_for_partners=True),
    "inquiry_closed": Event(
        _("An inquiry goes no further"), Kind.DECISION, Topic.DECISIONS, is_for_partners=True
    ),
    "inquiry_taken_up": Event(
        _("Faculty take up an inquiry"), Kind.FYI, Topic.PROGRESS, is_for_partners=True
    ),
    "inquiry_proposed": Event(
        _("An inquiry became a proposal"), Kind.FYI, Topic.PROGRESS, is_for_partners=True
    ),
    "idle_draft": Event(_("A draft lies idle"), Kind.FYI, Topic.PROGRESS),
    "later_than_planned": Event(_("It takes longer than planned"), Kind.FYI, Topic.PROGRESS),
    "approval_ends": Event(_("An approval runs out"), Kind.FYI, Topic.PROGRESS),
    "moved": Event(_("A proposal moves"), Kind.FYI, Topic.PROGRESS),
    "partner_update": Event(
        _("A partner's idea moves"), Kind.FYI, Topic.PROGRESS, is_for_partners=True
    ),
    # Somebody asked this one contact; quiet hours hold it, nothing else does.
    "partner_asked": Event(_("Something is asked of a partner"), Kind.ACTION, is_for_partners=True),
    "partner_left": Event(_("A partner leaves or is back"), Kind.FYI, Topic.PROGRESS),
    "mou_moved": Event(_("A memorandum moves"), Kind.FYI, Topic.PROGRESS),
    "mou_turn": Event(_("A memorandum is yours to work on"), Kind.ACTION, Topic.REQUESTS),
    "mou_corrected": Event(_("A move of a memorandum is taken back"), Kind.FYI, Topic.PROGRESS),
    # They were asked to answer; quiet hours hold it, nothing else does.
    "mou_corrected_partner": Event(
        _("A partner need not answer about a memorandum"), Kind.FYI, is_for_partners=True
    ),
    "mou_ends": Event(_("A memorandum runs out"), Kind.ACTION, Topic.REQUESTS),
    "mou_ends_partner": Event(
        _("A memorandum runs out, for the partner"),
        Kind.FYI,
        Topic.PROGRESS,
        is_for_partners=True,
    ),
    "partner_ask_soon": Event(
        _("What is asked of a partner is due soon"), Kind.ACTION, is_for_partners=True
    ),
    "partner_ask_late": Event(
        _("What is asked of a partner is late"), Kind.ACTION, is_for_partners=True
    ),
    "partner_ask_settled": Event(_("A partner answers what was asked"), Kind.FYI, Topic.TALK),
    # Somebody wrote it to this one reader.
    "partner_message": Event(_("A message to a partner"), Kind.FYI, is_for_partners=True),
    "partner_wrote": Event(_("A partner writes"), Kind.FYI, Topic.TALK),
    "merged_into": Event(_("Another proposal is merged into it"), Kind.FYI, Topic.PROGRESS),
    "merge_undone": Event(_("A merge is undone"), Kind.FYI, Topic.PROGRESS),
    "co_proposer_answered": Event(_("A co-proposer answers"), Kind.FYI, Topic.PROGRESS),
    "co_proposer_left": Event(_("A co-proposer leaves"), Kind.FYI, Topic.PROGRESS),
    "co_proposer_out": Event(_("A co-proposer is taken out"), Kind.FYI, Topic.PROGRESS),
    "message": Event(_("A message"), Kind.FYI, Topic.TALK),
    "mentioned": Event(_("A mention"), Kind.FYI, Topic.TALK),
    "desk_moved": Event(_("A proposal of the desk moves"), Kind.FYI, Topic.DESK),
    "unit_changed": Event(_("A proposal comes to a unit"), Kind.FYI, Topic.DESK),
    "chair_told": Event(
        _("A proposal of a department moves, for its chair"), Kind.FYI, Topic.DEPARTMENT
    ),
    "review_record": Event(_("What became of what was reviewed"), Kind.FYI, Topic.DESK),
    "review_stopped": Event(_("A review is not needed any more"), Kind.FYI, Topic.DESK),
    "idle_draft_lead": Event(_("A draft lies idle, for the lead"), Kind.ACTION, Topic.REQUESTS),
    "digest": Event(_("Digest"), Kind.DIGEST),
}


# What people outside can tune.
PARTNER_TOPICS: tuple[Topic, ...] = tuple(
    dict.fromkeys(
        event.topic
        for event in EVENTS.values()
        if event.is_for_partners and event.topic and len(CHOICES[event.topic]) > 1
    )
)


def event_of(name: str) -> Event:
    """What is known of this mail; of one that is not in the table, that it asks for something."""
    return EVENTS.get(name, Event(name.replace("_", " "), Kind.ACTION, Topic.REQUESTS))
