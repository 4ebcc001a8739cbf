"""A fresh database becomes one that people can work with; safe to repeat."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from microcreds.accounts.forms import NameField
from microcreds.accounts.models import Role, User
from microcreds.accounts.reference import load_reference
from microcreds.accounts.services import create_person
from proposals.terms import load_terms
from reviews.checklists import load_checklists
from reviews.holidays import load_holidays


class Command(BaseCommand):
    help = "Loads reference data where there is none, and makes the first eLearning lead."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lead", metavar="ADDRESS", help="the lead's e-mail address")
        parser.add_argument("--name", default="", help="the lead's name, where they are new")

    @transaction.atomic
    def handle(self, *, lead: str | None, name: str, **options: Any) -> None:
        today = timezone.localdate()
        load_reference(email_domain=settings.UNIVERSITY_EMAIL_DOMAINS[0])
        load_terms(today=today)
        load_holidays(years=range(today.year, today.year + 3))
        load_checklists()
        self.stdout.write(
            "Reference data is there: units, campuses, departments, terms, holidays, checklists."
        )
        if lead:
            try:
                person = self.person(lead, name)
            except ValidationError as refusal:
                raise CommandError(" ".join(refusal.messages)) from refusal
            if not person.has_role(Role.Kind.LEAD):
                Role.objects.create(user=person, kind=Role.Kind.LEAD)
            self.stdout.write(
                f"{person} is eLearning lead. They sign in with {person.email} and a mailed code:"
                f" {settings.SITE_URL}{reverse('account_request_login_code')}"
            )
        elif not User.objects.holding(Role.Kind.LEAD).exists():
            self.stdout.write("There is no eLearning lead yet: --lead ADDRESS --name NAME")

    def person(self, address: str, name: str) -> User:
        address = address.strip().lower()
        validate_email(address)
        known = User.objects.filter(email__iexact=address, is_active=True).first()
        return known or create_person(email=address, name=NameField().clean(name))
