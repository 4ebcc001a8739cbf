"""The terms of the desk's search box, and what each asks of the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, Min, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy

from microcreds.accounts.models import Role, Unit, User
from microcreds.keys import key_in
from microcreds.plain_text import all_of
from partners.models import Engagement, Mou, Organization
from proposals.models import Proposal, SearchText, Stage, Turn
from reviews import decisions, dimensions
from reviews.clocks import add_months, is_business_day
from reviews.holidays import days_off
from reviews.todos import without_next_step
from reviews.workflow import STAGES
from reviews.workload import left_behind, stood_in_for


@dataclass(frozen=True, slots=True)
class Known:
    """A term as the help names it; ``condition`` is ``None`` for a value that it does not take."""

    example: str
    says: object
    condition: Callable[[str, User], Q | None]
    takes: tuple[str, ...] = ()  # the values a page can offer, where there are few


def _yes(condition: Callable[[], Q]) -> Callable[[str, User], Q | None]:
    def either(value: str, user: User) -> Q | None:
        return {"yes": condition(), "no": ~condition()}.get(value.lower())

    return either


def _of_staff(condition: Callable[[User], Q]) -> Callable[[str, User], Q | None]:
    """Yes or no of what whoever is not staff never has."""

    def either(value: str, user: User) -> Q | None:
        reads = user.is_elearning or user.has_role(Role.Kind.AUDITOR)
        asked = condition(user) if reads else Q(pk__in=[])
        return {"yes": asked, "no": ~asked}.get(value.lower())

    return either


def _containing(*lookups: str) -> Callable[[str, User], Q]:
    def contains(value: str, user: User) -> Q:
        found = Q()
        for lookup in lookups:
            found |= Q(**{f"{lookup}__plain__contains": value})
        return found

    return contains


def _unit(value: str, user: User) -> Q:
    if value.lower() == "none":
        return Q(unit=None)
    return Q(unit__name__plain__contains=value) | Q(unit__in=_units_of(value))


def _units_of(campus: str) -> QuerySet[Unit]:
    return Unit.objects.filter(campuses__name__plain__contains=campus)


def _turn(value: str, user: User) -> Q | None:
    names = {
        "proposer": Turn.SUBMITTER,
        "elearning": Turn.UNIVERSITY,
        "committee": Turn.COMMITTEE,
        "deans": Turn.DEANS,
        "partner": Turn.PARTNER,
        "nobody": Turn.NOBODY,
    }
    if value.lower() == "me":
        mine = Q(assignee=user, whose_turn=Turn.UNIVERSITY)
        if user.has_role(Role.Kind.COMMITTEE_CHAIR):
            mine |= Q(whose_turn=Turn.COMMITTEE)
        if user.has_role(Role.Kind.DEANS):
            mine |= Q(whose_turn=Turn.DEANS)
        return mine
    turn = names.get(value.lower())
    return Q(whose_turn=turn) if turn else None


def _owner(value: str, user: User) -> Q:
    if value.lower() == "me":
        return Q(assignee=user)
    special = {
        "nobody": lambda: Q(assignee=None),
        "left": left_behind,
        "away": lambda: stood_in_for(user),
    }
    found = special.get(value.lower())
    return found() if found else Q(assignee__in=_people(value))


def _people(value: str) -> QuerySet[User]:
    return User.objects.filter(Q(name__plain__contains=value) | Q(email__plain__contains=value))


def _stage(value: str, user: User) -> Q | None:
    """One stage, ``open``, or two with dots between them, in the order of the process."""
    order = list(STAGES)
    first, dots, last = value.lower().partition("..")
    if not dots and first == "open":
        return Q(stage__in=[stage for stage in order if STAGES[stage].is_open])
    ends = [first, last or first] if dots else [first, first]
    if dots and not first:
        ends = [order[0], last]
    if dots and not last:
        ends = [first, order[-1]]
    stages = [_stage_named(end) for end in ends]
    if None in stages:
        return None
    since, until = (order.index(stage) for stage in stages if stage)
    return Q(stage__in=order[since : until + 1])


def _stage_named(words: str) -> Stage | None:
    """By its key, its name on the desk, or the beginning of that of just one."""
    if words in Stage.values:
        return Stage(words)
    names = {stage: str(known.name).lower() for stage, known in STAGES.items()}
    found = [stage for stage, name in names.items() if words and name.startswith(words)]
    exact = [stage for stage in found if names[stage] == words]
    return exact[0] if exact else found[0] if len(found) == 1 else None


def _partner(value: str, user: User) -> Q:
    """By part of a name it has or had, or ``#42``: just that one of the directory."""
    if value.startswith("#") and (key := key_in(value[1:])):
        theirs = Engagement.objects.filter(organization=key).order_by()
        return Q(pk__in=theirs.values("proposal_id"))
    engaged = Engagement.objects.filter(organization__in=organizations_named(value))
    return Q(pk__in=engaged.order_by().values("proposal_id"))


def organizations_named(words: str) -> QuerySet:
    """The keys of organizations with this in their name; of one that was merged, the other's."""
    named = Organization.objects.filter(name__plain__contains=words).order_by()
    return named.values(stands=Coalesce("merged_into", "pk"))


def _left() -> Q:
    ended = Engagement.objects.filter(ended_at__isnull=False).order_by()
    return Q(pk__in=ended.values("proposal_id"))


def _mou(value: str, user: User) -> Q | None:
    """At this status with one of its partners; ``expiring`` counts what has run out, too."""
    asked = {"expiring": (Mou.Status.EXPIRING, Mou.Status.EXPIRED)}.get(value.lower())
    if asked is None and value.lower() not in Mou.Status.values:
        return None
    found = Mou.objects.standing().filter(status__in=asked or [value.lower()])
    return Q(pk__in=found.order_by().values("engagement__proposal_id"))


def _need(value: str, user: User) -> Q:
    """In any form of its words; asked of the index first, so that few are read. The words of the
    need are those of weight D (``SearchText.all_words``)."""
    vector = SearchVectorField()
    of_need = Func("all_words", Value("{d}"), function="ts_filter", output_field=vector)
    somewhere = SearchText.objects.filter(all_words=all_of(value))
    said = somewhere.annotate(of_need=of_need).filter(of_need=all_of(value))
    return Q(pk__in=said.order_by().values("proposal_id"))


def _due(value: str, user: User) -> Q | None:
    return _on("due_on", value)


def _on(field: str, value: str) -> Q | None:
    """``2026-12-01``, or before (``<``) or after (``>``) it."""
    sign, day = _signed(value)
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return None
    return Q(**{field + {"<": "__lt", ">": "__gt", "": ""}[sign]: on})


def _signed(value: str) -> tuple[str, str]:
    return (value[0], value[1:]) if value[:1] in ("<", ">") else ("", value)


def _waits(value: str, user: User) -> Q | None:
    """So many working days at its stage: more (``>``), fewer (``<``), or just as many."""
    sign, number = _signed(value)
    if not (number.isascii() and number.isdigit() and len(number) <= 4):
        return None
    more, as_many = (Q(stage_since__lt=_passed(int(number) + n)) for n in (1, 0))
    return {">": more, "<": ~as_many, "": as_many & ~more}[sign]


def _passed(days: int) -> datetime:
    """What began before this moment has so many working days behind it by now."""
    day, holidays = timezone.localdate(), days_off()
    while days > 0:
        days -= is_business_day(day, holidays)
        day -= timedelta(days=1)
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _meeting(value: str, user: User) -> Q | None:
    """Before the committee, at its next meeting or on a day."""
    before = Proposal.objects.filter(stage=Stage.APC_REVIEW)
    if value.lower() != "next":
        return _on("meeting_on", value)
    coming = before.filter(meeting_on__gte=timezone.localdate()).order_by()
    soonest = coming.values("stage").annotate(soonest=Min("meeting_on")).values("soonest")
    return Q(stage=Stage.APC_REVIEW, meeting_on=Subquery(soonest))


def _wakes(value: str, user: User) -> Q | None:
    """On hold, and to be looked at again this month, or on a day."""
    held = Q(stage=Stage.ON_HOLD)
    if value.lower() == "month":
        next_month = add_months(timezone.localdate().replace(day=1), 1)
        return held & Q(wake_on__lt=next_month)
    on = _on("wake_on", value)
    return None if on is None else held & on


def _priority(value: str, user: User) -> Q | None:
    number = {"high": 1, "normal": 2, "low": 3}.get(value.lower())
    return Q(priority=number) if number else None


def _step(value: str, user: User) -> Q | None:
    return {"none": without_next_step(), "set": ~without_next_step()}.get(value.lower())


_EITHER = ("yes", "no")
TERMS: dict[str, Known] = {
    "stage": Known(
        "stage:triage..readiness",
        gettext_lazy("a stage or its name, two with dots, or open"),
        _stage,
        ("open", *(stage.value for stage in STAGES if stage != Stage.DRAFT)),
    ),
    "turn": Known(
        "turn:me",
        gettext_lazy("me, proposer, elearning, committee, deans, partner, nobody"),
        _turn,
        ("me", "proposer", "elearning", "committee", "deans", "partner", "nobody"),
    ),
    "late": Known(
        "late:yes",
        gettext_lazy("past its target: yes or no"),
        _yes(lambda: dimensions.late(timezone.localdate())),
        _EITHER,
    ),
    "waits": Known("waits:>10", gettext_lazy("working days at its stage, more or fewer"), _waits),
    "held": Known(
        "held:no", gettext_lazy("on hold: yes or no"), _yes(lambda: Q(stage=Stage.ON_HOLD)), _EITHER
    ),
    "wakes": Known(
        "wakes:month", gettext_lazy("on hold until this month or a day"), _wakes, ("month",)
    ),
    "meeting": Known(
        "meeting:next", gettext_lazy("the committee's next, or its day"), _meeting, ("next",)
    ),
    "unit": Known("unit:oxford", gettext_lazy("the unit or its campus, or none"), _unit),
    "owner": Known(
        "owner:me",
        gettext_lazy("me, nobody, left, away (whom you stand in for), or part of a name"),
        _owner,
    ),
    "by": Known(
        "by:castellan",
        gettext_lazy("who proposed it"),
        lambda value, user: Q(submitter__in=_people(value)),
    ),
    "partner": Known('partner:"tallgrass"', gettext_lazy("an organization it names"), _partner),
    "left": Known(
        "left:yes", gettext_lazy("a partner has left it: yes or no"), _yes(_left), _EITHER
    ),
    "mou": Known(
        "mou:with_partner",
        gettext_lazy("where the memorandum with one of its partners stands"),
        _mou,
        tuple(status.value for status in Mou.Status),
    ),
    "title": Known("title:python", gettext_lazy("in its title"), _containing("working_title")),
    "need": Known("need:scrap", gettext_lazy("in why it is needed"), _need),
    "campus": Known(
        "campus:hamilton", gettext_lazy("its campus, or none"), dimensions.place("campus")
    ),
    "department": Known(
        "department:nursing",
        gettext_lazy("its department, or none"),
        dimensions.place("department"),
    ),
    "received": Known(
        "received:2026-01..2026-03",
        gettext_lazy("when it was submitted: a year, month or day, or two with dots"),
        dimensions.on_days("submitted_at"),
    ),
    "committee": Known(
        "committee:2026-03..",
        gettext_lazy("when it first reached the committee"),
        dimensions.on_days("reached_committee_at"),
    ),
    "deans": Known(
        "deans:2026-03..",
        gettext_lazy("when it first reached the deans"),
        dimensions.on_days("reached_deans_at"),
    ),
    "origin": Known(
        "origin:partner_asked",
        gettext_lazy("how the idea started, or none"),
        dimensions.origin,
        (*dimensions.ORIGINS, dimensions.NONE),
    ),
    "kind": Known(
        "kind:hospital",
        gettext_lazy("what an organization is that it names, unsaid, or none named"),
        dimensions.kind,
        (*dimensions.KINDS, dimensions.UNSAID, dimensions.NONE),
    ),
    "decided": Known(
        "decided:declined",
        gettext_lazy(
            "approved, conditions, declined, redirected, merged, withdrawn, cancelled, any; or when"
        ),
        dimensions.decided,
        (*decisions.DECISIONS, "any"),
    ),
    "reason": Known(
        "reason:duplicate",
        gettext_lazy("why it was decided so"),
        dimensions.reason,
        tuple(decisions.REASONS_TO_DECIDE),
    ),
    "unread": Known(
        "unread:yes",
        gettext_lazy("its proposers wrote what you have not read: yes or no"),
        _of_staff(dimensions.unread),
    ),
    "todo": Known(
        "todo:due",
        gettext_lazy("to be done by you: due (by today) or mine"),
        dimensions.todo,
        ("due", "mine"),
    ),
    "due": Known("due:<2026-12-01", gettext_lazy("a day, or before or after it"), _due),
    "priority": Known(
        "priority:high", gettext_lazy("high, normal or low"), _priority, ("high", "normal", "low")
    ),
    "step": Known("step:none", gettext_lazy("next step: none or set"), _step, ("none", "set")),
}
