"""The versions of a text, each beside the one before or the program's."""

from dataclasses import dataclass

from microcreds.outbox.models import MailText
from microcreds.outbox.wording.mail import Wording
from microcreds.outbox.wording.texts import history_of, words_of

MOST = 50


@dataclass(frozen=True, slots=True)
class Version:
    """``number`` 0 is the program's. Subjects and bodies are pairs: what it is compared with, and
    what it says."""

    text: MailText
    subjects: tuple[str, str]
    bodies: tuple[str, str]
    is_now: bool

    @property
    def is_programs(self) -> bool:
        return not self.text.subject


def versions_of(wording: Wording, *, by_program: bool) -> list[Version]:
    """The newest fifty, newest first; one statement."""
    found = list(history_of(wording)[: MOST + 1])
    before = [*found[1:], None]
    versions = []
    for place, (text, older) in enumerate(zip(found[:MOST], before, strict=False)):
        old = words_of(wording, None if by_program else older)
        new = words_of(wording, text)
        versions.append(Version(text, (old[0], new[0]), (old[1], new[1]), is_now=place == 0))
    return versions
