"""The page on which proposers or staff ask for endorsements: who was asked, what they press."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from microcreds.accounts.models import User
from microcreds.keys import key_in
from partners import asks, endorsements
from partners.endorsement_form import AskForm, ExtendForm
from partners.models import PartnerAsk
from partners.visibility import Recorded, recorded_as_read
from proposals.models import Proposal


@dataclass(frozen=True)
class AskRow:
    """Somebody who was asked, and what came of it; ``url`` is where the endorsement is read, empty
    where there is none."""

    asked: PartnerAsk
    url: str
    recorded: Recorded | None
    is_behind: bool


@dataclass
class Acted:
    """What a button did: the words that say so, or the form with what is wrong."""

    words: str = ""
    form: AskForm | None = None
    refusals: list[str] = field(default_factory=list)


def rows_of(proposal: Proposal, url_of: Callable[[PartnerAsk], str]) -> list[AskRow]:
    """Everybody who was asked, the newest first; two statements at most."""
    found = list(endorsements.asked_of(proposal))
    signed = {each.pk: getattr(each, "endorsement", None) for each in found}
    now = []
    if any(signed.values()):
        now = endorsements.outcomes_in(endorsements.newest_revision(proposal).answers)
    rows = []
    for asked in found:
        endorsement = signed[asked.pk]
        rows.append(
            AskRow(
                asked=asked,
                url=url_of(asked) if endorsement else "",
                recorded=recorded_as_read(asked, to_contact=False),
                is_behind=bool(endorsement and endorsements.changed_since(endorsement, now)),
            )
        )
    return rows


def form_for(proposal: Proposal, posted: Mapping[str, Any] | None = None) -> AskForm:
    """Whom of those who follow the proposal somebody may still ask."""
    waiting = endorsements.open_pairs(endorsements.asked_of(proposal))
    pairs = [
        (engagement, contact)
        for engagement, contact in endorsements.askable(proposal)
        if (engagement.pk, contact.pk) not in waiting
    ]
    return AskForm(posted, pairs=pairs)


def act(posted: Any, *, proposal: Proposal, by: User) -> Acted:
    """Asks, gives more time or takes back, as the button says. Nothing is raised: what was refused
    is in what comes back."""
    if posted.get("action") == "ask":
        return _ask(posted, proposal, by)
    asked = _asked(posted.get("ask", ""), proposal)
    if asked is None:
        return Acted(refusals=[_("Choose somebody from this page.")])
    try:
        if posted.get("action") == "extend":
            form = ExtendForm(posted)
            if not form.is_valid():
                return Acted(refusals=[*form.errors.get("due_on", [])])
            asks.extend(asked=asked, due_on=form.cleaned_data["due_on"])
            return Acted(
                _("%(who)s has more time, and a mail says so.") % {"who": asked.contact.name}
            )
        endorsements.take_back(asked=asked, by=by)
    except ValidationError as refusal:
        return Acted(refusals=refusal.messages)
    return Acted(_("%(who)s is no longer asked.") % {"who": asked.contact.name})


def _ask(posted: Any, proposal: Proposal, by: User) -> Acted:
    form = form_for(proposal, posted)
    if not form.is_valid():
        return Acted(form=form)
    try:
        asked = endorsements.ask_for(
            pairs=form.chosen(),
            words=form.cleaned_data["words"],
            due_on=form.cleaned_data["due_on"],
            by=by,
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return Acted(form=form)
    told = ngettext(
        "%(n)d person is asked, and a mail is on its way.",
        "%(n)d people are asked, and a mail to each is on its way.",
        len(asked),
    )
    return Acted(told % {"n": len(asked)})


def _asked(key: str, proposal: Proposal) -> PartnerAsk | None:
    return endorsements.asked_of(proposal).filter(pk=key_in(key)).first()
