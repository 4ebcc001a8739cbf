"""``make check``: everything a machine can say about the code without running it for people."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

from microcreds.local.places import ROOT
from microcreds.local.services import throwaway_services

# As a public server would have them, and worth nothing.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "microcreds.settings.prod",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "LINK_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "microcreds.example",
    "SITE_URL": "https://microcreds.example",
    "EMAIL_URL": "smtp+tls://mail.example:587",
    "DEFAULT_FROM_EMAIL": "microcreds@microcreds.example",
}
TEST = {"DJANGO_SETTINGS_MODULE": "microcreds.settings.test"}


def run() -> int:
    """0 where every check passed; all of them run and are named."""
    failed = []
    with throwaway_services() as urls:
        for name, command in _checks().items():
            print(f"── {name}", flush=True)
            settings = PRODUCTION if name == "deploy" else TEST
            environment = os.environ | urls | settings
            if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
                failed.append(name)
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def _checks() -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    scripts = Path(sys.executable).parent
    templates = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("templates/**/*.html"))
    return {
        "format": [*python, "ruff", "format", "--check", "."],
        "lint": [*python, "ruff", "check", "."],
        "imports": [str(scripts / "lint-imports"), "--no-cache"],
        "types": [*python, "mypy", "."],
        "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        "templates": [str(scripts / "djade"), "--check", "--target-version", "5.2", *templates],
        "architecture": [*python, "pytest", "-q", "tests/architecture"],
        "deploy": [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    }
