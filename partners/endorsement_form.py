"""What is asked, answered and recorded of endorsements: the forms of all sides."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.fields import Words, day_input
from partners.models import Contact, Engagement, OnBehalf
from partners.models.asks import LONGEST_ASK
from partners.models.endorsements import (
    LONGEST_REMARK,
    LONGEST_WORDS,
    MOST_LEARNERS,
    AssessedBy,
    Recognition,
    Verdict,
)
from partners.models.on_behalf import LONGEST_OBJECTION, LONGEST_SAID
from partners.on_behalf import LONGEST_WHY, Source
from proposals.files import ACCEPT

USUAL_DAYS = 14
CHOOSE = {
    "required": gettext_lazy("Choose one answer."),
    "invalid_choice": gettext_lazy("Choose one of the answers offered here."),
}
Pair = tuple[Engagement, Contact]


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        widget=day_input(),
        error_messages={
            "invalid": gettext_lazy("Enter a date, such as 2027-08-23."),
            "required": gettext_lazy("Enter a date, such as 2027-08-23."),
        },
        **options,
    )


def key_of(pair: Pair) -> str:
    """How a form names one contact of one engagement."""
    return f"{pair[0].pk}-{pair[1].pk}"


class AskForm(forms.Form):
    """Whom to ask for an endorsement, in which words, by when."""

    contacts = forms.MultipleChoiceField(
        label=gettext_lazy("Whom do you ask?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Choose at least one person."),
            "invalid_choice": gettext_lazy("Choose people from this list."),
        },
    )
    words = Words(
        label=gettext_lazy("What do you say to them?"),
        help_text=gettext_lazy("They read it in the mail and on the page."),
        longest=LONGEST_ASK,
        lines=4,
        required=True,
        error_messages={"required": gettext_lazy("Say what you need, in words they understand.")},
        initial=gettext_lazy(
            "Would you endorse this idea? It takes about five minutes: look at what people would"
            " learn, and say whether it would count where you work."
        ),
    )
    due_on = _day(gettext_lazy("By when?"))

    def __init__(self, *args: Any, pairs: Sequence[Pair], **options: Any) -> None:
        super().__init__(*args, **options)
        self.pairs = {key_of(pair): pair for pair in pairs}
        contacts: Any = self.fields["contacts"]
        contacts.choices = [
            (key, f"{contact.name}, {engagement.organization}")
            for key, (engagement, contact) in self.pairs.items()
        ]
        self.fields["due_on"].initial = timezone.localdate() + timedelta(days=USUAL_DAYS)

    def chosen(self) -> list[Pair]:
        return [self.pairs[key] for key in self.cleaned_data["contacts"]]


class ExtendForm(forms.Form):
    """Until when there is more time."""

    due_on = _day(gettext_lazy("More time, until"))


class WordsForm(forms.Form):
    """Why somebody declines, or what is not right."""

    words = Words(
        label=gettext_lazy("Why not?"),
        longest=LONGEST_ASK,
        lines=3,
        required=True,
        error_messages={"required": gettext_lazy("Say it in a few words.")},
    )


class ObjectionForm(forms.Form):
    """What is not right about a record made on somebody's behalf."""

    words = Words(
        label=gettext_lazy("What is not right?"),
        longest=LONGEST_OBJECTION,
        lines=4,
        required=True,
        error_messages={"required": gettext_lazy("Say what is not right.")},
    )


class SaidForm(forms.Form):
    """What somebody says of a proposal: of each outcome, and of the whole. With ``is_final``
    nothing that a signature needs may be left open."""

    recognition = forms.MultipleChoiceField(
        label=gettext_lazy("Would you recognize it?"),
        help_text=gettext_lazy("Check all that apply."),
        choices=Recognition.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=CHOOSE,
    )
    learners = forms.IntegerField(
        label=gettext_lazy("About how many people would you send in a year?"),
        help_text=gettext_lazy("Leave it empty if you are not sure."),
        min_value=0,
        max_value=MOST_LEARNERS,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            gettext_lazy("Enter a whole number from 0 to 100000, or leave it empty."),
        ),
    )
    assessed_by = forms.ChoiceField(
        label=gettext_lazy("Who checks that people can do it?"),
        choices=AssessedBy.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    words = Words(
        label=gettext_lazy("Anything else you want to say"),
        help_text=gettext_lazy("The faculty and eLearning read it."),
        longest=LONGEST_WORDS,
        lines=4,
    )
    remarks = Words(
        label=gettext_lazy("Private remarks"),
        help_text=gettext_lazy("For eLearning staff only; the faculty do not see them."),
        longest=LONGEST_WORDS,
        lines=3,
    )

    def __init__(
        self, *args: Any, outcomes: Sequence[Mapping[str, str]], is_final: bool, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.outcomes, self.is_final = outcomes, is_final
        # What a signature needs is asked also where it may be left for later.
        for name in ("recognition", "assessed_by"):
            asked: Any = self.fields[name]
            asked.asked = True
        for number, row in enumerate(outcomes, start=1):
            verdict: Any = forms.ChoiceField(
                label=_("Outcome %(n)d: relevant where you work?") % {"n": number},
                choices=Verdict.choices,
                required=is_final,
                widget=forms.RadioSelect,
                error_messages=CHOOSE,
            )
            verdict.asked = True
            self.fields[f"verdict-{row['id']}"] = verdict
            self.fields[f"words-{row['id']}"] = Words(
                label=_("A word on outcome %(n)d, if you like") % {"n": number},
                longest=LONGEST_REMARK,
                lines=2,
            )

    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each outcome with its two questions, for the page."""
        return [
            (row["text"], self[f"verdict-{row['id']}"], self[f"words-{row['id']}"])
            for row in self.outcomes
        ]

    def clean_recognition(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["recognition"]
        if self.is_final and not chosen:
            raise ValidationError(_("Check at least one answer; “Not yet” is one."))
        if Recognition.NOT_YET in chosen and len(chosen) > 1:
            raise ValidationError(_("“Not yet” does not go with the other answers."))
        return chosen

    def clean_assessed_by(self) -> str:
        chosen: str = self.cleaned_data["assessed_by"]
        if self.is_final and not chosen:
            raise ValidationError(CHOOSE["required"])
        return chosen

    def answers(self) -> dict[str, Any]:
        """What was said, as ``EndorsementDraft.answers`` keeps it."""
        given = self.cleaned_data
        whole = ("recognition", "learners", "assessed_by", "words", "remarks")
        return {name: given[name] for name in whole} | {
            "outcomes": [
                {
                    "id": row["id"],
                    "text": row["text"],
                    "verdict": given[f"verdict-{row['id']}"],
                    "words": given[f"words-{row['id']}"],
                }
                for row in self.outcomes
            ]
        }


class EndorsementForm(SaidForm):
    """The same with a name, a title and a letter: what a contact saves for later, then signs."""

    signer_name = Words(
        label=gettext_lazy("Your name"), longest=120, asked=True, attrs={"autocomplete": "name"}
    )
    signer_title = Words(
        label=gettext_lazy("Your title or position"),
        longest=120,
        attrs={"autocomplete": "organization-title"},
    )
    letter = forms.FileField(
        label=gettext_lazy("A signed letter, if you have one"),
        help_text=gettext_lazy("PDF, Word or a photo of it, up to 10 MB."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"empty": gettext_lazy("This file is empty. Choose another.")},
    )
    drops_letter = forms.BooleanField(label=gettext_lazy("Take the letter out"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def clean_signer_name(self) -> str:
        name: str = self.cleaned_data["signer_name"]
        if self.is_final and not name:
            raise ValidationError(_("Write your name: it appears under what you sign."))
        return name

    def answers(self) -> dict[str, Any]:
        names = ("signer_name", "signer_title")
        return super().answers() | {name: self.cleaned_data[name] for name in names}


def initial_of(answers: Mapping[str, Any], outcomes: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """What was saved, as the form shows it again; what was said of an outcome that reads otherwise
    now is asked again."""
    shown = {name: value for name, value in answers.items() if name != "outcomes"}
    said = {(row["id"], row["text"]): row for row in answers.get("outcomes", ())}
    for row in outcomes:
        if before := said.get((row["id"], row["text"])):
            shown[f"verdict-{row['id']}"] = before["verdict"]
            shown[f"words-{row['id']}"] = before["words"]
    return shown


class SourceForm(forms.Form):
    """Where something that staff record on behalf of a contact comes from."""

    said_on = _day(gettext_lazy("When did they say it?"))
    channel = forms.ChoiceField(
        label=gettext_lazy("How?"),
        choices=OnBehalf.Channel.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    heard = Words(
        label=gettext_lazy("What they said"),
        help_text=gettext_lazy("As close to their own words as you can. They read it, too."),
        longest=LONGEST_SAID,
        lines=4,
    )
    evidence = forms.FileField(
        label=gettext_lazy("The mail or the letter, as a file"),
        help_text=gettext_lazy("Needed for a mail or a letter. PDF, Office or a picture."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"empty": gettext_lazy("This file is empty. Choose another.")},
    )
    untold_because = Words(
        label=gettext_lazy("Why they are not told, if they are not"),
        help_text=gettext_lazy(
            "Leave it empty: a mail tells them what was recorded, and how to object. To leave"
            " that mail out, give a reason; it is kept."
        ),
        longest=LONGEST_WHY,
        lines=2,
    )

    def source(self) -> Source:
        given = self.cleaned_data
        return Source(
            said_on=given["said_on"],
            channel=OnBehalf.Channel(given["channel"]),
            words=given["heard"],
            evidence=given["evidence"],
            untold_because=given["untold_because"],
        )

    def take(self, refusal: ValidationError) -> None:
        """What the service refused stands at its field."""
        if not hasattr(refusal, "error_dict"):
            self.add_error(None, refusal)
            return
        for name, errors in refusal.error_dict.items():
            field = {"words": "heard"}.get(name, name)
            self.add_error(field if field in self.fields else None, errors)


class OnBehalfForm(SourceForm, SaidForm):
    """An endorsement that staff record: whose it is, where it comes from, and what they said."""

    who = forms.ChoiceField(
        label=gettext_lazy("Whose endorsement is it?"),
        error_messages={
            "required": gettext_lazy("Choose who said it."),
            "invalid_choice": gettext_lazy("Choose somebody from this list."),
        },
    )

    def __init__(self, *args: Any, pairs: Sequence[Pair], **options: Any) -> None:
        super().__init__(*args, is_final=False, **options)
        self.pairs = {key_of(pair): pair for pair in pairs}
        who: Any = self.fields["who"]
        who.choices = [("", _("Choose"))] + [
            (key, f"{contact.name}, {engagement.organization}")
            for key, (engagement, contact) in self.pairs.items()
        ]

    def answers(self) -> dict[str, Any]:
        contact = self.pairs[self.cleaned_data["who"]][1]
        return super().answers() | {"signer_name": contact.name, "signer_title": contact.title}
