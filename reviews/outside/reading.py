"""What was asked of the partners of one proposal and what they said, for those who work on it."""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from partners.models import Engagement, NamedColleague, OfferedTime, PartnerAsk, Question
from proposals.kept import Annotations, kept_for
from proposals.models import Comment, Proposal
from reviews.asks.ask import due_words
from reviews.outside.asking import may_change
from reviews.permits import Parties

State = PartnerAsk.State
LOOKS = {
    State.REQUESTED: ("info", "send"),
    State.OPENED: ("info", "mail-open"),
    State.ANSWERED: ("success", "circle-check"),
    State.DECLINED: ("warning", "circle-slash"),
    State.EXPIRED: ("warning", "clock-alert"),
    State.TAKEN_BACK: ("neutral", "undo-2"),
}


@dataclass(frozen=True)
class AskedRow:
    """One ask as those who asked read it; answers are there once they were sent."""

    asked: PartnerAsk
    tone: str
    icon: str
    due: str
    is_late: bool
    may_change: bool
    questions: list[Question] = field(default_factory=list)
    times: list[OfferedTime] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        return self.asked.state == State.ANSWERED


@dataclass(frozen=True)
class PartnerPart:
    """One organization: its thread with eLearning, and whom its people name instead."""

    engagement: Engagement
    talk: list[Comment]
    colleagues: list[NamedColleague]


@kept_for(Proposal)
def with_asked() -> Annotations:
    """Each with how everything asked of its partners stands, and the times they picked."""
    asked = PartnerAsk.objects.filter(engagement__proposal=OuterRef("pk")).order_by("pk")
    picked = OfferedTime.objects.filter(
        asked__engagement__proposal=OuterRef("pk"), is_picked=True
    ).order_by("starts_at")
    time = JSONObject(at="starts_at", who="asked__engagement__organization__name")
    return {
        "asked_states": ArraySubquery(asked.values("state")),
        "picked_times": ArraySubquery(picked.values(time=time)),
    }


def next_meeting(proposal: Any, now: datetime) -> str:
    """When its proposers and staff meet a partner next, in words; empty: not at all. Of a proposal
    loaded ``with_asked``."""
    for each in proposal.picked_times:
        start = timezone.localtime(datetime.fromisoformat(each["at"]))
        if start > now:
            day = date_format(start, "D j M, H:i")
            return _("meets %(who)s %(day)s") % {"who": each["who"], "day": day}
    return ""


def asked_words(proposal: Any) -> list[str]:
    """How many asks wait for partners, and how many they answered; of one ``with_asked``."""
    states = list(proposal.asked_states)
    waits = sum(states.count(state) for state in PartnerAsk.OPEN)
    answered = states.count(State.ANSWERED)
    return [
        words
        for number, words in (
            (waits, _("%(n)d asked of them") % {"n": waits}),
            (answered, _("%(n)d answered") % {"n": answered}),
        )
        if number
    ]


def asked_rows(
    proposal: Proposal, user: User, parties: Parties, days_off: Set[date]
) -> list[AskedRow]:
    """Everything asked, the newest first; three statements whatever there is."""
    today = timezone.localdate()
    return [
        AskedRow(
            each,
            *LOOKS[State(each.state)],
            due=due_words(each.due_on, today, days_off) if each.is_open else "",
            is_late=each.is_open and each.due_on < today,
            may_change=may_change(each, user, proposal, parties),
            questions=list(each.questions.all()),
            times=list(each.times.all()),
        )
        for each in asked_of(proposal).order_by("-pk")
    ]


def asked_of(proposal: Proposal) -> QuerySet[PartnerAsk]:
    """Everything asked of its partners, with who has to do with it and what it asks in detail."""
    found = PartnerAsk.objects.filter(engagement__proposal=proposal).select_related(
        "contact", "engagement__organization", "asked_by", "settled_by"
    )
    questions = Prefetch("questions", Question.objects.select_related("waiting__by"))
    return found.prefetch_related(questions, "questions__attachment", "times")


def parts_of(proposal: Proposal) -> list[PartnerPart]:
    """Each organization with its thread and whom its people named; three statements."""
    engagements = list(
        Engagement.objects.filter(proposal=proposal).select_related("organization").order_by("pk")
    )
    said: dict[int | None, list[Comment]] = {each.thread_id: [] for each in engagements}
    threads = [each.thread_id for each in engagements if each.thread_id]
    for comment in Comment.objects.filter(thread__in=threads).with_files():
        said[comment.thread_id].append(comment)
    named: dict[int, list[NamedColleague]] = {each.pk: [] for each in engagements}
    rows = NamedColleague.objects.filter(engagement__in=engagements)
    for colleague in rows.select_related("named_by", "settled_by"):
        named[colleague.engagement_id].append(colleague)
    return [
        PartnerPart(each, said[each.thread_id] if each.thread_id else [], named[each.pk])
        for each in engagements
    ]
