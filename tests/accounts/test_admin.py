"""People, roles and reference data in the admin: who may, and what it leaves behind."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from microcreds.accounts.models import Campus, Department, Division, Role, Unit, User
from microcreds.outbox.models import Message
from tests.accounts.people import PASSWORD, person

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/accounts/user/"
ROLES = "/admin/accounts/role/"
NEW_ROLE = {"kind": "auditor", "unit": "", "department": "", "starts_on": "2026-01-01"}


@pytest.fixture
def lead() -> User:
    return person("lead@miamioh.edu", Role.Kind.LEAD)


@pytest.fixture
def as_lead(lead: User) -> Client:
    client = Client()
    client.force_login(lead)
    return client


@pytest.fixture
def as_superuser() -> Client:
    client = Client()
    client.force_login(person("root@miamioh.edu", is_superuser=True))
    return client


def test_adding_a_person_invites_them(as_lead):
    new = {"email": "Guest@Example.org", "name": "Gwen", "is_superuser": "on", "password": "x"}

    assert as_lead.post(f"{PEOPLE}add/", new).status_code == 302

    gwen = User.objects.get(email="guest@example.org")
    assert (gwen.name, gwen.is_superuser, gwen.has_usable_password()) == ("Gwen", False, False)
    assert EmailAddress.objects.get(user=gwen).verified
    mail = Message.objects.get()
    assert (mail.event, mail.to) == ("invitation", "guest@example.org")
    assert "Lead has made an account for you" in mail.body
    assert "http://testserver/accounts/login/code/" in mail.body
    assert LogEntry.objects.get().object_id == str(gwen.pk)


def test_a_person_is_added_once(as_lead):
    person("dana@miamioh.edu")

    response = as_lead.post(f"{PEOPLE}add/", {"email": "DANA@miamioh.edu", "name": "Dana"})

    assert "Somebody has an account with this address already." in response.content.decode()
    assert not Message.objects.exists()


def test_a_person_is_changed_but_not_their_address_or_power(as_lead):
    dana = person("dana@miamioh.edu")
    change = {"name": "Dana B", "phone": "513", "email": "x@y.org", "is_superuser": "on"}

    as_lead.post(f"{PEOPLE}{dana.pk}/change/", change | {"password": "x"})

    dana.refresh_from_db()
    assert (dana.name, dana.phone, dana.email) == ("Dana B", "513", "dana@miamioh.edu")
    assert (dana.is_active, dana.is_superuser) == (False, False)
    assert dana.check_password(PASSWORD)


def test_a_person_s_page_shows_no_hash_and_leads_to_a_new_role(as_lead):
    dana = person("dana@miamioh.edu", Role.Kind.AUDITOR)

    page = as_lead.get(f"{PEOPLE}{dana.pk}/change/").content.decode()

    assert dana.password not in page
    assert "Auditor" in page
    assert f"{ROLES}add/?user={dana.pk}" in page


def test_a_lead_does_not_touch_a_superuser_and_nobody_shuts_themselves_out(as_lead, lead):
    root = person("root@miamioh.edu", is_superuser=True)

    assert as_lead.post(f"{PEOPLE}{root.pk}/change/", {"name": "Mine"}).status_code == 403
    as_lead.post(f"{PEOPLE}{lead.pk}/change/", {"name": "Lee", "phone": ""})

    lead.refresh_from_db()
    assert (lead.name, lead.is_active) == ("Lee", True)


def test_a_superuser_makes_superusers(as_superuser):
    dana = person("dana@miamioh.edu")
    change = {"name": "Dana", "phone": "", "is_active": "on", "is_superuser": "on"}

    as_superuser.post(f"{PEOPLE}{dana.pk}/change/", change)

    dana.refresh_from_db()
    assert dana.is_superuser


def test_a_role_says_who_gave_it_and_is_logged(as_lead, lead):
    dana = person("dana@miamioh.edu")

    assert as_lead.post(f"{ROLES}add/", NEW_ROLE | {"user": dana.pk}).status_code == 302

    role = dana.roles.get()
    assert (role.kind, role.given_by) == ("auditor", lead)
    assert LogEntry.objects.get().object_id == str(role.pk)


def test_a_role_ends_and_keeps_what_it_was(as_lead):
    role = person("dana@miamioh.edu", Role.Kind.AUDITOR).roles.get()
    change = {"ends_on": "2030-06-30", "kind": "lead", "user": "1"}

    as_lead.post(f"{ROLES}{role.pk}/change/", change)

    role.refresh_from_db()
    assert (role.kind, str(role.ends_on)) == ("auditor", "2030-06-30")
    assert "Changed" in LogEntry.objects.get().get_change_message()


def test_a_role_is_not_held_twice(as_lead):
    dana = person("dana@miamioh.edu", Role.Kind.AUDITOR)
    today = dana.roles.get().starts_on

    page = as_lead.post(f"{ROLES}add/", NEW_ROLE | {"user": dana.pk, "starts_on": today})

    assert "This person holds this role already." in page.content.decode()
    assert dana.roles.count() == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("elearning", "Choose the unit this person works for."),
        ("chair", "Choose the department this person chairs."),
    ],
)
def test_a_role_has_the_place_it_needs(as_lead, kind, words):
    dana = person("dana@miamioh.edu")

    page = as_lead.post(f"{ROLES}add/", NEW_ROLE | {"user": dana.pk, "kind": kind})

    assert words in page.content.decode()
    assert not dana.roles.exists()


def test_nobody_gives_a_role_to_themselves_or_changes_their_own(as_lead, lead):
    page = as_lead.post(f"{ROLES}add/", NEW_ROLE | {"user": lead.pk})
    own = as_lead.post(f"{ROLES}{lead.roles.get().pk}/change/", {"ends_on": "2040-01-01"})

    assert "You cannot give yourself a role" in page.content.decode()
    assert own.status_code == 403
    assert lead.roles.count() == 1


def test_a_superuser_may_give_themselves_a_role(as_superuser):
    root = User.objects.get()

    as_superuser.post(f"{ROLES}add/", NEW_ROLE | {"user": root.pk})

    assert root.roles.get().kind == "auditor"


@pytest.mark.parametrize("kind", ["elearning", "auditor"])
def test_staff_and_auditor_read_people_and_change_none(client, kind):
    client.force_login(person("staff@miamioh.edu", kind))
    role = person("dana@miamioh.edu", Role.Kind.COMMITTEE).roles.get()

    assert client.get(PEOPLE).status_code == 200
    assert client.get(f"{ROLES}{role.pk}/change/").status_code == 200
    assert client.get(f"{PEOPLE}add/").status_code == 403
    assert client.get(f"{ROLES}add/").status_code == 403
    assert client.post(f"{ROLES}{role.pk}/change/", {"ends_on": "2040-01-01"}).status_code == 403


@pytest.mark.parametrize("kind", ["committee_chair", "deans"])
def test_committee_chair_and_deans_see_no_people(client, kind):
    client.force_login(person("other@miamioh.edu", kind))

    assert client.get(PEOPLE).status_code == 403
    assert client.get("/admin/outbox/message/").status_code == 403


@pytest.mark.parametrize("kinds", [(), ("committee",), ("chair",)])
def test_there_is_no_admin_for_others(client, kinds):
    user = person("other@miamioh.edu")
    division = Division.objects.create(name="Division")
    department = Department.objects.create(name="Department", division=division)
    for kind in kinds:
        Role.objects.create(user=user, kind=kind, department=department)
    client.force_login(user)

    assert client.get("/admin/").status_code == 404
    assert client.get(PEOPLE).status_code == 404


@pytest.mark.parametrize("model", ["user", "role", "unit", "campus", "division", "department"])
def test_a_lead_deletes_nothing(as_lead, model):
    Unit.objects.create(name="Unit", email="unit@miamioh.edu")
    Campus.objects.create(name="Campus")
    division = Division.objects.create(name="Division")
    Department.objects.create(name="Department", division=division)
    pk = {"user": User, "role": Role, "unit": Unit, "campus": Campus, "division": Division}
    row = pk.get(model, Department).objects.first()

    url = reverse(f"admin:accounts_{model}_delete", args=[row.pk])
    assert as_lead.post(url, {"post": "yes"}).status_code == 403
    assert pk.get(model, Department).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", ["user", "role"])
def test_nor_does_a_superuser_delete_people(as_superuser, model):
    dana = person("dana@miamioh.edu", Role.Kind.AUDITOR)
    pk = dana.pk if model == "user" else dana.roles.get().pk

    url = reverse(f"admin:accounts_{model}_delete", args=[pk])
    assert as_superuser.post(url, {"post": "yes"}).status_code == 403


def test_the_log_is_read_by_lead_and_auditor_alone(as_lead, client):
    as_lead.post(f"{PEOPLE}add/", {"email": "g@example.org", "name": "<b>Gwen</b>"})
    entry = LogEntry.objects.get()
    for reader in ("auditor", "elearning"):
        client.force_login(person(f"{reader}@miamioh.edu", reader))
        assert client.get("/admin/admin/logentry/").status_code == (
            200 if reader == "auditor" else 403
        )

    page = as_lead.get("/admin/admin/logentry/").content.decode()
    assert "&lt;b&gt;Gwen" in page
    assert as_lead.get(f"/admin/admin/logentry/{entry.pk}/change/").status_code == 200
    assert as_lead.post(f"/admin/admin/logentry/{entry.pk}/change/", {}).status_code == 403


def test_what_would_bypass_roles_is_not_there(as_superuser):
    for url in ("/admin/auth/group/", "/admin/account/emailaddress/"):
        assert as_superuser.get(url).status_code == 404


LISTS = {  # statements: two for the session and its user, the rest for the list
    "/admin/accounts/user/": 6,
    "/admin/accounts/role/": 6,
    "/admin/accounts/campus/": 6,
    "/admin/accounts/department/": 7,
    "/admin/admin/logentry/": 5,
    "/admin/outbox/message/": 11,
}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("url", LISTS)
def test_the_length_of_a_list_costs_no_query(as_lead, url, count, django_assert_num_queries):
    for number in range(count):
        unit = Unit.objects.create(name=f"Unit {number}", email="unit@miamioh.edu")
        Campus.objects.create(name=f"Campus {number}", unit=unit)
        division = Division.objects.create(name=f"Division {number}")
        Department.objects.create(name="Department", division=division)
        new = {"email": f"g{number}@example.org", "name": "Gwen"}
        as_lead.post(f"{PEOPLE}add/", new)
        gwen = User.objects.get(email=new["email"])
        Role.objects.create(user=gwen, kind="elearning", unit=unit)

    with django_assert_num_queries(LISTS[url]):
        page = as_lead.get(url)

    assert len(page.context["cl"].result_list) >= count


@pytest.mark.parametrize("url", [*LISTS, "/admin/accounts/unit/", "/admin/proposals/term/"])
def test_a_nonsense_query_is_no_fault(as_lead, url):
    for query in ("?q=%27%22%00x", "?q=%27%22%25_", "?p=99999999999", "?o=zz", "?kind=no"):
        assert as_lead.get(url + query).status_code in (200, 302, 400)
