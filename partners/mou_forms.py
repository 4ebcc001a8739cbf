"""What a contact says of the memorandum they were sent."""

from django import forms
from django.utils.translation import gettext_lazy

from partners.fields import Words
from partners.models.mou import LONGEST_MOU_WORDS
from proposals.files import ACCEPT


class ChangesForm(forms.Form):
    """What should change, in words and as a file."""

    words = Words(
        label=gettext_lazy("What should change"),
        help_text=gettext_lazy("Name the part and say what it should say. Rough words are fine."),
        longest=LONGEST_MOU_WORDS,
        lines=6,
        required=True,
        error_messages={"required": gettext_lazy("Say what should change.")},
    )
    upload = forms.FileField(
        label=gettext_lazy("The text with your changes"),
        help_text=gettext_lazy("PDF, Word, Excel, PowerPoint, PNG or JPEG, at most 10 MB."),
        required=False,
        allow_empty_file=True,  # the look at its content says so in better words
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
