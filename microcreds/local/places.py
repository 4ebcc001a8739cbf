"""Where private servers live: folders, sockets, and the account that owns them."""

import fcntl
import hashlib
import os
import pwd
import re
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
IS_ROOT = os.geteuid() == 0


@dataclass(frozen=True)
class Place:
    """One folder of private servers; a throwaway one trades safety in a crash for speed."""

    folder: Path
    is_throwaway: bool = False

    @property
    def sockets(self) -> Path:
        """The folder of the sockets: short (a socket's path has 107 bytes) and fit for any URL."""
        if len(str(self.folder)) < 80 and re.fullmatch(r"[\w./-]+", str(self.folder), re.ASCII):
            return self.folder
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"microcreds-{digest}-{owner()[0]}"

    def make(self) -> None:
        """Both folders exist, closed to everyone but their owner.

        Raises ``RuntimeError`` where somebody else owns one.
        """
        for path in (self.folder, self.sockets):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if IS_ROOT and path.lstat().st_uid == 0:
                os.chown(path, *owner(), follow_symlinks=False)
            found = path.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner()[0]:
                raise RuntimeError(f"{path} belongs to somebody else; set SERVICES_DIR")
            path.chmod(0o700)


def owner() -> tuple[int, int]:
    """User and group the servers run as: PostgreSQL refuses root, so root lends it an account."""
    if not IS_ROOT:
        return os.getuid(), os.getgid()
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return account.pw_uid, account.pw_gid
    raise RuntimeError("there is no account postgres or nobody to run PostgreSQL as")


def checkout_id() -> str:
    """The random name of this checkout, made once; not its path, so a new clone starts empty."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "id").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = file.read().strip()
        if re.fullmatch("[0-9a-f]{16}", known):
            return known
        file.truncate(0)
        fresh = secrets.token_hex(8)
        file.write(fresh)
        return fresh


def place_of_checkout() -> Place:
    """Where this checkout keeps its servers; ``SERVICES_DIR`` overrides."""
    if chosen := os.environ.get("SERVICES_DIR"):
        return Place(Path(chosen).resolve())
    if IS_ROOT:  # the checkout may lie below a folder that the servers' account cannot enter
        return Place(Path("/var/lib") / f"microcreds-{checkout_id()}")
    return Place(VAR / "services")
