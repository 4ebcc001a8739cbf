"""Asks a ClamAV daemon about a file, by its INSTREAM command over a socket."""

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

_CHUNK = 64 * 1024
_PATIENCE = 30  # seconds for each answer; clamd needs a few for a large archive


class Unreachable(Exception):
    """The daemon does not answer; ask again later."""


@dataclass(frozen=True)
class Verdict:
    """What the daemon said: ``found`` names a virus; not checked where it refused the file."""

    found: str = ""
    is_checked: bool = True


def scan(file: IO[bytes], url: str) -> Verdict:
    """What the daemon at ``tcp://host:port`` or ``unix:///path`` finds in this file.

    Raises ``Unreachable`` where it is away, hangs up or talks nonsense.
    """
    try:
        with _connect(url) as daemon:
            with suppress(BrokenPipeError, ConnectionResetError):  # then it says why it hung up
                daemon.sendall(b"zINSTREAM\0")
                while chunk := file.read(_CHUNK):
                    daemon.sendall(struct.pack("!L", len(chunk)) + chunk)
                daemon.sendall(struct.pack("!L", 0))
            said = _answer(daemon)
    except OSError as reason:
        raise Unreachable(str(reason)) from reason
    if said == "stream: OK":
        return Verdict()
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return Verdict(found=said.removeprefix("stream: ").removesuffix(" FOUND"))
    if said.endswith("ERROR"):  # larger than it takes, for instance
        return Verdict(is_checked=False)
    raise Unreachable(f"it said {said[:100]!r}")


def _connect(url: str) -> socket.socket:
    place = urlsplit(url)
    if place.scheme == "unix":
        daemon = socket.socket(socket.AF_UNIX)
        try:
            daemon.settimeout(_PATIENCE)
            daemon.connect(place.path)
        except OSError:
            daemon.close()
            raise
        return daemon
    return socket.create_connection((place.hostname or "", place.port or 3310), timeout=_PATIENCE)


def _answer(daemon: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < 4096:
        chunk = daemon.recv(1024)
        if not chunk:
            break
        said += chunk
    return said.rstrip(b"\0\n").decode(errors="replace").strip()
