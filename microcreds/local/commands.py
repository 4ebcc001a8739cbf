"""Running a server's own programs as the account that owns the servers."""

import importlib.util
import os
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from microcreds.local.places import IS_ROOT, Place, owner


def succeeds(place: Place, *command: str | Path, as_owner: bool = True) -> bool:
    """Whether the program ended well; what it said is dropped."""
    return _run(place, command, as_owner=as_owner)[0] == 0


def require(place: Place, *command: str | Path, as_owner: bool = True) -> None:
    """The program has ended well. Raises ``RuntimeError`` with what it said otherwise."""
    code, said = _run(place, command, as_owner=as_owner)
    if code:
        raise RuntimeError(f"{shlex.join(map(str, command))}\n{said}")


def package_folder(name: str) -> Path | None:
    """Where an installed package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _run(place: Place, command: Sequence[str | Path], *, as_owner: bool) -> tuple[int, str]:
    uid, gid = owner()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    with tempfile.TemporaryFile("w+") as output:  # a server would keep a pipe open for ever
        ended = subprocess.run(
            [str(word) for word in command],
            cwd=place.folder,
            env=environment | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=uid if IS_ROOT and as_owner else None,
            group=gid if IS_ROOT and as_owner else None,
            extra_groups=[] if IS_ROOT and as_owner else None,
            check=False,
        )
        output.seek(0)
        return ended.returncode, output.read()
