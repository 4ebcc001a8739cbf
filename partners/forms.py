"""The one form a partner fills in: where to send a fresh link."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FreshLinkForm(forms.Form):
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("The address our invitation came to."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
