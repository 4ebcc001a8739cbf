"""How often mails come, and why all of them are held, as forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from microcreds.outbox import repeating
from microcreds.outbox.events import CHOICES, Frequency, Topic
from microcreds.outbox.holding import LONGEST_WHY


class PreferencesForm(forms.Form):
    """One question for each topic of ``chosen`` that leaves a choice."""

    def __init__(self, *args: Any, chosen: dict[Topic, Frequency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic in chosen:
            if len(offered := CHOICES[topic]) > 1:
                self.fields[topic.value] = forms.ChoiceField(
                    label=str(topic.label),
                    choices=[
                        (each.value, str(each.label)) for each in Frequency if each in offered
                    ],
                    initial=chosen[topic],
                    widget=forms.RadioSelect,
                )


class HoldForm(forms.Form):
    """Why all mail is held."""

    why = forms.CharField(label=_("Why"), max_length=LONGEST_WHY)


class AgainForm(forms.Form):
    """Why a mail is sent again."""

    why = forms.CharField(label=_("Why"), max_length=repeating.LONGEST_WHY)
