"""Texts of the mails that a clock, or somebody who waits, brings about."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from microcreds.outbox.wording.mail import Reader, Wording
from microcreds.outbox.wording.source import Context, Variable
from microcreds.outbox.wording.variables import (
    ABOUT,
    ACTOR,
    DESK_URL,
    DUE_ON,
    LABEL,
    MESSAGE,
    NEXT,
    OWNER,
    OWNER_EMAIL,
    PAGE_URL,
    QUOTED,
    STAGE,
    address,
    day,
    must,
    on_day,
    on_site,
    one_of,
    short_day,
    words,
)


def _expected(context: Context) -> str:
    """When it will be through, as far as the last year allows to say so."""
    if not context.get("expected_on"):
        return _(
            "we cannot name a new day that we would be sure of. You have a mail as soon as it "
            "moves."
        )
    days = context["usual"].p80
    within = ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}
    return _(
        "in the last year four of five ideas were through this step within %(within)s. If yours is "
        "too, that is by %(day)s."
    ) % {"within": within, "day": on_day(context["expected_on"], "l, j F Y")}


def _by_mark(soon: object, due: object, over: object, long_over: object) -> dict[int, object]:
    return {80: soon, 100: due, 101: over, 150: long_over}


_USED_UP = gettext_lazy("Time used up")
_ALL_IS_USED = gettext_lazy("The time for this step is used up:")
_PROPOSERS_KNOW = gettext_lazy("The proposers were told that it takes longer than planned.")
_URGENCY = _by_mark(
    gettext_lazy("Soon due"), _USED_UP, _USED_UP, gettext_lazy("Long past its time")
)
_TIME_USED = _by_mark(
    gettext_lazy("Most of the time for this step is used:"),
    _ALL_IS_USED,
    _ALL_IS_USED,
    gettext_lazy("This step takes half as long again as planned, or longer:"),
)
_PROPOSERS_TOLD = _by_mark(
    "",
    gettext_lazy("On the next working day the proposers are told that it takes longer."),
    _PROPOSERS_KNOW,
    _PROPOSERS_KNOW,
)


_LADDER = (
    *ABOUT,
    STAGE,
    Variable(
        "urgency",
        gettext_lazy("Whether it is soon due, due or long past"),
        gettext_lazy("Time used up"),
        make=lambda c: str(_URGENCY[c["mark"]]),
    ),
    Variable(
        "time_used",
        gettext_lazy("The same as a sentence"),
        gettext_lazy("The time for this step is used up:"),
        make=lambda c: str(_TIME_USED[c["mark"]]),
    ),
    words("left_words", gettext_lazy("How much is left"), "2 working days over"),
    words("turn", gettext_lazy("Whose turn it is"), "The university's"),
    words("clock", gettext_lazy("What the clock says"), "12 of 10 working days"),
    must(day("due_on", gettext_lazy("The day it was aimed at"))),
    DESK_URL,
)
_DUE = words("due", gettext_lazy("How far off it is"), gettext_lazy("in 2 working days"))
_ASKED = (
    *ABOUT,
    must(day("due_on", gettext_lazy("By when"))),
    short_day("due_on_short", "due_on", gettext_lazy("The same, short"), "j F"),
    Variable(
        "asks",
        gettext_lazy("What is asked, a line for each"),
        gettext_lazy("* Answer 3 points"),
        make=lambda c: "\n".join(f"* {each}" for each in c["asks"]),
        is_block=True,
        must_stand=True,
    ),
    PAGE_URL,
)
_IDLE = (*ABOUT, words("days", gettext_lazy("For how many days"), "14"))
_SINCE = day("since", gettext_lazy("Since when"))
_ENDS = (
    *ABOUT,
    STAGE,
    one_of(
        "ends",
        gettext_lazy("“ended”, or before that day “ends”"),
        lambda c: c.get("is_over"),
        gettext_lazy("ended"),
        gettext_lazy("ends"),
    ),
    must(day("expires_on", gettext_lazy("The last day of the approval"))),
    short_day("expires_on_short", "expires_on", gettext_lazy("The same, short")),
)


def _delete(context: Context) -> str:
    if not context.get("delete_url"):
        return ""
    return _("Delete it (you are asked once more):\n%(url)s") % {"url": context["delete_url"]}


WORDINGS = (
    Wording(
        "idle_draft",
        Reader.PROPOSERS,
        (
            *_IDLE,
            _SINCE,
            address(
                "continue_url", gettext_lazy("Where to go on"), "/proposals/MC-2026-0042/resume/"
            ),
            address(
                "look_url",
                gettext_lazy("Where to ask eLearning for a look"),
                "/proposals/MC-2026-0042/look/",
            ),
            Variable(
                "delete",
                gettext_lazy("How to delete it, where it was never sent"),
                on_site(
                    "/proposals/MC-2026-0042/delete/", "Delete it (you are asked once more):\n"
                ),
                make=_delete,
                is_block=True,
                must_stand=True,
            ),
        ),
    ),
    Wording(
        "idle_full_proposal",
        Reader.PROPOSERS,
        (
            *_IDLE,
            _SINCE,
            LABEL,
            words("hold_after", gettext_lazy("After how many days it is put on hold"), "60"),
            PAGE_URL,
        ),
    ),
    Wording(
        "reply_due",
        Reader.PROPOSERS,
        (
            *ABOUT,
            LABEL,
            Variable(
                "due_on",
                gettext_lazy("By when: a day, or “today”"),
                gettext_lazy("today"),
                make=lambda c: (
                    _("today") if c.get("is_today") else on_day(c.get("due_on"), "l, j F Y")
                ),
                must_stand=True,
            ),
            PAGE_URL,
        ),
    ),
    Wording(
        "later_than_planned",
        Reader.PROPOSERS,
        (
            *ABOUT,
            LABEL,
            words("turn", gettext_lazy("Whose turn it is"), "The university's"),
            day("due_on", gettext_lazy("The day it was aimed at")),
            NEXT,
            Variable(
                "when",
                gettext_lazy("When it should be through, as far as we can say"),
                gettext_lazy(
                    "in the last year four of five ideas were through this step within 9 working "
                    "days. If yours is too, that is by Monday, 7 December 2026."
                ),
                make=_expected,
            ),
            PAGE_URL,
        ),
    ),
    Wording(
        "approval_ends",
        Reader.PROPOSERS,
        (*_ENDS, PAGE_URL),
        to=gettext_lazy("to its owner"),
        is_for=lambda c: not c.get("is_lead"),
    ),
    Wording(
        "approval_ends",
        Reader.DESK,
        (*_ENDS, OWNER, OWNER_EMAIL, DESK_URL),
        "lead",
        gettext_lazy("to the lead"),
        lambda c: c.get("is_lead"),
    ),
    Wording(
        "nudge",
        Reader.ANYBODY,
        (
            *ABOUT,
            ACTOR,
            LABEL,
            one_of(
                "whose",
                gettext_lazy("Whose the step is: “yours”, or an office's"),
                lambda c: c.get("is_office"),
                gettext_lazy("yours or your office's"),
                gettext_lazy("yours"),
            ),
            must(
                words("asked", gettext_lazy("What is asked"), gettext_lazy("make the next move."))
            ),
            DUE_ON,
            MESSAGE,
            PAGE_URL,
        ),
    ),
    Wording(
        "idle_draft_lead",
        Reader.DESK,
        (*_IDLE, _SINCE, OWNER, OWNER_EMAIL),
        is_for=lambda c: not c.get("has_left"),
    ),
    Wording(
        "idle_draft_lead",
        Reader.DESK,
        (
            *_IDLE,
            _SINCE,
            OWNER,
            OWNER_EMAIL,
            address(
                "hand_over_url", gettext_lazy("Where to hand it over"), "/proposals/1/hand-over/"
            ),
        ),
        "owner_left",
        gettext_lazy("its owner has left"),
        lambda c: c.get("has_left"),
    ),
    Wording(
        "ladder",
        Reader.DESK,
        (
            *_LADDER,
            Variable(
                "proposers_told",
                gettext_lazy("Once its day has come, whether the proposers know that it is late"),
                _PROPOSERS_KNOW,
                make=lambda c: str(_PROPOSERS_TOLD[c["mark"]]),
            ),
        ),
        to=gettext_lazy("to whoever owes the step"),
        is_for=lambda c: c.get("is_theirs"),
    ),
    Wording(
        "ladder",
        Reader.DESK,
        _LADDER,
        "lead",
        gettext_lazy("to the lead"),
        lambda c: not c.get("is_theirs"),
    ),
    Wording("ask_soon", Reader.ANYBODY, (*_ASKED, _DUE)),
    Wording("ask_late", Reader.ANYBODY, _ASKED),
    Wording(
        "meeting_soon",
        Reader.ANYBODY,
        (
            *ABOUT,
            _DUE,
            must(day("due_on", gettext_lazy("The day of the meeting"))),
            short_day("due_on_short", "due_on", gettext_lazy("The same, short"), "l, j F"),
            PAGE_URL,
        ),
    ),
    Wording(
        "todo",
        Reader.DESK,
        (
            *ABOUT,
            ACTOR,
            must(day("due_on", gettext_lazy("By when"))),
            short_day("due_on_short", "due_on", gettext_lazy("The same, short"), "j F"),
            QUOTED,
            DESK_URL,
        ),
    ),
)
