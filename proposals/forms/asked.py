"""What a member of the faculty types who is asked to begin a proposal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models.inquiries import LONGEST_WORDS


class AcceptForm(forms.Form):
    working_title = forms.CharField(
        label=_("Working title"),
        help_text=_("A name to call it by for now; you can change it."),
        min_length=5,
        max_length=120,
        error_messages={"required": _("Write a working title.")},
    )


class PassForm(forms.Form):
    words = forms.CharField(
        label=_("A note to eLearning"),
        help_text=_("For example, who could be asked instead. Only eLearning reads it."),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
