"""A post that lost to another of the same moment: answered in words, done once, never a 500."""

import pytest
from django.db import IntegrityError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import timezone
from psycopg2.errors import DeadlockDetected

from microcreds.accounts.models import Campus
from microcreds.middleware import TryAgainAfterAnother
from partners.models import Organization
from proposals.models import Proposal
from proposals.services import delete_draft
from tests.factories import make_cast, make_draft, make_unit
from tests.meanwhile import waiting_for


def client_of(person: object) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_who_add_the_same_is_told_at_its_field():
    unit, client = make_unit("Oxford"), client_of(make_cast().lead)

    answer = waiting_for(
        lambda: Campus.objects.create(name="Luxembourg", position=1),
        lambda: client.post(
            "/admin/accounts/campus/add/", {"name": "Luxembourg", "position": "1", "unit": unit.pk}
        ),
    )

    assert answer.status_code == 422
    assert answer.context["errors"] == [["Campus with this Name already exists."]]
    assert Campus.objects.filter(name="Luxembourg").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_was_deleted_meanwhile_is_not_there():
    draft = make_draft()
    client = client_of(draft.submitter)

    answer = waiting_for(
        lambda: delete_draft(proposal=draft, by=draft.submitter),
        lambda: client.post(f"/proposals/{draft.reference}/delete/"),
    )

    assert answer.status_code == 404
    assert not Proposal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_organization_that_was_added_meanwhile_is_said_to_be_there():
    client, tall = client_of(make_cast().oxford), {"name": "Tall", "kind": "employer"}
    rows = {"aliases-TOTAL_FORMS": "0", "aliases-INITIAL_FORMS": "0"}

    answer = waiting_for(
        lambda: Organization.objects.create(name="Tall", created_at=timezone.now()),
        lambda: client.post("/admin/partners/organization/add/", tall | rows),
    )

    assert (answer.status_code, Organization.objects.filter(name="Tall").count()) == (422, 1)


@pytest.mark.django_db
def test_a_name_that_an_organization_has_already_is_said_at_its_row():
    client, tall = client_of(make_cast().oxford), Organization.objects.create(name="Tall")
    rows = {"aliases-TOTAL_FORMS": "2", "aliases-INITIAL_FORMS": "0", "name": "Tall"}
    names = {"aliases-0-name": "Big", "aliases-1-name": "Large"}
    path = f"/admin/partners/organization/{tall.pk}/facts/"

    answers = [
        client.post(path, rows | names),
        client.post(path, rows | names | {"aliases-0-name": "BIG", "aliases-1-name": "Huge"}),
        client.post(path, rows | {"aliases-0-name": "New", "aliases-1-name": "new"}),
    ]

    assert [answer.status_code for answer in answers] == [302, 422, 422]
    assert "This name is among its names already." in answers[1].content.decode()
    assert set(tall.aliases.values_list("name", flat=True)) == {"Big", "Large"}


def tried_again(error: Exception, method: str = "post") -> HttpResponse | None:
    request = getattr(RequestFactory(), method)("/healthz")
    request.resolver_match = resolve("/healthz")
    return TryAgainAfterAnother(lambda request: HttpResponse()).process_exception(request, error)


def raised(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def test_a_deadlock_is_tried_again_and_no_other_fault_of_the_database():
    assert tried_again(raised(OperationalError(), DeadlockDetected())) is not None
    assert tried_again(IntegrityError(), "get") is None
    assert tried_again(raised(OperationalError(), TimeoutError())) is None
    assert tried_again(ValueError()) is None
