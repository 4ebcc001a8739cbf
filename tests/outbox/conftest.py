"""A real SMTP server that keeps what it takes and answers what a test tells it to."""

import socket
from collections.abc import Callable, Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from microcreds.outbox.models import Message
from microcreds.outbox.services import enqueue_email


class Mailbox:
    """``mails`` are the envelopes taken; ``answers`` says by recipient what to answer instead."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.answers: dict[str, str] = {}
        self.connections = 0
        self.hangs_up_on = ""
        self.on_mail: Callable[[], None] = lambda: None

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list
    ) -> str:
        if address == self.hangs_up_on:
            server.transport.close()
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append(envelope)
        self.on_mail()
        return "250 OK"

    @property
    def recipients(self) -> list[str]:
        return [address for mail in self.mails for address in mail.rcpt_tos]


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=_free_port())
    controller.start()
    settings.EMAIL_BACKEND = "microcreds.outbox.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    yield mailbox
    controller.stop()


def queue(to: str = "dana@miamioh.edu", **mail: object) -> Message:
    """A message that is due now."""
    known = {"name": "Dana", "address": to, "sign_in_url": "http://testserver/accounts/login/"}
    return enqueue_email(
        **{
            "event": "invitation",
            "to": to,
            "context": known,
            "dedupe_key": f"test:{to}",
            "priority": Message.Priority.AWAITED,
            **mail,
        }
    )


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]
