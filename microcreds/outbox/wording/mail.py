"""One text among those that staff may edit: of which mail, to whom, with which variables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from microcreds.outbox.events import event_of
from microcreds.outbox.wording.source import Context, Source, Text, Variable, read
from microcreds.outbox.wording.variables import SITE_NAME


class Reader(StrEnum):
    """For whom a text is written, in the order in which the list has them."""

    PROPOSERS = "proposers"
    PARTNERS = "partners"
    DESK = "desk"
    DECIDERS = "deciders"
    ANYBODY = "anybody"


READERS: dict[Reader, Text] = {
    Reader.PROPOSERS: _("To proposers"),
    Reader.PARTNERS: _("To partners"),
    Reader.DESK: _("To eLearning"),
    Reader.DECIDERS: _("To the committee and the deans"),
    Reader.ANYBODY: _("To whoever it concerns"),
}


@dataclass(frozen=True, eq=False)  # one of a kind: kept by what it is, not by what it says
class Wording:
    """The words of ``event`` for ``reader``. Where the mail says different things to different
    readers, ``variant`` names this one's, ``to`` says whose it is, and ``is_for`` knows them."""

    event: str
    reader: Reader
    known: tuple[Variable, ...]
    variant: str = ""
    to: Text = ""
    is_for: Callable[[Context], object] = lambda context: True

    @property
    def key(self) -> str:
        return f"{self.event}:{self.variant}" if self.variant else self.event

    @property
    def title(self) -> str:
        name = str(event_of(self.event).name)
        return f"{name} ({self.to})" if self.to else name

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """What its text may name, by name."""
        return {each.name: each for each in (*self.known, SITE_NAME)}

    @property
    def default(self) -> tuple[str, str]:
        """Subject and body as the program has them: ``templates/emails/<event>/``, a variant in a
        folder of its own there."""
        return _default(self.event, self.variant)

    def read(self, subject: str, body: str) -> Source:
        """The text, ready to be filled. Raises ``ValidationError`` by field."""
        return read(subject, body, self.variables)

    def values(self, context: Context) -> dict[str, str]:
        """Every variable in words, for one mail."""
        return {name: each.of(context) for name, each in self.variables.items()}


@cache
def _default(event: str, variant: str) -> tuple[str, str]:
    folder = Path(settings.BASE_DIR, "templates", "emails", event, variant)
    subject = (folder / "subject.txt").read_text(encoding="utf-8")
    return subject.strip(), (folder / "body.txt").read_text(encoding="utf-8").strip("\n")
