"""People and their roles, the parts of the university, and the record of what was changed here."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db.models import Prefetch, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from microcreds.accounts import services
from microcreds.accounts.forms import PersonForm, RoleForm
from microcreds.accounts.models import Campus, Department, Division, Role, Unit, User
from microcreds.admin_records import Light, NeverDeleted, Record
from microcreds.outbox.models import Message
from microcreds.outbox.services import enqueue_email
from reviews.todo_owners import elsewhere
from reviews.workload import at_work

# What a person may do follows from roles alone, their address from their account.
admin.site.unregister([Group, EmailAddress])


@admin.register(User)
class UserAdmin(NeverDeleted):
    """Adding a person invites them; only a superuser touches the account of a superuser."""

    form = PersonForm
    scripts = ()  # no row of another list is looked up
    list_display = ("name", "email", "is_active", "roles_today", "last_login")
    list_filter = ("is_active", "roles__kind")
    search_fields = ("name__plain", "email")
    ordering = ("name", "email")
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        today = Role.objects.current().select_related("unit", "department")
        return super().get_queryset(request).prefetch_related(Prefetch("roles", queryset=today))

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("email", "name")
        seen = ("email", "name", "phone", "is_active", "last_login", "all_roles")
        return (*seen, "is_superuser") if request.user.is_superuser else seen

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        fixed = ("email", "last_login", "all_roles")
        # Nobody shuts themselves out, and a lead's own account is another lead's business.
        return (*fixed, "is_active", "is_superuser") if obj == request.user else fixed

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not is_above

    def save_model(self, request: HttpRequest, obj: User, form: PersonForm, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            if not obj.is_active and "is_active" in form.changed_data:
                _tell_what_is_left_behind(request, obj)
            return
        person = services.create_person(email=obj.email, name=obj.name)
        obj.pk = person.pk
        enqueue_email(
            event="invitation",
            to=person.email,
            user=person,
            context={
                "name": person.name,
                "address": person.email,
                "inviter": str(request.user),
                "sign_in_url": settings.SITE_URL + reverse("account_request_login_code"),
            },
            dedupe_key=f"invitation:{person.pk}",
            priority=Message.Priority.AWAITED,
        )

    @admin.display(description=_("roles today"))
    def roles_today(self, user: User) -> str:
        return "; ".join(str(role) for role in user.roles.all())

    @admin.display(description=_("roles"))
    def all_roles(self, user: User) -> str:
        """Each leads to its own page, the ended ones too; the last link to a new one."""
        rows = [
            (reverse("admin:accounts_role_change", args=[role.pk]), role, _period(role))
            for role in user.roles.select_related("unit", "department")
        ]
        add = reverse("admin:accounts_role_add") + "?" + urlencode({"user": user.pk})
        return format_html(
            '<ul>{}<li><a href="{}">{}</a></li></ul>',
            format_html_join("", '<li><a href="{}">{}</a>, {}</li>', rows),
            add,
            _("Give this person a role"),
        )


def _tell_what_is_left_behind(request: HttpRequest, person: User) -> None:
    """Whoever closes an account learns where its open work is handed over."""
    left, todos = (
        at_work().filter(assignee=person).count(),
        elsewhere().filter(owner=person).count(),
    )
    if left or todos:
        words = ngettext(
            "%(who)s leaves %(n)d open proposal behind. Hand it over:",
            "%(who)s leaves %(n)d open proposals behind. Hand them over:",
            left,
        ) % {"who": person, "n": left}
        if not left:
            words = ngettext(
                "%(who)s leaves %(n)d to-do behind. Hand it over:",
                "%(who)s leaves %(n)d to-dos behind. Hand them over:",
                todos,
            ) % {"who": person, "n": todos}
        page = f"{reverse('admin:reviews_triageitem_hand_over')}?of={person.pk}"
        messages.warning(request, format_html('{} <a href="{}">{}</a>', words, page, _("open")))


@admin.register(Role)
class RoleAdmin(NeverDeleted):
    """Once given, a role keeps its kind and place: it ends, and another one is given."""

    form = RoleForm
    fields = ("user", "kind", "unit", "department", "starts_on", "ends_on")
    list_display = ("user", "kind", "unit", "department", "starts_on", "ends_on", "given_by")
    list_filter = ("kind", "unit")
    list_select_related = ("user", "unit", "department", "given_by")
    search_fields = ("user__name__plain", "user__email")
    raw_id_fields = ("user",)
    list_per_page = 50

    def get_form(
        self, request: HttpRequest, obj: Role | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"giver": request.user})

    def get_readonly_fields(self, request: HttpRequest, obj: Role | None = None) -> tuple[str, ...]:
        return ("user", "kind", "unit", "department", "starts_on", "given_by") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Role | None = None) -> tuple[str, ...]:
        return (*self.fields, "given_by") if obj else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        is_own = obj is not None and obj.user_id == request.user.pk
        may = super().has_change_permission(request, obj)
        return may and (not is_own or request.user.is_superuser)

    def save_model(self, request: HttpRequest, obj: Role, form: RoleForm, change: bool) -> None:
        if not change:
            obj.given_by_id = request.user.pk
        super().save_model(request, obj, form, change)


@admin.register(Unit)
class UnitAdmin(Light):
    list_display = ("name", "contact_name", "email", "phone", "hours", "is_active")


@admin.register(Campus)
class CampusAdmin(Light):
    list_display = ("name", "unit", "is_branch", "position", "is_active")
    list_select_related = ("unit",)


@admin.register(Division)
class DivisionAdmin(Light):
    list_display = ("name", "is_active")
    search_fields = ("name__plain",)


@admin.register(Department)
class DepartmentAdmin(Light):
    list_display = ("name", "division", "is_active")
    list_filter = ("division",)
    list_select_related = ("division",)
    search_fields = ("name__plain", "division__name__plain")


@admin.register(LogEntry)
class LogEntryAdmin(Record):
    """Who changed what in the admin; written by Django, changed by nobody."""

    list_display = ("action_time", "user", "action_flag", "content_type", "object_repr", "message")
    list_filter = ("action_flag",)
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr__plain", "user__name__plain", "user__email")
    fields = readonly_fields = list_display

    @admin.display(description=_("what changed"))
    def message(self, entry: LogEntry) -> str:
        return entry.get_change_message()


def _period(role: Role) -> str:
    since = _("since %(day)s") % {"day": date_format(role.starts_on)}
    until = _("until %(day)s") % {"day": date_format(role.ends_on)} if role.ends_on else ""
    return " ".join(filter(None, (since, until)))
