"""``manage.py take_replies PATH``: mails of an mbox, a maildir or .eml files are taken in."""

import mailbox
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from email import message_from_binary_file, policy
from email.message import EmailMessage
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError

from microcreds.outbox.replies.taking import take


class Command(BaseCommand):
    help = "Takes in replies from an mbox, a maildir, an .eml file or a folder of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Each mail is taken once however often the command runs; the files stay as they are."""
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"{path} is not there.")
        counted: Counter[str] = Counter()
        for mail in _mails_in(path):
            incoming = take(mail)
            counted[incoming.get_state_display() if incoming else "Taken before"] += 1
        for name, count in sorted(counted.items()):
            self.stdout.write(f"{name}: {count}")
        self.stdout.write(f"Mails: {counted.total()}")


def _mails_in(path: Path) -> Iterator[EmailMessage]:
    if path.is_dir() and (path / "cur").is_dir():
        with closing(mailbox.Maildir(path, factory=cast(Any, _read), create=False)) as folder:
            yield from cast(Any, folder)
    elif path.is_dir() or path.suffix == ".eml":
        for each in sorted(path.glob("*.eml")) if path.is_dir() else [path]:
            with each.open("rb") as file:
                yield _read(file)
    else:
        with closing(mailbox.mbox(path, factory=cast(Any, _read), create=False)) as box:
            yield from cast(Any, box)


def _read(file: IO[bytes]) -> EmailMessage:
    return message_from_binary_file(file, policy=policy.default)
