"""What people type on the desk: a move, the triage panel, an owner, a note, a share."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.contacts import active_units
from microcreds.accounts.models import Role, Unit, User
from partners.models import Contact, Engagement
from proposals.interest import PAGES, questions_of
from proposals.models import Attachment, CredentialType, Pair, Proposal, ProposalQuerySet
from proposals.services.conversation import LONGEST as LONGEST_MESSAGE
from reviews.lookalikes import LONGEST_NOTE
from reviews.models import TalkedWith, TriageItem
from reviews.nudging import LONGEST_NUDGE
from reviews.plans import LONGEST
from reviews.points import LONGEST_POINT, MOST_POINTS, Point, may_be_asked
from reviews.todos import LONGEST_SAID, LONGEST_TODO, LONGEST_WHO
from reviews.workflow import MOVES, Move, MoveInfo
from reviews.workload import LONGEST_HAND_OVER, with_workload

_RETURN = MOVES[Move.RETURN]


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ExceptionsForm(forms.Form):
    """What can be given with any move: what comes next, that no mail leaves, that a guard is passed
    over."""

    next_step = forms.CharField(
        label=_("Next step on the desk"),
        help_text=_("What somebody of eLearning does next, for whoever works on it."),
        max_length=LONGEST["next_step"],
        required=False,
    )
    next_step_on = forms.DateField(label=_("By"), widget=_date_input(), required=False)

    silent_because = forms.CharField(
        label=_("Send no mails about this move, because"),
        help_text=_("Leave it empty to send them. Your words stand in the history, for staff."),
        max_length=LONGEST["silent_because"],
        required=False,
    )
    force = forms.BooleanField(
        label=_("Move it although not everything is so"),
        help_text=_("Say why in the note. History lists what was not met."),
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
    meeting_on = forms.DateField(label=_("Date of the meeting"), widget=_date_input())
    wake_on = forms.DateField(label=_("Look at it again on"), widget=_date_input())
    note = forms.CharField(
        label=_("Note for eLearning"),
        help_text=_("Stays in the history. Proposers and partners never see it."),
        max_length=LONGEST["note"],
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    only_these = forms.BooleanField(
        label=_("Open only the questions of the points below"),
        help_text=_("All others stay as they were sent. A question brings along what hangs on it."),
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


def _question_choices() -> list[tuple[str, Any]]:
    """The questions by page, the proposal as a whole first."""
    pages = [
        (
            f"{page.number} {page.title}",
            [(each.key, each.label) for each in questions_of(page.key) if may_be_asked(each.key)],
        )
        for page in PAGES.values()
    ]
    return [("", _("The proposal as a whole")), *pages]


class PointForm(forms.Form):
    """One row of the points of a return; left empty, it is none. Rules stand in the plan."""

    field = forms.ChoiceField(label=_("Question"), required=False, choices=_question_choices)
    text = forms.CharField(
        label=_("What is asked"),
        required=False,
        max_length=LONGEST_POINT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason_code = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=lambda: [("", _("As above")), *((c, str(w)) for c, w in _RETURN.reasons.items())],
    )
    due_on = forms.DateField(label=_("Wanted by"), required=False, widget=_date_input())

    field_order = ("field", "text", "reason_code", "due_on")

    @property
    def is_given(self) -> bool:
        """Somebody wrote or chose something here; the offered day alone is nothing."""
        return any(self[name].value() for name in ("field", "text", "reason_code"))


class Points(forms.BaseFormSet):
    """The points of a return, any number of them, each an own row."""

    data: QueryDict

    def given(self) -> tuple[Point, ...]:
        """What was typed and is fit to use, without rows left empty."""
        return tuple(
            Point(
                key=cleaned.get("field", ""),
                text=cleaned.get("text", "").replace("\r\n", "\n"),
                reason_code=cleaned.get("reason_code", ""),
                due_on=cleaned.get("due_on"),
            )
            for cleaned in (form.cleaned_data for form in self._filled())
        )

    def tell(self, errors: Mapping[str, list[str]]) -> None:
        """Say beside each input what the plan finds wrong with it."""
        for place, form in enumerate(self._filled()):
            for name in form.fields:
                found = errors.get(f"requests-{place}-{name}")
                if found and name not in form.errors:
                    form.add_error(name, found)

    @property
    def has_errors(self) -> bool:
        return bool(self.total_error_count())

    def _filled(self) -> list[Any]:
        return [form for form in self.forms if form.is_given and not _is_removed(form)]


def _is_removed(form: forms.BaseForm) -> bool:
    return bool(getattr(form, "cleaned_data", {}).get("DELETE"))


def points_formset(
    data: Mapping[str, Any] | None, *, due_on: date | None, asked: Iterable[Point] = ()
) -> Points:
    """The rows of a return; unbound, with those ``asked`` for and one more. Without its count, as
    where a machine gives reason and message alone, there are no points."""
    if data is not None and "requests-TOTAL_FORMS" not in data:
        data = {"requests-TOTAL_FORMS": "0", "requests-INITIAL_FORMS": "0"}
    initial: list[dict[str, Any]] = [
        {"field": point.key, "text": point.text, "reason_code": point.reason_code, "due_on": due_on}
        for point in asked
    ]
    if not initial:
        initial = [{"due_on": due_on}]
    made: Any = forms.formset_factory(
        PointForm,
        formset=Points,
        extra=0,
        can_delete=True,
        max_num=MOST_POINTS,
        absolute_max=2 * MOST_POINTS,
        validate_max=True,
    )
    return made(
        data,
        initial=initial if data is None else None,
        prefix="requests",
        error_messages={
            "too_many_forms": _("Ask at most %(max)d points at once.") % {"max": MOST_POINTS}
        },
        form_kwargs={"use_required_attribute": False},
    )


class UndoForm(forms.Form):
    """Which move its reader means to take back."""

    seen = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput())


class RefuseChangeForm(forms.Form):
    """Why the answers stay as they are."""

    words = forms.CharField(
        label=_("Why not"),
        help_text=_("The proposers get it by mail."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why not; the proposers read it.")},
    )


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


class OwnerChoice(forms.ModelChoiceField):
    """A person with how much they have already, and whether they are away."""

    def label_from_instance(self, person: Any) -> str:
        words = _("%(who)s: %(n)d open, %(late)d late") % {
            "who": person,
            "n": person.at_work,
            "late": person.late,
        }
        if person.away_until is None:
            return words
        return _("%(words)s; away until %(day)s, %(who)s stands in") % {
            "words": words,
            "day": f"{person.away_until:%a} {person.away_until.day} {person.away_until:%b}",
            "who": person.stand_in_name,
        }


class AssignForm(forms.Form):
    """Who is to own these proposals: somebody who works for the unit of each, or a lead."""

    def __init__(self, *args: Any, proposals: Iterable[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leads = User.objects.holding(Role.Kind.LEAD)
        people = User.objects.holding(Role.Kind.LEAD, Role.Kind.ELEARNING)
        for unit_id in {proposal.unit_id for proposal in proposals} - {None}:
            staff = Role.objects.current().filter(kind=Role.Kind.ELEARNING, unit=unit_id)
            people = people.filter(Q(pk__in=leads) | Q(pk__in=staff.values("user")))
        self.fields["to"] = OwnerChoice(
            label=_("Owner"), queryset=with_workload(people), empty_label=_("Choose a person")
        )
        self.fields["note"] = forms.CharField(
            label=_("What they should know"),
            help_text=_("Goes along in the mail, and stays on record for eLearning."),
            max_length=LONGEST_HAND_OVER,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )


class ToDoForm(forms.Form):
    """Something to do by a day; who may be chosen needs no query: whoever writes, or its owner."""

    words = forms.CharField(label=_("What"), max_length=LONGEST_TODO)
    by_day = forms.DateField(label=_("By"), widget=_date_input())
    owner = forms.ChoiceField(label=_("Who"))

    def __init__(self, *args: Any, proposal: Proposal, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(by.pk): by}
        if proposal.assignee:
            self.people.setdefault(str(proposal.assignee.pk), proposal.assignee)
        owner: Any = self.fields["owner"]
        owner.choices = [(key, str(person)) for key, person in self.people.items()]

    def clean_owner(self) -> User:
        return self.people[self.cleaned_data["owner"]]


class NextStepForm(forms.Form):
    """What comes next for several proposals, each for whoever owns it."""

    words = forms.CharField(label=_("What comes next"), max_length=LONGEST_TODO)
    by_day = forms.DateField(label=_("By"), widget=_date_input())


class TickForm(forms.Form):
    """How it went, if there is something to say."""

    note = forms.CharField(label=_("How it went"), max_length=LONGEST_TODO, required=False)


class TalkForm(forms.Form):
    """A call, meeting or mail outside the tool."""

    kind = forms.ChoiceField(label=_("What it was"), choices=TalkedWith.Kind.choices)
    who = forms.CharField(label=_("With whom"), max_length=LONGEST_WHO)
    said = forms.CharField(
        label=_("What was said"), max_length=LONGEST_SAID, widget=forms.Textarea(attrs={"rows": 3})
    )
    on = forms.DateField(label=_("When"), widget=_date_input())
    audience = forms.ChoiceField(
        label=_("Who may read it"),
        help_text=_("It is a university record either way."),
        choices=TalkedWith.Audience.choices,
    )


class ChecklistRowForm(forms.ModelForm):
    """One row of the list of checklist items; each input says whose it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{self.instance.words}: {field.label}"


class NudgeForm(forms.Form):
    """A sentence that goes with a reminder."""

    words = forms.CharField(
        label=_("A sentence of your own"),
        help_text=_("It stands in each of the mails, under your name."),
        max_length=LONGEST_NUDGE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
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
    """Open one engagement's status page to one contact, end or close it, or revoke the contact's
    links."""

    ACTIONS = ("share", "end", "close", "rotate", "revoke")
    contact = forms.ModelChoiceField(queryset=Contact.objects.all())
    action = forms.ChoiceField(choices=[(name, "") for name in ACTIONS])

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


class OutcomesForm(forms.Form):
    """Show the outcomes and the shape on one engagement's page, or hide them."""

    action = forms.ChoiceField(choices=[("show_outcomes", ""), ("hide_outcomes", "")])

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        engagements = Engagement.objects.filter(proposal=proposal).select_related("organization")
        self.fields["engagement"] = forms.ModelChoiceField(queryset=engagements)


class FileShareForm(forms.Form):
    """Open one file to one engagement, or close it."""

    action = forms.ChoiceField(choices=[("share_file", ""), ("end_file", "")])

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["engagement"] = forms.ModelChoiceField(
            queryset=Engagement.objects.filter(proposal=proposal).select_related("organization")
        )
        self.fields["attachment"] = forms.ModelChoiceField(
            queryset=Attachment.objects.filter(proposal=proposal)
        )
