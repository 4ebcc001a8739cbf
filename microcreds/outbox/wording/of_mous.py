"""Texts of the mails about memoranda of understanding."""

from django.utils.translation import gettext_lazy

from microcreds.outbox.wording.mail import Reader, Wording
from microcreds.outbox.wording.variables import (
    ACTOR,
    LINK,
    LINK_DAYS,
    MOVE,
    NAME,
    REFERENCE,
    TEXT,
    TITLE,
    address,
    day,
    must,
    optional,
    short_day,
    words,
)

_ORGANIZATION = words("organization", gettext_lazy("The organization"), "Tallgrass Fasteners")
_STATUS = words(
    "status", gettext_lazy("Where the memorandum stands"), gettext_lazy("With the partner")
)
_ASKED = must(
    optional(
        words(
            "asked",
            gettext_lazy("What is to be done now"),
            gettext_lazy("Write the text, add it as a version, and send it on."),
        )
    )
)
_ENDS = gettext_lazy("Its last day")
_ENDS_ON = must(day("ends_on", _ENDS))
_ENDS_SHORT = short_day("ends_on_short", "ends_on", _ENDS)
_ABOUT = (NAME, _ORGANIZATION, TITLE, REFERENCE)
_DESK_URL = address("url", gettext_lazy("Its page on the desk"), "/admin/partners/mou/42/change/")
_PAGE_URL = address("url", gettext_lazy("The proposal's page"), "/proposals/MC-2026-0042/")

_TO_PARTNER = (
    words("contact", gettext_lazy("Whom we tell"), "Pat Miller"),
    _ORGANIZATION,
    TITLE,
    LINK,
    LINK_DAYS,
)

WORDINGS = (
    Wording(
        "mou_corrected",
        Reader.PROPOSERS,
        (
            *_ABOUT,
            ACTOR,
            words("was", gettext_lazy("What was said before"), gettext_lazy("Signed")),
            _STATUS,
            TEXT,
            must(
                words(
                    "reason",
                    gettext_lazy("Why it is taken back"),
                    gettext_lazy("It was another memorandum."),
                )
            ),
            _PAGE_URL,
        ),
    ),
    Wording("mou_corrected_partner", Reader.PARTNERS, _TO_PARTNER),
    Wording("mou_moved", Reader.PROPOSERS, (*_ABOUT, _STATUS, TEXT, _PAGE_URL)),
    Wording(
        "mou_turn",
        Reader.DESK,
        (
            *_ABOUT,
            ACTOR,
            MOVE,
            _STATUS,
            _ASKED,
            must(optional(day("due_on", gettext_lazy("By when, where a day was set")))),
            _DESK_URL,
        ),
    ),
    Wording(
        "mou_ends",
        Reader.DESK,
        (
            *_ABOUT,
            _ENDS_ON,
            _ENDS_SHORT,
            words("days", gettext_lazy("How many days are left"), "90"),
            _DESK_URL,
        ),
    ),
    Wording(
        "mou_ends_partner",
        Reader.PARTNERS,
        (*_TO_PARTNER, _ENDS_ON, _ENDS_SHORT),
    ),
)
