"""Texts of the mails about inquiries, and of the asks that faculty accept or pass."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.outbox.wording.mail import Reader, Wording
from microcreds.outbox.wording.source import Context, Variable
from microcreds.outbox.wording.variables import (
    ACTOR,
    LINK,
    LINK_DAYS,
    MESSAGE,
    NAME,
    QUOTED,
    REFERENCE,
    TITLE,
    address,
    day,
    must,
    optional,
    words,
)

_CONTACT = words("contact", gettext_lazy("Whom to call at the organization"), "Pat Miller")
_ORGANIZATION = words(
    "organization", gettext_lazy("The organization, or a title where there is none"), "Tallgrass"
)
_ANSWER_BY = must(optional(day("answer_by", gettext_lazy("By when it is to be answered"))))
_INQUIRY_URL = address(
    "url", gettext_lazy("Its page on the desk"), "/admin/partners/inquiry/42/change/"
)
_TO_ITS_SENDER = (_CONTACT, REFERENCE, LINK, LINK_DAYS)
_TO_STAFF = (NAME, _ORGANIZATION, REFERENCE, ACTOR, _ANSWER_BY, _INQUIRY_URL)


def _who_writes(context: Context) -> str:
    who = str(context.get("actor") or _("eLearning"))
    unit = context.get("unit")
    return _("%(who)s of %(unit)s") % {"who": who, "unit": unit} if unit else who


def _opening(context: Context) -> str:
    who = {"who": context["actor"]}
    if context["is_inquiry"]:
        return (
            _(
                "An organization has told Miami University what its people should be able to do. "
                "%(who)s of eLearning thinks of you for it:"
            )
            % who
        )
    return (
        _(
            "%(who)s of eLearning has put down what you told them, so that you need not begin with "
            "an empty page:"
        )
        % who
    )


def _how_to_sign_in(context: Context) -> str:
    known = {"address": context["address"]}
    if context["has_account"]:
        return _("Sign in with this address, %(address)s.") % known
    return (
        _(
            "You have no account here yet: choose “Make an account” there and use this address, "
            "%(address)s."
        )
        % known
    )


def _which(context: Context) -> str:
    reference = context.get("reference")
    return f"{context['organization']} ({reference})" if reference else context["organization"]


_WRITER = Variable(
    "writer",
    gettext_lazy("Who writes, with their unit"),
    gettext_lazy("Ola Oxford of eLearning Miami"),
    make=_who_writes,
)
_WHICH = Variable(
    "which",
    gettext_lazy("The organization or the title, with the reference where there is one"),
    "Tallgrass (IN-2026-0007)",
    make=_which,
)
_ANSWERED = (NAME, ACTOR, _WHICH, _ORGANIZATION, MESSAGE, _INQUIRY_URL)
WORDINGS = (
    Wording(
        "inquiry_confirm",
        Reader.PARTNERS,
        (LINK, words("days", gettext_lazy("After how many days it is deleted"), "7")),
    ),
    Wording(
        "inquiry_answer",
        Reader.PARTNERS,
        (*_TO_ITS_SENDER, _WRITER, QUOTED),
        to=gettext_lazy("to an address that was confirmed"),
        is_for=lambda c: c["is_confirmed"],
    ),
    Wording(
        "inquiry_answer",
        Reader.PARTNERS,
        (
            *_TO_ITS_SENDER,
            _WRITER,
            QUOTED,
            day("heard_on", gettext_lazy("When they told us by telephone or in person")),
        ),
        "unconfirmed",
        gettext_lazy("to an address that is written to for the first time"),
        lambda c: not c["is_confirmed"],
    ),
    Wording("inquiry_closed", Reader.PARTNERS, (*_TO_ITS_SENDER, QUOTED)),
    Wording("inquiry_taken_up", Reader.PARTNERS, _TO_ITS_SENDER),
    Wording("inquiry_proposed", Reader.PARTNERS, _TO_ITS_SENDER),
    Wording("inquiry_new", Reader.DESK, _TO_STAFF),
    Wording("inquiry_assigned", Reader.DESK, _TO_STAFF),
    Wording("inquiry_passed_on", Reader.DESK, (*_TO_STAFF, QUOTED)),
    Wording(
        "faculty_asked",
        Reader.PROPOSERS,
        (
            NAME,
            TITLE,
            ACTOR,
            Variable(
                "opening",
                gettext_lazy("Why this person is asked"),
                gettext_lazy("Ola Oxford of eLearning thinks of you for it:"),
                make=_opening,
                is_block=True,
                must_stand=True,
            ),
            MESSAGE,
            Variable(
                "how_to_sign_in",
                gettext_lazy("With which address, or how to make an account"),
                gettext_lazy("Sign in with this address, fay@miami.example."),
                make=_how_to_sign_in,
                is_block=True,
                must_stand=True,
            ),
            address(
                "url",
                gettext_lazy("Where to accept or pass"),
                "/proposals/asked/8c1e0b1c-6b4e-4a57-9a53-0a4f3a3b2c11/",
            ),
        ),
    ),
    Wording(
        "faculty_answered",
        Reader.DESK,
        _ANSWERED,
        to=gettext_lazy("accepted"),
        is_for=lambda c: c["what"] == "accepted",
    ),
    Wording(
        "faculty_answered",
        Reader.DESK,
        _ANSWERED,
        "passed",
        gettext_lazy("passed"),
        lambda c: c["what"] == "passed",
    ),
    Wording(
        "faculty_answered",
        Reader.DESK,
        _ANSWERED,
        "draft_gone",
        gettext_lazy("the draft was deleted"),
        lambda c: c["what"] not in ("accepted", "passed"),
    ),
)
