"""People of the tests of accounts and mail: they have a password."""

from microcreds.accounts.models import Role, User
from tests.factories import make_person, make_unit

PASSWORD = "correct horse battery"


def person(
    address: str = "dana@miamioh.edu",
    *kinds: str,
    password: str | None = PASSWORD,
    is_superuser: bool = False,
) -> User:
    """Somebody with an account, holding these roles."""
    unit = make_unit() if Role.Kind.ELEARNING in kinds else None
    user = make_person(address, "", *kinds, unit=unit, is_superuser=is_superuser)
    user.set_password(password)
    user.save()
    return user
