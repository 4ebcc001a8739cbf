"""What an owner gives with a move of their own: what they read, and for a withdrawal why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from microcreds.keys import LARGEST


class OwnMoveForm(forms.Form):
    """The plan its reader saw; the service refuses when it is no longer so."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)


class WithdrawForm(OwnMoveForm):
    message = forms.CharField(
        label=_("Why do you withdraw it?"),
        help_text=_("eLearning and your co-proposers read it; it stays in the history."),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say in a few words why you withdraw it.")},
    )


class UndoForm(forms.Form):
    """Which move its reader means to take back."""

    seen = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
