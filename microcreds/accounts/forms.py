"""Input shape of what people type about themselves and others."""

import re
from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.accounts.models import Role, Unit, User

one_line_of_text = RegexValidator(
    # Line ends, other control characters, and the marks that turn the direction of writing.
    re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"),
    gettext_lazy("Use letters, digits and spaces only; there is an invisible character in this."),
    inverse_match=True,
)


class NameField(forms.CharField):
    """A person's name: 1 to 120 characters, whatever the script."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": gettext_lazy("Your name"),
                "max_length": User._meta.get_field("name").max_length,
                "validators": [one_line_of_text],
                "widget": forms.TextInput(attrs={"autocomplete": "name"}),
                **options,
            }
        )


class SignupForm(allauth_forms.SignupForm):
    """An account for whoever has an address of the university: name, address, mailed code."""

    name = NameField()
    field_order = ("name", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password1"]  # who wants a password sets one once they are signed in

    def clean_email(self) -> str:
        """Asked before whether the address is known: the answer must not tell."""
        if not is_of_the_university(self.cleaned_data["email"]):
            raise ValidationError(
                _(
                    "Accounts are for people with a university address; others need an invitation."
                    " Ask %(contacts)s."
                ),
                params={"contacts": _contacts()},
            )
        return super().clean_email()

    def try_save(self, request: HttpRequest) -> tuple[AbstractBaseUser | None, HttpResponse | None]:
        """As allauth's; who clicks twice is told what anybody with an account is told."""
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)


def is_of_the_university(email: str) -> bool:
    """The address lies in one of ``UNIVERSITY_EMAIL_DOMAINS``; below one does not count."""
    domain = email.rpartition("@")[2].lower()
    return domain in {known.lower() for known in settings.UNIVERSITY_EMAIL_DOMAINS}


def _contacts() -> str:
    units = Unit.objects.filter(is_active=True)
    return _(" or ").join(f"{unit.name} ({unit.email})" for unit in units) or _("eLearning")


class PersonForm(forms.ModelForm):
    """A person as staff see them; the address is typed once and stays."""

    name = NameField(label=gettext_lazy("Name"))

    class Meta:
        model = User
        fields = ("email", "name", "phone", "is_active", "is_superuser")

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_phone(self) -> str:
        one_line_of_text(self.cleaned_data["phone"])
        return self.cleaned_data["phone"]


class RoleForm(forms.ModelForm):
    """Giving a role. ``giver`` is whoever fills it in."""

    giver: User

    class Meta:
        model = Role
        fields = ("user", "kind", "unit", "department", "starts_on", "ends_on")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        person, is_new = cleaned.get("user"), self.instance.pk is None
        if person == self.giver and not self.giver.is_superuser:
            self.add_error("user", _("You cannot give yourself a role. Ask another lead."))
        if person and is_new and cleaned.get("starts_on"):
            held = Role.objects.current(cleaned["starts_on"]).filter(
                user=person,
                kind=cleaned.get("kind"),
                unit=cleaned.get("unit"),
                department=cleaned.get("department"),
            )
            if held.exists():
                self.add_error(None, _("This person holds this role already."))
        return cleaned
