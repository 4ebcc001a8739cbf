"""What the mail service reports as having come back, in requests as the services document them."""

import base64
import json
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.utils import timezone

from microcreds.outbox import addresses, watch
from microcreds.outbox.delivery import drain
from microcreds.outbox.events import Kind
from microcreds.outbox.models import Message, Undeliverable
from microcreds.outbox.providers import PROVIDERS
from reviews.workflow import Move
from tests.factories import do_move, make_cast, make_submitted
from tests.outbox.conftest import queue

pytestmark = pytest.mark.django_db
SECRET = "postmark:a long password"
DANA = "dana@miamioh.edu"


@pytest.fixture(autouse=True)
def configured(settings):
    settings.MAIL_PROVIDER, settings.MAIL_WEBHOOK_SECRET = "postmark", SECRET


def post(client, body, secret=SECRET):
    proof = base64.b64encode(secret.encode()).decode()
    return client.post(
        "/mail/events/",
        body if isinstance(body, bytes) else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Basic {proof}"} if secret else {},
    )


def bounce(message=None, **changed):
    """As https://postmarkapp.com/developer/webhooks/bounce-webhook shows it."""
    return {
        "RecordType": "Bounce",
        "MessageStream": "outbound",
        "ID": 4323372036854775807,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Tag": "",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"message": f"o-{message.uuid}"} if message else {},
        "ServerID": 23,
        "Description": "The server was unable to deliver your message.",
        "Details": "smtp;550 5.1.1 no such person",
        "Email": DANA,
        "From": "microcreds@miamioh.edu",
        "BouncedAt": timezone.now().isoformat(),
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "Where your proposal stands",
    } | changed


def test_a_bounce_flags_its_address_and_the_mail_once(client, mailbox):
    message = queue()
    drain()
    sent = message_from_bytes(mailbox.mails[0].content)
    assert sent["X-PM-Metadata-message"] == f"o-{message.uuid}"

    assert [post(client, bounce(message)).status_code for _ in range(3)] == [200, 200, 200]

    message.refresh_from_db()
    assert (message.state, message.error) == ("bounced", "smtp;550 5.1.1 no such person")
    flagged = Undeliverable.objects.get()
    assert (flagged.address, flagged.reason) == (DANA, "bounced")


def test_a_bounce_of_a_mail_we_do_not_know_flags_the_address(client):
    assert post(client, bounce()).status_code == 200

    assert addresses.broken(DANA)


def test_a_bounce_never_marks_the_mail_of_another_address(client, mailbox):
    message = queue("someone.else@miamioh.edu")
    drain()

    post(client, bounce(message))

    message.refresh_from_db()
    assert message.state == "sent"


@pytest.mark.parametrize("kind", ["SoftBounce", "Transient", "DnsError", "AutoResponder"])
def test_what_may_pass_flags_nothing(client, kind):
    assert post(client, bounce(Type=kind)).status_code == 200

    assert not Undeliverable.objects.exists()


@pytest.mark.parametrize("kind", ["Delivery", "Open", "Click", "SomethingNew"])
def test_other_news_change_nothing(client, kind):
    assert post(client, bounce(RecordType=kind, Recipient=DANA)).status_code == 200

    assert not Undeliverable.objects.exists()


def test_a_complaint_is_one_and_the_mail_stays_sent(client, mailbox):
    message = queue()
    drain()

    post(client, bounce(message, RecordType="SpamComplaint", Type="SpamComplaint"))

    message.refresh_from_db()
    assert message.state == "sent"
    assert Undeliverable.objects.get().reason == "complained"


@pytest.mark.parametrize("secret", ["", "postmark:wrong", "nobody:a long password", ":"])
def test_who_cannot_prove_itself_writes_nothing(client, secret):
    assert post(client, bounce(), secret).status_code == 400

    assert not Undeliverable.objects.exists()


JUNK = [b"", b"\xff\xfe", b"no json", b"[]", b"5", b"null", b"[" * 9999, b'{"RecordType":[]}']


@pytest.mark.parametrize("junk", JUNK)
def test_junk_is_refused(client, junk):
    assert post(client, junk).status_code == 400

    assert not Undeliverable.objects.exists()


@pytest.mark.parametrize("address", [None, 5, "", "no address", "a\x00b@x.example", "x" * 999])
def test_an_event_without_an_address_flags_nothing(client, address):
    assert post(client, bounce(Email=address)).status_code == 200

    assert not Undeliverable.objects.exists()


@pytest.mark.parametrize("provider,secret", [("", SECRET), ("postmark", ""), ("pigeon", SECRET)])
def test_without_service_and_secret_nobody_is_there(client, settings, provider, secret):
    settings.MAIL_PROVIDER, settings.MAIL_WEBHOOK_SECRET = provider, secret

    assert post(client, bounce()).status_code == 404
    assert any("MAIL_PROVIDER" in said for said in watch.warnings(watch.state_of_mail()))


def test_it_can_be_looked_for_and_not_read(client):
    assert client.head("/mail/events/").status_code == 200
    assert client.get("/mail/events/").status_code == 405


def test_what_was_told_before_it_was_cleared_changes_nothing(client, cast):
    old = bounce(BouncedAt=(timezone.now() - timedelta(hours=1)).isoformat())
    post(client, old)
    addresses.clear(address=DANA, by=cast.oxford)

    post(client, old)
    assert addresses.broken(DANA) is None

    post(client, bounce())
    assert addresses.broken(DANA)


def test_what_waits_for_a_broken_address_stays_here_but_codes_leave(client):
    notice = queue(kind=Kind.FYI, dedupe_key="notice")
    code = queue(is_secret=True)

    post(client, bounce())

    notice.refresh_from_db()
    code.refresh_from_db()
    assert (notice.state, code.state) == ("suppressed", "queued")
    assert "cleared" in notice.error


EVENTS = {
    "brevo": {"event": "hard_bounce", "email": DANA, "reason": "550", "message-id": "<o-{0}@x>"},
    "mailjet": {
        "event": "bounce",
        "time": 1732700000,
        "MessageID": 19421777835146490,
        "email": DANA,
        "CustomID": "o-{0}",
        "hard_bounce": True,
        "error": "user unknown",
    },
    "mailtrap": {
        "events": [
            {
                "event": "bounce",
                "timestamp": 1732700000,
                "message_id": "1df37d17",
                "email": DANA,
                "custom_variables": {"message": "o-{0}"},
            }
        ]
    },
    "postmark": bounce(Metadata={"message": "o-{0}"}),
}


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_service_is_understood(client, settings, mailbox, name):
    settings.MAIL_PROVIDER = name
    message = queue()
    drain()

    told = json.dumps(EVENTS[name]).replace("{0}", str(message.uuid))
    assert post(client, told.encode()).status_code == 200

    message.refresh_from_db()
    assert message.state == "bounced"
    assert addresses.broken(DANA)


def test_staff_see_it_at_the_proposal_and_its_partner(client):
    cast = make_cast()
    proposal = make_submitted(cast.proposer)
    do_move(proposal, Move.START_TRIAGE, cast.oxford)
    for address in (cast.proposer.email, "pat@tallgrass.example"):
        post(client, bounce(Email=address.upper()))
    client.force_login(cast.oxford)

    page = client.get(f"/admin/reviews/triageitem/{proposal.pk}/change/").content.decode()
    sharing = client.get(f"/admin/reviews/triageitem/{proposal.pk}/sharing/").content.decode()

    assert (page.count("Mail comes back"), sharing.count("Mail comes back")) == (2, 1)
    assert Message.objects.filter(to=cast.proposer.email, state="queued").count() == 0
