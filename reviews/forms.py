"""What people type on the desk: a move, the triage panel, an owner, a note, a share."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Role, Unit, User
from partners.models import Contact, Engagement
from proposals.models import CredentialType, Pair, Proposal, ProposalQuerySet
from proposals.services.conversation import LONGEST as LONGEST_MESSAGE
from reviews.lookalikes import LONGEST_NOTE
from reviews.models import TriageItem
from reviews.plans import LONGEST
from reviews.workflow import Move, MoveInfo


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class MoveForm(forms.Form):
    """What the actor of a move gives, cut to what this move takes; rules stand in the plan."""

    reason_code = forms.ChoiceField()
    message = forms.CharField(
        label=_("Message to the proposers"),
        help_text=_("Goes into their mail and onto the proposal's page."),
        max_length=LONGEST["message"],
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    partner_message = forms.CharField(
        label=_("Message to the partner"),
        help_text=_("Goes to the contacts who follow this proposal, and only to them."),
        max_length=LONGEST["partner_message"],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    target = forms.CharField(label=_("Where it continues"), max_length=LONGEST["target"])
    carry_partners = forms.BooleanField(
        label=_("Its partners go along"),
        help_text=_(
            "Contacts who follow it get a mail that it continues under a related effort, and read "
            "the page of the other proposal. Otherwise nobody outside is mailed."
        ),
        required=False,
    )
    meeting_on = forms.DateField(label=_("Date of the meeting"), widget=_date_input())
    wake_on = forms.DateField(label=_("Look at it again on"), widget=_date_input())
    note = forms.CharField(
        label=_("Note for eLearning"),
        help_text=_("Stays in the history. Proposers and partners never see it."),
        max_length=LONGEST["note"],
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, move: MoveInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.move = move
        for name in list(self.fields):
            if name in move.inputs:
                self.fields[name].required = name in move.needs
                self.fields[name].error_messages["required"] = _("This is needed.")
            else:
                del self.fields[name]
        if move.key == Move.MERGE:
            self.fields["target"].help_text = _("Its reference, like MC-2026-0001.")
        if "reason_code" in self.fields:
            reasons = [(code, str(words)) for code, words in move.reasons.items()]
            self.fields["reason_code"] = forms.ChoiceField(
                label=_("Reason"),
                choices=[("", _("Choose a reason")), *reasons],
                error_messages={"required": _("Choose a reason.")},
            )

    def given(self) -> dict[str, Any]:
        """What was typed and is fit to use; the rest is as if it had not been typed."""
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}


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
        label=_("Next step, for the proposers"), max_length=300, required=False
    )
    next_step_partner = forms.CharField(
        label=_("Next step, for the partner"), max_length=300, required=False
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
        }
        self.digest = hashlib.sha256(json.dumps(self.standing).encode()).hexdigest()
        super().__init__(data, initial=self.standing)
        offered = Unit.objects.filter(Q(is_active=True) | Q(pk=proposal.unit_id))
        unit = forms.ModelChoiceField(label=_("Unit"), queryset=offered, required=False)
        # Read once for the choices and for the foot of the page.
        self.units = list(offered)
        unit.choices = [("", _("No unit yet")), *((each.pk, each.name) for each in self.units)]
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
                words = _("ticked") if self.proposal.is_duplicate_checked else _("not ticked")
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


class AssignForm(forms.Form):
    """Who is to own these proposals: somebody who works for the unit of each, or a lead."""

    def __init__(self, *args: Any, proposals: Iterable[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leads = User.objects.holding(Role.Kind.LEAD)
        people = User.objects.holding(Role.Kind.LEAD, Role.Kind.ELEARNING)
        for unit_id in {proposal.unit_id for proposal in proposals} - {None}:
            staff = Role.objects.current().filter(kind=Role.Kind.ELEARNING, unit=unit_id)
            people = people.filter(Q(pk__in=leads) | Q(pk__in=staff.values("user")))
        self.fields["to"] = forms.ModelChoiceField(
            label=_("Owner"), queryset=people, empty_label=_("Choose a person")
        )


class NoteForm(forms.Form):
    """One internal note; what is wrong with a text is said by the service."""

    body = forms.CharField(
        label=_("New internal note"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text: Any = self.fields["body"]
        text.asked, text.max_length = True, LONGEST_MESSAGE


class ShareForm(forms.Form):
    """Open one engagement's status page to one contact, close it, or revoke the contact's links."""

    contact = forms.ModelChoiceField(queryset=Contact.objects.all())
    action = forms.ChoiceField(choices=[("share", ""), ("end", ""), ("revoke", "")])

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        engagements = Engagement.objects.filter(proposal=proposal)
        self.fields["engagement"] = forms.ModelChoiceField(queryset=engagements)


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
