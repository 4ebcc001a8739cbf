"""One worker of the outbox, told by its standard input when to begin."""

import sys
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models.functions import Now
from django.utils import timezone

from bench.outbox import MAILS
from microcreds.outbox import delivery
from microcreds.outbox.models import Message


class Command(BaseCommand):
    help = "queue: mails wait. drain: on a line of input, sends until nothing waits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=("queue", "drain"))

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "queue":
            # Nothing of earlier rows is in the way.
            waiting = Message.objects.filter(state=Message.State.QUEUED)
            waiting.update(state=Message.State.SENT, sent_at=Now())
            Message.objects.bulk_create(_mail(number) for number in range(MAILS))
            return
        Message.objects.first()  # the connection stands before the clock runs
        self._say("ready")
        sys.stdin.readline()
        delivery.drain()
        self._say("done")

    def _say(self, word: str) -> None:
        self.stdout.write(word)
        self.stdout.flush()


def _mail(number: int) -> Message:
    return Message(
        event="moved",
        about="MC-2026-0001",
        dedupe_key=f"bench:{uuid.uuid4()}",
        to=f"scale{number}@miami.example",
        subject="Where your proposal stands",
        body="What happens next. " * 40,
        created_at=timezone.now(),
        due_at=timezone.now(),
    )
