"""Texts of the mails that a move of a proposal writes."""

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.outbox.wording.mail import Reader, Wording
from microcreds.outbox.wording.source import Context, Variable
from microcreds.outbox.wording.variables import (
    ABOUT,
    ACTOR,
    CORRECTING,
    CORRECTION,
    DESK_URL,
    DUE_ON,
    LABEL,
    LINK,
    LINK_DAYS,
    MESSAGE,
    MOVE,
    NAME,
    NEXT,
    OWNER,
    PAGE_URL,
    QUOTED_EXAMPLE,
    REASON,
    STAGE,
    TEXT,
    TITLE,
    day,
    must,
    on_day,
    one_of,
    optional,
    said_by,
    short_day,
    title,
    words,
)

_MEETING = gettext_lazy("The day of the committee's meeting")
_TO_BE_NAMED = gettext_lazy("a day still to be named")
_POINTS_EXAMPLE = (
    "What is asked, point by point:\n\n1. How long it takes\n   Not yet clear; wanted by Monday, "
    f"7 December 2026\n\n{QUOTED_EXAMPLE}\n"
)


def _points(context: Context) -> str:
    """Each point with its number, its reason and day, and its words."""
    if not context.get("points"):
        return ""
    found = [
        _("%(number)d. %(label)s\n   %(why)s; wanted by %(day)s\n\n%(words)s")
        % {
            "number": number,
            "label": label,
            "why": why,
            "day": on_day(wanted, "l, j F Y"),
            "words": quoted,
        }
        for number, (label, why, wanted, quoted) in enumerate(context["points"], start=1)
    ]
    return "\n\n".join([_("What is asked, point by point:"), *found])


def _contact(context: Context) -> str:
    unit = context.get("unit")
    return f"{unit.contact_name or unit.name} ({unit.email})" if unit else "eLearning"


_PROPOSER = (*ABOUT, ACTOR, OWNER)
_DESK = (*ABOUT, ACTOR, OWNER, MOVE, STAGE)
_RECEIPT = (*ABOUT, OWNER, must(LABEL), TEXT, NEXT, DUE_ON, PAGE_URL)
_RETURNED = (*_PROPOSER, LABEL, REASON, MESSAGE, must(DUE_ON), PAGE_URL)
_POINTS = Variable(
    "points",
    gettext_lazy("What is asked, point by point"),
    _POINTS_EXAMPLE,
    make=_points,
    is_block=True,
    must_stand=True,
)
_OPEN_QUESTIONS = one_of(
    "open_questions",
    gettext_lazy("Which questions can be changed"),
    lambda c: c.get("only_these"),
    gettext_lazy("Only these questions are open; the others stay as you sent them."),
    gettext_lazy("Everything you wrote is still there."),
)
_CONTACT = Variable(
    "contact",
    gettext_lazy("Whom to write to, with their address"),
    "Ola Oxford (oxford@miami.example)",
    make=_contact,
    must_stand=True,
)
_FOR_WHOM = one_of(
    "whom",
    gettext_lazy("Who goes on from it: “you” or “its owner”"),
    lambda c: c.get("is_owner", True),
    gettext_lazy("you"),
    gettext_lazy("its owner"),
)
_MERGED = (
    *ABOUT,
    ACTOR,
    must(title("merged_title", gettext_lazy("Title of the other proposal"), "Survey design")),
    words("merged_reference", gettext_lazy("Its reference"), "MC-2026-0043"),
    words("merged_owner", gettext_lazy("Who proposed it"), "Gus Proposer"),
    must(optional(words("readers", gettext_lazy("Who may read it besides"), "Gus Proposer"))),
    must(optional(words("partners", gettext_lazy("Partners concerned"), "Butler Works"))),
    PAGE_URL,
)

WORDINGS = (
    Wording(
        "receipt",
        Reader.PROPOSERS,
        _RECEIPT,
        to=gettext_lazy("to its owner"),
        is_for=lambda c: c.get("is_owner"),
    ),
    Wording(
        "receipt",
        Reader.PROPOSERS,
        _RECEIPT,
        "others",
        gettext_lazy("to those who take part"),
        lambda c: not c.get("is_owner"),
    ),
    Wording(
        "moved",
        Reader.PROPOSERS,
        (
            *_PROPOSER,
            must(LABEL),
            TEXT,
            REASON,
            NEXT,
            DUE_ON,
            CORRECTING,
            CORRECTION,
            MESSAGE,
            PAGE_URL,
        ),
    ),
    Wording(
        "consultation", Reader.PROPOSERS, (*_PROPOSER, _CONTACT, NEXT, DUE_ON, MESSAGE, PAGE_URL)
    ),
    Wording("full_proposal", Reader.PROPOSERS, (*_PROPOSER, NEXT, DUE_ON, MESSAGE, PAGE_URL)),
    Wording(
        "returned",
        Reader.PROPOSERS,
        (*_RETURNED, _POINTS, _OPEN_QUESTIONS),
        to=gettext_lazy("point by point"),
        is_for=lambda c: c.get("points"),
    ),
    Wording(
        "returned",
        Reader.PROPOSERS,
        _RETURNED,
        "whole",
        gettext_lazy("as a whole"),
        lambda c: not c.get("points"),
    ),
    Wording(
        "committee_date",
        Reader.PROPOSERS,
        (
            *_PROPOSER,
            day("meeting_on", _MEETING, unknown=_TO_BE_NAMED),
            short_day(
                "meeting_on_short",
                "meeting_on",
                gettext_lazy("The same, short"),
                unknown=_TO_BE_NAMED,
            ),
            replace(NEXT, may_be_empty=False),
            DUE_ON,
            MESSAGE,
            PAGE_URL,
        ),
    ),
    Wording("conditions", Reader.PROPOSERS, (*_PROPOSER, MESSAGE, PAGE_URL)),
    Wording(
        "approved",
        Reader.PROPOSERS,
        (
            *_PROPOSER,
            optional(short_day("expires_on", "expires_on", gettext_lazy("How long it holds"))),
            NEXT,
            DUE_ON,
            MESSAGE,
            PAGE_URL,
        ),
    ),
    Wording(
        "decision",
        Reader.PROPOSERS,
        (
            *_PROPOSER,
            must(LABEL),
            TEXT,
            REASON,
            must(optional(words("target", gettext_lazy("Where it continues"), "MC-2026-0043"))),
            NEXT,
            MESSAGE,
            PAGE_URL,
        ),
    ),
    Wording("draft_copied", Reader.PROPOSERS, (*_PROPOSER, _FOR_WHOM, MESSAGE, PAGE_URL)),
    Wording("merged_into", Reader.PROPOSERS, _MERGED),
    Wording("merge_undone", Reader.PROPOSERS, _MERGED),
    Wording(
        "partner_update",
        Reader.PARTNERS,
        (
            NAME,
            TITLE,
            must(LABEL),
            TEXT,
            NEXT,
            CORRECTING,
            CORRECTION,
            said_by(
                "message",
                gettext_lazy("What was written to partners, where something was"),
                gettext_lazy("The university team writes:"),
            ),
            LINK,
            LINK_DAYS,
        ),
    ),
    Wording("queue_new", Reader.DESK, (*ABOUT, OWNER, DUE_ON, DESK_URL)),
    Wording("desk_turn", Reader.DESK, (*_DESK, DUE_ON, MESSAGE, DESK_URL)),
    Wording(
        "desk_moved",
        Reader.DESK,
        (*_DESK, REASON, MESSAGE, DESK_URL),
        is_for=lambda c: c.get("url"),
    ),
    Wording(
        "desk_moved",
        Reader.DESK,
        (*_DESK, REASON, MESSAGE),
        "left_desk",
        gettext_lazy("back to its owner's drafts"),
        lambda c: not c.get("url"),
    ),
    Wording(
        "assigned",
        Reader.DESK,
        (
            *ABOUT,
            ACTOR,
            STAGE,
            DUE_ON,
            said_by(
                "message",
                gettext_lazy("What whoever hands it over says, where they say something"),
                gettext_lazy("What %(who)s says:"),
            ),
            DESK_URL,
        ),
    ),
    Wording("unit_changed", Reader.DESK, (*ABOUT, ACTOR, STAGE, DUE_ON, DESK_URL)),
    Wording(
        "review_asked", Reader.DECIDERS, (*ABOUT, optional(day("meeting_on", _MEETING)), PAGE_URL)
    ),
    Wording("chair_told", Reader.DECIDERS, (*ABOUT, OWNER, LABEL, TEXT, PAGE_URL)),
    Wording("review_record", Reader.DECIDERS, (*ABOUT, STAGE, MOVE, PAGE_URL)),
    Wording("review_stopped", Reader.DECIDERS, (*ABOUT, STAGE, PAGE_URL)),
    Wording("consent_asked", Reader.DECIDERS, (*ABOUT, DUE_ON, DESK_URL)),
)
