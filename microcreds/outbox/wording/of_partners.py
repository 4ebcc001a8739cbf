"""Texts of the mails about the part of an organization in a proposal."""

from django.utils.translation import gettext_lazy

from microcreds.outbox.wording.mail import Reader, Wording
from microcreds.outbox.wording.variables import NAME, REFERENCE, TITLE, address, words

_LEFT = (
    NAME,
    TITLE,
    REFERENCE,
    words("organization", gettext_lazy("The organization"), "Tallgrass"),
    address("url", gettext_lazy("The proposal's page, of its reader"), "/proposals/MC-2026-0001/"),
)
WORDINGS = (
    Wording(
        "partner_left",
        Reader.PROPOSERS,
        _LEFT,
        to=gettext_lazy("it left"),
        is_for=lambda c: not c["is_back"],
    ),
    Wording(
        "partner_left",
        Reader.PROPOSERS,
        _LEFT,
        "back",
        gettext_lazy("it is back"),
        lambda c: c["is_back"],
    ),
)
