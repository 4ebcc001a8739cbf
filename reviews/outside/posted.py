"""What each button of the pages about partners does: its form, its one service, what it says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from proposals.models import Proposal
from reviews.outside import asking, colleagues, taking_over, talk
from reviews.outside.asking_form import (
    ColleagueForm,
    ExtendForm,
    QuestionsForm,
    TakeBackForm,
    TakeOverForm,
    TimesForm,
    WriteForm,
)


@dataclass(frozen=True)
class Posted:
    """What came of a button: ``done`` says what was done; empty, and ``form`` says why not."""

    action: str
    form: forms.Form
    done: str = ""


def carry_out(
    data: Mapping[str, Any], *, proposal: Proposal, by: User, among: frozenset[str]
) -> Posted | None:
    """Does what the button says, where it is ``among`` those of the page; ``None``: it is not."""
    action = str(data.get("action", ""))
    if action not in among:
        return None
    form_class, do = _BUTTONS[action]
    form = form_class(data, proposal=proposal)
    if form.is_valid():
        try:
            return Posted(action, form, do(form, by))
        except ValidationError as refusal:
            _say(form, refusal)
    return Posted(action, form)


def refusals_of(came: Posted | None, may_not: str) -> list[str]:
    """Why nothing was done, above the page: ``may_not`` where the button is not theirs; what is
    typed in a larger form says it at its fields."""
    if came is None:
        return [may_not]
    if came.action in ("questions", "times"):
        return []
    return [str(words) for errors in came.form.errors.values() for words in errors]


def _say(form: forms.Form, refusal: ValidationError) -> None:
    """At its field, or above the form where there is none of that name."""
    by_field = getattr(refusal, "error_dict", None) or {"": refusal}
    for name, error in by_field.items():
        form.add_error(name if name in form.fields else None, error)


def _put_questions(form: Any, by: User) -> str:
    given = {name: form.cleaned_data[name] for name in ("share", "words", "due_on")}
    asked = asking.put_questions(**given, put=form.put(), by=by)
    return _("%(who)s is asked.") % {"who": asked.contact.name}


def _offer_times(form: Any, by: User) -> str:
    names = ("share", "words", "due_on", "minutes", "place")
    given = {name: form.cleaned_data[name] for name in names}
    asked = asking.offer_times(**given, times=form.times(), by=by)
    return _("%(who)s is asked to pick a time.") % {"who": asked.contact.name}


def _extend(form: Any, by: User) -> str:
    asking.extend(**form.cleaned_data, by=by)
    return _("They have until that day.")


def _take_back(form: Any, by: User) -> str:
    asking.take_back(**form.cleaned_data, by=by)
    return _("It is no longer asked.")


def _take_over(form: Any, by: User) -> str:
    taking_over.take_over(**form.cleaned_data, by=by)
    return _("It is an outcome of the form now. Say there what kind it is.")


def _keep_waiting(form: Any, by: User) -> str:
    taking_over.keep_waiting(**form.cleaned_data, by=by)
    return _("It waits for the form, and is offered there once that is open.")


def _drop_waiting(form: Any, by: User) -> str:
    taking_over.drop_waiting(question=form.cleaned_data["question"], by=by)
    return _("It is no longer waiting.")


def _write(form: Any, by: User) -> str:
    talk.write_to_partner(**form.cleaned_data, by=by)
    return _("Your message is on their page, and a mail says so.")


def _approve(form: Any, by: User) -> str:
    share = colleagues.approve(colleague=form.cleaned_data["colleague"], by=by)
    return _("%(who)s is invited.") % {"who": share.contact.name}


def _refuse(form: Any, by: User) -> str:
    colleagues.refuse(**form.cleaned_data, by=by)
    return _("Nothing is sent to them; whoever named them reads why.")


_BUTTONS: dict[str, tuple[Callable[..., forms.Form], Callable[[Any, User], str]]] = {
    "questions": (QuestionsForm, _put_questions),
    "times": (TimesForm, _offer_times),
    "extend": (ExtendForm, _extend),
    "take_back": (TakeBackForm, _take_back),
    "take_over": (TakeOverForm, _take_over),
    "keep_waiting": (TakeOverForm, _keep_waiting),
    "drop_waiting": (TakeOverForm, _drop_waiting),
    "write": (WriteForm, _write),
    "approve": (ColleagueForm, _approve),
    "refuse": (ColleagueForm, _refuse),
}
FOR_ASKING = frozenset({"questions", "times", "extend", "take_back"})
FOR_WAITING = frozenset({"keep_waiting", "drop_waiting"})
FOR_PROPOSERS = FOR_ASKING | FOR_WAITING | {"take_over"}
FOR_STAFF = FOR_ASKING | FOR_WAITING | {"write", "approve", "refuse"}
