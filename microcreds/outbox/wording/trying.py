"""A text as its mails would look, and why it cannot become one."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from microcreds.outbox import html, links
from microcreds.outbox.wording.in_force import with_foot
from microcreds.outbox.wording.mail import Wording
from microcreds.outbox.wording.occasions import Occasion
from microcreds.outbox.wording.source import Source, fill, fill_subject

logger = logging.getLogger(__name__)
LONGEST_SUBJECT, LONGEST_MAIL = 200, 12_000


@dataclass(frozen=True, slots=True)
class Look:
    """One mail as its reader gets it: subject and plain part; the HTML part is made of them."""

    occasion: Occasion
    subject: str
    body: str

    @property
    def html(self) -> str:
        return html.as_html(self.subject, self.body)


def look_of(wording: Wording, source: Source, occasion: Occasion) -> Look:
    """The text filled in for this occasion; a personal link shows as words."""
    subject = " ".join(fill_subject(source, occasion.values).split())
    body = with_foot(fill(source, occasion.values, wording.variables))
    return Look(occasion, subject, links.hide(body))


def refusals(
    wording: Wording, source: Source, occasions: Iterable[Occasion]
) -> dict[str, list[str]]:
    """Why mails with this text could not leave, by field, each said once; empty: they can."""
    found: dict[str, dict[str, None]] = {"subject": {}, "body": {}}
    for occasion in occasions:
        try:
            _try(wording, source, occasion, found)
        except Exception:  # whatever it is, staff hear that it fails and nothing is saved
            logger.exception("The text of %s fails", wording.key)
            found["body"][_("It fails for %(what)s.") % {"what": occasion.name}] = None
    return {field: list(said) for field, said in found.items() if said}


def leaks(words: str) -> bool:
    """Whether a text as it was typed holds somebody's own link: it would go to everybody."""
    prefix = settings.PERSONAL_LINK_PATH.split("{", 1)[0]
    return "[[" in words or any(part in words for part in (prefix, "/mail/unsubscribe/"))


def _try(
    wording: Wording, source: Source, occasion: Occasion, found: dict[str, dict[str, None]]
) -> None:
    subject = " ".join(fill_subject(source, occasion.values).split())
    text = fill(source, occasion.values, wording.variables)
    said = {"what": occasion.name, "most": LONGEST_SUBJECT}
    if not subject:
        found["subject"][_("Nothing stands in it for %(what)s.") % said] = None
    if len(subject) > LONGEST_SUBJECT:
        found["subject"][
            _("It has more than %(most)d characters for %(what)s. Make it shorter.") % said
        ] = None
    if not text.strip():
        found["body"][_("Nothing stands in it for %(what)s.") % said] = None
    if len(text) > LONGEST_MAIL:
        found["body"][_("It becomes too long for %(what)s. Make it shorter.") % said] = None
    if links.first_in(subject + text):
        found["body"][_("It would tell somebody's own link for %(what)s.") % said] = None
    html.as_html(subject, with_foot(text))
