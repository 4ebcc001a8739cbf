"""Variables that many mails have in common, and how dates, lists and quotations become words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.outbox.wording.source import Context, Text, Variable

_LONG, _SHORT = "l, j F Y", "j F Y"
_LONG_EXAMPLE, _SHORT_EXAMPLE = "Monday, 7 December 2026", "7 December 2026"
QUOTED_EXAMPLE = "> The hours and the price do not go together yet.\n> Call me if that is unclear."


def lazily(make: Callable[[], str]) -> Text:
    """Words that are put together when they are read: translations are not there before."""
    return lazy(make, str)()


def on_site(path: str, before: str = "") -> Text:
    """Words that end in an address of this site."""
    return lazily(lambda: f"{before}{settings.SITE_URL}{path}")


def must(variable: Variable) -> Variable:
    """The same; no text goes without it."""
    return replace(variable, must_stand=True)


def optional(variable: Variable) -> Variable:
    """The same; where it says nothing, its line is left out."""
    return replace(variable, may_be_empty=True)


def title(name: str, meaning: Text, example: Text) -> Variable:
    """The title of a proposal; a long one is shortened in a subject."""
    return Variable(name, meaning, example, most_in_subject=70)


def words(name: str, meaning: Text, example: Text) -> Variable:
    """A value that the mail's context has by this name, as it is."""
    return Variable(name, meaning, example)


def one_of(
    name: str, meaning: Text, asked: Callable[[Context], object], yes: Text, no: Text
) -> Variable:
    """``yes`` where ``asked`` holds for a mail, else ``no``; the example is ``yes``."""
    return Variable(name, meaning, yes, make=lambda c: str(yes if asked(c) else no))


def day(name: str, meaning: Text, unknown: Text = "") -> Variable:
    """A date of the context with its weekday, "Monday, 7 December 2026"; ``unknown`` where a plan
    has none yet."""
    return Variable(
        name, meaning, _LONG_EXAMPLE, make=lambda c: on_day(c.get(name), _LONG) or str(unknown)
    )


def short_day(
    name: str, of: str, meaning: Text, pattern: str = _SHORT, unknown: Text = ""
) -> Variable:
    """The same without its weekday, for a subject: "7 December 2026"."""
    return Variable(
        name, meaning, _SHORT_EXAMPLE, make=lambda c: on_day(c.get(of), pattern) or str(unknown)
    )


def on_day(value: date | datetime | None, pattern: str) -> str:
    """A date in words, a moment by the campus's calendar; empty where there is none."""
    if value is None:
        return ""
    return formatted(timezone.localtime(value) if isinstance(value, datetime) else value, pattern)


def said_by(name: str, meaning: Text, lead: Text, who: str = "actor") -> Variable:
    """A paragraph: who writes, then the quotation. ``lead`` names them as ``%(who)s``."""

    def make(context: Context) -> str:
        quoted = context.get("quoted")
        return f"{lead % {'who': context.get(who, '')}}\n\n{quoted}" if quoted else ""

    example = lazily(lambda: f"{lead % {'who': 'Ola Oxford'}}\n\n{QUOTED_EXAMPLE}")
    return Variable(name, meaning, example, make=make, is_block=True, must_stand=True)


def bullets(name: str, meaning: Text, of: str, example: Text) -> Variable:
    """A paragraph with a line for each of a list."""
    return Variable(
        name,
        meaning,
        example,
        make=lambda c: "\n".join(f"- {each}" for each in c.get(of) or ()),
        is_block=True,
        must_stand=True,
    )


def address(name: str, meaning: Text, path: str) -> Variable:
    """Where a button leads; ``path`` is of the example."""

    def make(context: Context) -> str:
        return str(context.get(name) or "")

    example = on_site(path)
    return Variable(name, meaning, example, make=make, must_stand=True, is_address=True)


def _corrected(context: Context) -> str:
    if not context.get("corrects"):
        return ""
    return _("A correction: on %(day)s we told you “%(told)s”. That does not hold any more.") % {
        "day": on_day(context["corrects_since"], _SHORT),
        "told": context["corrects"],
    }


SITE_NAME = Variable(
    "site_name",
    gettext_lazy("The name of this site"),
    settings.SITE_NAME,
    make=lambda c: settings.SITE_NAME,
)
NAME = Variable(
    "name",
    gettext_lazy("Who reads it"),
    "Fay Proposer",
    make=lambda c: str(c.get("name") or _("there")),
)
TITLE = title("title", gettext_lazy("Title of the proposal"), "Sampling for shift leads")
REFERENCE = words("reference", gettext_lazy("Its reference"), "MC-2026-0042")
STAGE = words("stage", gettext_lazy("Its stage, as the desk calls it"), "Triage")
ACTOR = words("actor", gettext_lazy("Who made the move"), "Ola Oxford")
OWNER = words("owner", gettext_lazy("Who owns the proposal"), "Fay Proposer")
OWNER_EMAIL = Variable(
    "owner_email",
    gettext_lazy("Their address"),
    "fay@miami.example",
    make=lambda c: str(getattr(c.get("owner"), "email", "")),
)
MOVE = words("move", gettext_lazy("The move"), "Start triage")
LABEL = words("label", gettext_lazy("Where it stands, as this reader is told"), "In triage")
TEXT = optional(
    words("text", gettext_lazy("What that means, in a sentence"), "eLearning reads your idea.")
)
NEXT = optional(
    words("next", gettext_lazy("What happens next"), "We write to you when we have read it.")
)
REASON = must(
    optional(words("reason", gettext_lazy("The reason that was chosen"), "Not yet clear"))
)
DUE_ON = optional(day("due_on", gettext_lazy("By when")))
MESSAGE = said_by(
    "message",
    gettext_lazy("What whoever made the move wrote, where they wrote something"),
    gettext_lazy("%(who)s writes:"),
)
QUOTED = Variable(
    "quoted", gettext_lazy("Their words, as a quotation"), QUOTED_EXAMPLE,
    is_block=True, must_stand=True,
)  # fmt: skip
CORRECTION = Variable(
    "correction",
    gettext_lazy("Of a decision that was taken back: that what we told before does not hold"),
    gettext_lazy(
        "A correction: on 3 November 2026 we told you “Declined”. That does not hold any more."
    ),
    make=_corrected,
    is_block=True,
    must_stand=True,
)
CORRECTING = Variable(
    "correcting",
    gettext_lazy("Before a subject: that it corrects what we told before, where it does"),
    gettext_lazy("Correction: "),
    make=lambda c: _("Correction: ") if c.get("corrects") else "",
    may_be_empty=True,
)
PAGE_URL = address("url", gettext_lazy("The proposal's page"), "/proposals/MC-2026-0042/")
DESK_URL = address(
    "url", gettext_lazy("Its page on the desk"), "/admin/reviews/triageitem/42/change/"
)
LINK = Variable(
    "link",
    gettext_lazy("The reader's own link, made when the mail leaves"),
    gettext_lazy("[personal link]"),
    must_stand=True,
    is_address=True,
)
LINK_DAYS = words("link_days", gettext_lazy("For how many days the link works"), "30")

# What nearly every mail about a proposal may name.
ABOUT = (NAME, TITLE, REFERENCE)
