"""Texts of the mails about the conversation with a partner; what was written is read on pages."""

from django.utils.translation import gettext_lazy

from microcreds.outbox.wording.mail import Reader, Wording
from microcreds.outbox.wording.variables import (
    LINK,
    LINK_DAYS,
    NAME,
    REFERENCE,
    TITLE,
    address,
    words,
)

_CONTACT = words("contact", gettext_lazy("Who at the partner"), "Pat Miller")
_TO_STAFF = (
    NAME,
    _CONTACT,
    words("organization", gettext_lazy("The partner"), "Tallgrass Fasteners"),
    TITLE,
    REFERENCE,
    address(
        "url",
        gettext_lazy("Where it is answered"),
        "/admin/reviews/triageitem/42/partners/",
    ),
)

WORDINGS = (
    Wording(
        "partner_message",
        Reader.PARTNERS,
        (
            _CONTACT,
            words("author", gettext_lazy("Who wrote"), "Ola Oxford"),
            TITLE,
            LINK,
            LINK_DAYS,
        ),
    ),
    Wording(
        "partner_wrote",
        Reader.DESK,
        _TO_STAFF,
        to=gettext_lazy("a message"),
        is_for=lambda c: not c["names_somebody"],
    ),
    Wording(
        "partner_wrote",
        Reader.DESK,
        _TO_STAFF,
        "colleague",
        gettext_lazy("names somebody else"),
        lambda c: c["names_somebody"],
    ),
)
