"""Texts of the mails about who takes part, what they ask of each other, and what they write."""

from dataclasses import replace

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from microcreds.outbox.wording.mail import Reader, Wording
from microcreds.outbox.wording.source import Variable
from microcreds.outbox.wording.variables import (
    ABOUT,
    ACTOR,
    DESK_URL,
    LINK,
    LINK_DAYS,
    NAME,
    OWNER,
    OWNER_EMAIL,
    PAGE_URL,
    QUOTED,
    REASON,
    STAGE,
    TITLE,
    address,
    bullets,
    must,
    on_site,
    one_of,
    said_by,
    words,
)

_WHO = words("who", _("Whom it is about"), "Gus Proposer")
_ASKED_BY = words("asked_by", _("Who asked"), "Fay Proposer")
# In a mail to whoever asked they are not told of as somebody else.
_ASKED_BY_READER = replace(
    _ASKED_BY,
    make=lambda c: str(_("You") if str(c["asked_by"]) == str(c["name"]) else c["asked_by"]),
)
_QUESTIONS = bullets(
    "questions", _("The questions to open"), "labels", "- How long it takes\n- What it costs"
)
_INVITED = (
    NAME,
    TITLE,
    words("inviter", _("Who invites"), "Fay Proposer"),
    one_of(
        "rights",
        _("What they could do"),
        lambda c: c.get("may_edit"),
        _("read it and change its answers"),
        _("read it"),
    ),
    words("address", _("The address that was invited"), "gus@miami.example"),
    address("url", _("Where to accept or decline"), "/proposals/MC-2026-0042/invitation/"),
)
_HANDED_OVER = (
    *ABOUT,
    ACTOR,
    OWNER,
    words("old_owner", _("Who owned it before"), "Gus Proposer"),
    Variable(
        "from_whom",
        _("From whom, where somebody else handed it over"),
        _(", from Gus Proposer"),
        make=lambda c: (
            ""
            if str(c["actor"]) == str(c["old_owner"])
            else _(", from %(who)s") % {"who": c["old_owner"]}
        ),
    ),
    one_of(
        "may",
        _("What its owner can do"),
        lambda c: c.get("is_draft"),
        _("submits it and can withdraw it"),
        _("can withdraw it"),
    ),
    REASON,
    PAGE_URL,
)
_TALK = (*ABOUT, words("author", _("Who wrote"), "Ola Oxford"), PAGE_URL)
_CONTACT = words("contact", _("Who reads it"), "Pat Partner")

WORDINGS = (
    Wording("co_proposer_invited", Reader.PROPOSERS, _INVITED, is_for=lambda c: c["has_account"]),
    Wording(
        "co_proposer_invited",
        Reader.PROPOSERS,
        _INVITED,
        "no_account",
        _("without an account"),
        lambda c: not c["has_account"],
    ),
    Wording(
        "co_proposer_answered",
        Reader.PROPOSERS,
        (
            *ABOUT,
            _WHO,
            one_of(
                "rights",
                _("What they can do"),
                lambda c: c.get("may_edit"),
                _("read and change the answers"),
                _("read the answers"),
            ),
            PAGE_URL,
        ),
        to=_("with yes"),
        is_for=lambda c: c["has_accepted"],
    ),
    Wording(
        "co_proposer_answered",
        Reader.PROPOSERS,
        (*ABOUT, _WHO, PAGE_URL),
        "declined",
        _("with no"),
        lambda c: not c["has_accepted"],
    ),
    Wording("co_proposer_left", Reader.PROPOSERS, (*ABOUT, _WHO, PAGE_URL)),
    Wording("co_proposer_out", Reader.PROPOSERS, (*ABOUT, ACTOR)),
    Wording(
        "handed_over",
        Reader.PROPOSERS,
        _HANDED_OVER,
        to=_("to its new owner"),
        is_for=lambda c: c["is_owner"],
    ),
    Wording(
        "handed_over",
        Reader.PROPOSERS,
        _HANDED_OVER,
        "others",
        _("to the others"),
        lambda c: not c["is_owner"],
    ),
    Wording("draft_deleted", Reader.PROPOSERS, (*ABOUT, ACTOR)),
    Wording(
        "change_refused",
        Reader.PROPOSERS,
        (*ABOUT, _ASKED_BY_READER, words("decided_by", _("Who decided"), "Ola Oxford"), _QUESTIONS)
        + (QUOTED, PAGE_URL),
    ),
    Wording("withdrawal_refused", Reader.PROPOSERS, (*ABOUT, ACTOR, QUOTED, PAGE_URL)),
    Wording(
        "partner_invitation",
        Reader.PARTNERS,
        (
            _CONTACT,
            TITLE,
            LINK,
            LINK_DAYS,
            Variable(
                "partners_url",
                _("Where a new link is asked for"),
                on_site("/partners/"),
                make=lambda c: f"{settings.SITE_URL}/partners/",
                is_address=True,
            ),
        ),
    ),
    Wording(
        "partner_fresh_link",
        Reader.PARTNERS,
        (_CONTACT, LINK, LINK_DAYS),
        to=_("who asked for it"),
        is_for=lambda c: not c.get("is_replacement"),
    ),
    Wording(
        "partner_fresh_link",
        Reader.PARTNERS,
        (_CONTACT, LINK, LINK_DAYS),
        "replaced",
        _("in the place of others"),
        lambda c: c.get("is_replacement"),
    ),
    Wording(
        "partner_code",
        Reader.PARTNERS,
        (
            _CONTACT,
            must(words("code", _("The code, made when the mail leaves"), _("[code]"))),
            words("code_minutes", _("For how many minutes the code works"), "10"),
        ),
    ),
    Wording("change_asked", Reader.DESK, (*ABOUT, _ASKED_BY, _QUESTIONS, QUOTED, DESK_URL)),
    Wording(
        "withdrawal_asked",
        Reader.DESK,
        (
            *ABOUT,
            OWNER,
            STAGE,
            QUOTED,
            address("desk_url", _("Its page on the desk"), "/admin/reviews/triageitem/42/change/"),
        ),
    ),
    Wording(
        "look_asked",
        Reader.DESK,
        (
            *ABOUT,
            OWNER,
            must(OWNER_EMAIL),
            said_by(
                "message", _("What they ask, where they wrote it"), _("%(who)s writes:"), "owner"
            ),
            PAGE_URL,
        ),
    ),
    *(
        Wording(event, Reader.ANYBODY, _TALK, is_for=lambda c: not c["is_internal"])
        for event in ("message", "mentioned")
    ),
    *(
        Wording(
            event,
            Reader.DESK,
            _TALK,
            "internal",
            _("in an internal note"),
            lambda c: c["is_internal"],
        )
        for event in ("message", "mentioned")
    ),
    Wording(
        "invitation",
        Reader.ANYBODY,
        (
            NAME,
            Variable(
                "somebody_has",
                _("Who made the account"),
                _("Ola Oxford has"),
                make=lambda c: str(
                    _("%(who)s has") % {"who": c["inviter"]} if c.get("inviter") else _("We have")
                ),
            ),
            must(words("address", _("The address of the account"), "fay@miami.example")),
            address("sign_in_url", _("Where to sign in"), "/accounts/login/code/"),
        ),
    ),
)
