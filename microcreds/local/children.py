"""Running one command with the URLs of the servers, until it ends."""

import signal
import subprocess
from collections.abc import Mapping, Sequence

from microcreds.local.places import VAR

# What one process compiles, the next one loads, whatever the environment says of this: every
# worker of the tests, and every program that they start, would compile all of it again. It lies
# apart from the source.
BYTECODE = {"PYTHONPYCACHEPREFIX": str(VAR / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}


def run_command(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """The exit code of the command; Ctrl-C and SIGTERM end it first, and we clean up after it."""
    with subprocess.Popen(command, env={**environment, **BYTECODE}) as child:
        # Ctrl-C reaches the child itself. (SIG_IGN would be inherited by the next child.)
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        code = child.wait()
    return code if code >= 0 else 128 - code
