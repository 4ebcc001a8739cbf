"""What people outside fill in: where to send a fresh link, how often mails come, and what they ask
of the university."""

import time
import uuid
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.outbox.events import CHOICES, Topic
from partners.inquiry_form import InquiryForm
from partners.models import Contact

# Nobody reads the page and answers in less; a program does.
QUICKEST_SECONDS = 4
SALT = "partners.start"


class FreshLinkForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("The address our invitation came to."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class CodeForm(forms.Form):
    """The code that was mailed to ``contact``, on the page that signs, within that page's own form
    (``templates/partners/_code.html``). ``partners.codes.confirm`` says whether it is right.
    """

    code = forms.CharField(
        label=gettext_lazy("Code from our mail"),
        help_text=gettext_lazy("Six digits."),
        max_length=40,
        error_messages={"required": gettext_lazy("Type the six digits of the code.")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "size": 12}
        ),
    )

    def __init__(self, *args: Any, contact: Contact, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sent_to = masked(contact.email)

    def wants_another(self) -> bool:
        """Whether the button was pressed that mails another code; then nothing is to be signed."""
        return "another_code" in self.data


def masked(email: str) -> str:
    """Enough for its owner to know it by: "p•••@tallgrass.example"."""
    name, _at, domain = email.rpartition("@")
    return f"{name[:1]}•••@{domain}"


class StartForm(InquiryForm):
    """The questions, with two that only a program answers: a field that stays empty, and when the
    page was opened, signed. ``form_key`` comes of the latter, so that a repeat makes no second."""

    middle_name = forms.CharField(
        label=gettext_lazy("Leave this empty"), required=False, max_length=200
    )
    opened = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.form_key = uuid.uuid4()
        trap: Any = self.fields["middle_name"]
        trap.asked = True
        trap.widget.attrs |= {"autocomplete": "off", "tabindex": "-1"}
        if not self.is_bound:
            self.initial["opened"] = signing.dumps([self.form_key.hex, int(time.time())], salt=SALT)

    def clean_middle_name(self) -> str:
        if self.cleaned_data["middle_name"]:
            raise ValidationError(_("Empty this field: it only tells people from programs."))
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        try:
            key, opened = signing.loads(cleaned.get("opened", ""), salt=SALT)
        except (signing.BadSignature, ValueError) as error:
            raise ValidationError(_("Reload this page and send it once more.")) from error
        self.form_key = uuid.UUID(key)
        if time.time() - opened < QUICKEST_SECONDS:
            raise ValidationError(_("That was very quick. Wait a few seconds, then send it again."))
        return cleaned


class PreferencesForm(forms.Form):
    """One question for each of ``events.PARTNER_TOPICS``, named like it."""

    progress = forms.ChoiceField(
        label=gettext_lazy("How what is shared with you moves on"),
        choices=[(each.value, each.label) for each in CHOICES[Topic.PROGRESS]],
        widget=forms.RadioSelect,
    )
