"""Who has how much on the desk, who is away, and what people who left have left behind."""

from datetime import date

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.http import urlencode

from microcreds.accounts.models import Role, User
from proposals.models import Proposal, Stage
from reviews.models import Absence
from reviews.stage_clock import UNIVERSITY_OWES
from reviews.todo_owners import elsewhere, with_elsewhere
from reviews.workflow import STAGES

LONGEST_HAND_OVER = 400
# What somebody works on: everything open but drafts, and what is approved and not open yet.
BEYOND_OPEN = (Stage.APPROVED, Stage.DEVELOPMENT, Stage.RENEWAL_REVIEW)
AT_WORK = frozenset(
    stage for stage, info in STAGES.items() if info.is_open or stage in BEYOND_OPEN
) - {Stage.DRAFT}
# The same as the list is asked for it.
ASKS_FOR_WORK = urlencode({"stage": ["open", *BEYOND_OPEN]}, doseq=True)


def with_workload(people: QuerySet[User], *, on: date | None = None) -> QuerySet[User]:
    """Each with how many proposals they own (``at_work``), how many of these are past their target
    (``late``), and where they are away: until when, and who stands in."""
    day = on or timezone.localdate()
    owned = Q(assigned__stage__in=AT_WORK)
    late = owned & Q(assigned__whose_turn__in=UNIVERSITY_OWES, assigned__due_on__lt=day)
    away = Absence.objects.on(day).filter(person=OuterRef("pk"))
    return people.annotate(
        at_work=Count("assigned", filter=owned, distinct=True),
        late=Count("assigned", filter=late, distinct=True),
        away_until=Subquery(away.values("ends_on")[:1]),
        stand_in_name=Subquery(away.values("stand_in__name")[:1]),
    )


def owners_at_work() -> QuerySet[User]:
    """Everybody who owns something that somebody works on, or has left something to do, with their
    load; those who left first.

    ``is_gone``: the account is closed, or they work for no unit any more.
    """
    here = User.objects.holding(Role.Kind.ELEARNING, Role.Kind.LEAD)
    owners = User.objects.filter(
        Q(pk__in=at_work().values("assignee"))
        | (Q(pk__in=elsewhere().values("owner")) & ~Q(pk__in=here.values("pk")))
    )
    return (
        with_elsewhere(with_workload(owners))
        .annotate(is_gone=~Q(pk__in=here.values("pk")))
        .order_by(F("is_gone").desc(), "name", "email")
    )


def at_work() -> QuerySet[Proposal]:
    """What somebody works on, and has an owner."""
    return Proposal.objects.filter(stage__in=AT_WORK, assignee__isnull=False)


def left_behind() -> Q:
    """Its owner's account is closed, or they work for no unit any more."""
    here = User.objects.holding(Role.Kind.ELEARNING, Role.Kind.LEAD)
    return Q(stage__in=AT_WORK, assignee__isnull=False) & ~Q(assignee__in=here.values("pk"))


def stood_in_for(user: User) -> Q:
    """Its owner is away, and this person stands in for them."""
    away = Absence.objects.on().filter(stand_in=user).order_by()
    return Q(assignee__in=away.values("person"))
