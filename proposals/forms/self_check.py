"""Input shape of the self-check: one level for each criterion, none where one has not looked."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from proposals.forms.fields import NOT_OFFERED
from reviews.rubric import Rubric


class SelfCheckForm(forms.Form):
    """Every criterion of the rubric; each may be left open."""

    def __init__(self, rubric: Rubric, levels: Mapping[str, int], data: Any = None) -> None:
        super().__init__(data)
        for criterion in rubric.criteria:
            choices = [(str(level), words) for level, words in enumerate(criterion.levels)]
            weight = _("Counts for %(weight)d of 100.") % {"weight": criterion.weight}
            critical = " " + _("The committee looks at this first.")
            self.fields[criterion.key] = forms.ChoiceField(
                label=criterion.label,
                help_text=weight + (critical if criterion.is_critical else ""),
                choices=[("", _("I have not looked at this yet")), *choices],
                required=False,
                initial=str(levels.get(criterion.key, "")),
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": NOT_OFFERED},
            )

    @property
    def levels(self) -> dict[str, int]:
        """What was chosen, without what was left open."""
        return {key: int(level) for key, level in self.cleaned_data.items() if level}
