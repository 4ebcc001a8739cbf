"""Who signs in, what they may do since when, and the parts of the university they belong to."""

from collections.abc import Hashable
from datetime import date
from functools import cached_property
from typing import ClassVar, NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from microcreds.plain_text import Plain


class Unit(models.Model):
    """An eLearning office that takes proposals in; its contact stands on every page."""

    name = models.CharField(max_length=120, unique=True)
    contact_name = models.CharField(max_length=120, blank=True)
    email = models.EmailField()
    phone = models.CharField(max_length=30, blank=True)
    hours = models.CharField(max_length=120, blank=True, help_text=_("When people can ring."))
    mail_address = models.TextField(
        max_length=300, blank=True, help_text=_("Where a letter reaches this office.")
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Campus(models.Model):
    """Where a microcredential would run. A campus without a unit means "not sure yet"."""

    name = models.CharField(max_length=120, unique=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="campuses"
    )
    is_branch = models.BooleanField(
        default=False,
        help_text=_("A branch campus, where the Ohio Work Ready Grant can be used."),
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("position", "name")
        verbose_name_plural = _("campuses")

    def __str__(self) -> str:
        return self.name


class Division(models.Model):
    """A college or other division of the university."""

    name = models.CharField(max_length=120, unique=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department of one division."""

    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="departments")
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint("division", Lower("name"), name="department_named_once"),
        ]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    def holding(self, *kinds: str, on: date | None = None) -> "UserQuerySet":
        """Active people who hold one of the role ``kinds`` on that day (default: today)."""
        held = Role.objects.current(on).filter(kind__in=kinds)
        return self.filter(is_active=True, roles__in=held).distinct()

    def with_roles(self, on: date | None = None) -> "UserQuerySet":
        """Each with the roles they hold on that day (default: today), in the statement that reads
        the person."""
        held = Role.objects.current(on).filter(user=OuterRef("pk")).order_by("pk")
        row = JSONObject(**{name: name for name in HeldRole._fields})
        return self.annotate(held_roles=ArraySubquery(held.values(row=row)))


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A person who may sign in; without a password, by mailed code."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class HeldRole(NamedTuple):
    """A role as far as it decides what its holder may do."""

    kind: str
    unit_id: int | None
    department_id: int | None


class User(AbstractBaseUser, PermissionsMixin):
    """A person; the e-mail address is the login. What they may do is in their ``Role`` rows."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("name", "email")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once_whatever_case",
                violation_error_message=_("Somebody has an account with this address already."),
            ),
        ]
        indexes = [
            # Names and addresses that hold a word, which the desk's search asks for.
            GinIndex(OpClass(Plain("name"), name="gin_trgm_ops"), name="user_name_parts"),
            GinIndex(OpClass(Plain("email"), name="gin_trgm_ops"), name="user_email_parts"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    @cached_property
    def current_roles(self) -> list[HeldRole]:
        """The roles held today; a query for whoever was not loaded ``with_roles()``."""
        if "held_roles" in self.__dict__:
            return [HeldRole(**row) for row in self.__dict__["held_roles"]]
        return [HeldRole(*row) for row in self.roles.current().values_list(*HeldRole._fields)]

    @property
    def rights(self) -> Hashable:
        """All that decides what they may see and do, beside who they are."""
        return self.is_active, self.is_superuser, frozenset(self.current_roles)

    def has_role(self, *kinds: str) -> bool:
        return self.is_active and any(role.kind in kinds for role in self.current_roles)

    @property
    def is_lead(self) -> bool:
        """Acts for every unit: the eLearning lead, and the superuser in their place."""
        return self.is_active and (self.is_superuser or self.has_role(Role.Kind.LEAD))

    @property
    def unit_ids(self) -> set[int]:
        """The eLearning units this person works for."""
        return {
            role.unit_id
            for role in self.current_roles
            if role.kind == Role.Kind.ELEARNING and role.unit_id
        }

    @property
    def is_elearning(self) -> bool:
        """Sees what eLearning sees: staff of any unit, the lead, the superuser."""
        return self.is_lead or self.has_role(Role.Kind.ELEARNING)

    @property
    def is_staff(self) -> bool:
        """May open the admin (design.md §3.1); derived, so that no flag can differ from a role."""
        return self.is_active and (self.is_superuser or self.has_role(*Role.ADMIN_KINDS))


class RoleQuerySet(models.QuerySet["Role"]):
    def current(self, on: date | None = None) -> "RoleQuerySet":
        """Roles held on that day (default: today)."""
        on = on or timezone.localdate()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


class Role(models.Model):
    """What a person may do, for which part of the university, from when to when."""

    class Kind(models.TextChoices):
        ELEARNING = "elearning", _("eLearning staff")
        LEAD = "lead", _("eLearning lead")
        CHAIR = "chair", _("Department chair")
        COMMITTEE = "committee", _("Committee member")
        COMMITTEE_CHAIR = "committee_chair", _("Committee chair")
        DEANS = "deans", _("Deans' office")
        AUDITOR = "auditor", _("Auditor")

    ADMIN_KINDS = (Kind.ELEARNING, Kind.LEAD, Kind.COMMITTEE_CHAIR, Kind.DEANS, Kind.AUDITOR)

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=20, choices=Kind)
    unit = models.ForeignKey(
        Unit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="roles",
        help_text=_("For eLearning staff: the unit they work for."),
    )
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="roles",
        help_text=_("For a chair: the department they lead."),
    )
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True, help_text=_("Last day; empty: no end."))
    given_by = models.ForeignKey(
        User, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ("user", "kind", "starts_on")
        constraints = [
            models.CheckConstraint(
                name="role_of_elearning_staff_has_a_unit",
                condition=~Q(kind="elearning") | Q(unit__isnull=False),
                violation_error_message=_("Choose the unit this person works for."),
            ),
            models.CheckConstraint(
                name="role_of_a_chair_has_a_department",
                condition=~Q(kind="chair") | Q(department__isnull=False),
                violation_error_message=_("Choose the department this person chairs."),
            ),
            models.CheckConstraint(
                name="role_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day must not lie before the first."),
            ),
        ]

    def __str__(self) -> str:
        part = self.unit or self.department
        return f"{self.get_kind_display()}, {part}" if part else self.get_kind_display()
