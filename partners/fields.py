"""Sorts of input: text as people outside and staff type it, a day."""

import re
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, RegexValidator
from django.utils.translation import gettext_lazy

# Control characters but tab and line break, and the marks that turn the direction of writing, which
# can disguise a name; in one line no break of any kind either.
_UNFIT = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
_UNFIT_FOR_A_LINE = "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
_WORDS = gettext_lazy("Remove the characters that cannot be shown, then try again.")
_TOO_LONG = gettext_lazy("Write at most %(limit_value)d characters; there are %(show_value)d now.")


class Words(forms.CharField):
    """Text as typed, trimmed, a line break as one character; ``asked`` where it is not optional."""

    def __init__(self, *, longest: int, lines: int = 1, kind: str = "text", **options: Any) -> None:
        self.lines = lines
        widget = (
            forms.Textarea(attrs={"rows": lines})
            if lines > 1
            else forms.TextInput(attrs={"type": kind})
        )
        widget.attrs |= options.pop("attrs", {})
        self.asked = options.pop("asked", False)
        options.setdefault("required", False)
        super().__init__(widget=widget, **options)
        # Not Django's own limit, which the browser would count before anything is trimmed.
        self.max_length = longest
        self.validators.append(MaxLengthValidator(longest, _TOO_LONG))
        unfit = _UNFIT if lines > 1 else _UNFIT_FOR_A_LINE
        self.validators.append(RegexValidator(re.compile(unfit), _WORDS, inverse_match=True))

    def to_python(self, value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n").strip()
        return text if self.lines > 1 else text.replace("\t", " ")


class Unsure(forms.BooleanField):
    """Ticked instead of an answer."""

    asked = True

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False)


def day_input() -> forms.DateInput:
    """The browser's own input of a day."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
