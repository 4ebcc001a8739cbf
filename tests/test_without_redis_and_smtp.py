"""With broker and mail server down, people work on as if nothing were; the mails arrive later."""

import re
import socket

import pytest
from django.core import mail

from microcreds.accounts.services import create_person
from microcreds.outbox.delivery import drain
from microcreds.outbox.models import Message
from proposals.interest import ATTESTATIONS
from proposals.models import Proposal, Stage
from tests.factories import make_cast, make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def nothing_but_postgres(monkeypatch):
    """Every connection Python opens is refused; Postgres has a driver of its own."""

    def refuse(self, address):
        raise ConnectionRefusedError(111, f"Connection refused: {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


def hidden_inputs(page: str) -> dict[str, str]:
    tags = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page)
    pairs = [
        (re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags
    ]
    return {name[1]: value[1] for name, value in pairs if name and value}


def test_sign_in_submit_and_move_work_and_the_mails_arrive_later(client, nothing_but_postgres):
    cast = make_cast()
    owner = create_person(email="novak@miami.example", name="N Novak", password="long enough words")
    draft = make_draft(owner)

    signed_in = client.post(
        "/accounts/login/", {"login": owner.email, "password": "long enough words"}
    )
    assert signed_in.status_code == 302
    check = f"/proposals/{draft.reference}/check/"
    given = hidden_inputs(client.get(check).content.decode()) | dict.fromkeys(ATTESTATIONS, "on")
    assert client.post(check, given).status_code == 302
    client.force_login(cast.oxford)
    move = f"/admin/reviews/triageitem/{draft.pk}/move/start_triage/"
    given = hidden_inputs(client.get(move).content.decode())
    assert client.post(move, given).status_code == 302
    asked = client.post("/accounts/login/code/", {"email": owner.email})
    assert asked.status_code in (302, 200)

    assert Proposal.objects.get(pk=draft.pk).stage == Stage.TRIAGE
    waiting = Message.objects.filter(state=Message.State.QUEUED)
    assert waiting.filter(to=owner.email, event="receipt").exists()
    assert mail.outbox == []

    drain()  # the servers are back: the test's mail backend needs no connection

    assert owner.email in [to for message in mail.outbox for to in message.to]
