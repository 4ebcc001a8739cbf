"""People for the tests of accounts and mail."""

from microcreds.accounts.models import Role, Unit, User
from microcreds.accounts.services import create_person

PASSWORD = "correct horse battery"


def person(address: str = "dana@miamioh.edu", *kinds: str, **known: object) -> User:
    """Somebody with an account, holding these roles."""
    name = address.partition("@")[0].title()
    user = create_person(**{"email": address, "name": name, "password": PASSWORD, **known})
    for kind in kinds:
        unit = Unit.objects.get_or_create(name="eLearning", email="elearning@miamioh.edu")[0]
        Role.objects.create(user=user, kind=kind, unit=unit if kind == "elearning" else None)
    return user
