"""The command line of the private servers; see the package's docstring."""

import os
import sys

import environ

from microcreds.local import check, suite, supervisor
from microcreds.local.children import run_command
from microcreds.local.places import ROOT, place_of_checkout
from microcreds.local.services import services, throwaway_services


def main(verb: str = "", *words: str) -> int:
    if verb in ("run", "exec"):  # checks and tests are the same on every machine
        environ.Env.read_env(str(ROOT / ".env"))
    match verb:
        case "run" if not words:
            return supervisor.run()
        case "test":
            return suite.run(words)
        case "check" if not words:
            return check.run()
        case "exec" if words:
            with services(place_of_checkout()) as urls:
                return run_command(words, os.environ | urls)
        case "throwaway" if words:
            with throwaway_services() as urls:
                return run_command(words, os.environ | urls)
    raise RuntimeError("say one of run, test [ARG…], check, exec CMD…, throwaway CMD…")


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except RuntimeError as refusal:
        sys.exit(f"microcreds: {refusal}")
    except KeyboardInterrupt:
        sys.exit(130)
