"""Texts of the mails about endorsements, and about what staff record on behalf of contacts."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.outbox.wording.mail import Reader, Wording
from microcreds.outbox.wording.source import Context, Variable
from microcreds.outbox.wording.variables import (
    ACTOR,
    LINK,
    LINK_DAYS,
    NAME,
    REFERENCE,
    TITLE,
    address,
    day,
    must,
    words,
)

_CONTACT = words("contact", gettext_lazy("Whom it is from"), "Pat Miller")
_PAGE = address("url", gettext_lazy("Where it is read"), "/proposals/MC-2026-0042/endorsements/")


def _what(context: Context) -> str:
    match context.get("what"):
        case "declined":
            return _("Somebody whom you asked for an endorsement cannot give it, and says why")
        case "recorded":
            return _("eLearning has recorded an endorsement on behalf of a partner")
        case _:
            return _("An endorsement is signed")


WORDINGS = (
    Wording(
        "endorsement_signed",
        Reader.PARTNERS,
        (
            _CONTACT,
            TITLE,
            words("signer", gettext_lazy("The name under which it was signed"), "Pat Miller"),
            must(day("signed_on", gettext_lazy("When it was signed"))),
            must(
                words(
                    "check_number",
                    gettext_lazy("The number by which its text can be checked"),
                    "3f0c9a7be41d2258",
                )
            ),
            LINK,
            LINK_DAYS,
        ),
    ),
    Wording(
        "endorsement_answered",
        Reader.ANYBODY,
        (
            NAME,
            TITLE,
            REFERENCE,
            must(
                Variable(
                    "what",
                    gettext_lazy("What happened"),
                    gettext_lazy("An endorsement is signed"),
                    make=_what,
                )
            ),
            _PAGE,
        ),
    ),
    Wording(
        "recorded_on_behalf",
        Reader.PARTNERS,
        (
            _CONTACT,
            TITLE,
            ACTOR,
            must(words("kind", gettext_lazy("What was recorded"), gettext_lazy("Endorsement"))),
            must(words("channel", gettext_lazy("How they told us"), gettext_lazy("Telephone"))),
            must(day("said_on", gettext_lazy("When they told us"))),
            LINK,
            LINK_DAYS,
        ),
    ),
    Wording("record_objected", Reader.DESK, (NAME, TITLE, REFERENCE, _PAGE)),
)
