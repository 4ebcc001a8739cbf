"""What staff type on the page of one engagement; the rules stand in ``partners.correcting`` and
``partners.leaving``."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.directory import Candidate
from partners.fields import Words
from partners.models import Contact, Engagement, Organization
from partners.models.engagements import LONGEST_END_WORDS, LONGEST_NOTE, LONGEST_REMARK

NEW, NOBODY = "new", "nobody"
_CHOOSE_HERE = {
    "required": gettext_lazy("Choose one."),
    "invalid_choice": gettext_lazy("Choose one of those offered here."),
}


class OrganizationForm(forms.Form):
    """Which one of the directory takes part, or a new one; nothing is chosen beforehand."""

    organization = forms.ChoiceField(
        label=gettext_lazy("Which one is it?"),
        widget=forms.RadioSelect,
        error_messages=_CHOOSE_HERE,
    )
    name = Words(label=gettext_lazy("If it is new: its name"), longest=160, asked=True)
    place = Words(label=gettext_lazy("If it is new: its place"), longest=120, asked=True)
    is_another_name = forms.BooleanField(required=False)

    def __init__(
        self, *args: Any, engagement: Engagement, candidates: list[Candidate], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.known = {str(each.organization.pk): each.organization for each in candidates}
        organization: Any = self.fields["organization"]
        organization.choices = [
            *((str(each.organization.pk), _said_of(each)) for each in candidates),
            (NEW, _("None of these: a new one")),
        ]
        is_another_name: Any = self.fields["is_another_name"]
        is_another_name.asked = True
        is_another_name.label = _(
            "“%(name)s”, as the form calls it, means this one wherever it is named"
        ) % {"name": engagement.named_partner.org_name}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("organization") == NEW and not cleaned.get("name"):
            self.add_error("name", _("Write its name."))
        return cleaned

    @property
    def chosen(self) -> Organization | None:
        """``None``: the new one."""
        return self.known.get(self.cleaned_data["organization"])


class ContactForm(forms.Form):
    """Through whom the organization speaks: somebody it is known by, somebody new, or nobody."""

    contact = forms.ChoiceField(
        label=gettext_lazy("Who is it?"), widget=forms.RadioSelect, error_messages=_CHOOSE_HERE
    )
    name = Words(label=gettext_lazy("If it is somebody else: their name"), longest=120, asked=True)
    email = forms.EmailField(
        label=gettext_lazy("Their e-mail address"),
        max_length=254,
        required=False,
        error_messages={"invalid": gettext_lazy("Enter an e-mail address.")},
    )
    title = Words(label=gettext_lazy("Their position"), longest=120)
    phone = Words(label=gettext_lazy("Their phone"), longest=30, kind="tel")

    def __init__(
        self, *args: Any, engagement: Engagement, contacts: list[Contact], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.known = {str(each.pk): each for each in contacts}
        email: Any = self.fields["email"]
        email.asked = True
        contact: Any = self.fields["contact"]
        contact.choices = [
            *((key, f"{each.name}, {each.email}") for key, each in self.known.items()),
            (NEW, _("Somebody else")),
            (NOBODY, _("Nobody yet")),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("contact") == NEW:
            wanted = {"name": _("Write a name."), "email": _("Enter an e-mail address.")}
            for name, words in wanted.items():
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, ValidationError(words))
        return cleaned

    @property
    def chosen(self) -> Contact | None:
        """``None``: somebody new, or nobody."""
        return self.known.get(self.cleaned_data["contact"])


class NoteForm(forms.Form):
    """What eLearning alone reads; ``seen`` is what it said when its writer began."""

    note = Words(
        label=gettext_lazy("Confidential note"),
        help_text=gettext_lazy("No proposer, reviewer or partner ever reads it."),
        longest=LONGEST_NOTE,
        lines=4,
    )
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, engagement: Engagement, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"note": engagement.staff_note, "seen": engagement.staff_note}


class EndForm(forms.Form):
    """Why a partner left, for eLearning, and what its contacts read."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why? For eLearning only"),
        choices=Engagement.End.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a reason."),
            "invalid_choice": gettext_lazy("Choose one of the reasons offered here."),
        },
    )
    remark = Words(label=gettext_lazy("More, for eLearning only"), longest=LONGEST_REMARK, lines=3)
    words = Words(
        label=gettext_lazy("A sentence for the partner"),
        help_text=gettext_lazy("Whoever can open their page reads it there; no mail is sent."),
        longest=LONGEST_END_WORDS,
        lines=3,
    )

    def __init__(self, *args: Any, engagement: Engagement, **options: Any) -> None:
        super().__init__(*args, **options)


def _said_of(candidate: Candidate) -> str:
    """The organization, where it is, and what speaks for it, in one line."""
    known = candidate.organization
    where = ", ".join(filter(None, (known.name, known.place)))
    return f"{where} ({'; '.join(candidate.why)})" if candidate.why else where
