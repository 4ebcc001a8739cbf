"""Thousands of proposals for measuring, into a database of the demo."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from microcreds.demo import scale


class Command(BaseCommand):
    help = "Adds many proposals with history, partners and mails; for benchmarks, never for people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--proposals", type=int, required=True, help="how many are added")
        parser.add_argument("--seed", type=int, default=1, help="the same number, the same rows")

    def handle(self, *, proposals: int, seed: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not for this installation: its settings have no DEMO.")
        if proposals < 1:
            raise CommandError("--proposals takes a number from 1 on.")
        start = time.monotonic()
        scale.seed(proposals=proposals, seed=seed)
        self.stdout.write(f"{proposals} proposals more, in {time.monotonic() - start:.0f} s.")
