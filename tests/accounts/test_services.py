from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError

from microcreds.accounts.models import User
from microcreds.accounts.services import create_person

pytestmark = pytest.mark.django_db


def test_a_person_can_sign_in_at_once():
    at = datetime(2024, 5, 1, tzinfo=UTC)

    user = create_person(email=" Dana@Example.org ", name="Dana", password="long enough", at=at)

    assert (user.email, user.name, user.date_joined) == ("dana@example.org", "Dana", at)
    assert user.check_password("long enough")
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == (user.email, True, True)


def test_without_a_password_none_fits():
    assert not create_person(email="dana@example.org", name="Dana").has_usable_password()


def test_an_address_is_one_person_whatever_its_case():
    create_person(email="dana@example.org", name="Dana")

    with pytest.raises(ValidationError, match="account with this address already"):
        create_person(email="DANA@example.org", name="Other")

    assert User.objects.get().name == "Dana"
