"""The demo's people and proposals, into a database of the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from microcreds.demo import services


class Command(BaseCommand):
    help = "Loads the demo's people and proposals; does nothing where they are."

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo is not for this installation: its settings have no DEMO.")
        if services.is_loaded():
            self.stdout.write("The demo is here already.")
            return
        count = services.load_demo()
        self.stdout.write(f"The demo is here: {count} proposals.")
