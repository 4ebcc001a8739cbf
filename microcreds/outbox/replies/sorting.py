"""What staff do with a mail that did not join by itself."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.models import Incoming


@transaction.atomic
def set_aside(*, incoming: Incoming, by: User, why: str, at: datetime | None = None) -> None:
    """It waits no more; who said so and why stays on record. Raises ``ValidationError`` without a
    reason, and for a mail that does not wait any more."""
    if not why.strip():
        raise ValidationError({"why": _("Say why.")})
    settle(incoming, Incoming.State.ASIDE, by=by, why=why.strip(), at=at or timezone.now())


def settle(incoming: Incoming, state: str, *, by: User, why: str, at: datetime) -> None:
    """A waiting mail has this state; raises ``ValidationError`` where somebody was faster. Part of
    the caller's transaction."""
    waiting = Incoming.objects.filter(pk=incoming.pk, state=Incoming.State.UNSORTED)
    if not waiting.update(state=state, settled_by=by, settled_at=at, settled_why=why[:300]):
        raise ValidationError(_("Somebody has seen to it meanwhile."))
