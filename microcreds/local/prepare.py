"""Makes the database and the static files ready to serve; a process of its own, for Django."""

import hashlib
import os
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from microcreds.local.places import VAR


def main() -> None:
    """Schema, cache table, demo on a database without people, static files where they changed."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    # An earlier run's pulse says nothing about this run's worker.
    apps.get_model("outbox", "Heartbeat").objects.all().delete()
    # Never beside people who are there already: the demo's have a password everyone knows.
    if settings.DEMO and not get_user_model().objects.exists():
        print("Making the demo people and proposals …", flush=True)
        call_command("demo")
    _collect_static_files()


def _collect_static_files() -> None:
    """Skipped while no source file changed: hashing and compressing a thousand takes seconds."""
    stamp = VAR / "static.sha256"
    now = _static_fingerprint()
    if Path(settings.STATIC_ROOT).exists() and stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(now)


def _static_fingerprint() -> str:
    digest = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
