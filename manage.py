"""Django's command line; beside a running ``make run`` it finds the servers by itself."""

import os
import sys
from pathlib import Path

import environ
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    settings = os.environ.setdefault("DJANGO_SETTINGS_MODULE", "microcreds.settings.dev")
    names_settings = any(word.startswith("--settings") for word in sys.argv)
    if settings == "microcreds.settings.dev" and not names_settings:
        # Not above: production has no private servers, and never imports them.
        from microcreds.local.running import adopt_running_servers

        environ.Env.read_env(Path(__file__).with_name(".env"))
        adopt_running_servers()
    execute_from_command_line(sys.argv)
