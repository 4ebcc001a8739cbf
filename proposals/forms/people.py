"""What people type about who takes part in a proposal, and what an owner asks of eLearning."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.accounts.models import User
from microcreds.keys import KeyField


class PeopleForm(forms.Form):
    """One button of the page of people: what to do with whom."""

    action = forms.ChoiceField(choices=[("out", "out"), ("invite", "invite")])
    address = forms.EmailField()

    def clean_address(self) -> str:
        return self.cleaned_data["address"].lower()


class HandOverForm(forms.Form):
    """Who is to own the proposal, of those who accepted to take part."""

    to = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=gettext_lazy("Who owns it from now on?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": gettext_lazy("Choose one person."),
            "invalid_choice": gettext_lazy("Choose one of the people shown here."),
        },
    )

    def __init__(self, *args: Any, people: list[User], **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["to"]
        chosen.queryset = User.objects.filter(pk__in=[person.pk for person in people])


class HandOverLeftForm(forms.Form):
    """By whom a proposal is taken up whose owner has left, and why by them."""

    address = forms.EmailField(
        label=gettext_lazy("E-mail address of the new owner"),
        help_text=gettext_lazy("Somebody with an account here."),
        error_messages={"invalid": gettext_lazy("Enter an e-mail address.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why is it handed over?"),
        help_text=gettext_lazy("The new owner and the co-proposers read it; it stays on record."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say in a few words why.")},
    )

    def clean_address(self) -> User:
        """The person of this address."""
        address = self.cleaned_data["address"].lower()
        found = User.objects.filter(email=address, is_active=True).first()
        if found is None:
            raise ValidationError(
                _("Nobody has an open account with this address. Check it, or ask them to sign up.")
            )
        return found


class LookForm(forms.Form):
    """What eLearning is asked about a draft; a question is optional."""

    question = forms.CharField(
        label=gettext_lazy("What would you like to know?"),
        help_text=gettext_lazy("For example: is this a microcredential at all?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AskToWithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why should it be withdrawn?"),
        help_text=gettext_lazy("eLearning and your co-proposers read it; it stays on record."),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Say in a few words why.")},
    )


class CopyForm(forms.Form):
    """``form_key`` lets the same post make only one copy."""

    form_key = KeyField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["form_key"] = uuid.uuid4()
