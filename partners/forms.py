"""What people outside fill in: where to send a fresh link, how often mails come, and what they ask
of the university."""

import time
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.outbox.events import CHOICES, Topic
from partners.fields import Words
from partners.inquiry_form import InquiryForm
from partners.models import Contact, Inquiry, OfferedTime, Question
from partners.models.asks import LONGEST_ASK
from partners.models.questions import LARGEST_NUMBER, LONGEST_ANSWER
from proposals.files import ACCEPT
from proposals.services.conversation import LONGEST

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


class LinksForm(forms.Form):
    """Staff end or replace a contact's links: one of them, or all where none is named."""

    action = forms.ChoiceField(choices=[("revoke", ""), ("rotate", "")])

    def __init__(self, *args: Any, contact: Contact, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["link"] = forms.ModelChoiceField(contact.links.all(), required=False)


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
    page was opened, signed. ``form_key`` comes of the latter, so that a repeat makes no second.
    ``corrects``: what was sent already stands in it, and sent again says so anew."""

    middle_name = forms.CharField(
        label=gettext_lazy("Leave this empty"), required=False, max_length=200
    )
    opened = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def __init__(self, *args: Any, corrects: Inquiry | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.form_key = corrects.form_key if corrects else uuid.uuid4()
        trap: Any = self.fields["middle_name"]
        trap.asked = True
        trap.widget.attrs |= {"autocomplete": "off", "tabindex": "-1"}
        if not self.is_bound:
            self.initial["opened"] = self._stamp(0 if corrects else time.time())
        if corrects:
            for name in self._said_names():
                self.initial[name] = getattr(corrects, name)
            for name in self.NEED:
                self.initial[f"{name}_unsure"] = not self.initial[name]

    def clean_middle_name(self) -> str:
        if self.cleaned_data["middle_name"]:
            raise ValidationError(_("Empty this field: it only tells people from programs."))
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        try:
            key, opened = signing.loads(cleaned.get("opened", ""), salt=SALT)
        except (signing.BadSignature, ValueError) as error:
            posted = {name: self.data[name] for name in self.data}
            self.data = posted | {"opened": self._stamp(time.time())}
            raise ValidationError(_("Wait a few seconds, then send it once more.")) from error
        self.form_key = uuid.UUID(key)
        if time.time() - opened < QUICKEST_SECONDS:
            raise ValidationError(_("That was very quick. Wait a few seconds, then send it again."))
        return cleaned

    def _stamp(self, opened: float) -> str:
        return signing.dumps([self.form_key.hex, int(opened)], salt=SALT)


class PreferencesForm(forms.Form):
    """One question for each of ``events.PARTNER_TOPICS``, named like it."""

    progress = forms.ChoiceField(
        label=gettext_lazy("Progress of what is shared with you"),
        choices=[(each.value, each.label) for each in CHOICES[Topic.PROGRESS]],
        widget=forms.RadioSelect,
    )


class AnswersForm(forms.Form):
    """A field for each question of an ask, ``q<id>``. Nobody need answer every one."""

    def __init__(self, *args: Any, questions: Iterable[Question], **options: Any) -> None:
        super().__init__(*args, **options)
        self.questions = list(questions)
        for question in self.questions:
            field: Any = _field_of(question)
            field.asked = True  # not "optional": it is asked, and may be left out
            self.fields[f"q{question.pk}"] = field
            self.initial[f"q{question.pk}"] = (
                question.number if question.kind == Question.Kind.NUMBER else question.text
            )

    def given(self) -> dict[int, Any]:
        """What could be read, by question; a question whose answer could not is not in it."""
        return {
            question.pk: self.cleaned_data[f"q{question.pk}"]
            for question in self.questions
            if f"q{question.pk}" in self.cleaned_data
        }


def _field_of(question: Question) -> forms.Field:
    match question.kind:
        case Question.Kind.CHOICE:
            choices = [(each, each) for each in question.choices]
            return forms.ChoiceField(
                label=question.words, choices=choices, widget=forms.RadioSelect, required=False
            )
        case Question.Kind.NUMBER:
            return forms.IntegerField(
                label=question.words, min_value=0, max_value=LARGEST_NUMBER, required=False
            )
        case Question.Kind.FILE:
            there = question.attachment.name if question.attachment else ""
            said = _("You added %(name)s. Another file takes its place.") % {"name": there}
            return forms.FileField(
                label=question.words,
                required=False,
                help_text=said if there else _("PDF, Word, Excel, PowerPoint, PNG or JPEG."),
                widget=forms.FileInput(attrs={"accept": ACCEPT}),
            )
        case _:
            return Words(longest=LONGEST_ANSWER, lines=4, label=question.words)


class DeclineForm(forms.Form):
    words = Words(
        longest=LONGEST_ASK,
        lines=3,
        label=gettext_lazy("Why not? A few words are enough."),
        asked=True,
    )


class TimeForm(forms.Form):
    """Which of the offered times, or that none suits."""

    NONE = "none"
    time = forms.ChoiceField(
        label=gettext_lazy("Which one works for you?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one answer.")},
    )
    words = Words(longest=LONGEST_ASK, lines=3, label=gettext_lazy("If none does: what would?"))

    def __init__(self, *args: Any, times: Iterable[OfferedTime], **options: Any) -> None:
        super().__init__(*args, **options)
        self.times = {str(each.pk): each for each in times}
        field: Any = self.fields["time"]
        field.choices = [
            *((key, time_words(each)) for key, each in self.times.items()),
            (self.NONE, _("None of these works for me")),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("time") == self.NONE and not cleaned.get("words"):
            self.add_error("words", _("Say which days or hours would work for you."))
        return cleaned


def time_words(time: OfferedTime) -> str:
    """When, how long and where, by the clock of the campus."""
    start = timezone.localtime(time.starts_at)
    return _("%(day)s, %(hour)s · %(minutes)d minutes · %(place)s") % {
        "day": date_format(start, "l, j F"),
        "hour": date_format(start, "H:i"),
        "minutes": time.minutes,
        "place": time.place,
    }


class ReplyForm(forms.Form):
    body = Words(longest=LONGEST, lines=4, label=gettext_lazy("Your message"), asked=True)

    def clean_body(self) -> str:
        if not self.cleaned_data["body"]:
            raise ValidationError(_("Write a message."))
        return str(self.cleaned_data["body"])


class ColleagueForm(forms.Form):
    name = Words(longest=120, label=gettext_lazy("Their name"), asked=True)
    email = forms.EmailField(label=gettext_lazy("Their e-mail address"), max_length=254)
    words = Words(longest=LONGEST_ASK, lines=3, label=gettext_lazy("Why they are the right person"))
