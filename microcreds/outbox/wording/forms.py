"""The form in which staff write what a mail says."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from microcreds.outbox.wording.texts import LONGEST_BODY, LONGEST_SUBJECT, LONGEST_WHY


class TextForm(forms.Form):
    """Subject and body with variables; what is sound, ``outbox.wording`` says."""

    subject = forms.CharField(
        label=_("Subject"),
        max_length=LONGEST_SUBJECT,
        widget=forms.TextInput(attrs={"data-takes": "words", "spellcheck": "true"}),
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_BODY,
        help_text=_(
            "An empty line begins a paragraph. Four spaces set a line apart, “* ” begins a point "
            "of a list, an address in a line of its own becomes a button."
        ),
        widget=forms.Textarea(
            attrs={"rows": 22, "data-takes": "paragraphs", "spellcheck": "true", "class": "source"}
        ),
    )
    proposal = forms.CharField(
        label=_("Look at it for"),
        required=False,
        max_length=40,
        help_text=_("The reference of a proposal; left empty, the newest."),
        widget=forms.TextInput(attrs={"list": "newest", "autocomplete": "off"}),
    )
    why = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=LONGEST_WHY,
        help_text=_("Stays with this version. A preview and a test need none."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("proposal", "why"):
            self.fields[name].asked = True  # type: ignore[attr-defined]
