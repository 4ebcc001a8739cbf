"""The cards of the sign-in page: one click, demo people only, and what waits on them."""

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from microcreds.accounts.models import Role, Unit
from microcreds.accounts.services import create_person
from microcreds.demo.people import PEOPLE
from microcreds.demo.templatetags.demo_people import demo_cards, demo_partner
from partners.models import Contact
from proposals.services import create_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(settings):
    settings.DEMO = True
    unit = Unit.objects.create(name="A unit", email="unit@miami.example")
    everyone = {p.key: create_person(email=p.email, name=p.name) for p in PEOPLE}
    Role.objects.create(user=everyone["oxford"], kind=Role.Kind.ELEARNING, unit=unit)
    Role.objects.create(user=everyone["lead"], kind=Role.Kind.LEAD)
    return everyone


def sign_in(client, email, **fields):
    return client.post(reverse("demo:sign_in"), {"email": email, **fields})


def test_one_click_signs_in(client, people):
    response = sign_in(client, "oxford@miami.example")

    assert response.url == "/home/"
    assert client.session["_auth_user_id"] == str(people["oxford"].pk)


def test_the_session_is_a_new_one(client, people):
    sign_in(client, "oxford@miami.example")
    before = client.session.session_key
    sign_in(client, "faculty@miami.example")

    assert client.session.session_key != before
    assert client.session["_auth_user_id"] == str(people["faculty"].pk)


def test_nobody_else_can_be_signed_in(client, people):
    create_person(email="real@miamioh.edu", name="Real")
    create_person(email="other@miami.example", name="Other")

    for email in ("real@miamioh.edu", "other@miami.example", "", "FACULTY@MIAMI.EXAMPLE"):
        assert sign_in(client, email).status_code == 404
    assert "_auth_user_id" not in client.session


def test_it_takes_a_post_with_a_token(people):
    client = Client(enforce_csrf_checks=True)

    assert client.get(reverse("demo:sign_in")).status_code == 405
    assert sign_in(client, "lead@miami.example").status_code == 403


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/proposals/new/", "/proposals/new/"),
        ("https://evil.example/", "/home/"),
        ("//evil.example/", "/home/"),
        ("javascript:alert(1)", "/home/"),
        ("", "/home/"),
    ],
)
def test_next_stays_on_this_site(client, people, wanted, leads_to):
    assert sign_in(client, "faculty@miami.example", next=wanted).url == leads_to


def test_the_partner_card_leads_to_a_personal_link(client, people):
    contact = Contact.objects.create(name="Pat", email="pat@tallgrass.example")

    response = client.post(reverse("demo:partner"))

    assert response.url.startswith("/partners/link/")
    assert contact.links.count() == 1


def test_cards_say_what_waits(people, django_assert_max_num_queries):
    create_draft(owner=people["faculty"], working_title="An idea")
    create_draft(owner=people["faculty"], working_title="An idea")
    create_draft(owner=people["faculty2"], working_title="An idea")

    with django_assert_max_num_queries(3):
        waits = {card.person.key: card.waits for card in demo_cards()}
        follows = demo_partner()

    assert waits["faculty"] == "2 proposals wait"
    assert waits["faculty2"] == "1 proposal waits"
    assert follows == ""
    assert waits["oxford"] == waits["auditor"] == "Nothing waits"


def test_without_people_the_page_says_how_they_come(settings):
    settings.DEMO = True

    page = Template("{% include 'demo/_people.html' %}").render(Context())

    assert "manage.py demo" in page
