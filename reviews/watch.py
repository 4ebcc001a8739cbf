"""What somebody on the desk has to see to before it hurts: mail, units, days off, terms."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import Role, Unit
from microcreds.outbox import watch as mail
from proposals.models import Term
from reviews.clocks import campus_day
from reviews.models import Holiday

AHEAD = timedelta(days=365)


def warnings(at: datetime | None = None) -> list[str]:
    """In words, the most pressing first; empty: all is well. Seven statements, all small."""
    at = at or timezone.now()
    today = campus_day(at)
    said = mail.warnings(mail.state_of_mail(), at)
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
    return said
