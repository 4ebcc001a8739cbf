"""Words of staff: an internal note, a sentence that goes with a reminder."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from proposals.services.conversation import LONGEST as LONGEST_MESSAGE
from reviews.nudging import LONGEST_NUDGE


class NudgeForm(forms.Form):
    """A sentence that goes with a reminder."""

    words = forms.CharField(
        label=_("A sentence of your own"),
        help_text=_("It appears in each of the mails, under your name."),
        max_length=LONGEST_NUDGE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoteForm(forms.Form):
    """One internal note; what is wrong with a text is said by the service."""

    body = forms.CharField(
        label=_("New internal note"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text: Any = self.fields["body"]
        text.asked, text.max_length = True, LONGEST_MESSAGE
