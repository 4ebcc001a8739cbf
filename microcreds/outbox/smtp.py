"""Django's mail server connection, which remembers what the server said last."""

import smtplib
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as DjangoBackend

LONGEST_ANSWER = 300


class _Remembers:
    last_reply: tuple[int, bytes] = (0, b"")

    def getreply(self) -> tuple[int, bytes]:
        self.last_reply = super().getreply()  # type: ignore[misc]
        return self.last_reply


class _Plain(_Remembers, smtplib.SMTP):
    pass


class _Encrypted(_Remembers, smtplib.SMTP_SSL):
    pass


class EmailBackend(DjangoBackend):
    """One connection a batch; ``last_answer`` is what the ledger shows of a mail that left."""

    @property
    def connection_class(self) -> Any:
        return _Encrypted if self.use_ssl else _Plain

    @property
    def last_answer(self) -> str:
        code, words = getattr(self.connection, "last_reply", (0, b""))
        return f"{code} {words.decode(errors='replace')}"[:LONGEST_ANSWER] if code else ""


def answer_of(connection: BaseEmailBackend) -> str:
    """What the server of this connection said last; nothing where it is no SMTP server."""
    return getattr(connection, "last_answer", "")
