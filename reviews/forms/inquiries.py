"""What staff type on an inquiry; the rules stand in ``reviews.inquiries``."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.contacts import active_units
from microcreds.accounts.models import Role, Unit, User
from partners.directory import Candidate
from partners.fields import Words, day_input
from partners.inquiry_form import InquiryForm
from partners.models import Inquiry, Organization
from partners.models.inquiries import LONGEST_NEED, LONGEST_WORDS

NEW = "new"


class GiveForm(forms.Form):
    """Who is to own it: somebody who works for its unit, or a lead."""

    def __init__(self, *args: Any, inquiry: Inquiry, **options: Any) -> None:
        super().__init__(*args, **options)
        people = User.objects.holding(Role.Kind.LEAD, Role.Kind.ELEARNING)
        if inquiry.unit_id:
            staff = Role.objects.current().filter(
                Q(kind=Role.Kind.LEAD) | Q(kind=Role.Kind.ELEARNING, unit=inquiry.unit_id)
            )
            people = people.filter(pk__in=staff.values("user"))
        self.fields["to"] = forms.ModelChoiceField(
            label=_("Owner"),
            queryset=people,
            empty_label=_("Choose a person"),
            error_messages={"invalid_choice": _("Choose one of the people shown here.")},
        )


class AnswerForm(forms.Form):
    """Leaves by mail, and stands on the sender's page."""

    words = Words(
        label=_("Your answer"),
        help_text=_("It goes to the sender by mail and appears on their page."),
        longest=LONGEST_WORDS,
        lines=6,
        required=True,
        error_messages={"required": _("Write your answer.")},
    )

    def __init__(self, *args: Any, inquiry: Inquiry, **options: Any) -> None:
        super().__init__(*args, **options)


class CloseForm(forms.Form):
    """Why it goes no further, as its sender reads it."""

    reason = forms.ChoiceField(
        label=_("Why not now? They read these words"),
        choices=Inquiry.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a reason."),
            "invalid_choice": _("Choose one of the reasons offered here."),
        },
    )
    words = Words(
        label=_("More, in your own words"),
        help_text=_("They read this too."),
        longest=LONGEST_WORDS,
        lines=3,
    )

    def __init__(self, *args: Any, inquiry: Inquiry, **options: Any) -> None:
        super().__init__(*args, **options)
        reason: Any = self.fields["reason"]
        silent = _("It is not genuine (nobody is mailed)")
        reason.choices = [
            (key, silent if key == Inquiry.Reason.NOT_GENUINE else label)
            for key, label in Inquiry.Reason.choices
        ]


class PassOnForm(forms.Form):
    """To which other unit, and why."""

    unit = forms.ChoiceField(
        label=_("Unit"), error_messages={"invalid_choice": _("Choose a unit from the list.")}
    )
    words = Words(
        label=_("Why, for your colleagues"),
        longest=LONGEST_WORDS,
        lines=3,
        required=True,
        error_messages={"required": _("Say why, for your colleagues.")},
    )

    def __init__(self, *args: Any, inquiry: Inquiry, **options: Any) -> None:
        super().__init__(*args, **options)
        self.units = {str(unit.pk): unit for unit in active_units() if unit.pk != inquiry.unit_id}
        unit: Any = self.fields["unit"]
        unit.choices = [("", _("Choose a unit")), *self.units.items()]

    def clean_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"]]


class OrganizationForm(forms.Form):
    """Which of these it is, or that it is new; nothing is chosen beforehand."""

    organization = forms.ChoiceField(
        label=_("Which one is it?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one, or say that it is new."),
            "invalid_choice": _("Choose one of those offered here."),
        },
    )

    def __init__(
        self, *args: Any, inquiry: Inquiry, candidates: list[Candidate], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.known = {str(each.organization.pk): each.organization for each in candidates}
        organization: Any = self.fields["organization"]
        organization.choices = [
            *((str(each.organization.pk), _said_of(each)) for each in candidates),
            (NEW, _("None of these: it is new in the directory")),
        ]

    def clean_organization(self) -> Organization | None:
        return self.known.get(self.cleaned_data["organization"])


class AskForm(forms.Form):
    """Who of the faculty is asked, and for what."""

    email = forms.EmailField(
        label=_("E-mail address of the faculty member"),
        max_length=254,
        error_messages={
            "required": _("Enter an e-mail address."),
            "invalid": _("Enter an e-mail address."),
        },
    )
    name = Words(label=_("Name"), longest=120)
    working_title = Words(
        label=_("Working title"),
        help_text=_("They can change it."),
        longest=120,
        required=True,
        error_messages={"required": _("Write a working title.")},
    )
    words = Words(
        label=_("Your words to them"),
        help_text=_("They are in the mail. What the organization said is on the page it links to."),
        longest=LONGEST_WORDS,
        lines=4,
    )

    def __init__(self, *args: Any, inquiry: Inquiry | None = None, **options: Any) -> None:
        super().__init__(*args, **options)


class ForFacultyForm(AskForm):
    """The same for somebody who told staff themselves what they have in mind."""

    need = Words(
        label=_("What they told you"),
        help_text=_("It becomes the need in the draft; they can change it."),
        longest=LONGEST_NEED,
        lines=6,
        required=True,
        error_messages={"required": _("Say what they told you.")},
    )


class TypedForm(InquiryForm):
    """An inquiry that came another way, typed on behalf of the organization."""

    channel = forms.ChoiceField(
        label=_("How did you hear about it?"),
        choices=[choice for choice in Inquiry.Channel.choices if choice[0] != Inquiry.Channel.WEB],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one answer."),
            "invalid_choice": _("Choose one of the answers offered here."),
        },
    )
    heard_on = forms.DateField(
        label=_("On what date?"),
        widget=day_input(),
        error_messages={
            "required": _("Choose today or an earlier day."),
            "invalid": _("Enter a date, such as 2026-08-23."),
        },
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["contact_email"].help_text = _(
            "Nothing is mailed there now. The first mail asks them to confirm it."
        )


def _said_of(candidate: Candidate) -> str:
    """The organization, where it is, and what speaks for it, in one line."""
    known = candidate.organization
    where = ", ".join(filter(None, (known.name, known.place)))
    return f"{where} ({'; '.join(candidate.why)})" if candidate.why else where
