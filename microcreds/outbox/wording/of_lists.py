"""Texts of the mails that tell of many proposals at once: lists, queues, digests."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from microcreds.outbox.wording.mail import Reader, Wording
from microcreds.outbox.wording.source import Context, Variable
from microcreds.outbox.wording.variables import NAME, address, bullets, lazily, on_site


def _proposals(number: int) -> str:
    return ngettext("%(n)d proposal", "%(n)d proposals", number) % {"n": number}


def _proposals_need(context: Context) -> str:
    """How many are in the list, whose lines begin with a reference each; one may have several."""
    number = len({line.partition(" ")[0] for line in context["lines"]})
    return ngettext("%(n)d proposal needs", "%(n)d proposals need", number) % {"n": number}


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
WORDINGS = (
    Wording(
        "ladder_list",
        Reader.DESK,
        (
            NAME,
            Variable(
                "proposals_need",
                gettext_lazy("How many need a look"),
                gettext_lazy("3 proposals need"),
                make=_proposals_need,
            ),
            bullets("lines", gettext_lazy("A line for each"), "lines", "- MC-2026-0042: due today"),
            address("url", gettext_lazy("The desk"), "/admin/reviews/triageitem/"),
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
