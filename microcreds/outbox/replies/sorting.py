"""What staff do with a mail that did not join by itself."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.models import Incoming


@transaction.atomic
def set_aside(
    *,
    incoming: Incoming,
    by: User,
    why: str,
    alike: QuerySet[Incoming] | None = None,
    at: datetime | None = None,
) -> int:
    """It waits no more; who said so and why stays on record. So do those of ``alike`` that wait;
    returns how many that were in all. Raises ``ValidationError`` without a reason, and for a mail
    that does not wait any more."""
    why, at = why.strip(), at or timezone.now()
    if not why:
        raise ValidationError({"why": _("Say why.")})
    settle(incoming, Incoming.State.ASIDE, by=by, why=why, at=at)
    if alike is None:
        return 1
    waiting = alike.filter(state__in=Incoming.WAITING)
    aside = {"settled_by": by, "settled_at": at, "settled_why": why[:300]}
    return 1 + waiting.update(state=Incoming.State.ASIDE, **aside)


def alike(incoming: Incoming, among: QuerySet[Incoming]) -> QuerySet[Incoming]:
    """The others of the same sender that wait, ``among`` these."""
    same = among.alias(who=Lower("sender")).filter(who=incoming.sender.lower())
    return same.filter(state__in=Incoming.WAITING).exclude(pk=incoming.pk)


def settle(incoming: Incoming, state: str, *, by: User, why: str, at: datetime) -> None:
    """A waiting mail has this state; raises ``ValidationError`` where somebody was faster. Part of
    the caller's transaction."""
    waiting = Incoming.objects.filter(pk=incoming.pk, state__in=Incoming.WAITING)
    if not waiting.update(state=state, settled_by=by, settled_at=at, settled_why=why[:300]):
        raise ValidationError(_("Somebody has taken care of it in the meantime."))
