"""An SMTP server that delivers nothing: each mail it takes becomes one file."""

import asyncio
import re
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from queue import Queue

from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """Writes ``<time>-<message>.eml`` files; their names sort by time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The mail is there whole or not at all; its first lines name those it went to."""
        mail = envelope.content if isinstance(envelope.content, bytes) else b""
        message_id = str(message_from_bytes(mail)["Message-ID"] or "")
        words = re.sub(r"[^\w.-]", "", message_id.split("@")[0], flags=re.ASCII)[:80]
        time = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        file = self.folder / f"{time}-{words or secrets.token_hex(8)}.eml"
        recipients = "".join(f"Delivered-To: {address}\r\n" for address in envelope.rcpt_tos)
        unfinished = file.with_suffix(".part")
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(recipients.encode() + mail)
        unfinished.rename(file)
        return "250 OK"


@contextmanager
def mail_sink(folder: Path) -> Iterator[str]:
    """The ``EMAIL_URL`` of a sink on a free port, for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # Its loop is made and ended in its own thread: the caller's may have one that runs.
        started: Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Queue()
        serving = _serve(listener, Mailbox(folder), started)
        thread = threading.Thread(target=asyncio.run, args=(serving,), name="mail-sink")
        thread.start()
        loop, stopping = started.get()
        try:
            yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            loop.call_soon_threadsafe(stopping.set)
            thread.join()


async def _serve(
    listener: socket.socket,
    mailbox: Mailbox,
    started: "Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event]]",
) -> None:
    def protocol() -> SMTP:
        # A name of its own, or each connection would wait for a look-up of this machine's.
        return SMTP(mailbox, hostname="localhost", enable_SMTPUTF8=True)

    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    async with await loop.create_server(protocol, sock=listener):
        started.put((loop, stopping))
        await stopping.wait()
