"""What people type about the desk's queues: a name and its readers, and which columns."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Unit, User
from reviews.columns import Column
from reviews.models import Queue
from reviews.models.queues import LONGEST_NAME
from reviews.queue_list import audiences_for, units_for

MOST_PLACES = 99


class QueueForm(forms.Form):
    """The name of a view and who sees it; ``by`` offers what they may choose."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    audience = forms.ChoiceField(label=_("Who sees it"), widget=forms.RadioSelect)
    unit: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(
        label=_("Which unit"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("Choose a unit"),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = audiences_for(by)
        self.fields["audience"].choices = choices  # type: ignore[attr-defined]
        self.fields["audience"].initial = Queue.Audience.PRIVATE
        self.fields["unit"].queryset = units_for(by)  # type: ignore[attr-defined]
        if len(by.unit_ids) == 1:
            [self.fields["unit"].initial] = by.unit_ids
        if len(choices) == 1:  # nobody to show it to
            del self.fields["unit"], self.fields["audience"]

    def values(self) -> dict[str, Any]:
        """As ``queues.save_queue`` takes them."""
        alone = {"audience": Queue.Audience.PRIVATE, "unit": None}
        return alone | self.cleaned_data


def keys_in(typed: Mapping[str, Any], offered: list[Column]) -> list[str]:
    """The columns that were ticked, in the order of the numbers beside them; two with the same
    number, or none, stand as they did."""
    ticked = [column.key for column in offered if typed.get(f"show-{column.key}")]
    return sorted(ticked, key=lambda key: _place(str(typed.get(f"place-{key}", ""))))


def _place(typed: str) -> int:
    fits = typed.isascii() and typed.isdigit() and len(typed) <= 2
    return int(typed) if fits else MOST_PLACES + 1
