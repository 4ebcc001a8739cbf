"""What comes next and who does it: to-dos, next steps, calls and meetings, checklists."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from partners.fields import day_input
from proposals.models import Proposal
from reviews.models import TalkedWith
from reviews.todos import LONGEST_SAID, LONGEST_TODO, LONGEST_WHO


class ToDoForm(forms.Form):
    """Something to do by a day, for whoever writes it, the owner of the proposal or one of their
    ``colleagues`` (names by key)."""

    words = forms.CharField(label=_("What"), max_length=LONGEST_TODO)
    by_day = forms.DateField(label=_("By"), widget=day_input())
    owner = forms.ChoiceField(label=_("Who"))

    def __init__(
        self,
        *args: Any,
        proposal: Proposal,
        by: User,
        colleagues: Mapping[int, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        first = [by, *([proposal.assignee] if proposal.assignee else [])]
        owner: Any = self.fields["owner"]
        names = {person.pk: str(person) for person in first}
        owner.choices = list((names | dict(colleagues or {})).items())

    def clean_owner(self) -> User:
        return User.objects.get(pk=self.cleaned_data["owner"])


class NextStepForm(forms.Form):
    """What comes next for several proposals, each for whoever owns it."""

    words = forms.CharField(label=_("What comes next"), max_length=LONGEST_TODO)
    by_day = forms.DateField(label=_("By"), widget=day_input())


class TickForm(forms.Form):
    """How it went, if there is something to say."""

    note = forms.CharField(label=_("How it went"), max_length=LONGEST_TODO, required=False)


class StepDoneForm(TickForm):
    """The same of a next step, and what comes after it."""

    words = forms.CharField(
        label=_("What comes next"),
        help_text=_("For whoever owns the proposal, or for you where nobody does."),
        max_length=LONGEST_TODO,
        required=False,
    )
    by_day = forms.DateField(label=_("By"), widget=day_input(), required=False)


class TalkForm(forms.Form):
    """A call, meeting or mail outside the tool."""

    kind = forms.ChoiceField(label=_("What it was"), choices=TalkedWith.Kind.choices)
    who = forms.CharField(
        label=_("With whom"),
        max_length=LONGEST_WHO,
        widget=forms.TextInput(attrs={"list": "talk-people", "autocomplete": "off"}),
    )
    said = forms.CharField(
        label=_("What was said"), max_length=LONGEST_SAID, widget=forms.Textarea(attrs={"rows": 3})
    )
    on = forms.DateField(label=_("When"), widget=day_input())
    audience = forms.ChoiceField(
        label=_("Who may read it"),
        help_text=_("It is a university record either way."),
        choices=TalkedWith.Audience.choices,
    )


class ChecklistRowForm(forms.ModelForm):
    """One row of the list of checklist items; each input says whose it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{self.instance.words}: {field.label}"
            field.help_text = ""  # a list shows none, and an input would still point to it
