"""The staff-only panel of one proposal."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.contacts import active_units
from microcreds.accounts.models import Unit, User
from proposals.models import CredentialType, Proposal
from reviews.models import TriageItem


class TriageForm(forms.Form):
    """The staff-only panel. ``route_unit`` is the unit, a duplicate is named by its reference.

    The page sends back ``read``, a digest of what the fields said when it was read: a save on top
    of somebody else's is refused once, with what stands there now beside each field.
    """

    credential_type = forms.ChoiceField(
        label=_("Type of credential"),
        choices=[("", _("Not decided yet")), *CredentialType.choices],
        required=False,
    )
    is_duplicate_checked = forms.BooleanField(
        label=_("I have looked for duplicates"), required=False
    )
    duplicate_of = forms.CharField(
        label=_("Duplicate of"),
        help_text=_("Reference of the other proposal, like MC-2026-0001."),
        max_length=20,
        required=False,
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Proposal._meta.get_field("priority").choices or [],
        coerce=int,
        required=False,
    )
    fit_tags = forms.CharField(
        label=_("Fit tags"),
        help_text=_("A few words, with commas."),
        max_length=200,
        required=False,
    )
    partner_summary = forms.CharField(
        label=_("Summary for partners"),
        help_text=_("What outside partners read about this idea. Nothing confidential."),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    next_step_submitter = forms.CharField(
        label=_("Next step, for the proposers"),
        help_text=_("Until the proposal moves on; then the usual words stand there again."),
        max_length=300,
        required=False,
    )
    next_step_partner = forms.CharField(
        label=_("Next step, for the partner"),
        help_text=_("Until the proposal moves on, too."),
        max_length=300,
        required=False,
    )
    asked_of_partner = forms.CharField(
        label=_("What we need from the partner"),
        help_text=_("Leads their page until you empty it. Leave it empty where you ask nothing."),
        max_length=300,
        required=False,
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, proposal: Proposal, by: User
    ) -> None:
        self.proposal, self.by = proposal, by
        self.standing = {
            "route_unit": proposal.unit_id,
            "credential_type": proposal.credential_type,
            "is_duplicate_checked": proposal.is_duplicate_checked,
            "duplicate_of": proposal.duplicate_of.reference if proposal.duplicate_of else "",
            "priority": proposal.priority,
            "fit_tags": proposal.fit_tags,
            "partner_summary": proposal.partner_summary,
            "next_step_submitter": proposal.next_step_submitter,
            "next_step_partner": proposal.next_step_partner,
            "asked_of_partner": proposal.asked_of_partner,
        }
        self.digest = hashlib.sha256(json.dumps(self.standing).encode()).hexdigest()
        super().__init__(data, initial=self.standing)
        offered = Unit.objects.filter(Q(is_active=True) | Q(pk=proposal.unit_id))
        unit = forms.ModelChoiceField(label=_("Unit"), queryset=offered, required=False)
        units = {each.pk: each.name for each in active_units()}
        if proposal.unit:
            units.setdefault(proposal.unit.pk, proposal.unit.name)
        unit.choices = [("", _("No unit yet")), *units.items()]
        self.fields = {"route_unit": unit, **self.fields}

    def clean_priority(self) -> int:
        return self.cleaned_data["priority"] or self.proposal.priority

    def clean_duplicate_of(self) -> Proposal | None:
        reference = self.cleaned_data["duplicate_of"].upper()
        if not reference:
            return None
        known = TriageItem.objects.visible_to(self.by).filter(reference=reference).first()
        if known is None or known.is_draft:
            raise ValidationError(_("There is no submitted proposal with this reference."))
        return known

    def clean(self) -> None:
        super().clean()
        if self.data.get("read", self.digest) == self.digest:
            return
        for name, typed in self.cleaned_data.copy().items():
            if name == "route_unit":
                typed = typed and typed.pk
            if name == "duplicate_of":
                typed = typed.reference if typed else ""
            if typed != self.standing[name]:
                self.add_error(name, _("It says now: %(words)s") % {"words": self._words(name)})
        self.add_error(
            None,
            _(
                "Somebody saved this panel while you were writing. Nothing of yours is lost or "
                "saved. Compare, then save again."
            ),
        )

    def _words(self, name: str) -> str:
        """What the proposal says in a field, as people read it."""
        words: object
        match name:
            case "route_unit":
                words = self.proposal.unit
            case "credential_type":
                words = self.proposal.get_credential_type_display()
            case "is_duplicate_checked":
                words = _("checked") if self.proposal.is_duplicate_checked else _("not checked")
            case "priority":
                words = self.proposal.get_priority_display()
            case _:
                words = self.standing[name]
        return str(words or _("nothing"))

    def values(self) -> dict[str, Any]:
        """By column of the proposal, as ``reviews.services.save_triage`` takes them; a field that
        was not sent stays as it is (a checkbox is not sent when it is not ticked)."""
        sent = {*self.data, "is_duplicate_checked"}
        columns = {name: value for name, value in self.cleaned_data.items() if name in sent}
        if "route_unit" in columns:
            columns["unit"] = columns.pop("route_unit")
        return columns
