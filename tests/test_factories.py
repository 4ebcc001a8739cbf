"""What a factory makes in few statements is what the services would have made one by one."""

import pytest
from allauth.account.models import EmailAddress
from django.forms import model_to_dict

from microcreds.accounts.models import Department, Role, Unit, User
from tests.factories import PEOPLE, _make_of_cast, make_cast

pytestmark = pytest.mark.django_db


def rows_of_people() -> list[dict[str, object]]:
    """All that was written, but for what differs each time: keys, times, passwords of no use."""
    rows = []
    for person in User.objects.order_by("email"):
        assert not person.has_usable_password()
        assert person.date_joined
        rows.append(model_to_dict(person, exclude=("id", "password", "date_joined")))
        rows += EmailAddress.objects.filter(user=person).values("email", "verified", "primary")
        rows += person.roles.values(
            "kind", "unit__name", "department__name", "starts_on", "ends_on", "given_by"
        )
    return rows + [*Unit.objects.values("name", "email"), *Department.objects.values("name")]


def test_the_whole_cast_is_as_if_each_had_been_made_alone():
    make_cast()
    at_once = rows_of_people()
    for made in (EmailAddress, Role, User, Unit, Department):
        made.objects.all().delete()

    for name in PEOPLE:
        _make_of_cast(name)

    assert rows_of_people() == at_once


def test_whoever_of_the_cast_is_there_already_stays():
    fay = _make_of_cast("proposer")

    assert make_cast().proposer == fay
    assert make_cast() == make_cast()
    assert User.objects.count() == len(PEOPLE)
