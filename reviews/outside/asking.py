"""Who may ask contacts for something, of whom, and how an ask is changed or taken back."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from partners import asks, meeting_times, questions
from partners.models import Engagement, PartnerAsk, Share
from partners.questions import Put
from proposals.models import Participant, Proposal
from reviews.permits import Parties, may_work_on, parties_of


def may_ask(user: User, proposal: Proposal, parties: Parties) -> bool:
    """Staff who work on it; its owner and who edits it with them, once it was sent."""
    if may_work_on(user, proposal, involved=parties.involved(user)):
        return proposal.is_open_to_staff
    return proposal.is_open_to_staff and is_its_proposer(user, parties)


def is_its_proposer(user: User, parties: Parties) -> bool:
    """They own it, or edit it with its owner."""
    is_editor = Participant.Capacity.EDITOR in parties.capacities_of(user)
    return user.is_active and (user.pk == parties.owner_id or is_editor)


def reachable(proposal: Proposal) -> list[Share]:
    """The contacts with whom its page is shared today, each with their organization."""
    found = Share.objects.current().filter(engagement__proposal=proposal)
    return list(found.select_related("contact", "engagement__organization").order_by("id"))


@transaction.atomic
def put_questions(
    *,
    share: Share,
    words: str,
    due_on: date,
    put: Iterable[Put],
    by: User,
    at: datetime | None = None,
) -> PartnerAsk:
    """These questions are put to whom the page is shared with. Raises ``ValidationError`` as
    ``partners.questions.put_questions`` does, and where ``by`` may not ask."""
    _refuse_unless_may_ask(share.engagement, by)
    return questions.put_questions(
        engagement=share.engagement,
        contact=share.contact,
        words=words,
        due_on=due_on,
        questions=put,
        by=by,
        at=at,
    )


@transaction.atomic
def offer_times(
    *,
    share: Share,
    words: str,
    due_on: date,
    times: Iterable[datetime],
    minutes: int,
    place: str,
    by: User,
    at: datetime | None = None,
) -> PartnerAsk:
    """These times are offered to whom the page is shared with. Raises ``ValidationError`` as
    ``partners.meeting_times.offer_times`` does, and where ``by`` may not ask."""
    _refuse_unless_may_ask(share.engagement, by)
    return meeting_times.offer_times(
        engagement=share.engagement,
        contact=share.contact,
        words=words,
        due_on=due_on,
        times=times,
        minutes=minutes,
        place=place,
        by=by,
        at=at,
    )


@transaction.atomic
def extend(*, asked: PartnerAsk, due_on: date, by: User, at: datetime | None = None) -> PartnerAsk:
    """It may be answered until a later day, of which a mail tells. Raises ``ValidationError`` where
    ``by`` may not, it ended meanwhile, or the day is no later one."""
    _refuse_unless_may_change(asked, by)
    return asks.extend(asked=asked, due_on=due_on, at=at)


@transaction.atomic
def take_back(*, asked: PartnerAsk, words: str, by: User, at: datetime | None = None) -> PartnerAsk:
    """It is no longer asked. Raises ``ValidationError`` where ``by`` may not, or it ended."""
    _refuse_unless_may_change(asked, by)
    state = PartnerAsk.State.TAKEN_BACK
    return asks.settle(asked=asked, state=state, words=words, by=by, at=at)


def may_change(asked: PartnerAsk, user: User, proposal: Proposal, parties: Parties) -> bool:
    """Whoever asked it, and staff who work on the proposal."""
    if not asked.is_open:
        return False
    works = may_work_on(user, proposal, involved=parties.involved(user))
    return works or (asked.asked_by_id == user.pk and may_ask(user, proposal, parties))


def _refuse_unless_may_ask(engagement: Engagement, by: User) -> None:
    proposal = engagement.proposal
    if not may_ask(by, proposal, parties_of([proposal.pk])[proposal.pk]):
        raise ValidationError(
            _("Only its proposers and the staff who work on it can ask its partners.")
        )


def _refuse_unless_may_change(asked: PartnerAsk, by: User) -> None:
    proposal = asked.engagement.proposal
    parties = parties_of([proposal.pk])[proposal.pk]
    if asked.is_open and not may_change(asked, by, proposal, parties):
        raise ValidationError(_("Only whoever asked, or eLearning, can change what is asked."))
