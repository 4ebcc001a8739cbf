"""The memorandum as its partner reads it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.models import (
    Mou,
)
from partners.models.mou import MouVersion


@dataclass(frozen=True)
class MouFile:
    """One version of the memorandum that was opened to its partner, and what was said of it."""

    key: str
    name: str
    size: int
    number: int
    is_signed_copy: bool
    changed: str


@dataclass(frozen=True)
class MouPage:
    """Everything a partner reads of the memorandum of their own engagement. Its clauses, its
    number, the words of staff and who reads it at the university are not here."""

    status: str
    label: str
    text: str
    is_theirs: bool
    since: datetime
    due_on: date | None
    start_on: date | None
    end_on: date | None
    files: Sequence[MouFile]
    answer_url: str = ""  # where this reader answers, while they are asked

    @property
    def newest(self) -> MouFile | None:
        """The newest text, which they are asked about while it is theirs."""
        return next((each for each in self.files if not each.is_signed_copy), None)


_Mou = Mou.Status


MOU_WORDS: dict[str, tuple[Promise, Promise]] = {
    _Mou.TEMPLATE_REQUESTED: (
        _("Being prepared"),
        _("Miami University prepares the text. We will send it to you to read."),
    ),
    _Mou.DRAFTING: (
        _("Being written"),
        _("Miami University is writing the text. We will send it to you to read."),
    ),
    _Mou.WITH_PARTNER: (
        _("With you"),
        _("Read the text, then agree to it or tell us what should change."),
    ),
    _Mou.WITH_UNIVERSITY: (
        _("With the university"),
        _("The university's offices are reading the text. There is nothing for you to do now."),
    ),
    _Mou.AGREED_TEXT: (
        _("Text agreed"),
        _("Both sides agree to the text. It is being signed."),
    ),
    _Mou.SIGNED: (_("Signed"), _("Both sides have signed it.")),
    _Mou.ACTIVE: (_("In force"), _("It is in force.")),
    _Mou.EXPIRING: (
        _("In force, runs out soon"),
        _("It is in force, and ends within a year. Continuing after that needs a new one."),
    ),
    _Mou.EXPIRED: (_("Run out"), _("Its time is over.")),
    _Mou.TERMINATED: (_("Ended"), _("It was ended before its time.")),
}


def mou_page(
    mou: Mou | None, granted: Iterable[MouVersion], answer_url: str = ""
) -> MouPage | None:
    """The memorandum as its partner reads it; staff see the same. ``None`` before it is begun, and
    where none is needed. ``granted``: the versions that are open to them, with their files; one in
    which a virus was found is nobody's."""
    if mou is None or mou.status not in MOU_WORDS:
        return None
    label, text = MOU_WORDS[mou.status]
    is_theirs = mou.status == _Mou.WITH_PARTNER
    is_settled = mou.status in Mou.SIGNED_ONCE
    return MouPage(
        status=mou.status,
        label=str(label),
        text=str(text),
        is_theirs=is_theirs,
        since=mou.status_since,
        due_on=mou.due_on if is_theirs else None,
        start_on=mou.start_on if is_settled else None,
        end_on=mou.end_on if is_settled else None,
        files=[
            MouFile(
                key=str(each.file_id),
                name=each.file.name,
                size=each.file.size,
                number=each.number,
                is_signed_copy=each.is_signed_copy,
                changed=each.changed,
            )
            for each in granted
            if each.is_for_partner and not each.file.is_infected
        ],
        answer_url=answer_url if is_theirs else "",
    )
