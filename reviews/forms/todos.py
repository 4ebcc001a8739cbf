"""What comes next and who does it: to-dos, next steps, calls and meetings, checklists."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from partners.fields import day_input
from proposals.models import Proposal
from reviews.models import TalkedWith
from reviews.todos import LONGEST_SAID, LONGEST_TODO, LONGEST_WHO


class ToDoForm(forms.Form):
    """Something to do by a day; who may be chosen needs no query: whoever writes, or its owner."""

    words = forms.CharField(label=_("What"), max_length=LONGEST_TODO)
    by_day = forms.DateField(label=_("By"), widget=day_input())
    owner = forms.ChoiceField(label=_("Who"))

    def __init__(self, *args: Any, proposal: Proposal, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(by.pk): by}
        if proposal.assignee:
            self.people.setdefault(str(proposal.assignee.pk), proposal.assignee)
        owner: Any = self.fields["owner"]
        owner.choices = [(key, str(person)) for key, person in self.people.items()]

    def clean_owner(self) -> User:
        return self.people[self.cleaned_data["owner"]]


class NextStepForm(forms.Form):
    """What comes next for several proposals, each for whoever owns it."""

    words = forms.CharField(label=_("What comes next"), max_length=LONGEST_TODO)
    by_day = forms.DateField(label=_("By"), widget=day_input())


class TickForm(forms.Form):
    """How it went, if there is something to say."""

    note = forms.CharField(label=_("How it went"), max_length=LONGEST_TODO, required=False)


class TalkForm(forms.Form):
    """A call, meeting or mail outside the tool."""

    kind = forms.ChoiceField(label=_("What it was"), choices=TalkedWith.Kind.choices)
    who = forms.CharField(label=_("With whom"), max_length=LONGEST_WHO)
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
