"""What people outside can read of units and people of the university, field by field."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# A field that is in neither table fails tests/partners/test_canaries.py.
OUTSIDE: dict[str, dict[str, str | Promise]] = {
    "accounts.Unit": {
        "name": _("at the foot of every page, and as whom to call"),
        "contact_name": _("at the foot of every page, and as whom to call"),
        "email": _("at the foot of every page, and as whom to call"),
        "phone": _("at the foot of every page, and as whom to call"),
        "hours": _("at the foot of every page"),
        "mail_address": _("at the foot of every page"),
    },
    "accounts.User": {
        "name": _(
            "of whoever works on what is shared with them, as whom to call; of whoever named them,"
            " asks them, writes to them, or noted what they said"
        ),
    },
}
INSIDE: dict[str, str] = {
    "accounts.Unit": "id is_active",
    "accounts.Campus": "id name unit is_branch position is_active",
    "accounts.Division": "id name is_active",
    "accounts.Department": "id division name is_active",
    "accounts.User": "id password last_login is_superuser email phone is_active date_joined",
    "accounts.Role": "id user kind unit department starts_on ends_on given_by",
}
