"""What staff say of two proposals that look alike."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from proposals.models import Pair, Proposal, ProposalQuerySet
from reviews.lookalikes import LONGEST_NOTE


class PairForm(forms.Form):
    """What staff say of two proposals that look alike, or take back; or that nothing is left."""

    action = forms.ChoiceField(choices=[*Pair.Verdict.choices, ("take_back", ""), ("checked", "")])
    note = forms.CharField(max_length=LONGEST_NOTE, required=False)

    def __init__(self, *args: Any, proposal: Proposal, desk: ProposalQuerySet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        pairs = Pair.objects.of(proposal)
        for name, offered in {"other": desk, "pair": pairs}.items():
            self.fields[name] = forms.ModelChoiceField(queryset=offered, required=False)

    def clean(self) -> None:
        super().clean()
        needed = {"take_back": "pair", "checked": "action"}.get(
            self.cleaned_data.get("action", ""), "other"
        )
        if not self.cleaned_data.get("action") or not self.cleaned_data.get(needed):
            raise ValidationError(_("Choose a proposal from this panel."))
