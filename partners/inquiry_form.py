"""What an organization says of its need: the same questions for them and for staff who type."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.fields import Unsure, Words, day_input
from partners.models import Inquiry
from partners.models.inquiries import LONGEST_NEED

LARGEST_GROUP, LATEST_YEARS = 5000, 10


class InquiryForm(forms.Form):
    """Need and whom to call. Every question about the need may be answered with "not sure"."""

    abilities = Words(
        label=gettext_lazy("What should people be able to do?"),
        help_text=gettext_lazy(
            "In your own words. What goes wrong today, and what would be better?"
        ),
        longest=LONGEST_NEED,
        lines=6,
        asked=True,
    )
    abilities_unsure = Unsure(gettext_lazy("Not sure yet what"))
    jobs = Words(
        label=gettext_lazy("In which jobs?"),
        help_text=gettext_lazy("Plain titles are fine, such as: shift lead, quality inspector."),
        longest=300,
        asked=True,
    )
    jobs_unsure = Unsure(gettext_lazy("Not sure yet which jobs"))
    how_many = forms.IntegerField(
        label=gettext_lazy("About how many people?"),
        min_value=1,
        max_value=LARGEST_GROUP,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            key: gettext_lazy("Enter a whole number from 1 to 5000.")
            for key in ("invalid", "min_value", "max_value")
        },
    )
    how_many_unsure = Unsure(gettext_lazy("Not sure yet how many"))
    by_when = forms.ChoiceField(
        label=gettext_lazy("By when?"),
        choices=Inquiry.When.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose one answer."),
            "invalid_choice": gettext_lazy("Choose one of the answers offered here."),
        },
    )
    by_day = forms.DateField(
        label=gettext_lazy("The date, if there is one"),
        required=False,
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        widget=day_input(),
        error_messages={"invalid": gettext_lazy("Enter a date, such as 2027-08-23.")},
    )
    place = Words(
        label=gettext_lazy("Where do they work?"),
        help_text=gettext_lazy("City and state, or the sites."),
        longest=120,
        asked=True,
    )
    place_unsure = Unsure(gettext_lazy("Not sure yet where"))
    org_name = Words(
        label=gettext_lazy("Name of the organization"),
        longest=160,
        required=True,
        attrs={"autocomplete": "organization"},
        error_messages={"required": gettext_lazy("Write the name of the organization.")},
    )
    website = forms.URLField(
        label=gettext_lazy("Website"),
        max_length=300,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
        error_messages={
            "invalid": gettext_lazy("Enter a web address that begins with https:// or http://.")
        },
    )
    contact_name = Words(
        label=gettext_lazy("Whom should we call?"),
        help_text=gettext_lazy("First and last name."),
        longest=120,
        required=True,
        attrs={"autocomplete": "name"},
        error_messages={"required": gettext_lazy("Write a name.")},
    )
    contact_title = Words(
        label=gettext_lazy("Their position"),
        longest=120,
        attrs={"autocomplete": "organization-title"},
    )
    contact_email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy(
            "We send a link there; nobody reads what you write until you use it."
        ),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Enter an e-mail address."),
            "invalid": gettext_lazy("Enter an e-mail address, such as name@example.com."),
        },
    )
    contact_phone = Words(
        label=gettext_lazy("Phone"),
        longest=30,
        kind="tel",
        attrs={"autocomplete": "tel"},
        validators=[
            RegexValidator(
                re.compile(r"\A(?:[0-9()+\-. x]|ext\.?)*\Z", re.IGNORECASE),
                gettext_lazy("Enter a phone number, such as (513) 555-0100 ext 12."),
            )
        ],
    )
    NEED = ("abilities", "jobs", "how_many", "place")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        how_many: Any = self.fields["how_many"]
        how_many.asked = True
        self.fields["website"].validators.append(
            URLValidator(schemes=["http", "https"], message=_("Enter a web address."))
        )

    def clean_contact_email(self) -> str:
        return self.cleaned_data["contact_email"].lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.NEED:
            if name not in self.errors and not (cleaned.get(name) or cleaned.get(f"{name}_unsure")):
                unsure = self.fields[f"{name}_unsure"].label
                self.add_error(name, _("Answer, or check “%(unsure)s”.") % {"unsure": unsure})
        if "by_day" not in self.errors:
            self._clean_day(cleaned)
        return cleaned

    def _clean_day(self, cleaned: dict[str, Any]) -> None:
        """A day is needed where it is promised, lies ahead, and is dropped elsewhere."""
        today, day = timezone.localdate(), cleaned.get("by_day")
        if cleaned.get("by_when") != Inquiry.When.DATE:
            cleaned["by_day"] = None
        elif day is None:
            self.add_error("by_day", _("Name the day, or choose another answer above."))
        elif not today <= day <= today.replace(year=today.year + LATEST_YEARS, day=1):
            self.add_error("by_day", ValidationError(_("Choose a day in the next ten years.")))

    def said(self) -> dict[str, Any]:
        """What was answered, by the columns of ``Inquiry``."""
        names = self._said_names()
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def _said_names(self) -> list[str]:
        return [name for name in self.fields if hasattr(Inquiry, name)]
