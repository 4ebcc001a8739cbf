"""Which role may use which part of the admin; what of it they see is ``visible_to``."""

from datetime import datetime

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils import timezone

from microcreds.accounts.models import Role, User
from microcreds.kept_statements import KeptStatements
from reviews.models import Absence

REFERENCE = (
    "accounts.unit",
    "accounts.campus",
    "accounts.division",
    "accounts.department",
    "proposals.term",
    "reviews.holiday",
    "reviews.routingrule",
    "reviews.absence",
    "reviews.checklistitem",
)
POLICIES = ("reviews.policy", "outbox.mailtext")
DIRECTORY = ("partners.organization", "partners.contact", "partners.alias")
RECORDS = (
    "partners.engagement",
    "partners.share",
    "partners.link",
    "partners.access",
    "partners.inquiry",
    "partners.mou",
    "outbox.message",
    "outbox.incoming",
    "outbox.undeliverable",
    "reviews.draftline",
    "reviews.coveragerun",
)
PEOPLE = ("accounts.user", "accounts.role")


def _grants(*models: str, actions: tuple[str, ...] = ("view",)) -> frozenset[str]:
    return frozenset(
        f"{app}.{action}_{model}"
        for app, model in (label.split(".") for label in models)
        for action in actions
    )


_EDIT = ("view", "add", "change")
_STAFF = (
    _grants("reviews.triageitem", actions=("view", "change"))
    | _grants(*REFERENCE, *DIRECTORY, actions=_EDIT)
    | _grants(*RECORDS, *PEOPLE, *POLICIES)
)
GRANTS: dict[str, frozenset[str]] = {
    Role.Kind.ELEARNING: _STAFF,
    Role.Kind.LEAD: _STAFF | _grants(*PEOPLE, *POLICIES, actions=_EDIT) | _grants("admin.logentry"),
    Role.Kind.COMMITTEE_CHAIR: _grants("reviews.triageitem"),
    Role.Kind.DEANS: _grants("reviews.triageitem"),
    Role.Kind.AUDITOR: _grants(
        "reviews.triageitem", "admin.logentry", *REFERENCE, *DIRECTORY, *RECORDS, *PEOPLE, *POLICIES
    ),
}


class RoleBackend(AuthenticationBackend):
    """Signs in by e-mail, as allauth does; permissions come from ``Role`` rows alone."""

    def get_user(self, user_id: int) -> User | None:
        """Who is signed in, with their roles and whom they stand in for; whether they still may is
        asked as Django asks it."""
        for user in _SIGNED_IN.rows(pk=user_id, at=timezone.now()):
            return user if self.user_can_authenticate(user) else None
        return None

    def get_all_permissions(self, user_obj: User, obj: object = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        return set().union(*(GRANTS.get(role.kind, ()) for role in user_obj.current_roles))


def _signed_in(*, pk: int, at: datetime) -> QuerySet:
    today = timezone.localdate(at)
    away = Absence.objects.on(today).filter(stand_in=OuterRef("pk")).order_by()
    stood_in_for = ArraySubquery(away.values("person"))
    found = User.objects.with_roles(today).annotate(stood_in_for=stood_in_for)
    return found.filter(pk=pk).order_by()


# Every page asks it.
_SIGNED_IN = KeptStatements(_signed_in)
