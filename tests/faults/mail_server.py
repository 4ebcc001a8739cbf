"""A mail server in a process of its own that does what a test told it to when it was started.

``python -m tests.faults.mail_server PORT FILE RULES``: what it takes stands in FILE, a line a mail.
"""

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass, field
from email import message_from_bytes
from typing import Any

import psutil
from aiosmtpd.smtp import SMTP, Envelope, Session

FOR_EVER = 10**9


@dataclass
class Rules:
    """``answers``: by recipient, what is said instead of 250 and how often; ``hangs_on`` and
    ``closes_on``: by recipient, how often it goes silent, or away in the middle of the text;
    ``is_mute``: it lets everyone in and says nothing; ``seconds``: it takes over each mail;
    ``kills``: whom (the ``sender`` or its ``parent``) at which mail, ``before`` or ``after`` 250.
    """

    answers: dict[str, tuple[str, int]] = field(default_factory=dict)
    hangs_on: dict[str, int] = field(default_factory=dict)
    closes_on: dict[str, int] = field(default_factory=dict)
    is_mute: bool = False
    seconds: float = 0
    kills: str = ""
    when: str = "after"
    at_mail: int = 0

    def as_json(self) -> str:
        return json.dumps(asdict(self))


class Server(SMTP):
    """Speaks SMTP as ``rules`` say."""

    def __init__(self, rules: Rules, taken: "Taken") -> None:
        super().__init__(taken, hostname="localhost", enable_SMTPUTF8=True)
        self.rules = rules
        self.taken = taken
        self.has_taken = False

    async def _handle_client(self) -> None:
        if self.rules.is_mute:
            await asyncio.sleep(FOR_EVER)
        await super()._handle_client()

    async def smtp_DATA(self, arg: str) -> None:
        for address in self.envelope.rcpt_tos:
            if _is_due(self.rules.closes_on, address):
                await self.push("354 Go on")
                self.transport.close()
                return
        await super().smtp_DATA(arg)

    async def push(self, status: str | bytes) -> None:
        await super().push(status)
        if self.has_taken:
            self.has_taken = False
            self.kill("after")

    def kill(self, when: str) -> None:
        """Ends who sends, or its parent, where the rules say so; once."""
        rules = self.rules
        number = self.taken.count + (1 if when == "before" else 0)
        if not rules.kills or rules.when != when or number < rules.at_mail:
            return
        sender = _process_of(self.session.peer[1])
        victim = sender.parent() if rules.kills == "parent" else sender
        rules.kills = ""
        if victim:
            victim.send_signal(signal.SIGKILL)


class Taken:
    """Every mail taken is a line of a file before the server says 250."""

    def __init__(self, path: str, rules: Rules) -> None:
        self.path, self.rules = path, rules
        self.count = 0

    async def handle_RCPT(
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list
    ) -> str:
        server.kill("before")
        if _is_due(self.rules.hangs_on, address):
            await asyncio.sleep(FOR_EVER)
        said, times = self.rules.answers.get(address, ("", 0))
        if times:
            self.rules.answers[address] = (said, times - 1)
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.rules.seconds)
        mail = message_from_bytes(envelope.content or b"")  # type: ignore[arg-type]
        line = json.dumps({"id": mail["Message-ID"], "to": envelope.rcpt_tos[0]})
        with open(self.path, "a") as file:
            file.write(f"{line}\n")
        self.count += 1
        server.has_taken = True
        return "250 OK"


def _is_due(times: dict[str, int], address: str) -> bool:
    left = times.get(address, 0)
    times[address] = max(0, left - 1)
    return left > 0


def _process_of(port: int) -> psutil.Process:
    """Who speaks from this port of this machine."""
    for each in psutil.net_connections("tcp4"):
        if each.laddr and each.laddr.port == port and each.pid and each.pid != os.getpid():
            return psutil.Process(each.pid)
    raise LookupError(f"nobody speaks from port {port}")


async def _serve(port: int, path: str, rules: Rules) -> None:
    loop: Any = asyncio.get_running_loop()
    taken = Taken(path, rules)
    server = await loop.create_server(lambda: Server(rules, taken), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2], Rules(**json.loads(sys.argv[3]))))
