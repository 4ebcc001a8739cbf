"""What somebody on the desk has to see to before it hurts: mail, units, days off, terms."""

import time
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from microcreds.accounts.models import Role, Unit
from microcreds.outbox import watch as mail
from microcreds.outbox.models import Incoming
from proposals.models import Term
from reviews.clocks import campus_day
from reviews.models import CoverageRun, Holiday

AHEAD = timedelta(days=365)
KEPT = 60  # seconds that a process may say what another one has seen to since


class Linked(str):
    """Words of a warning, and the page that says more."""

    url: str

    def __new__(cls, words: str, url: str) -> "Linked":
        said = super().__new__(cls, words)
        said.url = url
        return said


_remembered: tuple[float, list[str]] | None = None


def remember(said: list[str]) -> None:
    """Pages of this process say these until they are a minute old."""
    global _remembered
    _remembered = (time.monotonic(), said)


def forget() -> None:
    """The next page looks anew."""
    global _remembered
    _remembered = None


def warnings() -> list[str]:
    """In words, the most pressing first; empty: all is well. Looked at once a minute in each
    process: they are the same for everybody on the desk."""
    if _remembered is None or time.monotonic() - _remembered[0] > KEPT:
        remember(looked_at(timezone.now()))
    return _remembered[1] if _remembered else []


def looked_at(at: datetime) -> list[str]:
    """The same as it is at that moment; nine statements, all small."""
    today = campus_day(at)
    state = mail.state_of_mail()
    said = [*_unsorted(state), *mail.warnings(state, at)]
    staff = Role.objects.current(today).filter(
        kind=Role.Kind.ELEARNING, unit=OuterRef("pk"), user__is_active=True
    )
    for unit in Unit.objects.filter(is_active=True).annotate(has_staff=Exists(staff)):
        if not unit.has_staff:
            said.append(_("%(unit)s has no staff: its queue waits for the lead.") % {"unit": unit})
        if not unit.email:
            said.append(_("%(unit)s has no address for questions.") % {"unit": unit})
    if not Holiday.objects.filter(on__gte=today + AHEAD - timedelta(days=120)).exists():
        said.append(_("Days off are not entered for the next twelve months."))
    if not Term.objects.filter(ends_on__gte=today + AHEAD - timedelta(days=120)).exists():
        said.append(_("Terms are not entered for the next twelve months."))
    return [*_missing_mails(), *said]


def _missing_mails() -> list[str]:
    """What the newest check of the mails found missing or lost."""
    run = CoverageRun.objects.only("count").first()
    if run is None or not run.count:
        return []
    words = ngettext(
        "%(n)d mail of the last weeks is missing or lost.",
        "%(n)d mails of the last weeks are missing or lost.",
        run.count,
    )
    return [
        Linked(words % {"n": run.count}, reverse("admin:reviews_coveragerun_change", args=[run.pk]))
    ]


def _unsorted(state: mail.MailState) -> list[str]:
    """How many mails came in that nobody has said where they belong."""
    page = reverse("admin:outbox_incoming_changelist")
    said: list[str] = []
    if count := state.unsorted:
        words = ngettext("%(n)d mail waits to be sorted.", "%(n)d mails wait to be sorted.", count)
        said.append(Linked(words % {"n": count}, page))
    if count := state.many:
        words = ngettext(
            "%(n)d mail of a sender who wrote very many waits apart.",
            "%(n)d mails of senders who wrote very many wait apart.",
            count,
        )
        said.append(Linked(words % {"n": count}, f"{page}?state={Incoming.State.MANY}"))
    return said
