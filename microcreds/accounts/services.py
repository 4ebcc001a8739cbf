"""Writes about people."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User


@transaction.atomic
def create_person(
    *,
    email: str,
    name: str,
    password: str | None = None,
    is_superuser: bool = False,
    at: datetime | None = None,
) -> User:
    """Somebody may sign in: by mailed code, and by ``password`` where one is given.

    The address counts as theirs without a code, because whoever makes the account knows them.
    Raises ``ValidationError`` where somebody has an account with this address already.
    """
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError(_("Somebody has an account with this address already."))
    user = User.objects.create_user(
        email, password, name=name, is_superuser=is_superuser, date_joined=at or timezone.now()
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user
