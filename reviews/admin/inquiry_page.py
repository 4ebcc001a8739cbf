"""What stands on the page of one inquiry, and what each of its buttons does."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.requests import SignedInRequest
from partners.directory import Candidate, candidates
from partners.models import FacultyAsk, Inquiry, InquiryEntry
from partners.visibility import inquiry_page
from proposals.lookalikes import fitting_need
from reviews.admin.panels import Due
from reviews.forms.inquiries import (
    AnswerForm,
    AskForm,
    CloseForm,
    GiveForm,
    OrganizationForm,
    PassOnForm,
)
from reviews.holidays import days_off
from reviews.inquiries import faculty, working
from reviews.inquiries.desk import may_work_on

FORMS: dict[str, Callable[..., forms.Form]] = {
    "give": GiveForm,
    "answer": AnswerForm,
    "ask": AskForm,
    "pass_on": PassOnForm,
    "close": CloseForm,
    "organization": OrganizationForm,
}
LONGEST_LOOKED_FOR = 160


def page_of(
    request: SignedInRequest, inquiry: Inquiry, wrong: forms.Form | None = None
) -> dict[str, Any]:
    """All of the page, in a fixed number of statements; ``wrong`` is the form that was refused."""
    entries = list(inquiry.entries.select_related("by"))
    answers = [entry for entry in reversed(entries) if entry.kind == InquiryEntry.Kind.ANSWERED]
    asks = list(inquiry.asks.select_related("asked_by", "user"))
    may_work = may_work_on(request.user, inquiry)
    look_for = request.GET.get("name", "")[:LONGEST_LOOKED_FOR]
    found = _candidates(inquiry, look_for)
    blank = _forms(inquiry, found) if may_work else {}
    return {
        "title": inquiry.org_name,
        "inquiry": inquiry,
        "page": inquiry_page(inquiry, answers),
        "entries": entries,
        "asks": asks,
        "open_ask": next((ask for ask in asks if ask.state == FacultyAsk.State.OPEN), None),
        "due": _due(inquiry),
        "may_work": may_work,
        "may_mail": working.may_be_mailed(inquiry, timezone.now()),
        "forms": blank | ({wrong.prefix: wrong} if wrong and wrong.prefix else {}),
        "wrong": wrong,
        "candidates": found,
        "look_for": look_for,
        "fits": fitting_need(jobs=inquiry.jobs, abilities=inquiry.abilities),
    }


def press(request: SignedInRequest, inquiry: Inquiry) -> tuple[forms.Form | None, str]:
    """Does what the button says: the refused form, or what was done, in words."""
    action = request.POST.get("action", "")
    if not may_work_on(request.user, inquiry):
        raise Http404
    if action not in FORMS:
        return _press_plain(request, inquiry, action)
    form = _form(action, inquiry, request)
    if form.is_valid():
        try:
            return None, _DONE[action](request, inquiry, form.cleaned_data)
        except ValidationError as refusal:
            _tell(form, refusal)
    return form, ""


def _press_plain(
    request: SignedInRequest, inquiry: Inquiry, action: str
) -> tuple[forms.Form | None, str]:
    """A button without anything to fill in."""
    form = forms.Form({}, prefix="plain")
    try:
        match action:
            case "take":
                working.give(inquiry=inquiry, to=request.user, by=request.user)
                return None, _("It is yours now.")
            case "reopen":
                working.reopen(inquiry=inquiry, by=request.user)
                return None, _("It is open again, and you own it.")
            case "end_ask":
                for ask in inquiry.asks.filter(state=FacultyAsk.State.OPEN):
                    faculty.end_ask(ask=ask, by=request.user)
                return None, _("The ask is taken back.")
        form.add_error(None, _("Choose one of the buttons of this page."))
    except ValidationError as refusal:
        form.add_error(None, refusal)
    return form, ""


def _give(request: SignedInRequest, inquiry: Inquiry, given: dict[str, Any]) -> str:
    working.give(inquiry=inquiry, to=given["to"], by=request.user)
    return _("%(who)s owns it now.") % {"who": given["to"]}


def _answer(request: SignedInRequest, inquiry: Inquiry, given: dict[str, Any]) -> str:
    working.answer(inquiry=inquiry, words=given["words"], by=request.user)
    return _("Your answer is on its way.")


def _ask(request: SignedInRequest, inquiry: Inquiry, given: dict[str, Any]) -> str:
    ask = faculty.ask_faculty(inquiry=inquiry, by=request.user, **given)
    return _("%(who)s is asked by mail.") % {"who": ask.name or ask.email}


def _pass_on(request: SignedInRequest, inquiry: Inquiry, given: dict[str, Any]) -> str:
    working.pass_on(inquiry=inquiry, unit=given["unit"], words=given["words"], by=request.user)
    return _("%(unit)s has it now, and a mail says so.") % {"unit": given["unit"]}


def _close(request: SignedInRequest, inquiry: Inquiry, given: dict[str, Any]) -> str:
    working.close(inquiry=inquiry, by=request.user, **given)
    return _("It is closed.")


def _organization(request: SignedInRequest, inquiry: Inquiry, given: dict[str, Any]) -> str:
    row = working.name_organization(
        inquiry=inquiry, organization=given["organization"], by=request.user
    )
    return _("It is %(organization)s.") % {"organization": row.organization}


_DONE: dict[str, Callable[[SignedInRequest, Inquiry, dict[str, Any]], str]] = {
    "give": _give,
    "answer": _answer,
    "ask": _ask,
    "pass_on": _pass_on,
    "close": _close,
    "organization": _organization,
}


def _form(action: str, inquiry: Inquiry, request: SignedInRequest) -> forms.Form:
    """The form of this button, as posted."""
    more: dict[str, Any] = {}
    if action == "organization":
        more["candidates"] = _candidates(inquiry, request.GET.get("name", ""))
    return FORMS[action](request.POST, prefix=action, inquiry=inquiry, **more)


def _forms(inquiry: Inquiry, found: list[Candidate]) -> dict[str, forms.Form]:
    """Each form of the page, empty, by its button."""
    title = {"working_title": _title_of(inquiry)}
    return {
        action: FORMS[action](
            prefix=action,
            inquiry=inquiry,
            initial=title if action == "ask" else {},
            **({"candidates": found} if action == "organization" else {}),
        )
        for action in FORMS
    }


def _candidates(inquiry: Inquiry, look_for: str) -> list[Candidate]:
    """What may be its organization; by another name where staff look for that."""
    if look_for.strip():
        return candidates(name=look_for[:LONGEST_LOOKED_FOR])
    return candidates(name=inquiry.org_name, website=inquiry.website, email=inquiry.contact_email)


def _title_of(inquiry: Inquiry) -> str:
    """What the draft could be called for now: the first words of the need, or of the jobs."""
    words = " ".join((inquiry.abilities or inquiry.jobs).split())
    return words if len(words) <= 80 else words[:80].rsplit(" ", 1)[0] + " …"


def _due(inquiry: Inquiry) -> Due | None:
    if inquiry.first_answered_at or not inquiry.is_open:
        return None
    return Due.of(inquiry.answer_by, days_off())


def _tell(form: forms.Form, refusal: ValidationError) -> None:
    """Beside the input where there is one; above them all otherwise."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, wrong in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, wrong)
