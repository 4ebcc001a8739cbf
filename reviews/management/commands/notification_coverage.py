"""Was everyone mailed who had to be? What beat asks each night, by hand."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reviews import coverage


class Command(BaseCommand):
    """Compares history with the ledger, for every audience; the desk shows what it found."""

    help = "Prints a line for each mail that is missing or did not arrive; exit code 1 if any."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="every move there ever was, not those of 14 days"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        since = None if options["all"] else timezone.now() - coverage.NIGHTLY
        run = coverage.check(since=since)
        for gap in run.gaps:
            self.stdout.write(str(coverage.Gap(**gap)))
        if run.count > len(run.gaps):
            self.stdout.write(f"and {run.count - len(run.gaps)} more")
        if run.count:
            sys.exit(1)
