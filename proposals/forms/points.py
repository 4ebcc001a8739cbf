"""What proposers write to eLearning about single questions: answers to points, asks to change."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from proposals.interest import PAGES, questions_of
from reviews.points import may_be_asked


class AnswerForm(forms.Form):
    """One point answered. ``read_at`` is when the answer that its writer read was given."""

    data: QueryDict

    read_at = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    answer = forms.CharField(
        label=_("Your answer"),
        help_text=_("What you changed, or why nothing has to change. A sentence is enough."),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say in a few words what you changed, or why not.")},
    )


class AskForm(forms.Form):
    """Which answers to open, and why."""

    keys = forms.MultipleChoiceField(
        label=_("Which answers do you want to change?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one question."),
            "invalid_choice": _("Choose questions from this list."),
        },
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("eLearning reads it and decides. It becomes part of the record."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say in a few words why you want to change it.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices: Any = self.fields["keys"]
        choices.choices = [
            (each.key, f"{page.number} · {each.label}")
            for page in PAGES.values()
            for each in questions_of(page.key)
            if may_be_asked(each.key)
        ]
