"""Texts of the mails that ask contacts for something."""

from django.utils.translation import gettext_lazy

from microcreds.outbox.wording.mail import Reader, Wording
from microcreds.outbox.wording.variables import (
    LINK,
    LINK_DAYS,
    TITLE,
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
_BY_WHEN = gettext_lazy("By when")
_TO_CONTACT = (
    _CONTACT,
    TITLE,
    _ASKED,
    must(day("due_on", _BY_WHEN)),
    short_day("due_day", "due_on", _BY_WHEN),
    LINK,
    LINK_DAYS,
)

WORDINGS = (Wording("partner_asked", Reader.PARTNERS, _TO_CONTACT),)
