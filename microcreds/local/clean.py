"""``make clean``: what ``make run`` started has ended and its data is gone; needs no package."""

import sys

from microcreds.local import running
from microcreds.local.places import place_of_checkout
from microcreds.local.services import remove


def main() -> None:
    """Raises ``RuntimeError`` where something does not end."""
    if run := running.current():
        running.end(run)
    remove(place_of_checkout())


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as refusal:
        sys.exit(f"microcreds: {refusal}")
