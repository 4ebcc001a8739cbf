"""One form field for each kind of answer; every refusal says what to enter."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _

from proposals.interest import Kind, Question, date_problem, length, visible_length

# Control characters (Cc) but tab and line break, and half characters (Cs); in one line no break of
# any kind (Zl, Zp) either.
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
UNFIT_FOR_A_LINE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# What turns the order of letters around: nobody types it in one line, and it can disguise a name.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
PHONE = re.compile(r"(?:[0-9()+\-. x]|ext\.?)+", re.IGNORECASE)
OCCUPATION = re.compile(r"\d{2}-\d{4}\.\d{2}", re.ASCII)
MONTHS = ("%Y-%m", "%m/%Y", "%Y-%m-%d", "%B %Y", "%b %Y")
NOT_OFFERED = "Choose one of the answers offered here."


class TextAnswer(forms.CharField):
    """Text as typed, trimmed, with line breaks as one character.

    What cannot be shown or stored is refused: control characters, half characters and, in one line,
    line breaks and marks that turn the reading order.
    """

    def __init__(self, *, question: Question, **options: Any) -> None:
        self.question = question
        super().__init__(**options)
        # The limit counts after trimming, which the browser's own attribute does not do.
        self.max_length = question.max_length

    def to_python(self, value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n").strip()
        return text if self.is_long else text.replace("\t", " ")

    @property
    def is_long(self) -> bool:
        return self.question.kind is Kind.TEXT

    def validate(self, value: str) -> None:
        if (UNFIT if self.is_long else UNFIT_FOR_A_LINE).search(value):
            raise ValidationError(_("Remove the characters that cannot be shown, then try again."))
        if not self.is_long and TURNING.search(value):
            raise ValidationError(_("Remove the hidden marks that turn the direction of the text."))
        limit = self.question.max_length
        if limit and length(value) > limit:
            raise ValidationError(
                _("Write at most %(limit)d characters; there are %(count)d now.")
                % {"limit": limit, "count": length(value)}
            )
        if self.question.at_once and visible_length(value) < self.question.min_length:
            raise ValidationError(
                _("Write at least %(count)d characters.") % {"count": self.question.min_length}
            )
        if value:
            self.validate_given(value)

    def validate_given(self, value: str) -> None:
        """The rule of the kind, for text that is there."""
        match self.question.kind:
            case Kind.PHONE if not PHONE.fullmatch(value):
                raise ValidationError(_("Enter a phone number, such as (513) 555-0100 ext 12."))
            case Kind.OCCUPATION if not OCCUPATION.fullmatch(value):
                raise ValidationError(_("Enter the code as digits, such as 17-3026.00."))
            case Kind.EMAIL | Kind.UNIVERSITY_EMAIL:
                EmailValidator(_("Enter an e-mail address, such as name@example.com."))(value)
        if self.question.kind is Kind.UNIVERSITY_EMAIL:
            domains = settings.UNIVERSITY_EMAIL_DOMAINS
            if value.rpartition("@")[2].lower() not in domains:
                raise ValidationError(
                    _("Enter a university address, ending in @%(domain)s.") % {"domain": domains[0]}
                )


class WebAddress(TextAnswer):
    """An address of the web; https where no scheme was typed."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return f"https://{text}" if text and "://" not in text else text

    def validate_given(self, value: str) -> None:
        URLValidator(
            schemes=["http", "https"],
            message=_("Enter a web address that begins with https:// or http://."),
        )(value)


class Month(forms.DateField):
    """A month, as the browser's own input or by hand; its first day."""

    def to_python(self, value: Any) -> date | None:
        found = super().to_python(value)
        return found.replace(day=1) if found else None

    def strptime(self, value: str, format: str) -> date:
        return datetime.strptime(value, format).date()


class Offered(forms.ChoiceField):
    """A choice from reference data, which is read only to show it or to check another choice than
    the one that stands."""

    stands = ""

    def valid_value(self, value: str) -> bool:
        return bool(self.stands and value == self.stands) or super().valid_value(value)


def field_for(
    question: Question, choices: Callable[[], list[Any]] | None = None, stands: str = ""
) -> forms.Field:
    """The field of one question. Nothing is required but what a draft needs at once; ``asked`` says
    that submit needs it. ``choices`` gives those of reference data, of which one ``stands``."""
    field: Any = _field(question, list(question.choices) if choices is None else choices)
    if isinstance(field, Offered):
        field.stands = stands
    field.label, field.help_text = question.label, question.help
    field.required = question.at_once
    field.asked = bool(question.asked)
    field.example = question.example
    if question.autocomplete:
        field.widget.attrs["autocomplete"] = question.autocomplete
    field.error_messages["required"] = _("Enter an answer.")
    return field


def as_posted(question: Question, value: Any) -> list[str]:
    """A stored answer as its input sends it."""
    if value in (None, "", []):
        return []
    match question.kind:
        case Kind.CHOICES:
            return list(value)
        case Kind.MONTH:
            return [value[:7]]
        case Kind.HALVES:
            return [f"{value:g}"]
    return [str(value)]


def as_answer(question: Question, cleaned: Any) -> Any:
    """A cleaned value as the answers hold it."""
    match question.kind:
        case Kind.DATE | Kind.MONTH:
            return cleaned.isoformat() if cleaned else None
        case Kind.HALVES:
            return float(cleaned) if cleaned is not None else None
    return cleaned


def _field(question: Question, choices: list[Any] | Callable[[], list[Any]]) -> forms.Field:
    match question.kind:
        case Kind.CHOICE:
            return Offered(
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": NOT_OFFERED},
            )
        case Kind.SELECT:
            return Offered(
                choices=lambda: [
                    ("", "Choose …"),
                    *(choices() if callable(choices) else choices),
                ],
                error_messages={"invalid_choice": NOT_OFFERED},
            )
        case Kind.CHOICES:
            return forms.MultipleChoiceField(
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": NOT_OFFERED, "invalid_list": NOT_OFFERED},
            )
        case Kind.INTEGER | Kind.HALVES:
            return _number(question)
        case Kind.DATE:
            return forms.DateField(
                input_formats=["%Y-%m-%d", "%m/%d/%Y"],
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                validators=[_possible(question)],
                error_messages={"invalid": "Enter a date, such as 2027-08-23."},
            )
        case Kind.MONTH:
            return Month(
                input_formats=MONTHS,
                widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
                validators=[_possible(question)],
                error_messages={"invalid": "Enter year and month, such as 2026-03."},
            )
        case Kind.TEXT:
            rows = 3 if (question.max_length or 0) <= 600 else 6
            return TextAnswer(question=question, widget=forms.Textarea(attrs={"rows": rows}))
        case Kind.URL:
            return WebAddress(question=question, widget=forms.TextInput(attrs={"inputmode": "url"}))
    types = {Kind.PHONE: "tel", Kind.EMAIL: "email", Kind.UNIVERSITY_EMAIL: "email"}
    kind = types.get(question.kind, "text")
    return TextAnswer(question=question, widget=forms.TextInput(attrs={"type": kind}))


def _number(question: Question) -> forms.Field:
    """A number within its limits; typed as text, so that what is no number stays to be seen."""
    is_whole = question.kind is Kind.INTEGER
    words = _("Enter a whole number") if is_whole else _("Enter a number in halves, such as 1.5,")
    message = f"{words} from {question.low} to {question.high}."

    def within(value: Decimal) -> None:
        if not question.low <= value <= question.high or value * 2 % 1:
            raise ValidationError(message)

    return (forms.IntegerField if is_whole else forms.DecimalField)(
        widget=forms.TextInput(attrs={"inputmode": "numeric" if is_whole else "decimal"}),
        validators=[within],
        error_messages={"invalid": message},
    )


def _possible(question: Question) -> Any:
    """A validator: the day lies on the side of today where the question wants it."""

    def validate(value: date) -> None:
        if problem := date_problem(question, value, timezone.localdate()):
            raise ValidationError(problem)

    return validate
