import pytest
from django.utils import timezone

from microcreds.outbox import links
from microcreds.outbox.events import event_of
from microcreds.outbox.models import Message
from tests.accounts.people import person
from tests.outbox.conftest import queue

pytestmark = pytest.mark.django_db
LEDGER = "/admin/outbox/message/"
LINK = "6f2c1a52-0a9c-4a53-9f3e-3a3b62a1f1de"


@pytest.fixture
def staff(client):
    client.force_login(person("staff@miamioh.edu", "elearning"))
    return client


def test_the_ledger_says_the_fate_of_each_mail_in_words(staff):
    queue("a@miamioh.edu", about="MC-2026-0001")
    sent = queue("b@miamioh.edu")
    Message.objects.filter(pk=sent.pk).update(state="sent", sent_at=timezone.now())

    page = staff.get(LEDGER).content.decode()

    assert "Queued" in page
    assert "Sent" in page
    assert "<svg" in page
    assert "MC-2026-0001" in page


def test_nobody_reads_a_link_or_a_secret_in_it(staff):
    open_mail = queue(
        "a@miamioh.edu", context={"name": "<b>R&D</b>", "sign_in_url": f"[[link:{LINK}]]"}
    )
    secret = queue("b@miamioh.edu", is_secret=True, context={"name": "CANARY"})

    page = staff.get(f"{LEDGER}{open_mail.pk}/change/").content.decode()
    assert "[personal link]" in page
    assert LINK not in page
    assert "&lt;b&gt;R&amp;D" in page
    assert "CANARY" not in staff.get(f"{LEDGER}{secret.pk}/change/").content.decode()
    assert links.placeholder(LINK) in open_mail.body


def test_it_is_found_by_proposal_address_and_subject(staff):
    queue("a@miamioh.edu", about="MC-2026-0001")
    queue("b@miamioh.edu", about="MC-2026-0002")

    for query, count in (("MC-2026-0001", 1), ("b@miami", 1), ("account at", 2), ("\x27%", 0)):
        assert len(staff.get(LEDGER, {"q": query}).context["cl"].result_list) == count
    assert len(staff.get(LEDGER, {"event": "invitation"}).context["cl"].result_list) == 2
    assert len(staff.get(LEDGER, {"event": "account"}).context["cl"].result_list) == 0


def again(client, *messages):
    chosen = [message.pk for message in messages]
    return client.post(LEDGER, {"action": "try_again", "_selected_action": chosen}, follow=True)


def test_staff_try_again_what_failed(staff):
    failed, sent = queue("a@miamioh.edu"), queue("b@miamioh.edu")
    Message.objects.filter(pk=failed.pk).update(state="failed", attempts=8, error="550")
    Message.objects.filter(pk=sent.pk).update(state="sent", sent_at=timezone.now())

    page = again(staff, failed, sent).content.decode()

    assert "1 mail waits again." in page
    assert dict(Message.objects.values_list("to", "state")) == {
        "a@miamioh.edu": "queued",
        "b@miamioh.edu": "sent",
    }


def test_an_auditor_reads_and_tries_nothing_again(client):
    client.force_login(person("auditor@miamioh.edu", "auditor"))
    failed = queue("a@miamioh.edu")
    Message.objects.update(state="failed", error="550")

    assert client.get(LEDGER).status_code == 200
    again(client, failed)

    assert Message.objects.get().state == "failed"


def test_nobody_writes_or_deletes_in_the_ledger(client):
    client.force_login(person("root@miamioh.edu", is_superuser=True))
    message = queue()

    assert client.get(f"{LEDGER}add/").status_code == 403
    assert client.post(f"{LEDGER}{message.pk}/change/", {"to": "x@y.org"}).status_code == 403
    assert client.post(f"{LEDGER}{message.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_event_is_said_in_words(staff):
    mail = queue("a@miamioh.edu", about="MC-2026-0001")
    words = str(event_of(mail.event).name)

    for page in (LEDGER, f"{LEDGER}{mail.pk}/change/"):
        shown = staff.get(page).content.decode().split("<main")[1].split("changelist-filter")[0]
        assert (words in shown, f">{mail.event}<" in shown) == (True, False)
