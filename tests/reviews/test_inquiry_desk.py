"""The queue of inquiries in the admin: who meets it, what its buttons do, the mirror."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.html import escape

from microcreds.outbox.models import Message
from partners.models import FacultyAsk, Inquiry, Organization
from proposals.models import Stage
from reviews.inquiries import faculty, working
from reviews.inquiries.wanted import suggested_for
from tests.factories import make_at, make_draft, make_submitted
from tests.partners.asking import POSTED, begun, received

pytestmark = pytest.mark.django_db

QUEUE = "/admin/partners/inquiry/"
READERS = ("oxford", "regionals", "lead", "auditor", "admin_user")
OTHERS = ("proposer", "committee", "committee_chair", "deans", "chair")
HOSTILE = '"><script>alert(1)</script>{{ request.user }}'


def page_of(inquiry: Inquiry) -> str:
    return f"{QUEUE}{inquiry.pk}/change/"


def press(client: Client, inquiry: Inquiry, action: str, **given: str):
    posted = {f"{action}-{name}": value for name, value in given.items()}
    return client.post(page_of(inquiry), posted | {"action": action})


@pytest.mark.parametrize("role", READERS)
def test_the_queue_is_read_by_elearning_and_the_auditor(client, cast, role):
    inquiry = received()
    client.force_login(getattr(cast, role))

    assert "Ridgeway Bearings" in client.get(QUEUE).content.decode()
    for path in (page_of(inquiry), f"{QUEUE}partner-wanted/"):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("role", OTHERS)
def test_for_everybody_else_there_is_nothing(client, cast, role):
    inquiry = received()
    client.force_login(getattr(cast, role))

    for path in ("typed/", "for-faculty/", "partner-wanted/", f"{inquiry.pk}/change/"):
        assert client.get(f"{QUEUE}{path}").status_code == 404
    assert client.get(QUEUE).status_code in (403, 404)


def test_the_auditor_presses_nothing(client, cast):
    inquiry = received()
    client.force_login(cast.auditor)

    assert "<button" not in client.get(page_of(inquiry)).content.decode().split("<article")[1]
    assert press(client, inquiry, "answer", words="Hello").status_code == 404
    assert client.get(f"{QUEUE}typed/").status_code == 404


def test_one_that_is_not_confirmed_is_not_there(client, cast):
    inquiry = begun()
    client.force_login(cast.oxford)

    assert "Ridgeway" not in client.get(QUEUE).content.decode()
    assert client.get(page_of(inquiry)).status_code == 404
    assert client.get(f"{QUEUE}{'9' * 18}/change/").status_code == 404


def test_every_button_does_what_it_says(client, cast):
    inquiry, known = received(), Organization.objects.create(name="Ridgeway Bearings Inc")
    client.force_login(cast.oxford)
    pressed = [
        press(client, inquiry, "take"),
        press(client, inquiry, "organization", organization=str(known.pk)),
        press(client, inquiry, "answer", words="We read it."),
        press(client, inquiry, "ask", email="fay@miami.example", working_title="Charts"),
        press(client, inquiry, "end_ask"),
        press(client, inquiry, "give", to=str(cast.lead.pk)),
        press(client, inquiry, "close", reason="no_team"),
        press(client, inquiry, "reopen"),
    ]

    assert [response.status_code for response in pressed] == [302] * 8
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.owner, inquiry.organization) == ("reading", cast.oxford, known)
    kinds = inquiry.entries.order_by("pk").values_list("kind", flat=True)
    expected = ["confirmed", "taken", "matched", "answered", "asked", "ask_ended", "taken"]
    assert list(kinds) == [*expected, "closed", "reopened"]


@pytest.mark.parametrize(
    ("action", "given", "words"),
    [
        ("answer", {"words": ""}, "Write your answer."),
        ("answer", {"words": "x" * 10_000}, "Write at most 2000 characters"),
        ("close", {"reason": "nonsense"}, "Choose one of the reasons offered here."),
        ("give", {"to": "9" * 30}, "Choose one of the people shown here."),
        ("pass_on", {"unit": "nonsense", "words": "x"}, "Choose a unit from the list."),
        ("organization", {"organization": "7"}, "Choose one of those offered here."),
        ("ask", {"email": "x@gmail.com", "working_title": "Charts"}, "Enter a university address"),
        ("nonsense", {}, "Choose one of the buttons of this page."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, cast, action, given, words):
    inquiry = received()
    client.force_login(cast.oxford)

    response = press(client, inquiry, action, **given)

    assert response.status_code == 422
    assert words in response.content.decode()


def test_hostile_words_are_text_on_the_desk(client, cast):
    hostile = ("abilities", "jobs", "place", "org_name", "contact_name", "contact_title")
    inquiry = received(**dict.fromkeys(hostile, HOSTILE))
    faculty.ask_faculty(
        inquiry=inquiry,
        email="fay@miami.example",
        name=HOSTILE,
        working_title=HOSTILE,
        by=cast.lead,
    )
    client.force_login(cast.oxford)

    for path in (QUEUE, page_of(inquiry)):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert escape(HOSTILE) in page
    assert "\n" not in Message.objects.filter(event="inquiry_new").first().subject


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("?state=received", True),
        ("?state=closed", False),
        ("?unit=none", True),
        ("?owner=me", False),
        ("?owner=nobody", True),
        ("?late=yes", False),
        ("?q=ridgeway", True),
        ("?q=josé", True),
        ("?q=jose", True),
        ("?state=nonsense&unit=9999999999999999999999&owner=x", True),
    ],
)
def test_the_list_is_narrowed(client, cast, query, is_there):
    received(contact_name="José Marsh")
    client.force_login(cast.oxford)

    assert ("Ridgeway" in client.get(f"{QUEUE}{query}").content.decode()) is is_there


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_statements(client, cast, count, django_assert_num_queries):
    for _ in range(count):
        working.give(inquiry=received(), to=cast.oxford, by=cast.oxford)
    client.force_login(cast.oxford)
    client.get(QUEUE)

    with django_assert_num_queries(5):
        client.get(QUEUE)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_statements(client, cast, count, django_assert_num_queries):
    inquiry = received()
    for number in range(count):
        working.answer(inquiry=inquiry, words="Hello", by=cast.oxford)
        Organization.objects.create(name=f"Ridgeway Bearings {number}")
    client.force_login(cast.oxford)
    client.get(page_of(inquiry))

    with django_assert_num_queries(8):
        client.get(page_of(inquiry))


def test_staff_type_in_what_they_were_told(client, cast):
    client.force_login(cast.oxford)
    key = "6f1f0b0e-6c4e-4a8e-9d5c-0a4f4f3a0a01"
    typed = POSTED | {"channel": "call", "heard_on": "2026-11-20", "form_key": key}

    first, again = (client.post(f"{QUEUE}typed/", typed) for _ in range(2))
    wrong = client.post(f"{QUEUE}typed/", typed | {"heard_on": "9999-12-31"})

    inquiry = Inquiry.objects.get()
    assert (first["Location"], again["Location"]) == (page_of(inquiry),) * 2
    assert (inquiry.channel, inquiry.typed_by, inquiry.owner) == ("call", cast.oxford, cast.oxford)
    assert "Choose today or an earlier day." in wrong.content.decode()
    page = client.get(page_of(inquiry)).content.decode()
    assert "Nobody has confirmed this address yet." in page


def test_staff_begin_for_a_colleague_and_take_it_back(client, cast):
    client.force_login(cast.oxford)
    given = {"email": "fay@miami.example", "working_title": "Charts", "need": "To teach charts."}

    assert client.post(f"{QUEUE}for-faculty/", given).status_code == 302
    ask = FacultyAsk.objects.get()
    assert "Asked to begin a proposal" in client.get(QUEUE).content.decode()
    client.post(f"{QUEUE}ask/{ask.pk}/end/")

    ask.refresh_from_db()
    assert ask.state == "ended"
    assert client.post(f"{QUEUE}for-faculty/", given | {"need": ""}).status_code == 422


def test_the_suggestions_do_not_mind_accents(cast):
    job = {"title": "Técnico de enfermería", "extent": "one_function"}
    wants = make_submitted(working_title="Español clínico", job_functions=[job])
    make_submitted(cast.other_proposer, working_title="Espanol clinico")
    fits = received(jobs="Tecnico de enfermeria", abilities="Levantar pacientes")

    found = suggested_for([wants.pk])[wants.pk]

    assert found.inquiries == [(fits.pk, "Ridgeway Bearings")]
    assert [name for _key, name in found.organizations] == ["Tallgrass Fasteners"]


def test_the_mirror_lists_who_looks_for_a_partner_with_suggestions(client, cast):
    wants = make_submitted(help_wanted=["find_partner"])
    make_draft(help_wanted=["find_partner"])
    other = make_submitted(cast.other_proposer)
    fits = received(
        abilities="Draw a sample by plan, read a control chart.", jobs="Quality inspector"
    )
    received(org_name="Bakery", abilities="Bake bread at night.", jobs="Baker")
    client.force_login(cast.oxford)

    page = client.get(f"{QUEUE}partner-wanted/").content.decode()

    assert (wants.reference in page, other.reference in page) == (True, False)
    assert (page_of(fits) in page, "Bakery" in page) == (True, False)
    assert "Tallgrass Fasteners" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_mirror_takes_the_same_statements(client, cast, count, django_assert_num_queries):
    for _ in range(count):
        make_submitted(help_wanted=["find_partner"])
    client.force_login(cast.oxford)
    client.get(f"{QUEUE}partner-wanted/")

    with django_assert_num_queries(6):
        client.get(f"{QUEUE}partner-wanted/")


def test_what_there_is_already_stands_beside_the_need(client, cast):
    active = make_at(Stage.ACTIVE)
    inquiry = received(abilities="Draw a sample by plan and read a control chart.")
    client.force_login(cast.oxford)

    assert active.reference in client.get(page_of(inquiry)).content.decode()


@pytest.fixture(autouse=True)
def nobody_was_counted() -> None:
    cache.clear()
