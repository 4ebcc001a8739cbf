"""What a partner fills in: where to send a fresh link, how often mails come."""

from django import forms
from django.utils.translation import gettext_lazy as _

from microcreds.outbox.events import CHOICES, Topic


class FreshLinkForm(forms.Form):
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("The address our invitation came to."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PreferencesForm(forms.Form):
    """One question for each of ``events.PARTNER_TOPICS``, named like it."""

    progress = forms.ChoiceField(
        label=_("How what is shared with you moves on"),
        choices=[(each.value, each.label) for each in CHOICES[Topic.PROGRESS]],
        widget=forms.RadioSelect,
    )
