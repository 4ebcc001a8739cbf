"""All mail held and let go again: after a restore, or when something is about to go wrong."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.models import Hold, Message

LONGEST_WHY = 300


def standing_hold() -> Hold | None:
    """The hold that somebody of the desk set, if one stands."""
    return Hold.objects.select_related("by").first()


@transaction.atomic
def hold_all(*, by: User, why: str, at: datetime | None = None) -> Hold:
    """Nothing leaves any more but what somebody waits for. Held already: it stays as it was set.

    Raises ``ValidationError`` when ``by`` is no lead or says no reason.
    """
    why = " ".join(why.split())
    _refuse_unless_lead(by)
    if not why or len(why) > LONGEST_WHY:
        raise ValidationError({"why": _("Say in up to 300 characters why.")})
    hold, _made = Hold.objects.get_or_create(
        id=1, defaults={"by": by, "why": why, "since": at or timezone.now()}
    )
    return hold


@transaction.atomic
def let_go(*, by: User) -> None:
    """What waited leaves. Raises ``ValidationError`` when ``by`` is no lead, or the hold is a
    setting of the deployment, which only its operators take back."""
    _refuse_unless_lead(by)
    if settings.OUTBOX_HOLD:
        raise ValidationError(
            _("OUTBOX_HOLD is set on the server; only whoever runs the server can turn it off.")
        )
    Hold.objects.all().delete()


def release(*, messages: QuerySet[Message], by: User) -> int:
    """These leave although all is held; how many that were. Raises ``ValidationError`` when ``by``
    is no lead."""
    _refuse_unless_lead(by)
    waiting = messages.filter(state=Message.State.QUEUED, is_released=False)
    return waiting.update(is_released=True)


def _refuse_unless_lead(by: User) -> None:
    if not by.is_lead:
        raise ValidationError(_("Only the eLearning lead can hold mail and release it."))
