"""What the actor of a move gives with it, and which move is meant to be taken back."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from microcreds.keys import LARGEST
from partners.fields import day_input
from reviews.forms.points import Points
from reviews.plans import LONGEST
from reviews.workflow import Move, MoveInfo


class ExceptionsForm(forms.Form):
    """What can be given with any move: what comes next, that no mail leaves, that a guard is passed
    over."""

    step_is_done = forms.BooleanField(label=_("It is done with this move"), required=False)
    next_step = forms.CharField(
        label=_("Next step on the desk"),
        help_text=_("What somebody at eLearning does next, for whoever works on it."),
        max_length=LONGEST["next_step"],
        required=False,
    )
    next_step_on = forms.DateField(label=_("By"), widget=day_input(), required=False)

    silent_because = forms.CharField(
        label=_("Send no mails about this move, because"),
        help_text=_("Leave it empty to send them. Your words appear in the history, for staff."),
        max_length=LONGEST["silent_because"],
        required=False,
    )
    force = forms.BooleanField(
        label=_("Move it although not everything is met"),
        help_text=_("Say why in the note. The history lists what was not met."),
        required=False,
    )


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
    meeting_on = forms.DateField(label=_("Date of the meeting"), widget=day_input())
    wake_on = forms.DateField(label=_("Look at it again on"), widget=day_input())
    note = forms.CharField(
        label=_("Note for eLearning"),
        help_text=_("Stays in the history. Proposers and partners never see it."),
        max_length=LONGEST["note"],
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    only_these = forms.BooleanField(
        label=_("Open only the questions of the points below"),
        help_text=_(
            "All others stay as they were sent. A question brings along the ones that depend on it."
        ),
    )

    def __init__(self, *args: Any, move: MoveInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.move = move
        self.exceptions = ExceptionsForm(*args)
        self.points: Points | None = None  # of a return: what it asks, row by row
        for name in list(self.fields):
            if name in move.inputs:
                self.fields[name].required = name in move.needs
                self.fields[name].error_messages["required"] = _("This is needed.")
            else:
                del self.fields[name]
        self.order_fields(move.inputs)  # what it needs comes first
        if move.key == Move.MERGE:
            self.fields["target"].help_text = _("Its reference, like MC-2026-0001.")
        if "reason_code" in self.fields:
            reasons = [(code, str(words)) for code, words in move.reasons.items()]
            self.fields["reason_code"] = forms.ChoiceField(
                label=_("Reason"),
                choices=[("", _("Choose a reason")), *reasons],
                error_messages={"required": _("Choose a reason.")},
            )

    @property
    def formsets(self) -> "list[Points]":
        return [] if self.points is None else [self.points]

    @property
    def beside(self) -> list[Iterable[forms.BaseForm]]:
        """What is given beside its own fields, as an error summary reads it."""
        return [*self.formsets, [self.exceptions]]

    @property
    def is_wrong(self) -> bool:
        """Whether anything given, here or beside, cannot be used."""
        rows = self.points is not None and self.points.has_errors
        return bool(self.errors or self.exceptions.errors or rows)

    def given(self) -> dict[str, Any]:
        """What was typed and is fit to use; the rest is as if it had not been typed."""
        self.exceptions.full_clean()
        cleaned = getattr(self, "cleaned_data", {}) | self.exceptions.cleaned_data
        return {name: value for name, value in cleaned.items() if value}

    def tell(self, errors: Mapping[str, list[str]]) -> None:
        """Say beside each input what the plan finds wrong with it."""
        for form in (self, self.exceptions):
            for name, found in errors.items():
                if name in form.fields and name not in form.errors:
                    form.add_error(name, found)


class UndoForm(forms.Form):
    """Which move its reader means to take back."""

    seen = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput())
