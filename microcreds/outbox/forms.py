"""How often mails come, as a form."""

from typing import Any

from django import forms

from microcreds.outbox.events import CHOICES, Frequency, Topic


class PreferencesForm(forms.Form):
    """One question for each topic that leaves a choice."""

    def __init__(self, *args: Any, chosen: dict[Topic, Frequency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic, offered in CHOICES.items():
            if len(offered) > 1:
                self.fields[topic.value] = forms.ChoiceField(
                    label=str(topic.label),
                    choices=[
                        (each.value, str(each.label)) for each in Frequency if each in offered
                    ],
                    initial=chosen[topic],
                    widget=forms.RadioSelect,
                )
