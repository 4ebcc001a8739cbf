"""Texts of the mails that a clock, a queue or somebody who waits brings about, and of digests."""

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
    NAME,
    NEXT,
    OWNER,
    OWNER_EMAIL,
    PAGE_URL,
    QUOTED,
    STAGE,
    address,
    bullets,
    day,
    lazily,
    must,
    on_day,
    on_site,
    one_of,
    short_day,
    words,
)


def _proposals(number: int) -> str:
    return ngettext("%(n)d proposal", "%(n)d proposals", number) % {"n": number}


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


def _by_mark(soon: object, over: object, long_over: object) -> dict[int, object]:
    return {80: soon, 100: over, 150: long_over}


_URGENCY = _by_mark(
    gettext_lazy("Soon due"), gettext_lazy("Time used up"), gettext_lazy("Long past its time")
)
_TIME_USED = _by_mark(
    gettext_lazy("Most of the time for this step is used:"),
    gettext_lazy("The time for this step is used up:"),
    gettext_lazy("This step takes half as long again as planned, or longer:"),
)


def _queues(context: Context) -> str:
    """Each queue with what is new in it, and where it is."""
    return "\n\n".join(
        "\n".join(
            [
                _("%(queue)s (%(n)d new)") % {"queue": queue["name"], "n": queue["number"]},
                "",
                *(f"    {row}" for row in queue["rows"]),
                *([_("    and %(n)d more") % {"n": queue["more"]}] if queue["more"] else []),
                "",
                str(queue["url"]),
            ]
        )
        for queue in context["queues"]
    )


def _parts(name: str, heading: object = "", called: str = "") -> Variable:
    """A paragraph of a digest: for each proposal the subjects of its mails, and where it is."""

    def make(context: Context) -> str:
        parts = [
            "\n".join([*(f"* {subject}" for subject in part.subjects), part.url])
            for part in context[name]
        ]
        return "\n\n".join([str(heading), *parts] if parts and heading else parts)

    example = on_site("/proposals/MC-2026-0042/", "* Changes asked for: “Sampling”\n")
    return Variable(
        called or name,
        gettext_lazy("By proposal, the subjects of the mails and where to go"),
        lazily(lambda: f"{heading}\n\n{example}") if heading else example,
        make=make,
        is_block=True,
        must_stand=True,
    )


def _lead(context: Context) -> str:
    """What a digest opens with, and how much there is of it."""
    if context["waiting"].number:
        return _("What waits on you: %(n)d") % {"n": context["waiting"].number}
    return _("What you were asked: %(n)d") % {"n": len(context["asked"])}


def _and_news(context: Context) -> str:
    number = len(context["told"])
    return _(", and news of %(proposals)s") % {"proposals": _proposals(number)} if number else ""


def _waiting(context: Context) -> str:
    """The most pressing of what waits on the reader, however often its mails come."""
    lines = [f"* {line}" for line in context["waiting"].lines]
    if not lines:
        return ""
    if context["waiting_more"]:
        lines.append(_("* and %(n)d more") % {"n": context["waiting_more"]})
    address = ["", context["waiting_url"]] if context["waiting_url"] else []
    return "\n".join([_("What waits on you"), "", *lines, *address])


_PERSONAL_LINK = Variable(
    "personal_link",
    gettext_lazy("A partner's own link; nobody else has one"),
    gettext_lazy("You can follow it with your personal link:\n\n    [personal link]"),
    make=lambda c: (
        _("You can follow it with your personal link:\n\n    %(link)s") % {"link": c["link"]}
        if c.get("link")
        else ""
    ),
    is_block=True,
    must_stand=True,
)
_DIGEST_END = (
    _PERSONAL_LINK,
    address("mail_url", gettext_lazy("The reader's page of mails"), "/mail/"),
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
            one_of(
                "proposers_told",
                gettext_lazy("That the proposers know, once they do"),
                lambda c: c["mark"] != 80,
                gettext_lazy("The proposers were told that it takes longer than planned."),
                "",
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
        "ladder_list",
        Reader.DESK,
        (
            NAME,
            Variable(
                "proposals_need",
                gettext_lazy("How many need a look"),
                gettext_lazy("3 proposals need"),
                make=lambda c: (
                    ngettext("%(n)d proposal needs", "%(n)d proposals need", len(c["lines"]))
                    % {"n": len(c["lines"])}
                ),
            ),
            bullets("lines", gettext_lazy("A line for each"), "lines", "- MC-2026-0042: due today"),
            address("url", gettext_lazy("The desk"), "/admin/reviews/triageitem/"),
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
    Wording(
        "queue_entered",
        Reader.DESK,
        (
            NAME,
            Variable(
                "where",
                gettext_lazy("The queue, or “your queues”"),
                gettext_lazy("“Late and mine”"),
                make=lambda c: f"“{c['queue_name']}”" if c["queue_name"] else _("your queues"),
            ),
            Variable(
                "number_of_proposals",
                gettext_lazy("How many"),
                gettext_lazy("2 proposals"),
                make=lambda c: _proposals(c["number"]),
            ),
            Variable(
                "queues",
                gettext_lazy("What is new in each queue"),
                on_site(
                    "/admin/reviews/triageitem/?queue=late",
                    "Late and mine (1 new)\n\n    MC-2026-0042 Sampling (Triage)\n\n",
                ),
                make=_queues,
                is_block=True,
                must_stand=True,
            ),
            address(
                "manage_url", gettext_lazy("Where to choose"), "/admin/reviews/triageitem/queues/"
            ),
        ),
    ),
    Wording(
        "digest",
        Reader.ANYBODY,
        (
            NAME,
            Variable(
                "lead",
                gettext_lazy("What waits on the reader or was asked, and how much"),
                gettext_lazy("What waits on you: 2"),
                make=_lead,
            ),
            Variable(
                "and_news",
                gettext_lazy("How many have news"),
                gettext_lazy(", and news of 3 proposals"),
                make=_and_news,
            ),
            Variable(
                "waiting",
                gettext_lazy("What waits on the reader, the most pressing first"),
                on_site("/asks/", "What waits on you\n\n* Answer 3 points\n\n"),
                make=_waiting,
                is_block=True,
                must_stand=True,
            ),
            _parts("asked", gettext_lazy("What you were asked since the last digest")),
            _parts("told", gettext_lazy("What is new"), "news"),
            *_DIGEST_END,
        ),
        to=gettext_lazy("something waits or is asked"),
        is_for=lambda c: c["asked"] or c["waiting"].number,
    ),
    Wording(
        "digest",
        Reader.ANYBODY,
        (
            NAME,
            Variable(
                "number_of_proposals",
                gettext_lazy("How many have news"),
                gettext_lazy("2 proposals"),
                make=lambda c: _proposals(len(c["told"])),
            ),
            _parts("told"),
            *_DIGEST_END,
        ),
        "news",
        gettext_lazy("only news"),
        lambda c: not c["asked"] and not c["waiting"].number,
    ),
)
