"""Texts of the mails that ask contacts for something."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy

from microcreds.outbox.wording.mail import Reader, Wording
from microcreds.outbox.wording.source import Context
from microcreds.outbox.wording.variables import (
    LINK,
    LINK_DAYS,
    NAME,
    REFERENCE,
    TITLE,
    address,
    day,
    must,
    short_day,
    words,
)

_CONTACT = words("contact", gettext_lazy("Whom we ask"), "Pat Miller")
_ASKED = must(
    words(
        "asked",
        gettext_lazy("What we need from them, in the words of whoever asks"),
        gettext_lazy("Tell us which two days in January suit your shift leads."),
    )
)
_WHAT = words("what", gettext_lazy("What kind of thing is asked"), gettext_lazy("Questions"))
_BY_WHEN = gettext_lazy("By when")
_TO_CONTACT = (
    _CONTACT,
    TITLE,
    _WHAT,
    _ASKED,
    must(day("due_on", _BY_WHEN)),
    short_day("due_day", "due_on", _BY_WHEN),
    LINK,
    LINK_DAYS,
)

_SETTLED = (
    NAME,
    _CONTACT,
    _WHAT,
    TITLE,
    REFERENCE,
    address("url", gettext_lazy("Where the answer stands"), "/proposals/MC-2026-0042/partners/"),
)


def _is(state: str) -> Callable[[Context], object]:
    return lambda context: context["state"] == state


WORDINGS = (
    Wording("partner_asked", Reader.PARTNERS, _TO_CONTACT),
    Wording("partner_ask_soon", Reader.PARTNERS, _TO_CONTACT),
    Wording("partner_ask_late", Reader.PARTNERS, _TO_CONTACT),
    Wording(
        "partner_ask_settled",
        Reader.ANYBODY,
        _SETTLED,
        to=gettext_lazy("answered"),
        is_for=_is("answered"),
    ),
    Wording(
        "partner_ask_settled",
        Reader.ANYBODY,
        _SETTLED,
        "declined",
        gettext_lazy("declined"),
        _is("declined"),
    ),
    Wording(
        "partner_ask_settled",
        Reader.ANYBODY,
        _SETTLED,
        "expired",
        gettext_lazy("nobody answered"),
        _is("expired"),
    ),
)
