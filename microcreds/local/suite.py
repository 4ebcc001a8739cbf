"""``make test``: the whole suite on servers of its own; faults last, one after another."""

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
TWO_AT_ONCE = ("-n", "2", "--dist", "worksteal")
# Servers that are killed and starved have the machine to themselves.
PARTS: dict[str, tuple[str, ...]] = {
    "not browser and not faults": TWO_AT_ONCE,
    "browser": TWO_AT_ONCE,
    "faults and not browser": (),
}
NOTHING_COLLECTED = 5  # pytest's exit codes
INTERRUPTED = (2, 128 + signal.SIGINT, 128 + signal.SIGTERM)


def run(words: Sequence[str]) -> int:
    """0 where everything passed; ``words`` go to pytest. Every part runs even if one fails."""
    _install_browser()
    pytest = [sys.executable, "-m", "pytest", "-q", *words]
    with throwaway_services() as urls:
        environment = os.environ | urls | {"DJANGO_SETTINGS_MODULE": "microcreds.settings.test"}
        os.chdir(ROOT)
        failed = 0
        for marks, processes in PARTS.items():
            code = run_command([*pytest, *processes, "-m", marks], environment)
            if code in INTERRUPTED:
                return code
            if code != NOTHING_COLLECTED:
                failed = failed or code
        return failed


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
