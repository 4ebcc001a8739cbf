"""An organization begins: the form, the mailed link, the page of the inquiry."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from microcreds.outbox import links
from microcreds.outbox.models import Message
from partners import services
from partners.forms import SALT
from partners.models import Access, Contact, Inquiry, InquiryEntry, Link
from partners.views.inquiries import may_begin
from reviews.inquiries import receiving, working
from tests.partners.asking import POSTED, begun, received, token_of, typed

pytestmark = pytest.mark.django_db

START, SENT = "/partners/start/", "/partners/start/sent/"
# A Friday that is a day off, the day after Thanksgiving
NOW = datetime(2026, 11, 27, 15, tzinfo=UTC)
HOSTILE = '"><script>alert(1)</script>{{ request.user }}'


@pytest.fixture(autouse=True)
def nobody_was_counted() -> None:
    cache.clear()


def opened(client: Client) -> str:
    """What the page carries, once somebody has read it for a while."""
    with time_machine.travel(NOW - timedelta(minutes=5), tick=False):
        page = client.get(START).content.decode()
    return re.search(r'name="opened" value="([^"]+)"', page)[1]


@time_machine.travel(NOW, tick=False)
def send(client: Client, *, ip: str = "203.0.113.7", **changed: object):
    posted = POSTED | {"opened": opened(client)} | changed
    posted = {key: value for key, value in posted.items() if value is not None}
    return client.post(START, posted, REMOTE_ADDR=ip)


def link_of(inquiry: Inquiry) -> str:
    return reverse("partners:link", args=[token_of(inquiry)])


def test_the_front_page_leads_to_it(client):
    assert f'href="{START}"' in client.get("/").content.decode()


@time_machine.travel(NOW, tick=False)
def test_what_is_sent_waits_and_one_mail_asks_to_confirm_it(client, cast):
    response = send(client)

    inquiry, mail = Inquiry.objects.get(), Message.objects.get()
    assert response["Location"] == SENT
    assert (inquiry.state, inquiry.org_name) == ("unconfirmed", "Ridgeway Bearings")
    assert (mail.event, mail.to) == ("inquiry_confirm", "jo@ridgeway.example")
    assert "jo@ridgeway.example" in client.get(SENT).content.decode()


def test_the_mail_to_an_unknown_address_carries_nothing_that_was_typed(client):
    send(client, org_name="Buy pills", contact_name="Cheap pills", abilities="pills pills")

    mail = Message.objects.get()
    assert "pills" not in mail.subject + mail.body


def test_not_sure_is_an_answer_to_every_question_about_the_need(client):
    blank = dict.fromkeys(("abilities", "jobs", "how_many", "place"), "")
    unsure = {f"{name}_unsure": "on" for name in blank}

    assert send(client, **blank, **unsure, by_when="unsure").status_code == 302
    assert {words for _label, words in Inquiry.objects.get().said()} == {"Not sure yet"}


def test_an_answer_or_not_sure_is_needed(client):
    response = send(client, jobs="")

    assert response.status_code == 422
    assert "Answer, or check “Not sure yet which jobs”." in response.content.decode()
    assert escape(POSTED["abilities"]) in response.content.decode()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("abilities", "x" * 1201, "Write at most 1200 characters; there are 1201 now."),
        ("jobs", "nul\x00nul", "Null characters are not allowed."),
        ("org_name", "exe.\u202egnp", "Remove the characters that cannot be shown"),
        ("how_many", "9" * 5000, "Enter a whole number from 1 to 5000."),
        ("how_many", "-3", "Enter a whole number from 1 to 5000."),
        ("by_when", "nonsense", "Choose one of the answers offered here."),
        ("website", "javascript:alert(1)", "Enter a web address"),
        ("website", "ftp://ridgeway.example", "Enter a web address"),
        ("contact_email", "nobody", "Enter an e-mail address"),
        ("contact_phone", "call me", "Enter a phone number"),
        ("opened", "made up", "Wait a few seconds, then send it once more."),
        ("middle_name", "Robot", "Empty this field"),
    ],
)
def test_bad_input_is_refused_at_its_field(client, name, value, words):
    response = send(client, **{name: value})

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize("day", ["2020-01-01", "9999-12-31", "", "soon"])
def test_a_day_lies_ahead(client, day):
    assert send(client, by_when="date", by_day=day).status_code == 422


@time_machine.travel(NOW, tick=False)
def test_nobody_fills_it_in_within_seconds(client):
    page = client.get(START).content.decode()
    token = re.search(r'name="opened" value="([^"]+)"', page)[1]

    response = client.post(START, POSTED | {"opened": token})

    assert response.status_code == 422
    assert "That was very quick." in response.content.decode()


def test_a_second_click_sends_no_second_mail(client):
    token = opened(client)

    assert [send(client, opened=token).status_code for _ in range(2)] == [302, 302]
    assert (Inquiry.objects.count(), Message.objects.count()) == (1, 1)


def test_sent_again_from_the_same_page_it_says_what_was_corrected(client):
    token = opened(client)
    send(client, opened=token)

    send(client, opened=token, jobs="Tool maker")

    assert Inquiry.objects.get().jobs == "Tool maker"
    assert Message.objects.count() == 1


def test_a_corrected_address_has_a_link_of_its_own_and_the_wrong_one_opens_nothing(client):
    token = opened(client)
    send(client, opened=token, contact_email="wrong@ridgeway.example")
    wrong = link_of(Inquiry.objects.get())

    send(client, opened=token)

    inquiry = Inquiry.objects.get()
    assert inquiry.contact_email == "jo@ridgeway.example"
    assert Message.objects.latest("pk").to == "jo@ridgeway.example"
    assert (client.get(wrong).status_code, client.get(link_of(inquiry)).status_code) == (404, 200)


def test_a_confirmed_one_stays_as_it_was_confirmed(client):
    token = opened(client)
    send(client, opened=token)
    client.post(link_of(Inquiry.objects.get()))

    send(client, opened=token, jobs="Tool maker")

    assert Inquiry.objects.get().jobs == POSTED["jobs"]


def test_whoever_corrects_it_finds_what_they_sent_for_an_hour_and_nobody_else_does(client):
    with time_machine.travel(NOW, tick=False):
        send(client, how_many="", how_many_unsure="on")
        response = client.get(f"{START}?again=1")
        page = response.content.decode()
        assert response["Cache-Control"] == "no-store, private"
        assert escape(POSTED["abilities"]) in page
        assert re.search(r'name="how_many_unsure"[^>]* checked', page)
        assert escape(POSTED["abilities"]) not in client.get(START).content.decode()
        assert POSTED["jobs"] not in Client().get(f"{START}?again=1").content.decode()
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        assert POSTED["jobs"] not in client.get(f"{START}?again=1").content.decode()


def test_what_is_typed_stays_where_the_page_was_open_too_long():
    client = Client(enforce_csrf_checks=True)
    page = opened(client)

    refused = client.post(START, POSTED | {"opened": page})

    text = refused.content.decode()
    assert (refused.status_code, Inquiry.objects.count()) == (403, 0)
    assert "What you typed is below. Send it once more." in text
    assert escape(POSTED["abilities"]) in text
    fresh = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)[1]
    again = client.post(START, POSTED | {"opened": page, "csrfmiddlewaretoken": fresh})
    assert again["Location"] == SENT


def test_a_thousand_robots_send_a_bounded_number_of_mails(client, rf):
    """The first hundred as robots post; the limit that then answers is asked for all others."""
    pages = [opened(client)] + [signing.dumps([uuid4().hex, 0], salt=SALT) for _ in range(99)]
    for number, page in enumerate(pages):
        robot = {"contact_email": f"r{number}@robots.example", "opened": page}
        send(client, ip=f"198.51.100.{number}", **robot)
    with time_machine.travel(NOW, tick=False):
        later = [
            may_begin(
                rf.post(START, REMOTE_ADDR=f"192.0.{n // 250}.{n % 250}"), f"l{n}@robots.example"
            )
            for n in range(900)
        ]

    assert (Message.objects.count(), Inquiry.objects.count()) == (60, 60)
    assert not any(later)


def test_one_network_and_one_address_begin_few(client):
    same_network = [
        send(client, contact_email=f"a{number}@ridgeway.example").status_code
        for number in range(11)
    ]
    same_address = [send(client, ip=f"192.0.2.{number}").status_code for number in range(6)]

    assert same_network == [302] * 10 + [429]
    assert same_address == [302] * 5 + [429]


def test_the_answer_is_the_same_whether_or_not_the_address_is_known(client, share):
    unknown = send(client)
    known = send(client, contact_email="pat@tallgrass.example")

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_a_scanner_confirms_nothing(client, cast):
    inquiry = begun()

    for _ in range(5):
        assert client.get(link_of(inquiry)).status_code == 200
        assert client.head(link_of(inquiry)).status_code == 200

    inquiry.refresh_from_db()
    assert inquiry.state == "unconfirmed"
    assert (Contact.objects.count(), Message.objects.count()) == (0, 1)


def test_the_page_before_the_button_tells_nothing(client):
    page = client.get(link_of(begun())).content.decode()

    assert "Ridgeway" not in page
    assert "Jo Marsh" not in page


def test_the_button_confirms_and_leads_to_the_page(client, cast):
    inquiry = begun()

    response = client.post(link_of(inquiry))

    inquiry.refresh_from_db()
    assert response["Location"] == f"/partners/inquiries/{inquiry.reference}/"
    assert (inquiry.state, inquiry.contact.email) == ("received", "jo@ridgeway.example")
    page = client.get(response["Location"]).content.decode()
    assert 'data-inquiry="received"' in page
    assert "Read a control chart at the line" in page


def test_its_queue_is_told_once_it_is_confirmed(client, cast):
    inquiry = begun()
    client.post(link_of(inquiry))
    client.post(link_of(inquiry))

    told = Message.objects.filter(event="inquiry_new").values_list("to", flat=True)
    assert sorted(told) == ["ola@miami.example", "ria@miami.example"]
    assert Link.objects.count() == 1


def test_the_same_link_opens_it_again_on_any_device(client, cast):
    inquiry = received()

    assert client.post(link_of(inquiry))["Location"].endswith(f"/{inquiry.reference}/")
    assert Access.objects.filter(link__contact=inquiry.contact).exists()


def test_no_raw_token_is_stored(client, cast):
    inquiry = received()

    assert inquiry.token_sha256 == links.sha256_of(token_of(inquiry))
    bodies = "".join(Message.objects.values_list("body", flat=True))
    assert token_of(inquiry) not in bodies


def test_a_wrong_or_old_link_is_nothing(client):
    inquiry = begun(at=NOW)
    with time_machine.travel(NOW + timedelta(days=8)):
        assert client.post(link_of(inquiry)).status_code == 404
    assert client.post("/partners/link/nonsense/").status_code == 404


def test_the_clock_of_the_first_answer_counts_working_days(cast):
    receiving_day = datetime(2026, 11, 25, 15, tzinfo=UTC)  # Wednesday before Thanksgiving

    inquiry = received(at=receiving_day)

    assert inquiry.answer_by.isoformat() == "2026-11-30"


def test_what_nobody_confirms_is_gone_after_a_week(cast):
    begun(at=NOW)
    kept = received(at=NOW)

    assert receiving.sweep(at=NOW + timedelta(days=6)) == 0
    assert receiving.sweep(at=NOW + timedelta(days=7)) == 1
    assert list(Inquiry.objects.all()) == [kept]


def test_nobody_else_opens_its_page(client, share, cast):
    inquiry = received()
    token = links.token_for(services.issue_links(contacts=[share.contact])[share.contact.pk].uuid)
    client.post(reverse("partners:link", args=[token]))

    for ref in (inquiry.reference, "INQ-", "INQ-1e3", f"INQ-{'9' * 30}", "nonsense"):
        assert client.get(f"/partners/inquiries/{ref}/").status_code == 404
    assert Client().get(f"/partners/inquiries/{inquiry.reference}/").status_code == 404


def test_a_fresh_link_goes_to_whoever_sent_an_inquiry(cast):
    received()

    assert services.send_fresh_link(email="JO@ridgeway.example") is not None
    assert services.send_fresh_link(email="jo@elsewhere.example") is None


def test_hostile_words_are_text_on_its_page(client, cast):
    inquiry = received(abilities=HOSTILE, org_name=HOSTILE, jobs=HOSTILE, place=HOSTILE)
    client.post(link_of(inquiry))

    page = client.get(f"/partners/inquiries/{inquiry.reference}/").content.decode()

    assert "<script>alert" not in page
    assert escape(HOSTILE) in page


def test_the_page_shows_answers_and_nothing_of_the_desk(client, cast):
    inquiry = received()
    working.answer(inquiry=inquiry, words="We ring you on Monday.", by=cast.oxford)
    InquiryEntry.objects.create(inquiry=inquiry, kind="taken", at=NOW, words="CANARY-note")
    client.post(link_of(inquiry))

    page = client.get(f"/partners/inquiries/{inquiry.reference}/").content.decode()

    assert "We ring you on Monday." in page
    assert "Ola Oxford" in page
    assert "CANARY" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_statements(client, cast, count, django_assert_num_queries):
    first = received()
    for _ in range(count):
        received()
    client.post(link_of(first))

    with django_assert_num_queries(6):
        client.get("/partners/")


def test_facts_of_an_inquiry_hold_in_the_database(cast):
    inquiry = received()
    broken = (
        {"state": "closed"},
        {"state": "proposal"},
        {"state": "reading"},
        {"state": "unconfirmed"},
        {"answer_by": None},
        {"contact": None},
        {"by_when": "date"},
        {"org_name": ""},
        {"channel": "call"},
    )
    for changed in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            Inquiry.objects.filter(pk=inquiry.pk).update(**changed)


def test_typed_by_staff_it_counts_at_once_and_nobody_is_mailed(cast):
    inquiry = typed(cast.oxford)

    assert (inquiry.state, inquiry.owner, inquiry.unit) == (
        "reading",
        cast.oxford,
        cast.oxford.roles.get().unit,
    )
    assert not Message.objects.exists()


def test_the_first_mail_to_a_typed_address_confirms_it(client, cast):
    inquiry = typed(cast.oxford)
    working.answer(inquiry=inquiry, words="Thank you for the call.", by=cast.oxford)

    mail = Message.objects.get()
    assert links.placeholder(inquiry.uuid) in mail.body
    with pytest.raises(Exception, match="Nobody has confirmed this address"):
        working.answer(inquiry=inquiry, words="Once more.", by=cast.oxford)

    assert client.post(link_of(inquiry)).status_code == 302
    inquiry.refresh_from_db()
    assert inquiry.confirmed_at is not None
    working.answer(inquiry=inquiry, words="Once more.", by=cast.oxford)
