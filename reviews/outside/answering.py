"""What a contact does with what is asked of them: answers, picks a time, declines. Whoever asked
is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.outbox.services import enqueue
from partners import asks, meeting_times, questions
from partners.models import OfferedTime, PartnerAsk
from reviews.outside import letters

State = PartnerAsk.State


@transaction.atomic
def send_answers(
    *, asked: PartnerAsk, answers: Mapping[int, Any], at: datetime | None = None
) -> PartnerAsk:
    """What they answered stands as their words from now on; nobody need answer every question. The
    same sent twice is one, as is a time picked or a "no" said twice.

    Raises ``ValidationError`` where nothing is answered, the ask ended meanwhile, or a file is not
    taken.
    """
    said_so = _as_said(asked, State.ANSWERED)
    if said_so and questions.are_kept(asked=asked, answers=answers):
        return said_so
    questions.save_answers(asked=asked, answers=answers, at=at)
    said = ~Q(text="") | Q(number__isnull=False) | Q(attachment__isnull=False)
    if not asked.questions.filter(said).exists():
        raise ValidationError(_("Answer at least one question, or say that you cannot help."))
    return _settled(asks.settle(asked=asked, state=State.ANSWERED, at=at), asked, at)


@transaction.atomic
def pick_time(*, asked: PartnerAsk, time: OfferedTime, at: datetime | None = None) -> PartnerAsk:
    """They meet us at this time. Raises ``ValidationError`` as ``meeting_times.pick`` does."""
    said_so = _as_said(asked, State.ANSWERED)
    if said_so and said_so.times.filter(pk=time.pk, is_picked=True).exists():
        return said_so
    return _settled(meeting_times.pick(asked=asked, time=time, at=at), asked, at)


@transaction.atomic
def decline(*, asked: PartnerAsk, words: str, at: datetime | None = None) -> PartnerAsk:
    """They cannot help with this, and say why; of times: none suits, and what would. What they had
    saved is not sent.

    Raises ``ValidationError`` without words, with too many, or where the ask ended meanwhile.
    """
    if not words.strip():
        raise ValidationError({"words": _("Say why, in a few words.")})
    if said_so := _as_said(asked, State.DECLINED, words):
        return said_so
    settled = asks.settle(asked=asked, state=State.DECLINED, words=words, at=at)
    return _settled(settled, asked, at)


def _as_said(asked: PartnerAsk, state: PartnerAsk.State, words: str = "") -> PartnerAsk | None:
    """It, locked, where its contact settled it in this way already."""
    locked = PartnerAsk.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    settled = (locked.state, locked.settled_words, locked.settled_by_id)
    return locked if settled == (state, words.strip(), None) else None


def _settled(settled: PartnerAsk, asked: PartnerAsk, at: datetime | None) -> PartnerAsk:
    settled.engagement, settled.contact = asked.engagement, asked.contact
    enqueue(letters.of_settled(settled, at=at or timezone.now()))
    return settled
