"""Which text each mail has now: the program's, or what staff have made of it.

Every process reads the texts at most a minute late; a plan of a move reads them anew
(``follow``), so that what is shown and what leaves agree.
"""

import logging
import time
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template import Context as TemplateContext
from django.template import Engine

from microcreds.outbox.models import MailText
from microcreds.outbox.wording.mail import Wording
from microcreds.outbox.wording.source import Context, Source, fill, fill_subject
from microcreds.outbox.wording.table import WORDINGS

logger = logging.getLogger(__name__)
REMEMBERED_SECONDS = 60


@dataclass(frozen=True, slots=True)
class _Known:
    """``sources`` are the texts of staff by key; ``version`` is the number of the newest."""

    read_at: float | None = None
    version: int = 0
    sources: dict[str, Source] = field(default_factory=dict)


_known = _Known()


def refresh() -> int:
    """The texts are as staff have them now; one statement. Returns the number of the newest."""
    global _known
    newest = MailText.objects.order_by("key", "-pk").distinct("key")
    rows = list(newest.values_list("key", "subject", "body", "pk"))
    sources = {key: _read(key, subject, body) for key, subject, body, _pk in rows if subject}
    _known = _Known(
        time.monotonic(),
        max((pk for *_text, pk in rows), default=0),
        {key: source for key, source in sources.items() if source},
    )
    return _known.version


def refresh_if_old() -> None:
    """The same, at most once a minute in each process."""
    if _known.read_at is None or time.monotonic() - _known.read_at > REMEMBERED_SECONDS:
        refresh()


def follow(version: int) -> None:
    """The texts are those whose newest has this number; asks nothing where they are already."""
    global _known
    if _known.read_at is None or version != _known.version:
        refresh()
    else:
        _known = replace(_known, read_at=time.monotonic())


def version() -> int:
    """The number of the newest text that this process knows."""
    return _known.version


def as_in_code() -> None:
    """Every text is the program's, and this process takes that for what holds; for tests."""
    global _known
    _known = _Known(time.monotonic())


def is_changed(wording: Wording) -> bool:
    """Whether its mails have words of staff, as far as this process knows."""
    return wording.key in _known.sources


def source_of(wording: Wording) -> Source:
    """The text that its mails have now."""
    return _known.sources.get(wording.key) or _default(wording)


def said(wording: Wording, context: Context, with_body: bool) -> tuple[str, str]:
    """Subject, not cut yet, and whole plain text of a mail with this context, if it is wanted."""
    refresh_if_old()
    source, variables = source_of(wording), wording.variables
    names = source.names if with_body else source.subject[1::2]
    values = {name: variables[name].of(context) for name in names}
    subject = fill_subject(source, values)
    return subject, with_foot(fill(source, values, variables)) if with_body else ""


def with_foot(text: str) -> str:
    """The text as it is mailed: who sends it stands below."""
    return f"{text.rstrip()}\n{_foot(settings.SITE_NAME, settings.SITE_URL)}"


@lru_cache(maxsize=8)
def _foot(site_name: str, site_url: str) -> str:
    found = Engine.get_default().get_template("emails/_footer.txt")
    known = TemplateContext({"SITE_NAME": site_name, "SITE_URL": site_url}, autoescape=False)
    return found.render(known).rstrip() + "\n"


@cache
def _default(wording: Wording) -> Source:
    return wording.read(*wording.default)


def _read(key: str, subject: str, body: str) -> Source | None:
    """A text of staff; where a newer program knows its variables no more, its own is used."""
    wording = WORDINGS.get(key)
    try:
        return wording.read(subject, body) if wording else None
    except ValidationError:
        logger.warning("The text of %s does not fit any more: the program's is used", key)
        return None
