"""The answer to an owner who asks to withdraw a proposal."""

from django import forms
from django.utils.translation import gettext_lazy


class RefusalForm(forms.Form):
    """The words in which a withdrawal is refused."""

    reply = forms.CharField(
        label=gettext_lazy("Or answer no, and say why"),
        help_text=gettext_lazy("The proposers read it and are mailed."),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say why not: the proposers read it.")},
    )
