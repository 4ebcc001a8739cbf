"""``make test``: the whole suite on servers of its own, browser and faults last and alone."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence

from microcreds.local.children import run_command
from microcreds.local.places import IS_ROOT, ROOT
from microcreds.local.services import throwaway_services

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NOTHING_COLLECTED = 5  # pytest's exit codes
INTERRUPTED = (2, 128 + signal.SIGINT, 128 + signal.SIGTERM)


def run(words: Sequence[str]) -> int:
    """0 where everything passed; ``words`` go to pytest. Both halves run even if one fails."""
    _install_browser()
    pytest = [sys.executable, "-m", "pytest", "-q", *words]
    with throwaway_services() as urls:
        environment = os.environ | urls | {"DJANGO_SETTINGS_MODULE": "microcreds.settings.test"}
        os.chdir(ROOT)
        quick = run_command(
            [*pytest, "-n", "2", "--dist", "worksteal", "-m", "not browser and not faults"],
            environment,
        )
        if quick in INTERRUPTED:
            return quick
        slow = run_command([*pytest, "-m", "browser or faults"], environment)
        return quick or (0 if slow == NOTHING_COLLECTED else slow)


def _install_browser() -> None:
    if any(map(shutil.which, BROWSERS)) or not (IS_ROOT and shutil.which("apt-get")):
        return
    packages = ("chromium", "fonts-dejavu-core")
    subprocess.run(["apt-get", "-q", "update"], check=False)
    subprocess.run(
        ["apt-get", "-q", "install", "-y", "--no-install-recommends", *packages],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        check=False,  # the browser tests say what is missing
    )
