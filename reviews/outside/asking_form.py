"""What is typed on the pages where partners are asked: the same for the desk and for proposers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.fields import Words, day_input
from partners.meeting_times import LONGEST_PLACE
from partners.models import Engagement, NamedColleague, PartnerAsk, Question, Share
from partners.models.asks import LONGEST_ASK
from partners.models.questions import LONGEST_QUESTION
from partners.questions import CONSULTATION, Put
from proposals.models import Proposal
from proposals.services.conversation import LONGEST

OWN_ROWS = range(1, 4)
TIME_ROWS = range(1, 5)
USUAL_DAYS = timedelta(days=14)


class _About(forms.Form):
    """A form about one proposal: its choices are rows of that proposal and no other."""

    def __init__(self, data: Mapping[str, Any] | None, *, proposal: Proposal) -> None:
        super().__init__(data)
        self.proposal = proposal


class _AskForm(_About):
    """Whom to ask, in which words, by when."""

    share = forms.ModelChoiceField(
        queryset=Share.objects.none(), label=gettext_lazy("Whom to ask"), empty_label=None
    )
    words = Words(
        longest=LONGEST_ASK,
        lines=3,
        label=gettext_lazy("What you need, and what for"),
        help_text=gettext_lazy("They read this in the mail and on their page."),
        asked=True,
    )
    due_on = forms.DateField(label=gettext_lazy("By when"), widget=day_input())

    def __init__(self, data: Mapping[str, Any] | None, *, proposal: Proposal) -> None:
        super().__init__(data, proposal=proposal)
        field: Any = self.fields["share"]
        current = Share.objects.current().filter(engagement__proposal=proposal)
        field.queryset = current.select_related("contact", "engagement__organization")
        field.label_from_instance = _who
        self.initial["due_on"] = timezone.localdate() + USUAL_DAYS
        self.auto_id = f"{self.action}_%s"

    action = ""


def _who(share: Share) -> str:
    return f"{share.contact.name}, {share.engagement.organization.name}"


class QuestionsForm(_AskForm):
    """The ready set of a consultation, any of it, and up to three questions of one's own."""

    action = "questions"
    ready = forms.MultipleChoiceField(
        label=gettext_lazy("Questions of the consultation"),
        choices=list(CONSULTATION.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None, *, proposal: Proposal) -> None:
        super().__init__(data, proposal=proposal)
        self.initial["ready"] = list(CONSULTATION)
        self.initial["words"] = _("Before we shape this further, we would like to hear from you.")
        for number in OWN_ROWS:
            self.fields[f"own_{number}_words"] = Words(
                longest=LONGEST_QUESTION,
                label=_("Question of your own, %(n)d") % {"n": number},
            )
            self.fields[f"own_{number}_kind"] = forms.ChoiceField(
                label=_("Answered with, %(n)d") % {"n": number},
                choices=Question.Kind.choices,
                initial=Question.Kind.TEXT,
                required=False,
            )
            self.fields[f"own_{number}_choices"] = Words(
                longest=1500,
                lines=3,
                label=_("Answers to choose from, %(n)d, one a line") % {"n": number},
            )

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """What stands before the questions of one's own."""
        return [self[name] for name in ("share", "words", "due_on", "ready")]

    @property
    def own_questions(self) -> list[tuple[int, list[forms.BoundField], bool]]:
        """The fields of each, and whether something is typed there or wrong with it."""
        return [
            (number, fields, any(field.errors or field.data for field in fields[::2]))
            for number in OWN_ROWS
            if (fields := [self[f"own_{number}_{part}"] for part in ("words", "kind", "choices")])
        ]

    def put(self) -> list[Put]:
        """The questions, in their order."""
        ready = [Put(str(CONSULTATION[key])) for key in self.cleaned_data["ready"]]
        return ready + [
            Put(
                self.cleaned_data[f"own_{number}_words"],
                Question.Kind(self.cleaned_data[f"own_{number}_kind"] or Question.Kind.TEXT),
                _lines(self.cleaned_data, f"own_{number}_choices"),
            )
            for number in OWN_ROWS
            if self.cleaned_data[f"own_{number}_words"]
        ]


def _lines(cleaned: Mapping[str, Any], name: str) -> tuple[str, ...]:
    if cleaned[name.replace("choices", "kind")] != Question.Kind.CHOICE:
        return ()
    return tuple(line.strip() for line in cleaned[name].splitlines() if line.strip())


class TimesForm(_AskForm):
    """One to four times, how long it takes, and where."""

    action = "times"
    place = Words(
        longest=LONGEST_PLACE,
        label=gettext_lazy("Where, or how"),
        help_text=gettext_lazy("A room, a call, or a link."),
        asked=True,
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), initial=45)

    def __init__(self, data: Mapping[str, Any] | None, *, proposal: Proposal) -> None:
        super().__init__(data, proposal=proposal)
        self.initial["due_on"] = timezone.localdate() + timedelta(days=5)
        self.initial["words"] = _("We would like to talk this through with you.")
        for number in TIME_ROWS:
            self.fields[f"time_{number}"] = forms.DateTimeField(
                label=_("Time %(n)d") % {"n": number},
                required=number == 1,
                widget=forms.DateTimeInput(
                    attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
                ),
            )

    def times(self) -> list[datetime]:
        found = (self.cleaned_data[f"time_{number}"] for number in TIME_ROWS)
        return [each for each in found if each]


class ExtendForm(_About):
    """Another day for what is asked."""

    asked = forms.ModelChoiceField(queryset=PartnerAsk.objects.none())
    due_on = forms.DateField(error_messages={"required": _("Say until which day.")})

    def __init__(self, data: Mapping[str, Any] | None, *, proposal: Proposal) -> None:
        super().__init__(data, proposal=proposal)
        _among(self, "asked", PartnerAsk.objects.filter(engagement__proposal=proposal))


class TakeBackForm(_About):
    """What is asked is asked no more."""

    asked = forms.ModelChoiceField(queryset=PartnerAsk.objects.none())
    words = Words(longest=LONGEST_ASK)

    def __init__(self, data: Mapping[str, Any] | None, *, proposal: Proposal) -> None:
        super().__init__(data, proposal=proposal)
        _among(self, "asked", PartnerAsk.objects.filter(engagement__proposal=proposal))


class TakeOverForm(_About):
    """An outcome made of an answer."""

    question = forms.ModelChoiceField(queryset=Question.objects.none())
    text = Words(longest=300)

    def __init__(self, data: Mapping[str, Any] | None, *, proposal: Proposal) -> None:
        super().__init__(data, proposal=proposal)
        _among(self, "question", Question.objects.filter(asked__engagement__proposal=proposal))


class WriteForm(_About):
    """A message of eLearning to one partner."""

    engagement = forms.ModelChoiceField(queryset=Engagement.objects.none())
    body = Words(longest=LONGEST, lines=4)
    is_for_proposers = forms.BooleanField(required=False)
    key = forms.CharField(max_length=64, required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, proposal: Proposal) -> None:
        super().__init__(data, proposal=proposal)
        _among(self, "engagement", Engagement.objects.filter(proposal=proposal))


class ColleagueForm(_About):
    """Whether somebody whom a contact names is invited; why not."""

    colleague = forms.ModelChoiceField(queryset=NamedColleague.objects.none())
    words = Words(longest=LONGEST_ASK)

    def __init__(self, data: Mapping[str, Any] | None, *, proposal: Proposal) -> None:
        super().__init__(data, proposal=proposal)
        _among(self, "colleague", NamedColleague.objects.filter(engagement__proposal=proposal))


def _among(form: forms.Form, name: str, rows: Any) -> None:
    field: Any = form.fields[name]
    field.queryset = rows
    field.error_messages["invalid_choice"] = _("Choose it from this page.")
